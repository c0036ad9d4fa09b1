/** How image versions are published, and what an update changes, through the real client. */
import type {
  GalleryImageVersion,
  GalleryImageVersionPublishingProfile,
  GalleryImageVersionUpdate,
} from '@azure/arm-compute';
import * as given from './given';
import { ask, definitionId, refusalOf, startLocalAzure, type LocalAzure } from './localAzure';
import { minutesLater, sourceSnapshotId } from './sources';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
  await given.definition(local, 'def');
});
afterEach(() => local.close());

const source = { id: sourceSnapshotId('snap-golden-os') };
const storageProfile = { osDiskImage: { hostCaching: 'ReadWrite', source } } as const;
const here = { name: 'westeurope', regionalReplicaCount: 1 };
const there = { name: 'northeurope', regionalReplicaCount: 1 };

const put = (publishingProfile: GalleryImageVersionPublishingProfile): PromiseLike<void> =>
  local.compute.galleryImageVersions
    .createOrUpdate('rg-images', 'gal_render', 'def', '1.0.0', {
      ...{ location: 'westeurope', storageProfile, publishingProfile },
    })
    .submitted();
const patch = (body: GalleryImageVersionUpdate): PromiseLike<void> =>
  local.compute.galleryImageVersions.update('rg-images', 'gal_render', 'def', '1.0.0', body).submitted();
const look = (): Promise<GalleryImageVersion> =>
  local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0', { expand: 'ReplicationStatus' });
const statesOf = async (): Promise<unknown> =>
  Object.fromEntries(((await look()).replicationStatus?.summary ?? []).map(({ region, state }) => [region, state]));

async function published(profile: GalleryImageVersionPublishingProfile = { targetRegions: [here] }): Promise<void> {
  await put(profile);
  local.pass(25);
  expect((await look()).provisioningState).toBe('Succeeded');
}

test('a region has the storage account type of its own, or that of the profile', async () => {
  const targetRegions = [{ ...here, storageAccountType: 'Standard_ZRS' }, there];
  await published({ storageAccountType: 'Premium_LRS', targetRegions });
  expect((await look()).publishingProfile).toMatchObject({
    storageAccountType: 'Premium_LRS',
    targetRegions: [{ storageAccountType: 'Standard_ZRS' }, { storageAccountType: 'Premium_LRS' }],
  });
});

describe('the end of life', () => {
  test('lies ahead when a version is made', async () => {
    const refusal = await refusalOf(put({ targetRegions: [here], endOfLifeDate: minutesLater(local.clock, -1) }));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(refusal.text).toContain('EndOfLifeDate must be set to a future date.');
    await published({ targetRegions: [here], endOfLifeDate: minutesLater(local.clock, 60) });
  });

  test('may be moved to a day that has passed', async () => {
    await published();
    const endOfLifeDate = minutesLater(local.clock, -1);
    await patch({ publishingProfile: { endOfLifeDate } });
    expect((await look()).publishingProfile?.endOfLifeDate).toEqual(endOfLifeDate);
  });

  test('is a date', async () => {
    const body = {
      location: 'westeurope',
      properties: { storageProfile, publishingProfile: { targetRegions: [here], endOfLifeDate: 'tomorrow' } },
    };
    const path = `${definitionId('def')}/versions/1.0.0?api-version=2025-03-03`;
    expect(await ask(local, 'PUT', path, { body })).toMatchObject({ status: 400 });
  });
});

describe('Shallow', () => {
  test('is ready sooner, as nothing is copied', async () => {
    await put({ targetRegions: [here], replicationMode: 'Shallow' });
    local.pass(8);
    expect(await look()).toMatchObject({
      provisioningState: 'Succeeded',
      publishingProfile: { replicationMode: 'Shallow' },
      replicationStatus: { aggregatedState: 'Completed' },
    });
  });

  test.each([
    { label: 'two regions', profile: { targetRegions: [here, there] } },
    { label: 'two replicas', profile: { targetRegions: [{ ...here, regionalReplicaCount: 2 }] } },
    { label: 'two replicas by default', profile: { replicaCount: 2, targetRegions: [{ name: 'westeurope' }] } },
  ])('does not go with $label', async ({ profile }) => {
    const refusal = await refusalOf(put({ ...profile, replicationMode: 'Shallow' }));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(refusal.text).toContain('replication mode Shallow can only be published to its own region');
  });

  test("does not go with more regions later, nor with a customer's key", async () => {
    await published({ targetRegions: [here], replicationMode: 'Shallow' });
    expect((await refusalOf(patch({ publishingProfile: { targetRegions: [here, there] } }))).text).toContain('Shallow');
    const diskEncryptionSetId =
      '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-sources/providers/Microsoft.Compute/diskEncryptionSets/des-westeurope';
    const encrypted = { ...here, encryption: { osDiskImage: { diskEncryptionSetId } } };
    await local.compute.galleryImageVersions.delete('rg-images', 'gal_render', 'def', '1.0.0').submitted();
    local.pass(2);
    const refusal = await refusalOf(put({ targetRegions: [encrypted], replicationMode: 'Shallow' }));
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });
});

describe('an update', () => {
  test('takes time, and changes what it says and nothing else', async () => {
    await published({ targetRegions: [here], replicaCount: 3 });
    await patch({ tags: { a: '1' }, publishingProfile: { excludeFromLatest: true } });
    expect(await look()).toMatchObject({ provisioningState: 'Updating' });
    local.pass(1);
    expect(await look()).toMatchObject({
      provisioningState: 'Succeeded',
      tags: { a: '1' },
      publishingProfile: { excludeFromLatest: true, replicaCount: 3, targetRegions: [{ regionalReplicaCount: 1 }] },
      storageProfile: { osDiskImage: { hostCaching: 'ReadWrite', sizeInGB: 64 } },
    });
  });

  test('with the whole profile, as it was read, is none', async () => {
    await published({ targetRegions: [here], storageAccountType: 'Premium_LRS' });
    const { publishingProfile, storageProfile: disks, safetyProfile } = await look();
    await patch({
      ...(publishingProfile && { publishingProfile: { ...publishingProfile, excludeFromLatest: true } }),
      ...(disks && { storageProfile: disks }),
      ...(safetyProfile && { safetyProfile }),
    });
    local.pass(1);
    expect((await look()).publishingProfile).toMatchObject({
      excludeFromLatest: true,
      storageAccountType: 'Premium_LRS',
      targetRegions: [{ name: 'westeurope', storageAccountType: 'Premium_LRS' }],
    });
  });

  test('with more regions replicates to these', async () => {
    await published();
    await patch({ publishingProfile: { targetRegions: [here, there] } });
    local.pass(1);
    expect(await statesOf()).toEqual({ westeurope: 'Completed', northeurope: 'Replicating' });
    expect((await look()).provisioningState).toBe('Updating');
    local.pass(12);
    expect(await look()).toMatchObject({
      provisioningState: 'Succeeded',
      replicationStatus: { aggregatedState: 'Completed' },
    });
  });

  test('with fewer regions leaves them out, unless that is not allowed', async () => {
    await published({ targetRegions: [here, there] });
    await patch({ safetyProfile: { allowDeletionOfReplicatedLocations: false } });
    local.pass(1);
    const fewer = { publishingProfile: { targetRegions: [here] } };
    expect(await refusalOf(patch(fewer))).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
    await patch({ ...fewer, safetyProfile: { allowDeletionOfReplicatedLocations: true } });
    local.pass(1);
    expect(await statesOf()).toEqual({ westeurope: 'Completed' });
  });

  test('with more replicas takes as long as their copies, with fewer it does not', async () => {
    await published();
    await patch({ publishingProfile: { targetRegions: [{ ...here, regionalReplicaCount: 5 }] } });
    local.pass(10);
    expect(await look()).toMatchObject({
      provisioningState: 'Updating',
      publishingProfile: { targetRegions: [{ regionalReplicaCount: 5 }] },
    });
    local.pass(3);
    expect((await look()).provisioningState).toBe('Succeeded');
    await patch({ publishingProfile: { targetRegions: [here] } });
    local.pass(1);
    expect((await look()).provisioningState).toBe('Succeeded');
  });

  const fixed: { label: string; body: GalleryImageVersionUpdate; text: string }[] = [
    {
      label: 'the replication mode',
      body: { publishingProfile: { replicationMode: 'Shallow' } },
      text: 'publishingProfile.replicationMode',
    },
    {
      label: 'the storage account type',
      body: { publishingProfile: { storageAccountType: 'Premium_LRS' } },
      text: 'publishingProfile.storageAccountType',
    },
    {
      label: 'the storage account type of a region',
      body: { publishingProfile: { targetRegions: [{ ...here, storageAccountType: 'Premium_LRS' }] } },
      text: "Please specify 'Standard_LRS' as the storage account type",
    },
    {
      label: 'the source',
      body: { storageProfile: { osDiskImage: { source: { id: sourceSnapshotId('snap-packer-os') } } } },
      text: 'storageProfile',
    },
    {
      label: 'the caching of a disk',
      body: { storageProfile: { osDiskImage: { hostCaching: 'None' } } },
      text: 'storageProfile',
    },
    {
      label: 'the number of data disks',
      body: {
        storageProfile: { dataDiskImages: [{ lun: 0, source: { id: sourceSnapshotId('snap-golden-data-0') } }] },
      },
      text: 'storageProfile',
    },
  ];

  test.each(fixed)('does not change $label', async ({ body, text }) => {
    await published();
    const refusal = await refusalOf(patch(body));
    expect(refusal).toMatchObject({ status: 409, code: 'PropertyChangeNotAllowed' });
    expect(refusal.text).toContain(text);
  });

  test('of a version that is not there is refused', async () => {
    expect(await refusalOf(patch({ tags: {} }))).toMatchObject({ status: 404, code: 'ResourceNotFound' });
  });
});

test.each([
  { label: 'extended locations', publishingProfile: { targetExtendedLocations: [{ name: 'edge' }] } },
  { label: 'a storage strategy', publishingProfile: { storageAccountStrategy: 'PreferStandard_ZRS' } },
])('$label are not known', async ({ publishingProfile }) => {
  expect(await refusalOf(put({ targetRegions: [here], ...publishingProfile }))).toMatchObject({ status: 501 });
});
