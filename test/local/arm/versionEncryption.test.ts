/** Replicas that are encrypted with a key of one's own, through the real client. */
import type { EncryptionImages, GalleryImageVersion, GalleryImageVersionStorageProfile } from '@azure/arm-compute';
import * as given from './given';
import { FOREIGN, refusalOf, startLocalAzure, type LocalAzure } from './localAzure';
import { encryptionSetId, OS_VHD, sourceId, sourceSnapshotId, sourceVersionId, STORAGE_ACCOUNT } from './sources';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
  await given.definition(local, 'def');
});
afterEach(() => local.close());

type Regions = Record<string, EncryptionImages | undefined>;

const snapshots: GalleryImageVersionStorageProfile = {
  osDiskImage: { source: { id: sourceSnapshotId('snap-golden-os') } },
  dataDiskImages: [0, 1].map((lun) => ({ lun, source: { id: sourceSnapshotId(`snap-golden-data-${lun}`) } })),
};
const profileOf = (regions: Regions): Pick<GalleryImageVersion, 'publishingProfile'> => ({
  publishingProfile: {
    targetRegions: Object.entries(regions).map(([name, encryption]) => ({ name, ...(encryption && { encryption }) })),
  },
});
const put = (regions: Regions, storageProfile = snapshots): PromiseLike<void> =>
  local.compute.galleryImageVersions
    .createOrUpdate('rg-images', 'gal_render', 'def', '1.0.0', {
      ...given.aVersion('', { storageProfile, ...profileOf(regions) }),
    })
    .submitted();
const patch = (regions: Regions): PromiseLike<void> =>
  local.compute.galleryImageVersions.update('rg-images', 'gal_render', 'def', '1.0.0', profileOf(regions)).submitted();

const os = (region: string): EncryptionImages => ({ osDiskImage: { diskEncryptionSetId: encryptionSetId(region) } });
const all = (region: string): EncryptionImages => ({
  ...os(region),
  dataDiskImages: [0, 1].map((lun) => ({ lun, diskEncryptionSetId: encryptionSetId(region) })),
});
const [WEST, NORTH] = ['westeurope', 'northeurope'];

test('disk encryption sets are read and listed', async () => {
  const found = await local.compute.diskEncryptionSets.get('rg-sources', 'des-northeurope');
  expect(found).toMatchObject({ location: 'northeurope', encryptionType: 'EncryptionAtRestWithCustomerKey' });
  const listed = await Array.fromAsync(local.compute.diskEncryptionSets.list());
  expect(listed.map(({ name }) => name)).toEqual(['des-northeurope', 'des-westeurope']);
  const there = await Array.fromAsync(local.compute.diskEncryptionSets.listByResourceGroup('rg-sources'));
  expect(there).toHaveLength(2);
  const made = local.compute.diskEncryptionSets.createOrUpdate('rg-sources', 'des-new', { location: WEST });
  expect(await refusalOf(made.submitted())).toMatchObject({ status: 501 });
});

test('a version is encrypted in each of its regions, and shows it', async () => {
  await put({ [WEST]: all(WEST), [NORTH]: all(NORTH) });
  local.pass(25);
  const found = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0');
  expect(found).toMatchObject({
    provisioningState: 'Succeeded',
    publishingProfile: {
      targetRegions: [
        { name: WEST, encryption: all(WEST) },
        { name: NORTH, encryption: all(NORTH) },
      ],
    },
  });
});

const dataOnly = (...luns: number[]): EncryptionImages => ({
  dataDiskImages: luns.map((lun) => ({ lun, diskEncryptionSetId: encryptionSetId(WEST) })),
});

const refused: { label: string; regions: Regions; text: string; status?: number }[] = [
  {
    label: 'a set that is not there',
    regions: { [WEST]: os('nowhere') },
    text: 'was not found',
    status: 404,
  },
  {
    label: 'a set of another region',
    regions: { [WEST]: os(NORTH) },
    text: "it must be in the target region 'westeurope'",
  },
  {
    label: 'a set of another subscription',
    regions: {
      [WEST]: {
        osDiskImage: {
          diskEncryptionSetId: `/subscriptions/${FOREIGN}/resourceGroups/rg-foreign/providers/Microsoft.Compute/diskEncryptionSets/des`,
        },
      },
    },
    text: 'must be in the same subscription',
  },
  {
    label: 'an id of something else',
    regions: { [WEST]: { osDiskImage: { diskEncryptionSetId: sourceId('Microsoft.Compute/disks/disk-golden-os') } } },
    text: 'encryption.osDiskImage.diskEncryptionSetId is invalid',
  },
  {
    label: 'a region without a set for the OS disk',
    regions: { [WEST]: os(WEST), [NORTH]: undefined },
    text: "is required for disk 'galleryArtifactVersion.properties.publishingProfile.targetRegions.encryption.osDiskImage.diskEncryptionSetId' in target region 'northeurope'",
  },
  {
    label: 'a region without a set for a data disk',
    regions: { [WEST]: all(WEST), [NORTH]: os(NORTH) },
    text: "is required for disk 'LUN 0' in target region 'northeurope'",
  },
  {
    label: 'a lun that the version does not have',
    regions: { [WEST]: dataOnly(7) },
    text: "An invalid lun [7] was specified in encryption.dataDiskImages. The lun must be one of the following values ['0,1']",
  },
  {
    label: 'a lun twice',
    regions: { [WEST]: dataOnly(1, 1) },
    text: "Duplicate luns '1' were specified in target region 'westeurope'",
  },
];

test.each(refused)('$label is refused', async ({ regions, text, status = 400 }) => {
  const refusal = await refusalOf(put(regions));
  expect(refusal).toMatchObject({ status, code: status === 404 ? 'NotFound' : 'InvalidParameter' });
  expect(refusal.text).toContain(text);
});

test.each([
  { label: 'another version', profile: { source: { id: sourceVersionId('1.0.0') } } },
  {
    label: 'a VHD',
    profile: { osDiskImage: { source: { uri: OS_VHD, storageAccountId: STORAGE_ACCOUNT } } },
  },
])('a version from $label cannot be encrypted', async ({ profile }) => {
  const refusal = await refusalOf(put({ [WEST]: os(WEST) }, profile));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
  expect(refusal.text).toContain('Encryption is not supported for source resource');
});

test('encryption for confidential machines is not known', async () => {
  const osDiskImage = {
    ...os(WEST).osDiskImage,
    securityProfile: { confidentialVMEncryptionType: 'EncryptedWithPmk' },
  };
  expect(await refusalOf(put({ [WEST]: { osDiskImage } }))).toMatchObject({ status: 501 });
});

test('what is encrypted stays so: a new region needs its own set, an old one keeps what it has', async () => {
  await put({ [WEST]: os(WEST) });
  local.pass(25);
  expect((await refusalOf(patch({ [WEST]: os(WEST), [NORTH]: undefined }))).text).toContain('is required for disk');
  const changed = await refusalOf(patch({ [WEST]: undefined }));
  expect(changed).toMatchObject({ status: 400, code: 'InvalidParameter' });
  expect(changed.text).toContain('You must create a new gallery image version with the correct settings.');
  expect((await refusalOf(patch({ [WEST]: all(WEST) }))).text).toContain('cannot be changed');
  await patch({ [WEST]: os(WEST), [NORTH]: os(NORTH) });
});
