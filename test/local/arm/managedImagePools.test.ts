/** Pools straight from managed images: refused as retired, or taken by the last API version that did. */
import { BatchManagementClient, type Pool } from '@azure/arm-batch';
import { z } from 'zod';
import * as given from './given';
import {
  accountId,
  ask,
  FOREIGN,
  idOf,
  refusalOf,
  startLocalAzure,
  SUBSCRIPTION,
  worldText,
  type LocalAzure,
} from './localAzure';
import { DATA_VHD, generalized, machineId, OS_VHD, sourceId, sourceImageId, sourceSnapshotId } from './sources';

const OLD = '2019-08-01';
const RETRY =
  'There was an error encountered while performing the last resize on the pool. Please try resizing the pool again.';
const IMAGE = sourceImageId('img-packer');

let local: LocalAzure;
let old: BatchManagementClient;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
  old = clientOf(OLD);
  local.azure.setManagedImagePools('taken');
});
afterEach(() => local.close());

function clientOf(apiVersion: string): BatchManagementClient {
  const { credential, options } = local.clientSettings;
  const credentialScopes = 'https://management.azure.com/.default';
  return new BatchManagementClient(credential, SUBSCRIPTION, { ...options, credentialScopes, apiVersion });
}

const create = (client = old, image = IMAGE, account = 'batchrender'): Promise<Pool> =>
  client.poolOperations.create('rg-batch', account, 'p', given.aPool(image, 2));
const grow = (targetDedicatedNodes: number): Promise<Pool> =>
  old.poolOperations.update('rg-batch', 'batchrender', 'p', {
    scaleSettings: { fixedScale: { targetDedicatedNodes, resizeTimeout: 'PT30M' } },
  });

async function settled(): Promise<Pool> {
  local.pass(20);
  return old.poolOperations.get('rg-batch', 'batchrender', 'p');
}

const gone = {
  allocationState: 'Steady',
  resizeOperationStatus: {
    errors: [{ code: 'AllocationFailed', message: RETRY, details: [{ message: 'The specified image is not found' }] }],
  },
};

test('a pool is made, and gets its nodes', async () => {
  const made = await create();
  expect(made.deploymentConfiguration?.virtualMachineConfiguration?.imageReference.id).toBe(IMAGE);
  expect(await settled()).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 2 });
});

test('without the switch it is refused as retired, and the switch is at the control door', async () => {
  const answer = async (value: string): Promise<number> =>
    (await ask(local, 'POST', '/_control/managed-image-pools', { body: { answer: value } })).status;
  expect(await answer('refused')).toBe(204);
  const refusal = await refusalOf(create());
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidPropertyValue' });
  expect(refusal.text).toContain('were retired on 31 March 2026');
  expect(await answer('perhaps')).toBe(400);
  expect(await answer('taken')).toBe(204);
  await create();
});

test('a world may say it, too', async () => {
  const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(worldText));
  const other = await startLocalAzure({ world: { ...parsed, managedImagePools: 'taken' } });
  const body = { properties: given.aPool(IMAGE, 0) };
  const path = `${accountId('batchrender')}/pools/p?api-version=${OLD}`;
  expect((await ask(other, 'PUT', path, { body })).status).toBe(200);
  await other.close();
});

test.each(['2023-11-01', '2024-07-01', '2025-06-01'])('API version %s does not take it', async (apiVersion) => {
  const refusal = await refusalOf(create(clientOf(apiVersion)));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidPropertyValue' });
  expect(refusal.text).toContain('supported only up to API version 2019-08-01');
});

test('a pool that is there is grown by any API version', async () => {
  await create();
  await settled();
  await clientOf('2024-07-01').poolOperations.update('rg-batch', 'batchrender', 'p', {
    scaleSettings: { fixedScale: { targetDedicatedNodes: 4, resizeTimeout: 'PT30M' } },
  });
  expect(await settled()).toMatchObject({ currentDedicatedNodes: 4 });
});

test('an image of another region is refused', async () => {
  const refusal = await refusalOf(create(old, IMAGE, 'batchnorth'));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidPropertyValue' });
  expect(refusal.text).toContain('must be in the same region and subscription as the Azure Batch account');
});

test('an image of another subscription is refused', async () => {
  const foreign = idOf('rg-foreign', 'Microsoft.Compute/images/img', FOREIGN);
  local.azure.setGrants([{ scope: '/', actions: ['*'] }]);
  expect((await refusalOf(create(old, foreign))).text).toContain('same region and subscription');
});

test('the old API version has no newer properties, and keeps some that are not known here', async () => {
  const put = (more: object): ReturnType<typeof ask> =>
    ask(local, 'PUT', `${accountId('batchrender')}/pools/p?api-version=${OLD}`, {
      body: { properties: { ...given.aPool(IMAGE, 0), ...more } },
    });
  const newer = await put({ targetNodeCommunicationMode: 'Simplified' });
  expect(newer).toMatchObject({ status: 400, body: { error: { code: 'InvalidPropertyValue' } } });
  expect(JSON.stringify(newer.body)).toContain('not part of API version 2019-08-01');
  expect(await put({ maxTasksPerNode: 2 })).toMatchObject({ status: 501 });
  expect(await put({})).toMatchObject({ status: 200 });
});

describe('when it is gone, or what it was made from', () => {
  test.each([
    { label: 'the image', id: IMAGE },
    { label: 'its snapshot', id: sourceSnapshotId('snap-packer-os') },
    {
      label: 'the resource group of both',
      id: '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-sources',
    },
  ])('without $label there are no more nodes, and the old ones stay', async ({ id }) => {
    await create();
    await settled();
    local.azure.deleteBehindTheBack(id);
    await grow(5);
    expect(await settled()).toMatchObject({ ...gone, currentDedicatedNodes: 2 });
  });

  test('what is brought back serves again', async () => {
    await create();
    await settled();
    local.azure.deleteBehindTheBack(sourceSnapshotId('snap-packer-os'));
    local.azure.restoreBehindTheBack(sourceSnapshotId('snap-packer-os'));
    await grow(5);
    expect(await settled()).toMatchObject({ currentDedicatedNodes: 5 });
  });

  test('a pool that is growing stops when its image goes', async () => {
    await old.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(IMAGE, 64));
    local.pass(5);
    local.azure.deleteBehindTheBack(IMAGE);
    const pool = await settled();
    expect(pool).toMatchObject(gone);
    expect(pool.currentDedicatedNodes).toBeLessThan(64);
  });

  test('a pool of an image from blobs stops when one of these goes', async () => {
    const osDisk = { osType: 'Linux', osState: 'Generalized', blobUri: OS_VHD } as const;
    await given.image(local, 'img', {
      ...{ location: 'westeurope', hyperVGeneration: 'V2' },
      storageProfile: { osDisk, dataDisks: [{ lun: 0, blobUri: DATA_VHD }] },
    });
    await create(old, idOf('rg-images', 'Microsoft.Compute/images/img'));
    local.pass(2);
    expect((await ask(local, 'POST', '/_control/delete', { body: { id: DATA_VHD } })).status).toBe(204);
    expect(await settled()).toMatchObject(gone);
  });

  test('a pool of an image from a machine does without the machine', async () => {
    await given.image(local, 'img', { location: 'westeurope', sourceVirtualMachine: { id: await generalized(local) } });
    local.azure.deleteBehindTheBack(machineId('vm-golden'));
    await create(old, idOf('rg-images', 'Microsoft.Compute/images/img'));
    expect(await settled()).toMatchObject({ currentDedicatedNodes: 2 });
  });

  test('a pool of an image that never was gets no nodes', async () => {
    await create(old, sourceImageId('img-nope'));
    expect(await settled()).toMatchObject({ ...gone, currentDedicatedNodes: 0 });
  });
});

test('pools from a gallery can be made with the old API version, too', async () => {
  await create(old, sourceId('Microsoft.Compute/galleries/sources/images/golden/versions/1.0.0'));
  expect(await settled()).toMatchObject({ currentDedicatedNodes: 2 });
});

test('a managed image has the generation that it says', async () => {
  const pool = given.aPool(IMAGE, 1, { vmSize: 'Standard_A1_v2' });
  await old.poolOperations.create('rg-batch', 'batchrender', 'p', pool);
  const [error] = (await settled()).resizeOperationStatus?.errors ?? [];
  expect(JSON.stringify(error)).toContain("cannot boot Hypervisor Generation '2'");
});
