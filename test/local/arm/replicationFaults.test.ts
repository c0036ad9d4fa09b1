/** A replication that fails to one region while the others go on. */
import type { GalleryImageVersion } from '@azure/arm-compute';
import * as given from './given';
import { ask, refusalOf, startLocalAzure, type LocalAzure } from './localAzure';
import { sourceSnapshotId } from './sources';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
  await given.definition(local, 'def');
});
afterEach(() => local.close());

const storageProfile = { osDiskImage: { source: { id: sourceSnapshotId('snap-golden-os') } } };
const targets = (...names: string[]): Pick<GalleryImageVersion, 'publishingProfile'> => ({
  publishingProfile: { targetRegions: names.map((name) => ({ name, regionalReplicaCount: 1 })) },
});
const put = (...names: string[]): ReturnType<LocalAzure['compute']['galleryImageVersions']['createOrUpdate']> =>
  local.compute.galleryImageVersions.createOrUpdate(
    'rg-images',
    'gal_render',
    'def',
    '1.0.0',
    { location: 'westeurope', storageProfile, ...targets(...names) },
    { updateIntervalInMs: 1 },
  );
const look = (): Promise<GalleryImageVersion> =>
  local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0', { expand: 'ReplicationStatus' });
const statesOf = async (): Promise<unknown> =>
  Object.fromEntries(((await look()).replicationStatus?.summary ?? []).map(({ region, state }) => [region, state]));

const failNorth = (more: { reason?: string } = {}): void =>
  local.azure.faults.add({ kind: 'failReplication', region: 'North Europe', ...more });

test('the region is Failed with its details, the others are Completed, and the version is Failed', async () => {
  failNorth({ reason: 'The source is too large.' });
  const poller = put('westeurope', 'northeurope', 'westus');
  await poller.submitted();
  local.pass(14);
  expect(await statesOf()).toEqual({ westeurope: 'Replicating', northeurope: 'Replicating', westus: 'Replicating' });
  local.pass(12);
  expect(await look()).toMatchObject({
    provisioningState: 'Failed',
    replicationStatus: {
      aggregatedState: 'Failed',
      summary: [
        { region: 'westeurope', state: 'Completed', details: '', progress: 100 },
        {
          region: 'northeurope',
          state: 'Failed',
          details: "Replication failed in this region due to 'The source is too large.'",
          progress: 0,
        },
        { region: 'westus', state: 'Completed', details: '', progress: 100 },
      ],
    },
  });
  expect((await refusalOf(poller)).text).toContain("The replication job has not completed at region: 'northeurope'");
});

test('the same version can be made again', async () => {
  failNorth();
  await put('westeurope', 'northeurope').submitted();
  local.pass(25);
  expect((await look()).provisioningState).toBe('Failed');
  await put('westeurope', 'northeurope').submitted();
  local.pass(25);
  expect(await look()).toMatchObject({
    provisioningState: 'Succeeded',
    replicationStatus: { aggregatedState: 'Completed' },
  });
});

test('a region that is added may fail, and is replicated to by the next update', async () => {
  await put('westeurope').submitted();
  local.pass(25);
  failNorth();
  const patch = (): PromiseLike<void> =>
    local.compute.galleryImageVersions
      .update('rg-images', 'gal_render', 'def', '1.0.0', targets('westeurope', 'northeurope'))
      .submitted();
  await patch();
  local.pass(15);
  expect(await statesOf()).toEqual({ westeurope: 'Completed', northeurope: 'Failed' });
  expect((await look()).provisioningState).toBe('Failed');
  await patch();
  expect(await statesOf()).toEqual({ westeurope: 'Completed', northeurope: 'Unknown' });
  local.pass(15);
  expect(await look()).toMatchObject({
    provisioningState: 'Succeeded',
    replicationStatus: { aggregatedState: 'Completed' },
  });
});

test('pools can be made in the regions that have it, and in no other', async () => {
  failNorth();
  await put('westeurope', 'northeurope').submitted();
  local.pass(25);
  const id = (await look()).id ?? '';
  const errorsOf = async (account: string): Promise<unknown> => {
    await local.batch.poolOperations.create('rg-batch', account, 'p', given.aPool(id, 1));
    local.pass(20);
    const pool = await local.batch.poolOperations.get('rg-batch', account, 'p');
    return pool.resizeOperationStatus?.errors?.map(({ code }) => code) ?? [];
  };
  expect(await errorsOf('batchrender')).toEqual([]);
  expect(await errorsOf('batchnorth')).toEqual(['AllocationFailed']);
});

test('a write that does not replicate to the region leaves the fault as it is', async () => {
  failNorth();
  await put('westeurope').submitted();
  local.pass(25);
  expect((await look()).provisioningState).toBe('Succeeded');
  await local.compute.galleryImageVersions
    .update('rg-images', 'gal_render', 'def', '1.0.0', targets('westeurope', 'northeurope'))
    .submitted();
  local.pass(15);
  expect(await statesOf()).toEqual({ westeurope: 'Completed', northeurope: 'Failed' });
});

test('an operation that fails as a whole takes all regions with it', async () => {
  failNorth();
  const failed = { code: 'InternalError', message: 'Broken.' };
  local.azure.faults.add({ kind: 'failOperation', path: '/versions/', ...failed });
  await put('westeurope', 'northeurope').submitted();
  local.pass(25);
  expect((await look()).replicationStatus).toMatchObject({ aggregatedState: 'Failed' });
  expect((await look()).provisioningState).toBe('Failed');
});

test('the control door knows the fault', async () => {
  const rule = { kind: 'failReplication', region: 'northeurope' };
  expect((await ask(local, 'POST', '/_control/faults', { body: rule })).status).toBe(204);
  expect((await ask(local, 'POST', '/_control/faults', { body: { kind: 'failReplication' } })).status).toBe(400);
});
