/** A generated world of many accounts, pools and image versions behaves as a small one does. */
import { bigAccountId, bigVersionId, bigWorld } from '../../../local/bigWorld';
import * as given from './given';
import { startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeAll(async () => {
  local = await startLocalAzure({ world: bigWorld({ accounts: 3, poolsPerAccount: 25, versions: 250 }) });
});
afterAll(() => local.close());

const galleryId = bigVersionId(0).slice(0, bigVersionId(0).indexOf('/images/'));
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

test('has as much of everything as was asked for, each below its parent', async () => {
  const { batch, compute } = local;
  const accounts = await Array.fromAsync(batch.batchAccountOperations.listByResourceGroup('rg-batch'));
  expect(accounts).toHaveLength(3);
  for (const { name = '' } of accounts) {
    const pools = await Array.fromAsync(batch.poolOperations.listByBatchAccount('rg-batch', name));
    expect(pools).toHaveLength(25);
    expect(new Set(pools.map(({ allocationState }) => allocationState))).toEqual(new Set(['Steady']));
  }
  const definitions = await Array.fromAsync(compute.galleryImages.listByGallery('rg-images', 'gal_big'));
  const versions = await Promise.all(
    definitions.map(({ name = '' }) =>
      Array.fromAsync(compute.galleryImageVersions.listByGalleryImage('rg-images', 'gal_big', name)),
    ),
  );
  expect(versions.map(({ length }) => length)).toEqual([100, 100, 50]);
});

test('its pools stand on images that are there, and new ones can be made on them', async () => {
  const { batch } = local;
  const account = nameOf(bigAccountId(1));
  const pools = await Array.fromAsync(batch.poolOperations.listByBatchAccount('rg-batch', account));
  const images = pools.map(
    ({ deploymentConfiguration }) => deploymentConfiguration?.virtualMachineConfiguration?.imageReference.id ?? '',
  );
  expect(images.filter((id) => local.azure.find(id) === undefined)).toEqual([]);
  expect(images.some((id) => !id.includes('/versions/'))).toBe(true);
  await batch.poolOperations.create('rg-batch', account, 'fresh', given.aPool(bigVersionId(120), 16));
  local.pass(10);
  expect(await batch.poolOperations.get('rg-batch', account, 'fresh')).toMatchObject({ currentDedicatedNodes: 16 });
});

test('a gallery goes with everything in it, and a growing pool on it stops', async () => {
  const { batch } = local;
  await batch.poolOperations.create('rg-batch', nameOf(bigAccountId(2)), 'growing', given.aPool(bigVersionId(7), 100));
  local.pass(5);
  local.azure.deleteBehindTheBack(galleryId, { silently: true });
  expect(local.azure.ids().filter((id) => id.startsWith(galleryId))).toEqual([]);
  local.pass(5);
  const stopped = await batch.poolOperations.get('rg-batch', nameOf(bigAccountId(2)), 'growing');
  expect(stopped).toMatchObject({ allocationState: 'Steady' });
  expect(stopped.currentDedicatedNodes).toBeLessThan(100);
});

test('needs images for its pools', () => {
  expect(() => bigWorld({ accounts: 1, poolsPerAccount: 1, versions: 0 })).toThrow(RangeError);
});
