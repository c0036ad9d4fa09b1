/** The world that a simulator starts with: what is read, and what is refused. */
import { z } from 'zod';
import { AzureSimulator } from '../../../local/arm/simulator';
import { SteppedClock } from '../../../local/clock';
import * as given from './given';
import {
  accountId,
  definitionId,
  idOf,
  refusalOf,
  startLocalAzure,
  START_MS,
  SUBSCRIPTION,
  worldText,
} from './localAzure';

const resources = (): Record<string, unknown>[] =>
  z.object({ resources: z.array(z.record(z.string(), z.unknown())) }).parse(JSON.parse(worldText)).resources;

const open = (world: unknown): AzureSimulator =>
  new AzureSimulator({ clock: new SteppedClock(START_MS), world, tls: { key: '', cert: '' } });

test('every bad field is named at once', () => {
  const group = {
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`,
    name: 'rg',
    type: 'Microsoft.Resources/resourceGroups',
  };
  const disk = { id: `${group.id}/providers/Microsoft.Compute/disks/d`, name: 'e', type: 'Microsoft.Compute/disks' };
  const world = {
    resources: [
      { ...group, location: 'West Europe' },
      {
        ...disk,
        location: 'westeurope',
        sku: { name: 'Premium_LRS' },
        properties: { diskSizeGB: 'large', color: 'red' },
      },
      { ...disk, type: 'Microsoft.Compute/toasters', location: 'westeurope' },
    ],
  };
  expect(() => open(world)).toThrow(
    /resources\[0\]\.location[^]*resources\[1\]\.name[^]*creationData[^]*diskSizeGB[^]*color[^]*resources\[2\]\.type/,
  );
});

test('a resource without its parent is refused', () => {
  const orphan = resources().filter((resource) => resource['name'] !== 'rg-batch');
  expect(() => open({ resources: orphan })).toThrow(/rg-batch' is not in the world/);
});

test('a world that is none is refused', () => {
  expect(() => open([])).toThrow(/The world is invalid/);
});

test('what the world says beside resources is checked, too', () => {
  const usages = { [SUBSCRIPTION]: { westeurope: { cores: { currentValue: -1, limit: 10 } } } };
  const registrations = { [SUBSCRIPTION]: { 'Microsoft.Batch': 'Perhaps' } };
  const world = { resources: resources(), grants: [{ scope: 'all' }], registrations, usages, color: 'red' };
  expect(() => open(world)).toThrow(/grants\.0\.scope[^]*registrations[^]*Batch[^]*usages[^]*currentValue[^]*color/);
});

test('pools and versions of the world are as if they had always been', async () => {
  const location = 'westeurope';
  const definition = {
    ...{ id: definitionId('def'), name: 'def', type: 'Microsoft.Compute/galleries/images', location },
    properties: {
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      identifier: { publisher: 'p', offer: 'o', sku: 's' },
    },
  };
  const version = {
    ...{
      id: `${definitionId('def')}/versions/1.0.0`,
      name: '1.0.0',
      type: 'Microsoft.Compute/galleries/images/versions',
      location,
    },
    properties: {
      storageProfile: { osDiskImage: { source: { id: idOf('rg-images', 'Microsoft.Compute/snapshots/gone') } } },
    },
  };
  const { scaleSettings, ...pool } = given.aPool(version.id, 8);
  const poolResource = {
    ...{ id: `${accountId('batchrender')}/pools/old`, name: 'old', type: 'Microsoft.Batch/batchAccounts/pools' },
    properties: { ...pool, scaleSettings, currentDedicatedNodes: 5 },
  };
  const local = await startLocalAzure({ world: { resources: [...resources(), definition, version, poolResource] } });
  const found = await local.batch.poolOperations.get('rg-batch', 'batchrender', 'old');
  expect(found).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 5 });
  await local.batch.poolOperations.update('rg-batch', 'batchrender', 'old', {
    scaleSettings: given.aPool('', 8).scaleSettings ?? {},
  });
  local.pass(7);
  const grown = await local.batch.poolOperations.get('rg-batch', 'batchrender', 'old');
  expect(grown).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 8 });
  await local.close();
});

test('durations can be changed one by one', async () => {
  const local = await startLocalAzure({ durations: { snapshotMinutes: 30, snapshotMaxMinutes: 60 } });
  await given.snapshot(local, 'snap');
  expect((await local.compute.snapshots.get('rg-images', 'snap')).provisioningState).toBe('Creating');
  await local.close();
});

test('a closed simulator answers nothing, and can be closed again', async () => {
  const local = await startLocalAzure();
  await local.close();
  await local.close();
  expect((await refusalOf(local.compute.disks.get('rg-render', 'osdisk-gen1'))).status).toBeUndefined();
});

test('extensions of a machine are shown as its resources', async () => {
  const id = idOf('rg-render', 'Microsoft.Compute/virtualMachines/vm-gen1');
  const extension = {
    id: `${id}/extensions/AzureMonitorLinuxAgent`,
    name: 'AzureMonitorLinuxAgent',
    type: 'Microsoft.Compute/virtualMachines/extensions',
    location: 'westeurope',
    properties: {
      publisher: 'Microsoft.Azure.Monitor',
      type: 'AzureMonitorLinuxAgent',
      provisioningState: 'Succeeded',
    },
  };
  const world = {
    resources: resources().map((item) => (item['id'] === id ? { ...item, resources: [extension] } : item)),
  };
  const local = await startLocalAzure({ world });
  const found = await local.compute.virtualMachines.get('rg-render', 'vm-gen1');
  expect(found.resources?.map((item) => item.name)).toEqual(['AzureMonitorLinuxAgent']);
  await local.close();
});
