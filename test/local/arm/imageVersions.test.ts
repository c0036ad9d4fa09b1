/** Image versions through the real client: sources, replication, what never changes. */
import type { GalleryImageVersion } from '@azure/arm-compute';
import * as given from './given';
import { diskId, imageId, refusalOf, snapshotId, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
  await given.snapshot(local, 'snap');
  await given.definition(local, 'def');
});
afterEach(() => local.close());

const put = (name: string, body: GalleryImageVersion): PromiseLike<void> =>
  local.compute.galleryImageVersions.createOrUpdate('rg-images', 'gal_render', 'def', name, body).submitted();

const look = (): Promise<GalleryImageVersion> =>
  local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0', { expand: 'ReplicationStatus' });

const regions = (...names: string[]): Partial<GalleryImageVersion> => ({
  publishingProfile: { targetRegions: names.map((name) => ({ name, regionalReplicaCount: 1 })) },
});

test('a version is made, replicates region by region, and is then Succeeded', async () => {
  await put('1.0.0', given.aVersion('snap', regions('West Europe', 'northeurope')));
  const states = async (): Promise<unknown[]> =>
    ((await look()).replicationStatus?.summary ?? []).map((region) => region.state);
  local.pass(7);
  expect(await states()).toEqual(['Unknown', 'Unknown']);
  local.pass(7);
  expect(await states()).toEqual(['Replicating', 'Replicating']);
  expect((await look()).replicationStatus?.summary?.[0]).toMatchObject({ region: 'westeurope', progress: 50 });
  local.pass(6);
  expect(await states()).toEqual(['Completed', 'Replicating']);
  expect((await look()).provisioningState).toBe('Creating');
  local.pass(2);
  expect(await look()).toMatchObject({
    provisioningState: 'Succeeded',
    replicationStatus: { aggregatedState: 'Completed' },
    storageProfile: { osDiskImage: { sizeInGB: 64, hostCaching: 'ReadWrite' } },
  });
});

test('replication status is shown only when it is asked for', async () => {
  await given.version(local, 'def', '1.0.0', given.aVersion('snap'));
  const plain = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0');
  expect(plain.replicationStatus).toBeUndefined();
});

const osImage = { source: { id: snapshotId('snap') } };
const refused: { label: string; name?: string; body: GalleryImageVersion; status?: number; text: string }[] = [
  {
    label: 'two kinds of source',
    body: given.aVersion('snap', { storageProfile: { source: { id: imageId('img') }, osDiskImage: osImage } }),
    text: 'one source type',
  },
  { label: 'no source at all', body: given.aVersion('snap', { storageProfile: {} }), text: 'one source type' },
  { label: 'a source that is not there', body: given.aVersion('nope'), status: 404, text: 'not found' },
  {
    label: 'a lun that is used twice',
    body: given.aVersion('snap', {
      storageProfile: {
        osDiskImage: osImage,
        dataDiskImages: [
          { lun: 0, source: { id: diskId('datadisk-render-assets') } },
          { lun: 0, source: { id: diskId('datadisk-render-cache') } },
        ],
      },
    }),
    text: 'lun',
  },
  {
    label: 'one snapshot used twice',
    body: given.aVersion('snap', {
      storageProfile: { osDiskImage: osImage, dataDiskImages: [{ lun: 0, ...osImage }] },
    }),
    text: 'must be unique',
  },
  {
    label: 'target regions without its own',
    body: given.aVersion('snap', regions('northeurope')),
    text: 'must contain the location',
  },
  {
    label: 'a location that its source is not in',
    body: given.aVersion('snap', { location: 'northeurope', ...regions('northeurope') }),
    text: 'location',
  },
  { label: 'the name 1.0', name: '1.0', body: given.aVersion('snap'), text: 'Major.Minor.Patch' },
  { label: 'a part beyond int32', name: '1.0.2147483648', body: given.aVersion('snap'), text: 'Major.Minor.Patch' },
];

test.each(refused)('a version with $label is refused', async ({ name = '1.0.0', body, status = 400, text }) => {
  const refusal = await refusalOf(put(name, body));
  expect(refusal).toMatchObject({ status, code: status === 404 ? 'NotFound' : 'InvalidParameter' });
  expect(refusal.text).toContain(text);
});

test('a source of another generation than the definition is refused', async () => {
  await given.snapshot(local, 'old', given.aSnapshot('osdisk-gen1'));
  const refusal = await refusalOf(put('1.0.0', given.aVersion('old')));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
  expect(refusal.text).toContain("has a different Hypervisor generation ['V1']");
});

test('a version in another region than its definition is refused', async () => {
  const identifier = { publisher: 'render', offer: 'base', sku: 'north' };
  await given.definition(local, 'north', given.aDefinition({ location: 'northeurope', identifier }));
  const { galleryImageVersions } = local.compute;
  const made = galleryImageVersions.createOrUpdate('rg-images', 'gal_render', 'north', '1.0.0', given.aVersion('snap'));
  expect(await refusalOf(made.submitted())).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

test('a source that is not Succeeded is refused', async () => {
  await local.compute.snapshots.createOrUpdate('rg-images', 'young', given.aSnapshot()).submitted();
  expect(await refusalOf(put('1.0.0', given.aVersion('young')))).toMatchObject({ status: 409, code: 'Conflict' });
});

test('a Trusted Launch snapshot needs a Trusted Launch definition', async () => {
  const { compute } = local;
  await given.snapshot(local, 'tl', given.aSnapshot('osdisk-trusted-launch'));
  expect(await refusalOf(put('1.0.0', given.aVersion('tl')))).toMatchObject({ status: 400, code: 'InvalidParameter' });
  const features = [{ name: 'SecurityType', value: 'TrustedLaunch' }];
  const identifier = { publisher: 'render', offer: 'base', sku: 'trusted' };
  await given.definition(local, 'trusted', given.aDefinition({ features, identifier }));
  await given.version(local, 'trusted', '1.0.0', given.aVersion('tl'));
  const found = await compute.galleryImageVersions.get('rg-images', 'gal_render', 'trusted', '1.0.0');
  expect(found.provisioningState).toBe('Succeeded');
});

test('a version from a managed image has its disks', async () => {
  await given.image(local, 'img', given.anImage('snap'));
  await given.version(
    local,
    'def',
    '1.0.0',
    given.aVersion('snap', { storageProfile: { source: { id: imageId('img') } } }),
  );
  const found = await look();
  expect(found.storageProfile).toMatchObject({ source: { id: imageId('img') }, osDiskImage: { sizeInGB: 64 } });
});

test('its disks never change, its regions do: a new one replicates', async () => {
  await given.version(local, 'def', '1.0.0', given.aVersion('snap'));
  await given.snapshot(local, 'other');
  expect(await refusalOf(put('1.0.0', given.aVersion('other')))).toMatchObject({
    status: 409,
    code: 'PropertyChangeNotAllowed',
  });
  await put('1.0.0', given.aVersion('snap', regions('westeurope', 'northeurope')));
  local.pass(5);
  const updating = await look();
  expect(updating.provisioningState).toBe('Updating');
  expect(updating.replicationStatus?.summary?.map((region) => region.state)).toEqual(['Completed', 'Replicating']);
  local.pass(10);
  expect((await look()).replicationStatus?.aggregatedState).toBe('Completed');
});

test('deletion is blocked before the end of life, until the block is lifted', async () => {
  const { galleryImageVersions } = local.compute;
  const remove = (): PromiseLike<void> =>
    galleryImageVersions.delete('rg-images', 'gal_render', 'def', '1.0.0').submitted();
  const publishingProfile = {
    targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }],
    endOfLifeDate: new Date('2030-01-01T00:00:00Z'),
  };
  const safetyProfile = { blockDeletionBeforeEndOfLife: true, allowDeletionOfReplicatedLocations: true };
  await given.version(local, 'def', '1.0.0', given.aVersion('snap', { publishingProfile, safetyProfile }));
  expect(await refusalOf(remove())).toMatchObject({
    status: 409,
    code: 'DeleteGalleryImageVersionBlockedBeforeEndOfLife',
  });
  const lifted = { ...safetyProfile, blockDeletionBeforeEndOfLife: false };
  await galleryImageVersions
    .update('rg-images', 'gal_render', 'def', '1.0.0', { publishingProfile, safetyProfile: lifted })
    .submitted();
  local.pass(1);
  await remove();
  local.pass(1);
  expect(await refusalOf(look())).toMatchObject({ status: 404, code: 'ResourceNotFound' });
});
