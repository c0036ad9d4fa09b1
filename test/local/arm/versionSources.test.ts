/** Image versions from machines, other versions and VHDs, through the real client: what they get, what is refused. */
import type { GalleryImageVersion, GalleryImageVersionStorageProfile } from '@azure/arm-compute';
import * as given from './given';
import { idOf, refusalOf, snapshotId, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';
import {
  DATA_VHD,
  generalized,
  machineId,
  OS_VHD,
  sourceDiskId,
  sourceId,
  sourceImageId,
  sourceSnapshotId,
  sourceVersionId,
  STORAGE_ACCOUNT,
} from './sources';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
  await given.definition(local, 'def');
});
afterEach(() => local.close());

const body = (storageProfile: GalleryImageVersionStorageProfile): GalleryImageVersion =>
  given.aVersion('', { storageProfile });
const put = (storageProfile: GalleryImageVersionStorageProfile, of = 'def', name = '1.0.0'): PromiseLike<void> =>
  local.compute.galleryImageVersions
    .createOrUpdate('rg-images', 'gal_render', of, name, body(storageProfile))
    .submitted();

async function disksOf(storageProfile: GalleryImageVersionStorageProfile, of = 'def'): Promise<unknown> {
  await given.version(local, of, '1.0.0', body(storageProfile));
  const found = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', of, '1.0.0');
  expect(found.provisioningState).toBe('Succeeded');
  const { osDiskImage, dataDiskImages = [] } = found.storageProfile ?? {};
  return [osDiskImage, ...dataDiskImages].map((image) => image?.sizeInGB);
}

const special = (): Promise<void> =>
  given.definition(local, 'special', {
    ...given.aDefinition({
      osState: 'Specialized',
      identifier: { publisher: 'render', offer: 'base', sku: 'special' },
    }),
  });

const vhd = (uri: string): { uri: string; storageAccountId: string } => ({ uri, storageAccountId: STORAGE_ACCOUNT });
const vhds = { osDiskImage: { source: vhd(OS_VHD) }, dataDiskImages: [{ lun: 2, source: vhd(DATA_VHD) }] };
const renderMachine = (name: string): string => idOf('rg-render', `Microsoft.Compute/virtualMachines/${name}`);

describe('what is taken', () => {
  test('a generalized machine, with all of its disks', async () => {
    expect(await disksOf({ source: { virtualMachineId: await generalized(local) } })).toEqual([64, 128]);
  });

  test('a machine that is not generalized, for a specialized definition', async () => {
    await special();
    expect(await disksOf({ source: { virtualMachineId: machineId('vm-golden') } }, 'special')).toEqual([64, 128]);
  });

  test('a version of another gallery', async () => {
    expect(await disksOf({ source: { id: sourceVersionId('1.1.0') } })).toEqual([64, 128]);
  });

  test('a version of the same definition', async () => {
    await disksOf({ source: { id: sourceVersionId('1.0.0') } });
    const own = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render/images/def/versions/1.0.0');
    await given.version(local, 'def', '2.0.0', body({ source: { id: own } }));
    const found = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '2.0.0');
    expect(found).toMatchObject({ storageProfile: { source: { id: own }, osDiskImage: { sizeInGB: 64 } } });
  });

  test('a managed image that was there', async () => {
    expect(await disksOf({ source: { id: sourceImageId('img-packer') } })).toEqual([30]);
  });

  test('VHDs of a storage account', async () => {
    expect(await disksOf(vhds)).toEqual([64, 128]);
    const found = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0');
    expect(found.storageProfile?.osDiskImage?.source).toMatchObject(vhd(OS_VHD));
  });

  test('disks that belong to no machine', async () => {
    const osDiskImage = { source: { id: sourceDiskId('disk-golden-os') } };
    const dataDiskImages = [{ lun: 0, source: { id: sourceDiskId('disk-golden-data') } }];
    expect(await disksOf({ osDiskImage, dataDiskImages })).toEqual([64, 128]);
  });

  test('the source never changes, whichever it is', async () => {
    await disksOf({ source: { virtualMachineId: await generalized(local) } });
    const changed = { status: 409, code: 'PropertyChangeNotAllowed' };
    expect(await refusalOf(put({ source: { id: sourceVersionId('1.0.0') } }))).toMatchObject(changed);
    expect(await refusalOf(put({ source: { virtualMachineId: renderMachine('vm-gen1') } }))).toMatchObject(changed);
    expect(await refusalOf(put(vhds))).toMatchObject(changed);
  });
});

const osDisk = { source: { id: sourceSnapshotId('snap-golden-os') } };
const refused: { label: string; profile: GalleryImageVersionStorageProfile; text: string; status?: number }[] = [
  {
    label: 'a machine and an image',
    profile: { source: { id: sourceImageId('img-packer'), virtualMachineId: machineId('vm-golden') } },
    text: 'One and only one source type',
  },
  {
    label: 'a machine and a snapshot',
    profile: { source: { virtualMachineId: machineId('vm-golden') }, osDiskImage: osDisk },
    text: 'One and only one source type',
  },
  {
    label: 'a snapshot and a VHD',
    profile: { osDiskImage: osDisk, dataDiskImages: [{ lun: 0, source: vhd(DATA_VHD) }] },
    text: 'One and only one source type',
  },
  {
    label: 'a disk that is a snapshot and a VHD',
    profile: { osDiskImage: { source: { id: osDisk.source.id, ...vhd(OS_VHD) } } },
    text: 'One and only one source type',
  },
  {
    label: 'a machine that is not there',
    profile: { source: { virtualMachineId: machineId('vm-nope') } },
    text: 'not found',
    status: 404,
  },
  {
    label: 'a machine of another region',
    profile: { source: { virtualMachineId: renderMachine('vm-northeurope') } },
    text: "is in location 'northeurope'",
  },
  {
    label: 'a machine with an ephemeral OS disk',
    profile: { source: { virtualMachineId: renderMachine('vm-ephemeral-os') } },
    text: 'cannot contain an ephemeral OS disk',
  },
  {
    label: 'a machine with an Ultra disk',
    profile: { source: { virtualMachineId: renderMachine('vm-ultra-data-disk') } },
    text: 'stored in an UltraSSD account type',
  },
  {
    label: 'a machine with unmanaged disks',
    profile: { source: { virtualMachineId: renderMachine('vm-unmanaged') } },
    text: 'must be created from Managed Disks',
  },
  {
    label: 'a machine with Windows',
    profile: { source: { virtualMachineId: renderMachine('vm-windows-base') } },
    text: "OS type ['Windows'] than the parent gallery image OS type ['Linux']",
  },
  {
    label: 'a machine of generation 1',
    profile: { source: { virtualMachineId: renderMachine('vm-gen1') } },
    text: "Hypervisor generation ['V1']",
  },
  {
    label: 'a version that is not there',
    profile: { source: { id: sourceVersionId('9.9.9') } },
    text: 'not found',
    status: 404,
  },
  {
    label: 'a definition instead of a version',
    profile: { source: { id: sourceId('Microsoft.Compute/galleries/sources/images/golden') } },
    text: 'not found',
    status: 404,
  },
  {
    label: 'a VHD without its storage account',
    profile: { osDiskImage: { source: { uri: OS_VHD } } },
    text: 'storageAccountId',
  },
  {
    label: 'a storage account without a VHD',
    profile: { osDiskImage: { source: { storageAccountId: STORAGE_ACCOUNT } } },
    text: 'source.uri',
  },
  {
    label: 'a storage account that is not there',
    profile: { osDiskImage: { source: { ...vhd(OS_VHD), storageAccountId: `${STORAGE_ACCOUNT}2` } } },
    text: 'was not found',
    status: 404,
  },
  {
    label: 'a VHD of another storage account',
    profile: { osDiskImage: { source: vhd(OS_VHD.replace('stsources', 'stothers')) } },
    text: 'is not that of a blob in the storage account',
  },
  {
    label: 'a VHD that is not there',
    profile: { osDiskImage: { source: vhd(OS_VHD.replace('golden', 'nope')) } },
    text: 'is not accessible',
  },
  {
    label: 'one VHD twice',
    profile: { ...vhds, dataDiskImages: [{ lun: 0, source: vhd(OS_VHD) }] },
    text: 'cannot point to same blob',
  },
];

test.each(refused)('$label is refused', async ({ profile, text, status = 400 }) => {
  const refusal = await refusalOf(put(profile));
  expect(refusal).toMatchObject({ status, code: status === 404 ? 'NotFound' : 'InvalidParameter' });
  expect(refusal.text).toContain(text);
});

test.each([
  { label: 'a machine that is not generalized', prepare: () => Promise.resolve(machineId('vm-golden')), of: 'def' },
  { label: 'a generalized one', prepare: () => generalized(local), of: 'special' },
])('$label does not fit definition $of', async ({ prepare, of }) => {
  await special();
  const refusal = await refusalOf(put({ source: { virtualMachineId: await prepare() } }, of));
  expect(refusal).toMatchObject({ status: 400, code: 'BadRequest' });
  expect(refusal.text).toMatch(/has a different OS state \['\w+'\] than the parent gallery image OS state/);
});

test('a specialized version does not fit a generalized definition', async () => {
  const refusal = await refusalOf(put({ source: { id: sourceVersionId('1.0.0', 'special') } }));
  expect(refusal).toMatchObject({ status: 400, code: 'BadRequest' });
});

test('a machine by source.id is not known', async () => {
  expect(await refusalOf(put({ source: { id: machineId('vm-golden') } }))).toMatchObject({ status: 501 });
});

test('a version that is still being made is no source yet', async () => {
  await put({ source: { id: sourceVersionId('1.0.0') } });
  const own = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render/images/def/versions/1.0.0');
  const second = put({ source: { id: own } }, 'def', '2.0.0');
  expect(await refusalOf(second)).toMatchObject({ status: 409, code: 'Conflict' });
});

const rights: { action: string; profile: GalleryImageVersionStorageProfile; scope: string }[] = [
  {
    action: 'Microsoft.Compute/virtualMachines/write',
    profile: { source: { virtualMachineId: machineId('vm-golden') } },
    scope: machineId('vm-golden'),
  },
  { action: 'Microsoft.Storage/storageAccounts/listKeys/action', profile: vhds, scope: STORAGE_ACCOUNT },
  { action: 'Microsoft.Compute/snapshots/write', profile: { osDiskImage: osDisk }, scope: osDisk.source.id },
  {
    action: 'Microsoft.Compute/disks/write',
    profile: { osDiskImage: { source: { id: sourceDiskId('disk-golden-os') } } },
    scope: sourceDiskId('disk-golden-os'),
  },
  {
    action: 'Microsoft.Compute/images/read',
    profile: { source: { id: sourceImageId('img-packer') } },
    scope: sourceImageId('img-packer'),
  },
  {
    action: 'Microsoft.Compute/galleries/images/versions/read',
    profile: { source: { id: sourceVersionId('1.0.0') } },
    scope: sourceVersionId('1.0.0'),
  },
];

test.each(rights)('the writer needs $action on the source', async ({ action, profile, scope }) => {
  const everywhere = `/subscriptions/${SUBSCRIPTION}`;
  local.azure.setGrants([{ scope: everywhere, actions: ['*'], notActions: [action] }]);
  const refusal = await refusalOf(put(profile));
  expect(refusal).toMatchObject({ status: 403, code: 'LinkedAuthorizationFailed' });
  expect(refusal.text).toContain(`'${action}' on the linked scope(s) '${scope}'`);
  local.azure.setGrants([
    { scope: everywhere, actions: ['*'], notActions: [action] },
    { scope, actions: [action] },
  ]);
  if (profile.source?.virtualMachineId !== undefined) await generalized(local);
  await put(profile);
});

test('what a snapshot does not tell is not compared', async () => {
  await special();
  await given.snapshot(local, 'snap');
  await put({ osDiskImage: { source: { id: snapshotId('snap') } } }, 'special');
  local.pass(25);
  const found = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'special', '1.0.0');
  expect(found.provisioningState).toBe('Succeeded');
});
