/** Audits of fifty accounts: what may not be read, what Azure is late to tell, what breaks off, and what it all costs. */
import { bigAccountId, bigVersionId, bigWorld } from '../../local/bigWorld';
import { audit, findingsNow, inShort } from './guardWords';
import { killAfter } from './killing';
import { Story, SUBSCRIPTION } from './story';

const ACCOUNTS = 50;
/** Version n carries the pools n, n + 20, n + 40 and so on; those with a number that ends in 0 follow the newest version. */
const world = bigWorld({ accounts: ACCOUNTS, poolsPerAccount: 2, versions: 20 });

let story: Story;
beforeAll(async () => {
  story = await Story.begin({ withGuard: true, world });
});
afterEach(() => story.stack.azure.faults.clear());
afterAll(() => story.end());

const azure = () => story.stack.azure;
const hours = (count: number): Promise<void> => story.timeline.advanceTo(story.clock.nowMs() + count * 3_600_000);

const missingOn = (did: 'opened' | 'resolved', version: number): readonly string[] =>
  [0, 20, 40, 60, 80].map((more) => `${did} ImageVersionMissing pool-${String(version + more).padStart(5, '0')}`);

it('costs a call for each account and its nodes, one for each page of Resource Graph, and a few more', async () => {
  const since = story.calls().length;
  const { summary } = await audit(story);
  expect(summary).toMatchObject({
    status: 'green',
    coverage: { accounts: 50, accountsRead: 50, pools: 100, gaps: [] },
  });
  const calls = story.calls(since).map(({ method, path }) => `${method} ${path}`);
  const count = (pattern: RegExp): number => calls.filter((call) => pattern.test(call)).length;
  expect(count(/^GET .*\/pools$/)).toBe(ACCOUNTS);
  expect(count(/\/nodecounts$/)).toBe(ACCOUNTS);
  expect(count(/ResourceGraph/)).toBe(1);
  // The list of accounts, and the images that Batch supports.
  expect(calls).toHaveLength(2 * ACCOUNTS + 1 + 2);
});

describe('an account that may not be read', () => {
  const HIDDEN = bigAccountId(1);

  it('makes the audit partial: what is known of the others is told, and nothing of its own resolved', async () => {
    azure().deleteBehindTheBack(bigVersionId(3), { silently: true });
    await hours(1);
    expect(inShort((await audit(story)).findings)).toEqual(missingOn('opened', 3));
    const subscription = `/subscriptions/${SUBSCRIPTION}`;
    const right = 'Microsoft.Batch/batchAccounts/pools/read';
    const others = Array.from({ length: ACCOUNTS }, (_, index) => bigAccountId(index)).filter((id) => id !== HIDDEN);
    azure().setGrants([
      { scope: subscription, actions: ['*'], notActions: [right], dataActions: ['*'] },
      ...others.map((scope) => ({ scope, actions: [right] })),
    ]);
    azure().restoreBehindTheBack(bigVersionId(3), { silently: true });
    azure().deleteBehindTheBack(bigVersionId(4), { silently: true });
    await hours(1);
    const { summary, findings } = await audit(story);
    expect(summary).toMatchObject({
      status: 'partial',
      coverage: { accounts: 50, accountsRead: 49, pools: 98, gaps: [{ what: HIDDEN }] },
    });
    expect(summary.coverage.gaps[0]?.why).toContain('AuthorizationFailed');
    // Pool 3 is in the hidden account, which has pools 2 and 3.
    expect(inShort(findings)).toEqual(
      [
        'opened AccountNotRead batch00001',
        ...missingOn('opened', 4),
        ...missingOn('resolved', 3).filter((text) => !text.endsWith('00003')),
      ].toSorted(),
    );
  });

  it('is caught up with when it may', async () => {
    azure().setGrants([{ scope: `/subscriptions/${SUBSCRIPTION}`, actions: ['*'], dataActions: ['*'] }]);
    azure().restoreBehindTheBack(bigVersionId(4), { silently: true });
    const { summary, findings } = await audit(story);
    expect(summary).toMatchObject({ status: 'green' });
    expect(inShort(findings)).toEqual(
      [
        'resolved AccountNotRead batch00001',
        'resolved ImageVersionMissing pool-00003',
        ...missingOn('resolved', 4),
      ].toSorted(),
    );
  });
});

describe('Resource Graph, ten minutes late', () => {
  beforeAll(() => azure().setGraphLag(600_000));

  it('does not show a fresh image, which is no finding', async () => {
    azure().deleteBehindTheBack(bigVersionId(5), { silently: true });
    await story.timeline.advanceTo(story.clock.nowMs() + 1_200_000);
    azure().restoreBehindTheBack(bigVersionId(5), { silently: true });
    const { summary, findings } = await audit(story);
    expect(findings).toEqual([]);
    expect(summary.status).toBe('green');
  });

  it('still shows an image that is gone, which resolves nothing', async () => {
    azure().deleteBehindTheBack(bigVersionId(6));
    expect(inShort(await findingsNow(story))).toEqual(missingOn('opened', 6));
    const { summary, findings } = await audit(story);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ status: 'findings', open: { critical: 5 } });
    azure().restoreBehindTheBack(bigVersionId(6));
    expect(inShort(await findingsNow(story))).toEqual(missingOn('resolved', 6));
  });
});

it('the timer finds what no event told of', async () => {
  azure().deleteBehindTheBack(bigVersionId(7), { silently: true });
  await story.timeline.until(() => story.stack.broker.counts('image-pool-events').active > 0, { azureHours: 2 });
  expect(inShort(await findingsNow(story))).toEqual(missingOn('opened', 7));
  azure().restoreBehindTheBack(bigVersionId(7));
  expect(inShort(await findingsNow(story))).toEqual(missingOn('resolved', 7));
});

it('two requests at once are answered by one audit', async () => {
  await hours(0.1);
  await story.send({ mode: 'audit', requestId: 'one' });
  await story.send({ mode: 'audit', requestId: 'other' });
  const told = await story.events(2);
  const data = told.map(({ event }) => event.data as unknown as { auditId: string; requestId: string });
  expect(data.map(({ requestId }) => requestId).toSorted()).toEqual(['one', 'other']);
  expect(new Set(data.map(({ auditId }) => auditId)).size).toBe(1);
  expect(told.map(({ message }) => message.correlationId).toSorted()).toEqual(['one', 'other']);
});

it('a throttled audit waits as long as it is told to, and then sees everything', async () => {
  azure().faults.add({ kind: 'answer', method: 'GET', path: '/pools', status: 429, retryAfterSeconds: 300, times: 20 });
  azure().faults.add({
    kind: 'answer',
    method: 'POST',
    path: 'ResourceGraph',
    status: 429,
    retryAfterSeconds: 60,
    times: 2,
  });
  const before = story.clock.nowMs();
  const { summary } = await audit(story);
  expect(summary).toMatchObject({ status: 'green', coverage: { accountsRead: 50, gaps: [] } });
  expect(story.clock.nowMs() - before).toBeGreaterThan(300_000);
});

it('without Resource Graph every image is asked for by itself, and the audit is partial', async () => {
  azure().faults.add({
    kind: 'answer',
    method: 'POST',
    path: 'ResourceGraph',
    status: 400,
    code: 'BadQuery',
    times: 1,
  });
  const { summary, findings } = await audit(story);
  expect(findings).toEqual([]);
  expect(summary).toMatchObject({
    status: 'partial',
    coverage: { accountsRead: 50, poolsInDoubt: 0, gaps: [{ what: 'the list of images (Azure Resource Graph)' }] },
  });
});

describe('the host is lost in the middle of an audit', () => {
  it.each([2, 30, 80, 104])('after %i calls: the same findings, each told once', async (calls) => {
    azure().setGraphLag(0);
    azure().deleteBehindTheBack(bigVersionId(8), { silently: true });
    await hours(0.01);
    const since = story.calls().length;
    await story.send({ mode: 'audit', requestId: `killed-${calls}` });
    await killAfter(story, since, calls);
    await story.timeline.until(() => story.stack.broker.counts('image-pool-events').active > 5, { azureHours: 1 });
    const told = await findingsNow(story);
    expect(inShort(told)).toEqual(missingOn('opened', 8));
    azure().restoreBehindTheBack(bigVersionId(8));
    expect(inShort(await findingsNow(story))).toEqual(missingOn('resolved', 8));
  });
});
