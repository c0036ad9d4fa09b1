/** Long operations as the SDK's own pollers see them, one look at a time. */
import { restorePoller } from '@azure/arm-compute';
import * as given from './given';
import { refusalOf, snapshotId, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const create = (): ReturnType<LocalAzure['compute']['snapshots']['createOrUpdate']> =>
  local.compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot());

test('a write runs until its time is over, and then has the resource', async () => {
  const poller = create();
  await poller.submitted();
  expect((await poller.poll()).status).toBe('running');
  local.pass(4);
  expect((await poller.poll()).status).toBe('succeeded');
  expect(poller.result).toMatchObject({ name: 'snap', provisioningState: 'Succeeded' });
});

test('a write is taken up again by another process from what was saved', async () => {
  const poller = create();
  await poller.submitted();
  const restored = restorePoller(local.compute, await poller.serialize(), local.compute.snapshots.createOrUpdate);
  local.pass(4);
  await restored.poll();
  expect(restored.result).toMatchObject({ name: 'snap', provisioningState: 'Succeeded' });
});

test('a failed write throws with the code in its text', async () => {
  local.azure.faults.add({ kind: 'failOperation', code: 'StorageBusy', message: 'Too many requests on source.' });
  const poller = create();
  await poller.submitted();
  local.pass(4);
  const refusal = await refusalOf(poller.poll());
  expect(refusal.text).toContain('The long-running operation has failed. StorageBusy. Too many requests on source.');
});

test('a deletion succeeds when the resource is gone', async () => {
  await given.snapshot(local, 'snap');
  const poller = local.compute.snapshots.delete('rg-images', 'snap');
  await poller.submitted();
  expect((await poller.poll()).status).toBe('running');
  local.pass(1);
  expect((await poller.poll()).status).toBe('succeeded');
  expect(local.azure.find(snapshotId('snap'))).toBeUndefined();
});

test('the deletion of a pool is over when its location says so', async () => {
  const image = await given.publishedImage(local);
  await local.batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 0));
  const poller = await local.batch.poolOperations.beginDelete('rg-batch', 'batchrender', 'p');
  expect(poller.isDone()).toBe(false);
  local.pass(1);
  await poller.poll();
  expect(poller.isDone()).toBe(true);
});
