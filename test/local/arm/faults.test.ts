/** Faults on request, in process and through the control door. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as given from './given';
import { ask, diskId, refusalOf, snapshotId, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
});
afterEach(() => local.close());

const create = (name: string): PromiseLike<void> =>
  local.compute.snapshots.createOrUpdate('rg-images', name, given.aSnapshot()).submitted();
const state = async (name: string): Promise<unknown> =>
  (await local.compute.snapshots.get('rg-images', name)).provisioningState;
const look = (): Promise<unknown> => local.compute.disks.get('rg-render', 'osdisk-gen1');

test('an answer strikes as often as it should, and only what it matches', async () => {
  local.azure.faults.add({
    kind: 'answer',
    status: 429,
    code: 'TooManyRequests',
    retryAfterSeconds: 7,
    path: 'OSDISK-gen1',
    times: 2,
  });
  expect(await refusalOf(look())).toMatchObject({ status: 429, code: 'TooManyRequests' });
  const second = await ask(local, 'GET', `${diskId('osdisk-gen1')}?api-version=2025-01-02`);
  expect(second.headers.get('retry-after')).toBe('7');
  await look();
});

test('a pattern matches too', async () => {
  local.azure.faults.add({ kind: 'answer', status: 503, method: 'get', path: /disks\/osdisk-gen\d$/i });
  expect(await refusalOf(look())).toMatchObject({ status: 503 });
});

test('an answer instead of the request leaves nothing, one afterwards leaves what was asked', async () => {
  local.azure.faults.add({ kind: 'answer', status: 500, method: 'PUT' });
  expect(await refusalOf(create('before'))).toMatchObject({ status: 500 });
  local.azure.faults.add({ kind: 'answer', status: 500, method: 'PUT', afterwards: true });
  expect(await refusalOf(create('after'))).toMatchObject({ status: 500 });
  expect(local.azure.find(snapshotId('before'))).toBeUndefined();
  expect(await state('after')).toBe('Creating');
});

test.each([false, true])('a connection breaks; the request took effect: %p', async (afterwards) => {
  local.azure.faults.add({ kind: 'reset', method: 'PUT', afterwards });
  expect((await refusalOf(create('snap'))).status).toBeUndefined();
  expect(local.azure.find(snapshotId('snap')) !== undefined).toBe(afterwards);
  expect(local.azure.calls.at(-1)).toMatchObject({ method: 'PUT', status: 0 });
});

/** Begins a snapshot whose answer never comes; answers when the simulator has taken the request. */
async function leftHanging(name: string, abortSignal: AbortSignal): Promise<{ answer: Promise<unknown> }> {
  const { azure, compute } = local;
  const before = azure.calls.length;
  const answer = refusalOf(
    compute.snapshots.createOrUpdate('rg-images', name, given.aSnapshot(), { abortSignal }).submitted(),
  );
  while (azure.calls.length === before) await nextTurn();
  return { answer };
}

test.each([false, true])('a request is never answered; it took effect: %p', async (afterwards) => {
  local.azure.faults.add({ kind: 'hang', method: 'PUT', afterwards });
  const client = new AbortController();
  const { answer } = await leftHanging('snap', client.signal);
  // The connection is open still: requests that come later are answered before it.
  expect(await Promise.race([answer, look().then(() => 'answered')])).toBe('answered');
  expect(local.azure.find(snapshotId('snap')) !== undefined).toBe(afterwards);
  expect(local.azure.calls[0]).toMatchObject({ method: 'PUT', status: 0 });
  expect(local.azure.isIdle()).toBe(true);
  client.abort();
  expect(await answer).toMatchObject({ status: undefined });
  await create('another');
});

test('a request left hanging ends with the simulator', async () => {
  local.azure.faults.add({ kind: 'hang' });
  const { answer } = await leftHanging('snap', new AbortController().signal);
  await local.azure.close();
  expect(await answer).toMatchObject({ status: undefined });
});

test('the control door takes a hang too', async () => {
  const rule = { kind: 'hang', method: 'PUT', path: '/snapshots/', afterwards: true };
  expect((await ask(local, 'POST', '/_control/faults', { body: rule })).status).toBe(204);
  const client = new AbortController();
  const { answer } = await leftHanging('snap', client.signal);
  expect(await state('snap')).toBe('Creating');
  client.abort();
  await answer;
});

test('an operation fails when it would have completed, and can be begun anew', async () => {
  local.azure.faults.add({
    kind: 'failOperation',
    code: 'InternalExecutionError',
    message: 'An internal execution error occurred.',
  });
  await create('snap');
  const { azure } = local;
  expect(await state('snap')).toBe('Creating');
  local.pass(4);
  expect(await state('snap')).toBe('Failed');
  expect(local.events).toEqual([]);
  await create('snap');
  expect(await state('snap')).toBe('Creating');
  local.pass(4);
  expect(azure.find(snapshotId('snap'))).toMatchObject({
    properties: { provisioningState: 'Succeeded', diskSizeGB: 64 },
  });
});

test('a failed operation says why at its URL', async () => {
  local.azure.faults.add({ kind: 'failOperation', code: 'StorageBusy', message: 'Too many requests on source.' });
  const body = {
    location: 'westeurope',
    properties: { creationData: { createOption: 'Copy', sourceResourceId: diskId('osdisk-gen1') } },
  };
  const made = await ask(local, 'PUT', `${snapshotId('s')}?api-version=2025-01-02`, { body });
  const { pathname, search } = new URL(made.headers.get('azure-asyncoperation') ?? '');
  local.pass(4);
  expect(await ask(local, 'GET', pathname + search)).toMatchObject({
    status: 200,
    body: { status: 'Failed', error: { code: 'StorageBusy', message: 'Too many requests on source.' } },
  });
});

test('a failed deletion leaves the resource', async () => {
  await given.snapshot(local, 'snap');
  local.azure.faults.add({ kind: 'failOperation', code: 'InternalExecutionError', message: 'No.', method: 'DELETE' });
  await local.compute.snapshots.delete('rg-images', 'snap').submitted();
  local.pass(5);
  expect(await state('snap')).toBe('Failed');
  await local.compute.snapshots.delete('rg-images', 'snap').submitted();
  local.pass(1);
  expect(local.azure.find(snapshotId('snap'))).toBeUndefined();
});

test('an operation is slower by a factor and by minutes', async () => {
  local.azure.faults.add({ kind: 'slow', factor: 2, moreMinutes: 10 });
  await create('snap');
  local.pass(14);
  expect(await state('snap')).toBe('Creating');
  local.pass(0.5);
  expect(await state('snap')).toBe('Succeeded');
});

test('an allocation comes out short, with the reason; a slow one takes longer', async () => {
  const image = await given.publishedImage(local);
  local.azure.faults.add({ kind: 'shortAllocation', nodes: 3 });
  local.azure.faults.add({ kind: 'slow', moreMinutes: 5, path: '/pools/' });
  await local.batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 16));
  local.pass(11);
  expect((await local.batch.poolOperations.get('rg-batch', 'batchrender', 'p')).allocationState).toBe('Resizing');
  local.pass(1);
  const pool = await local.batch.poolOperations.get('rg-batch', 'batchrender', 'p');
  expect(pool).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 13 });
  const [error] = pool.resizeOperationStatus?.errors ?? [];
  expect(error).toMatchObject({ code: 'AllocationFailed', details: [{ code: 'Reason' }] });
  expect(error?.details?.[0]?.message).toContain('insufficient capacity');
});

test('a stuck resize stays Resizing past its timeout, until it is stopped', async () => {
  const image = await given.publishedImage(local);
  const { poolOperations } = local.batch;
  local.azure.faults.add({ kind: 'stuck', path: '/pools/' });
  await poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 16));
  local.pass(24 * 60);
  const stuck = await poolOperations.get('rg-batch', 'batchrender', 'p');
  expect(stuck).toMatchObject({ allocationState: 'Resizing', currentDedicatedNodes: 0 });
  expect(stuck.resizeOperationStatus?.errors).toBeUndefined();
  await poolOperations.stopResize('rg-batch', 'batchrender', 'p');
  local.pass(1);
  const stopped = await poolOperations.get('rg-batch', 'batchrender', 'p');
  expect(stopped).toMatchObject({
    allocationState: 'Steady',
    resizeOperationStatus: { errors: [{ code: 'ResizeStopped' }] },
  });
});

test('a pool whose resize is stuck can be deleted, and the fault is then used up', async () => {
  const image = await given.publishedImage(local);
  const { poolOperations } = local.batch;
  local.azure.faults.add({ kind: 'stuck' });
  await poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 2));
  await poolOperations.beginDelete('rg-batch', 'batchrender', 'p');
  local.pass(1);
  await poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 2));
  local.pass(7);
  const pool = await poolOperations.get('rg-batch', 'batchrender', 'p');
  expect(pool).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 2 });
});

test('the control door takes a stuck resize too', async () => {
  const image = await given.publishedImage(local);
  const rule = { kind: 'stuck', method: 'PUT', path: '/pools/' };
  expect((await ask(local, 'POST', '/_control/faults', { body: rule })).status).toBe(204);
  await local.batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 2));
  local.pass(60);
  const pool = await local.batch.poolOperations.get('rg-batch', 'batchrender', 'p');
  expect(pool.allocationState).toBe('Resizing');
});

test('cleared faults strike no more', async () => {
  local.azure.faults.add({ kind: 'answer', status: 500, times: 100 });
  local.azure.faults.clear();
  await look();
});

test('the control door takes faults and deletions, and tells the calls', async () => {
  const rule = { kind: 'answer', status: 503, path: '/disks/' };
  expect((await ask(local, 'POST', '/_control/faults', { body: [rule, rule, rule] })).status).toBe(204);
  expect(await refusalOf(look())).toMatchObject({ status: 503 });
  expect(await refusalOf(look())).toMatchObject({ status: 503 });
  expect((await ask(local, 'DELETE', '/_control/faults')).status).toBe(204);
  await look();
  expect((await ask(local, 'POST', '/_control/delete', { body: { id: diskId('osdisk-gen1') } })).status).toBe(204);
  expect(await refusalOf(look())).toMatchObject({ status: 404 });
  const calls = await ask(local, 'GET', '/_control/calls');
  expect(calls.body).toMatchObject([{ status: 503 }, { status: 503 }, { status: 200 }, { status: 404 }]);
});

test('the control door refuses what it does not understand', async () => {
  const answer = await ask(local, 'POST', '/_control/faults', { body: { kind: 'answer', stats: 503 } });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidControlRequest' } } });
  expect((await ask(local, 'POST', '/_control/delete', { body: { id: diskId('nope') } })).status).toBe(404);
});

test('there is no control door unless it was asked for', async () => {
  const shut = await startLocalAzure();
  expect((await ask(shut, 'GET', '/_control/calls')).status).toBe(404);
  await shut.close();
});
