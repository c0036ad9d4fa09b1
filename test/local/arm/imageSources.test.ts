/** Managed images from generalized machines and from VHD blobs, through the real client. */
import type { Image } from '@azure/arm-compute';
import { diskId, idOf, refusalOf, startLocalAzure, worldText, type LocalAzure } from './localAzure';
import { DATA_VHD, generalized, machineId, OS_VHD, sourceDiskId, sourceSnapshotId, STORAGE_ACCOUNT } from './sources';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const put = (body: Image): PromiseLike<void> =>
  local.compute.images.createOrUpdate('rg-images', 'img', body).submitted();

async function made(body: Image): Promise<Image> {
  await put(body);
  local.pass(2);
  return local.compute.images.get('rg-images', 'img');
}

const renderMachine = (name: string): string => idOf('rg-render', `Microsoft.Compute/virtualMachines/${name}`);
const ofMachine = (id: string, more: Partial<Image> = {}): Image => ({
  location: 'westeurope',
  sourceVirtualMachine: { id },
  ...more,
});

describe('from a machine', () => {
  test('an image has all of its disks, and the generation of its OS disk', async () => {
    const id = await generalized(local);
    const found = await made(ofMachine(id));
    expect(found).toMatchObject({
      provisioningState: 'Succeeded',
      sourceVirtualMachine: { id },
      hyperVGeneration: 'V2',
      storageProfile: {
        osDisk: {
          osType: 'Linux',
          osState: 'Generalized',
          diskSizeGB: 64,
          caching: 'ReadWrite',
          storageAccountType: 'Premium_LRS',
          managedDisk: { id: sourceDiskId('osdisk-golden') },
        },
        dataDisks: [{ lun: 0, diskSizeGB: 128, managedDisk: { id: sourceDiskId('datadisk-golden') } }],
      },
    });
  });

  test('an image can be had of one that was deallocated first', async () => {
    await local.compute.virtualMachines.deallocate('rg-sources', 'vm-golden-running').submitted();
    local.pass(2);
    const id = await generalized(local, 'vm-golden-running');
    expect((await made(ofMachine(id))).provisioningState).toBe('Succeeded');
  });

  test('one that is not generalized is refused', async () => {
    const refusal = await refusalOf(put(ofMachine(machineId('vm-golden'))));
    expect(refusal).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
    expect(refusal.text).toContain('is not generalized');
  });

  test('one that is not there is refused', async () => {
    expect(await refusalOf(put(ofMachine(machineId('vm-nope'))))).toMatchObject({ status: 404, code: 'NotFound' });
  });

  test('one of another region is refused', async () => {
    const id = await generalized(local);
    const refusal = await refusalOf(put(ofMachine(id, { location: 'northeurope' })));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });

  test.each([
    { machine: 'vm-trusted-launch', text: 'TrustedLaunch security type' },
    { machine: 'vm-confidential', text: 'ConfidentialVM security type' },
    { machine: 'vm-arm64', text: 'Arm64' },
  ])('$machine is refused', async ({ machine, text }) => {
    await local.compute.virtualMachines.generalize('rg-render', machine);
    const refusal = await refusalOf(put(ofMachine(renderMachine(machine))));
    expect(refusal).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
    expect(refusal.text).toContain(text);
  });

  test.each(['vm-unmanaged', 'vm-ephemeral-os', 'vm-ultra-data-disk'])('%s is not known to work', async (machine) => {
    expect(await refusalOf(put(ofMachine(renderMachine(machine))))).toMatchObject({ status: 501 });
  });

  test('disks of its own beside the machine are not passed over', async () => {
    const snapshot = { id: sourceSnapshotId('snap-golden-os') };
    const osDisk = { osType: 'Linux', osState: 'Generalized', snapshot } as const;
    const body = ofMachine(await generalized(local), { storageProfile: { osDisk } });
    expect(await refusalOf(put(body))).toMatchObject({ status: 501 });
  });
});

const ofBlob = (blobUri: string, more: Partial<Image> = {}): Image => ({
  location: 'westeurope',
  hyperVGeneration: 'V2',
  storageProfile: { osDisk: { osType: 'Linux', osState: 'Generalized', blobUri } },
  ...more,
});

describe('from blobs', () => {
  test('an image has their sizes, and the generation that was stated', async () => {
    const osDisk = { osType: 'Linux', osState: 'Generalized', blobUri: OS_VHD } as const;
    const found = await made(
      ofBlob(OS_VHD, { storageProfile: { osDisk, dataDisks: [{ lun: 3, blobUri: DATA_VHD }] } }),
    );
    expect(found).toMatchObject({
      hyperVGeneration: 'V2',
      storageProfile: {
        osDisk: { blobUri: OS_VHD, diskSizeGB: 64 },
        dataDisks: [{ lun: 3, blobUri: DATA_VHD, diskSizeGB: 128 }],
      },
    });
  });

  test('the generation has to be stated', async () => {
    const { location, storageProfile } = ofBlob(OS_VHD);
    const silent = { location, ...(storageProfile && { storageProfile }) };
    const refusal = await refusalOf(put(silent));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(refusal.text).toContain('hyperVGeneration');
  });

  test.each([
    { label: 'a blob that is not there', uri: OS_VHD.replace('golden-os', 'nope') },
    { label: 'an account that is not there', uri: OS_VHD.replace('stsources', 'stnope') },
    { label: 'an address of something else', uri: 'https://example.com/golden-os.vhd' },
  ])('$label is refused', async ({ uri }) => {
    const refusal = await refusalOf(put(ofBlob(uri)));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(refusal.text).toContain(`The source blob ${uri} is not accessible.`);
  });

  test('a blob of another region is refused', async () => {
    const refusal = await refusalOf(put(ofBlob(OS_VHD, { location: 'northeurope' })));
    expect(refusal.text).toContain("not in the image's location 'northeurope'");
  });

  test('a disk has one source only', async () => {
    const two = { blobUri: OS_VHD, managedDisk: { id: diskId('osdisk-render-base') } };
    const osDisk = { osType: 'Linux', osState: 'Generalized', ...two } as const;
    expect(await refusalOf(put(ofBlob(OS_VHD, { storageProfile: { osDisk } })))).toMatchObject({ status: 400 });
  });

  test('a blob can be deleted behind the back, and brought back, and goes with its account', async () => {
    local.azure.deleteBehindTheBack(OS_VHD);
    expect((await refusalOf(put(ofBlob(OS_VHD)))).text).toContain('is not accessible');
    expect(() => local.azure.deleteBehindTheBack(OS_VHD)).toThrow(/There is no/);
    local.azure.restoreBehindTheBack(OS_VHD);
    await made(ofBlob(OS_VHD));
    expect(() => local.azure.restoreBehindTheBack(OS_VHD)).toThrow(/was not deleted behind the back/);
    local.azure.deleteBehindTheBack(STORAGE_ACCOUNT, { silently: true });
    const again = local.compute.images.createOrUpdate('rg-images', 'again', ofBlob(OS_VHD)).submitted();
    expect((await refusalOf(again)).text).toContain('is not accessible');
    expect(local.events.map(({ subject }) => subject)).toEqual([expect.stringContaining('/images/img')]);
  });
});

test.each([
  { label: 'no address of a VHD', uri: 'https://stsources.blob.core.windows.net/vhds/a/b.vhd', text: /blobs\.0\.uri/ },
  { label: 'in an account that is not there', uri: OS_VHD.replace('stsources', 'stnope'), text: /is not in the world/ },
])('a world with a blob that is $label is refused', async ({ uri, text }) => {
  const world: unknown = JSON.parse(worldText.replace(OS_VHD, uri));
  await expect(startLocalAzure({ world })).rejects.toThrow(text);
});
