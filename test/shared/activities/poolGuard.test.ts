/** A look at the pools that a change concerns: what it reads, what it tells, what it remembers, and what breaks off. */
import { BlobServiceClient } from '@azure/storage-blob';
import { bigAccountId, bigVersionId, bigWorld } from '../../../local/bigWorld';
import type { ResourceChange } from '../../../shared/domain/guard/change';
import type { PoolsCheck } from '../../../shared/orchestrators/contracts';
import { failureIn, valueOf } from '../azure/cloud';
import { auditWith, startGuardCloud, type GuardCloud } from './guardCloud';

/** Pools 1 to 5 stand on the versions of their number, pool 0 on the newest, which is version 5. */
const world = bigWorld({ accounts: 1, poolsPerAccount: 6, versions: 6 });
const ACCOUNT = bigAccountId(0);
const GROUP = bigVersionId(0).slice(0, bigVersionId(0).indexOf('/providers/'));

let cloud: GuardCloud;
beforeAll(async () => {
  cloud = await startGuardCloud({ world });
});
afterEach(() => cloud.azure.faults.clear());
afterAll(() => cloud.close());

const deleted = (resourceId: string): ResourceChange => ({
  verb: 'deleted',
  resourceId,
  eventId: 'event-1',
  by: { objectId: 'o', correlationId: 'c', at: '2026-11-21T08:00:00.000Z' },
});

const check = (...changes: readonly ResourceChange[]): PoolsCheck => ({
  accountId: ACCOUNT,
  changes,
  nowMs: cloud.clock.nowMs(),
});

async function sheetVersion(): Promise<string | undefined> {
  const service = BlobServiceClient.fromConnectionString(cloud.storage.connectionString);
  const container = service.getContainerClient('image-pool-guard');
  const [sheet] = await Array.fromAsync(container.listBlobsFlat({ prefix: 'accounts/' }));
  return sheet?.properties.etag;
}

it('nobody knows what stands on what before an audit has ended', async () => {
  const change = deleted(bigVersionId(1));
  expect(valueOf(await cloud.guard.findDependents([change]))).toEqual({ known: false, accounts: [] });
  await auditWith(cloud);
  const ours = { known: true, accounts: [{ accountId: ACCOUNT, changes: [0] }] };
  expect(valueOf(await cloud.guard.findDependents([change]))).toEqual(ours);
  const strange = deleted(`${GROUP}/providers/Microsoft.Compute/snapshots/of-nobody`);
  expect(valueOf(await cloud.guard.findDependents([strange]))).toEqual({ known: true, accounts: [] });
  const both = { known: true, accounts: [{ accountId: ACCOUNT, changes: [1, 2] }] };
  expect(valueOf(await cloud.guard.findDependents([strange, change, deleted(GROUP)]))).toEqual(both);
});

it('only the pools on it are looked at, and those that follow the newest of its definition', async () => {
  cloud.newCalls();
  const checked = valueOf(await cloud.guard.checkPools(check(deleted(bigVersionId(2)))));
  expect(checked).toEqual({ pools: 2, opened: 0, resolved: 0 });
  const paths = cloud.newCalls().map(({ path }) => path.split('/').at(-1));
  expect(paths).toEqual(expect.arrayContaining(['pool-00000', 'pool-00002', '1.0.2', 'snapshot-00002']) as string[]);
  expect(paths).not.toContain('pool-00003');
});

it('changes that came together are looked at together: each pool once, each image once', async () => {
  cloud.newCalls();
  const all = [deleted(bigVersionId(2)), deleted(bigVersionId(3)), deleted(bigVersionId(3).toUpperCase())];
  expect(valueOf(await cloud.guard.checkPools(check(...all)))).toEqual({ pools: 3, opened: 0, resolved: 0 });
  const paths = cloud.newCalls().map(({ path }) => path.split('/').at(-1));
  expect(paths.filter((name) => name?.startsWith('pool-')).toSorted()).toEqual([
    'pool-00000',
    'pool-00002',
    'pool-00003',
  ]);
  expect(paths.filter((name) => name === '1.0.3')).toHaveLength(1);
});

it('what is as it was is not written again, so that no audit has to begin anew', async () => {
  const before = await sheetVersion();
  await cloud.guard.checkPools(check(deleted(GROUP)));
  expect(await sheetVersion()).toBe(before);
  cloud.azure.deleteBehindTheBack(`${ACCOUNT}/pools/pool-00003`, { silently: true });
  await cloud.guard.checkPools(check(deleted(`${ACCOUNT}/pools/pool-00003`)));
  expect(await sheetVersion()).not.toBe(before);
});

it('one image that cannot be read does not hide what is wrong with another, and is asked for again', async () => {
  cloud.azure.deleteBehindTheBack(bigVersionId(1), { silently: true });
  cloud.azure.faults.add({ kind: 'answer', method: 'GET', path: '/versions/1.0.4', status: 503, times: 1 });
  expect(failureIn(await cloud.guard.checkPools(check(deleted(GROUP))))).toMatchObject({ kind: 'unavailable' });
  expect(await cloud.told()).toEqual(['FindingOpened ImageVersionMissing pool-00001']);
  expect(valueOf(await cloud.guard.checkPools(check(deleted(GROUP))))).toMatchObject({ pools: 5, opened: 0 });
  expect(await cloud.told()).toEqual([]);
});

it('an audit that may not look closely at a pool leaves it in doubt, and goes on with the others', async () => {
  cloud.azure.deleteBehindTheBack(bigVersionId(2), { silently: true });
  cloud.azure.deleteBehindTheBack(bigVersionId(4), { silently: true });
  cloud.pass(60);
  const refusal = { kind: 'answer', method: 'GET', status: 403, code: 'AuthorizationFailed', times: 1 } as const;
  cloud.azure.faults.add({ ...refusal, path: '/pools/pool-00002' });
  const { status, coverage } = await auditWith(cloud);
  expect(await cloud.told()).toEqual(['FindingOpened ImageVersionMissing pool-00004']);
  expect(status).toBe('partial');
  expect(coverage).toMatchObject({ accountsRead: 1, poolsInDoubt: 1, gaps: [{ what: `${ACCOUNT}/pools/pool-00002` }] });
  await auditWith(cloud);
  expect(await cloud.told()).toEqual(['FindingOpened ImageVersionMissing pool-00002']);
});
