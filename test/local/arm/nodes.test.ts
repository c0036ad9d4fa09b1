/** The states of nodes, as the data plane of a Batch account counts and lists them. */
import type { Pool } from '@azure/arm-batch';
import { z } from 'zod';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import * as given from './given';
import { accountId, ask, startLocalAzure, worldText, type LocalAzure } from './localAzure';

const VERSION = '2024-07-01.20.0';

let local: LocalAzure;
let image: string;
let origin: string;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
  image = await given.publishedImage(local);
  const { accountEndpoint = '' } = await local.batch.batchAccountOperations.get('rg-batch', 'batchrender');
  origin = `https://${accountEndpoint}`;
});
afterEach(() => local.close());

const create = (body: Pool, name = 'p'): Promise<Pool> =>
  local.batch.poolOperations.create('rg-batch', 'batchrender', name, body);
const resize = (targetDedicatedNodes: number): Promise<Pool> =>
  local.batch.poolOperations.update('rg-batch', 'batchrender', 'p', {
    scaleSettings: { fixedScale: { targetDedicatedNodes, targetLowPriorityNodes: 0, resizeTimeout: 'PT30M' } },
  });
const aTask = (waitForSuccess?: boolean): Pick<Pool, 'startTask'> => ({
  startTask: { commandLine: 'true', ...(waitForSuccess === undefined ? {} : { waitForSuccess }) },
});

const get = (path: string, query: Record<string, string> = {}): ReturnType<typeof ask> => {
  const { token } = unsignedToken('https://batch.core.windows.net/');
  const search = new URLSearchParams({ 'api-version': VERSION, ...query });
  return ask({ origin }, 'GET', `${path}?${search.toString()}`, { headers: { authorization: `Bearer ${token}` } });
};

const counts = z.record(z.string(), z.number());
const countPage = z.looseObject({
  value: z.array(z.strictObject({ poolId: z.string(), dedicated: counts, lowPriority: counts })),
});

/** The states of a pool's nodes that are not 0. */
async function stateCounts(pool = 'p'): Promise<object> {
  const { body } = await get('/nodecounts', { $filter: `poolId eq '${pool}'` });
  const [found] = countPage.parse(body).value;
  const seen = (of: Record<string, number> = {}): object =>
    Object.fromEntries(Object.entries(of).filter(([, count]) => count > 0));
  return { dedicated: seen(found?.dedicated), lowPriority: seen(found?.lowPriority) };
}

const nodePage = z.looseObject({
  value: z.array(z.looseObject({ id: z.string().regex(/^tvmps_[0-9a-f]{64}_[dp]$/), state: z.string() })),
  'odata.nextLink': z.string().optional(),
});
const nodes = async (query: Record<string, string> = {}): Promise<z.infer<typeof nodePage>> =>
  nodePage.parse((await get('/pools/p/nodes', query)).body);

test('counts have every state, of dedicated and of low-priority nodes', async () => {
  const fixedScale = { targetDedicatedNodes: 2, targetLowPriorityNodes: 1, resizeTimeout: 'PT30M' };
  await create(given.aPool(image, 0, { scaleSettings: { fixedScale } }));
  local.pass(20);
  const none = {
    ...{ creating: 0, idle: 0, leavingPool: 0, offline: 0, preempted: 0, rebooting: 0, reimaging: 0, running: 0 },
    ...{ starting: 0, startTaskFailed: 0, unknown: 0, unusable: 0, waitingForStartTask: 0, total: 0 },
  };
  const { body } = await get('/nodecounts', { $filter: "poolId eq 'p'" });
  expect(body).toEqual({
    'odata.metadata': `${origin}/$metadata#poolnodecounts`,
    value: [{ poolId: 'p', dedicated: { ...none, idle: 2, total: 2 }, lowPriority: { ...none, idle: 1, total: 1 } }],
  });
});

test('a node starts, waits for its start task, and is idle', async () => {
  await create(given.aPool(image, 1, aTask()));
  const seen: object[] = [];
  let before = '';
  for (let step = 0; step < 40; step += 1) {
    local.pass(0.25);
    const now = await stateCounts();
    if (JSON.stringify(now) !== before) seen.push(now);
    before = JSON.stringify(now);
  }
  const one = (state: string): object => ({ dedicated: { [state]: 1, total: 1 }, lowPriority: {} });
  expect(seen).toEqual([{ dedicated: {}, lowPriority: {} }, one('starting'), one('waitingForStartTask'), one('idle')]);
  expect((await nodes()).value[0]).toMatchObject({ startTaskInfo: { state: 'completed', exitCode: 0 } });
});

test('a start task that nobody waits for does not keep a node from being idle', async () => {
  local.azure.faults.add({ kind: 'badNodes', nodes: 1, state: 'startTaskFailed' });
  await create(given.aPool(image, 1, aTask(false)));
  local.pass(20);
  expect(await stateCounts()).toMatchObject({ dedicated: { idle: 1 } });
});

test('leaving nodes leave, and those that stay keep their ids', async () => {
  await create(given.aPool(image, 4));
  local.pass(20);
  const before = (await nodes()).value.map(({ id }) => id);
  expect(new Set(before).size).toBe(4);
  await resize(3);
  expect(await stateCounts()).toMatchObject({ dedicated: { idle: 3, leavingPool: 1, total: 4 } });
  local.pass(5);
  await resize(5);
  local.pass(20);
  const after = (await nodes()).value.map(({ id }) => id);
  expect(after).toHaveLength(5);
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
  expect(after).not.toContain(before[3]);
});

describe('bad nodes', () => {
  test('are a share of those that the resize brings, with their errors', async () => {
    await create(given.aPool(image, 4));
    local.pass(20);
    const rule = { kind: 'badNodes', share: 0.25, state: 'unusable', method: 'PATCH', path: '/pools/p' };
    expect((await ask(local, 'POST', '/_control/faults', { body: rule })).status).toBe(204);
    await resize(12);
    local.pass(20);
    expect(await stateCounts()).toMatchObject({ dedicated: { idle: 10, unusable: 2, total: 12 } });
    const { value } = await nodes({
      $filter: "state eq 'unusable' or state eq 'starttaskfailed'",
      $select: 'id,state,errors,startTaskInfo',
    });
    const errors = [{ code: 'DiskFull', errorDetails: [] }];
    expect(value).toMatchObject([
      { state: 'unusable', errors },
      { state: 'unusable', errors },
    ]);
    expect(value.map((node) => Object.keys(node))).toEqual([
      ['id', 'state', 'errors'],
      ['id', 'state', 'errors'],
    ]);
  });

  test('of both kinds at once, in words that were given', async () => {
    local.azure.faults.add({ kind: 'badNodes', nodes: 1, state: 'unusable', code: 'NoAgent', message: 'No agent.' });
    local.azure.faults.add({ kind: 'badNodes', nodes: 2, state: 'startTaskFailed' });
    await create(given.aPool(image, 4, aTask()));
    local.pass(20);
    expect(await stateCounts()).toMatchObject({ dedicated: { idle: 1, unusable: 1, startTaskFailed: 2 } });
    expect((await nodes({ $filter: "state eq 'unusable'" })).value).toMatchObject([
      { errors: [{ code: 'NoAgent', message: 'No agent.' }] },
    ]);
    const failureInfo = { category: 'usererror', code: 'FailureExitCode' };
    const startTaskInfo = { state: 'completed', exitCode: 1, failureInfo };
    expect((await nodes({ $filter: "state eq 'startTaskFailed'" })).value).toMatchObject([
      { state: 'starttaskfailed', startTaskInfo },
      { state: 'starttaskfailed', startTaskInfo },
    ]);
  });

  test('stay bad over the next resize, which brings good ones', async () => {
    local.azure.faults.add({ kind: 'badNodes', nodes: 2, state: 'unusable' });
    await create(given.aPool(image, 2));
    local.pass(20);
    await resize(4);
    local.pass(20);
    expect(await stateCounts()).toMatchObject({ dedicated: { idle: 2, unusable: 2 } });
  });
});

test('nodes are listed in pages', async () => {
  await create(given.aPool(image, 5));
  local.pass(20);
  const all = (await nodes()).value.map(({ id }) => id);
  const first = await nodes({ maxresults: '3', $select: 'id,state' });
  const next = new URL(first['odata.nextLink'] ?? '');
  const second = nodePage.parse((await get(next.pathname, Object.fromEntries(next.searchParams))).body);
  expect([...first.value, ...second.value].map(({ id }) => id)).toEqual(all);
});

test('pools of the world have nodes that have long been idle', async () => {
  expect(worldText).toContain('render-follows-latest');
  const { body } = await get('/nodecounts');
  const [found] = countPage.parse(body).value;
  expect(found).toMatchObject({ poolId: 'render-follows-latest' });
  expect(found?.dedicated['idle']).toBe(found?.dedicated['total']);
});

const notFound = { status: 404, body: { code: 'PoolNotFound', message: { lang: 'en-US' } } };

test('a pool that is not there is not found, nor is one that is gone', async () => {
  expect(await get('/pools/p/nodes')).toMatchObject(notFound);
  expect(await get('/nodecounts', { $filter: "poolId eq 'p'" })).toMatchObject(notFound);
  await create(given.aPool(image, 0));
  expect((await get('/pools/p/nodes')).status).toBe(200);
  await local.batch.poolOperations.beginDelete('rg-batch', 'batchrender', 'p');
  local.pass(2);
  expect(await get('/pools/p/nodes')).toMatchObject(notFound);
});

test.each([
  { path: '/nodecounts', query: { $filter: "id eq 'p'" } },
  { path: '/pools/p/nodes', query: { $filter: "state ne 'idle'" } },
  { path: '/pools/p/nodes', query: { $select: 'ipAddress' } },
])('$path with $query is not supported', async ({ path, query }) => {
  await create(given.aPool(image, 0));
  expect((await get(path, { ...query })).status).toBe(501);
});

test('a right at the account is needed', async () => {
  local.azure.setGrants([{ scope: accountId('batchnorth'), actions: ['*/read'] }]);
  expect(await get('/nodecounts')).toMatchObject({ status: 403, body: { code: 'PermissionDenied' } });
});
