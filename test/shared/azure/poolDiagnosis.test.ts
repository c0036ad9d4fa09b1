/** What the image of a pool rests on, looked up with the real clients on the local Azure. */
import { readDiagnosis } from '../../../shared/azure/poolDiagnosis';
import type { DiagnosisFacts } from '../../../shared/domain/growth/diagnosis';
import { managedImageClient, snapshotClient } from '../../../shared/azure/computeResources';
import { imageVersionClient } from '../../../shared/azure/galleryResources';
import { poolClient } from '../../../shared/azure/poolResources';
import * as given from '../../local/arm/given';
import { accountId, definitionId, imageId, snapshotId, SUBSCRIPTION, worldText } from '../../local/arm/localAzure';
import { failureIn, startCloud, valueOf, type Cloud } from './cloud';
import { dataSnapshotSpec, imageSpec, POOL_ID, poolSpec, snapshotSpec, versionSpec } from './specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const HERE = { read: 'found', value: null };
const FOLLOWS_LATEST = `${accountId('batchrender')}/pools/render-follows-latest`;

/** Pool `id` on an image, just begun. */
async function beginPoolOn(image: string, id = POOL_ID): Promise<void> {
  const virtualMachineConfiguration = { imageReference: { id: image }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' };
  const properties = { ...poolSpec().properties, deploymentConfiguration: { virtualMachineConfiguration } };
  valueOf(await poolClient(cloud.arm).put(poolSpec({ id, properties })));
}

async function poolOn(image: string): Promise<void> {
  await beginPoolOn(image);
  cloud.pass(60);
  cloud.newCalls();
}

const diagnosisOf = async (poolId = POOL_ID): Promise<DiagnosisFacts> =>
  valueOf(await readDiagnosis(cloud.arm, poolId));

const refuse = (path: string, status = 403, code = 'AuthorizationFailed'): void =>
  cloud.azure.faults.add({ kind: 'answer', status, code, message: 'No.', method: 'GET', path });

describe('a pool on an image version', () => {
  let image: string;
  beforeEach(async () => {
    image = await given.publishedImage(cloud);
    await poolOn(image);
  });

  it('has everything: image, replica in its region, and source; nothing is written', async () => {
    expect(await diagnosisOf()).toEqual({
      image: { id: image, fact: HERE },
      replica: { read: 'found', value: 'Completed' },
      region: 'westeurope',
      sources: [{ id: snapshotId('snap'), fact: HERE }],
    });
    const calls = cloud.newCalls();
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'GET']);
  });

  it('whose version was deleted misses it, and its replica', async () => {
    cloud.azure.deleteBehindTheBack(image);
    expect(await diagnosisOf()).toMatchObject({
      image: { id: image, fact: { read: 'missing' } },
      replica: { read: 'missing' },
      sources: [],
    });
  });

  it('whose gallery was deleted misses the version, too', async () => {
    cloud.azure.deleteBehindTheBack(image.slice(0, image.indexOf('/images/')));
    expect((await diagnosisOf()).image).toEqual({ id: image, fact: { read: 'missing' } });
  });

  it('whose snapshot was deleted misses only that', async () => {
    cloud.azure.deleteBehindTheBack(snapshotId('snap'));
    expect(await diagnosisOf()).toMatchObject({
      image: { fact: HERE },
      replica: { value: 'Completed' },
      sources: [{ id: snapshotId('snap'), fact: { read: 'missing' } }],
    });
  });

  it('whose version may not be read says which right is missing, and not that the image is gone', async () => {
    refuse('/versions/');
    const forbidden = { read: 'forbidden', permission: 'Microsoft.Compute/galleries/images/versions/read' };
    expect(await diagnosisOf()).toMatchObject({ image: { fact: forbidden }, replica: forbidden, sources: [] });
  });

  it('whose snapshot may not be read says which right is missing', async () => {
    refuse('/snapshots/');
    const forbidden = { read: 'forbidden', permission: 'Microsoft.Compute/snapshots/read' };
    expect((await diagnosisOf()).sources).toMatchObject([{ fact: forbidden }]);
  });

  it('whose version Azure refuses to show for another reason stays unknown', async () => {
    refuse('/versions/', 400, 'BadRequest');
    expect((await diagnosisOf()).image.fact).toMatchObject({ read: 'failed' });
  });

  it('whose account may not be read has no region to look for a replica in', async () => {
    // Its pools are another right; the path of the account ends with its name.
    cloud.azure.faults.add({
      kind: 'answer',
      status: 403,
      code: 'AuthorizationFailed',
      path: /batchAccounts\/[^/]+$/i,
    });
    expect(await diagnosisOf()).toMatchObject({
      image: { fact: HERE },
      replica: { read: 'unasked', because: 'the region of the Batch account' },
      region: '',
    });
  });

  it.each(['/pools/', '/versions/', '/snapshots/'])('is for later while Azure does not answer for %s', async (path) => {
    refuse(path, 503, 'ServiceUnavailable');
    expect(failureIn(await readDiagnosis(cloud.arm, POOL_ID))).toMatchObject({ kind: 'unavailable', status: 503 });
  });

  it('that is gone itself is a failure', async () => {
    cloud.azure.deleteBehindTheBack(POOL_ID);
    expect(failureIn(await readDiagnosis(cloud.arm, POOL_ID)).kind).toBe('notFound');
  });
});

it('a version that is not in the region of the pool has no replica there', async () => {
  const elsewhere = `${accountId('batchnorth')}/pools/north`;
  await beginPoolOn(await given.publishedImage(cloud), elsewhere);
  expect(await diagnosisOf(elsewhere)).toMatchObject({
    image: { fact: HERE },
    replica: { read: 'missing' },
    region: 'northeurope',
  });
});

it('each region of a version has a replica of its own', async () => {
  await given.snapshot(cloud, 'snap');
  await given.definition(cloud, 'def');
  const targetRegions = ['westeurope', 'northeurope'].map((name) => ({ name, regionalReplicaCount: 1 }));
  const both = given.aVersion('snap', { publishingProfile: { targetRegions } });
  await cloud.compute.galleryImageVersions.createOrUpdate('rg-images', 'gal_render', 'def', '1.0.0', both).submitted();
  // The second region takes 1.1 times as long as the first (local/arm/durations.ts).
  cloud.pass(20.5);
  const elsewhere = `${accountId('batchnorth')}/pools/north`;
  for (const id of [POOL_ID, elsewhere]) await beginPoolOn(`${definitionId('def')}/versions/1.0.0`, id);
  expect((await diagnosisOf()).replica).toEqual({ read: 'found', value: 'Completed' });
  expect((await diagnosisOf(elsewhere)).replica).toEqual({ read: 'found', value: 'Replicating' });
});

it('a version that was made from a managed image names it as its source', async () => {
  for (const snapshot of [snapshotSpec(), dataSnapshotSpec()]) valueOf(await snapshotClient(cloud.arm).put(snapshot));
  cloud.pass(60);
  valueOf(await managedImageClient(cloud.arm).put(imageSpec()));
  cloud.pass(60);
  await given.definition(cloud, 'def');
  const spec = versionSpec({ id: `${definitionId('def')}/versions/1.0.0` });
  valueOf(await imageVersionClient(cloud.arm).put(spec));
  cloud.pass(60);
  await poolOn(spec.id);
  expect((await diagnosisOf()).sources).toContainEqual({ id: imageId('render-image'), fact: HERE });
  cloud.azure.deleteBehindTheBack(imageId('render-image'));
  expect((await diagnosisOf()).sources).toContainEqual({ id: imageId('render-image'), fact: { read: 'missing' } });
});

describe('a pool on an image definition', () => {
  it('rests on the newest version by number, and on what that was made from', async () => {
    const { image, replica, sources } = await diagnosisOf(FOLLOWS_LATEST);
    expect(image).toEqual({ id: definitionId('render-shared'), fact: HERE });
    expect(replica).toEqual({ read: 'found', value: 'Completed' });
    expect(sources.map(({ id }) => id)).toEqual([snapshotId('shared-3000-1-1-os')]);
  });

  it('passes over versions that are excluded from latest, and counts by numbers, not by text', async () => {
    await given.publishedImage(cloud);
    const profile = { targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }] };
    await given.snapshot(cloud, 'snap-9');
    await given.snapshot(cloud, 'snap-10');
    await given.version(cloud, 'def', '1.9.0', given.aVersion('snap-9'));
    await given.version(cloud, 'def', '1.10.0', given.aVersion('snap-10'));
    const excluded = given.aVersion('snap', { publishingProfile: { ...profile, excludeFromLatest: true } });
    await given.version(cloud, 'def', '2.0.0', excluded);
    await poolOn(definitionId('def'));
    expect((await diagnosisOf()).sources).toMatchObject([{ id: snapshotId('snap-10') }]);
  });

  it('without any version has no replica, though the definition is there', async () => {
    given.empty(cloud, definitionId('render-shared'));
    expect(await diagnosisOf(FOLLOWS_LATEST)).toMatchObject({
      image: { fact: HERE },
      replica: { read: 'missing' },
      sources: [],
    });
  });

  it('that is gone misses it', async () => {
    cloud.azure.deleteBehindTheBack(definitionId('render-shared'));
    expect(await diagnosisOf(FOLLOWS_LATEST)).toMatchObject({
      image: { fact: { read: 'missing' } },
      replica: { read: 'missing' },
    });
  });
});

describe('a pool of the time before', () => {
  /** The world, with the pool of `batchrender` on another image. */
  const worldWith = (id: string): unknown => {
    const { resources, ...rest } = JSON.parse(worldText) as { resources: { id: string; properties: object }[] };
    const reference = { imageReference: { id }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' };
    const changed = resources.map((one) =>
      one.id === FOLLOWS_LATEST
        ? {
            ...one,
            properties: { ...one.properties, deploymentConfiguration: { virtualMachineConfiguration: reference } },
          }
        : one,
    );
    return { ...rest, resources: changed };
  };
  const startWith = async (id: string): Promise<void> => {
    await cloud.close();
    cloud = await startCloud({ world: worldWith(id) });
  };

  it('on a managed image rests on the image and its snapshots', async () => {
    await startWith(imageId('img'));
    expect(await diagnosisOf(FOLLOWS_LATEST)).toMatchObject({
      image: { id: imageId('img'), fact: { read: 'missing' } },
      replica: { read: 'missing' },
    });
    await given.snapshot(cloud, 'snap');
    await given.image(cloud, 'img', given.anImage('snap'));
    expect(await diagnosisOf(FOLLOWS_LATEST)).toEqual({
      image: { id: imageId('img'), fact: HERE },
      replica: { read: 'found', value: 'Completed' },
      region: 'westeurope',
      sources: [{ id: snapshotId('snap'), fact: HERE }],
    });
  });

  it('on an image outside of the allow-list is not followed there', async () => {
    const theirs = imageId('img').replace(SUBSCRIPTION, '33333333-3333-4333-8333-333333333333');
    await startWith(theirs);
    expect((await diagnosisOf(FOLLOWS_LATEST)).image).toEqual({ id: theirs, fact: { read: 'outside' } });
  });

  it('on an image of the Marketplace names nothing that could be looked up', async () => {
    const { image, sources } = await diagnosisOf(`${accountId('batchfull')}/pools/render-only-pool`);
    expect(image).toMatchObject({ id: '', fact: { read: 'failed' } });
    expect(sources).toEqual([]);
  });
});
