/** The machines, disks and groups of the world, as the real client reads them. */
import { ComputeManagementClient, type Disk, type VirtualMachine } from '@azure/arm-compute';
import { ask, diskId, FOREIGN, idOf, refusalOf, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeAll(async () => {
  local = await startLocalAzure();
});
afterAll(() => local.close());

const machine = (name: string): Promise<VirtualMachine> =>
  local.compute.virtualMachines.get('rg-render', name, { expand: 'instanceView' });
const disk = (name: string): Promise<Disk> => local.compute.disks.get('rg-render', name);

test('the prepared machine is Generation 2 Ubuntu with two data disks, deallocated, plain in every way', async () => {
  const found = await machine('vm-render-base');
  expect(found.storageProfile?.imageReference).toMatchObject({
    publisher: 'canonical',
    offer: 'ubuntu-24_04-lts',
    sku: 'server',
  });
  expect(found.storageProfile?.osDisk?.managedDisk?.id).toBe(diskId('osdisk-render-base'));
  expect(found.storageProfile?.dataDisks?.map(({ name, lun, diskSizeGB }) => ({ name, lun, diskSizeGB }))).toEqual([
    { name: 'datadisk-render-assets', lun: 0, diskSizeGB: 256 },
    { name: 'datadisk-render-cache', lun: 1, diskSizeGB: 128 },
  ]);
  expect(found.instanceView?.statuses?.map((status) => status.code)).toContain('PowerState/deallocated');
  expect(found.instanceView?.extensions).toBeUndefined();
  expect(found).toMatchObject({ location: 'westeurope', securityProfile: { securityType: 'Standard' } });
  expect(found.resources).toBeUndefined();
  expect(found.plan).toBeUndefined();
  expect(await disk('osdisk-render-base')).toMatchObject({
    hyperVGeneration: 'V2',
    diskSizeGB: 64,
    sku: { name: 'Premium_LRS' },
    supportedCapabilities: { architecture: 'x64' },
  });
});

test('the instance view is shown only when it is asked for', async () => {
  expect((await local.compute.virtualMachines.get('rg-render', 'vm-render-base')).instanceView).toBeUndefined();
});

test('the other machines each have one thing about them', async () => {
  expect((await machine('vm-windows-base')).storageProfile?.osDisk?.osType).toBe('Windows');
  expect((await machine('vm-trusted-launch')).securityProfile?.securityType).toBe('TrustedLaunch');
  expect((await disk('osdisk-trusted-launch')).securityProfile?.securityType).toBe('TrustedLaunch');
  expect((await machine('vm-gen1')).instanceView?.hyperVGeneration).toBe('V1');
  expect((await machine('vm-unmanaged')).storageProfile?.osDisk?.vhd?.uri).toContain('https:');
  expect((await machine('vm-unmanaged')).storageProfile?.osDisk?.managedDisk).toBeUndefined();
  expect((await machine('vm-northeurope')).location).toBe('northeurope');
  expect((await disk('osdisk-arm64')).supportedCapabilities?.architecture).toBe('Arm64');
});

test('a machine of another subscription is read through a client of that subscription', async () => {
  const { credential, options } = local.clientSettings;
  const foreign = new ComputeManagementClient(credential, FOREIGN, options);
  expect((await foreign.virtualMachines.get('rg-foreign', 'vm-foreign')).name).toBe('vm-foreign');
  const stranger = new ComputeManagementClient(credential, '33333333-3333-4333-8333-333333333333', options);
  expect(await refusalOf(stranger.virtualMachines.get('rg', 'vm'))).toMatchObject({ code: 'SubscriptionNotFound' });
});

test('ids are compared without regard to case', async () => {
  expect((await local.compute.disks.get('RG-RENDER', 'OSDISK-GEN1')).name).toBe('osdisk-gen1');
});

test('what is not there is named from the top', async () => {
  expect(await refusalOf(machine('vm-nope'))).toMatchObject({ status: 404, code: 'ResourceNotFound' });
  expect(await refusalOf(local.compute.disks.get('rg-nope', 'x'))).toMatchObject({
    status: 404,
    code: 'ResourceGroupNotFound',
  });
});

test('disks are listed', async () => {
  const inGroup = await Array.fromAsync(local.compute.disks.listByResourceGroup('rg-render'));
  expect(inGroup.map((item) => item.name)).toContain('datadisk-render-cache');
});

test('resource groups are read', async () => {
  const group = await ask(
    local,
    'GET',
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images?api-version=2021-04-01`,
  );
  expect(group).toMatchObject({ status: 200, body: { name: 'rg-images', location: 'westeurope' } });
});

test('machines are not written: the simulator says so, and does not say 404', async () => {
  const path = `${idOf('rg-render', 'Microsoft.Compute/virtualMachines/vm-gen1')}?api-version=2026-04-01`;
  const answer = await ask(local, 'DELETE', path);
  expect(answer).toMatchObject({ status: 501, body: { error: { code: 'NotSupportedByLocalAzure' } } });
});
