/** Listing all images into files, as the durable-functions executor runs it: page by page, and no faster than is allowed. */
import type { OrchestrationContext } from 'durable-functions';
import { fail, succeed } from '../../../shared/domain/outcome';
import type { StockTaken } from '../../../shared/orchestrators/contracts';
import type { Step } from '../../../shared/orchestrators/steps';
import { takeStock } from '../../../shared/orchestrators/takeStock';
import { rejects, throttled } from '../../given/azure';
import { NOW_MS } from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd, type Ended } from './executor';
import { expectToReplay } from './replaying';

function* stockOnly(ctx: OrchestrationContext): Step<unknown> {
  return yield* takeStock(ctx, 'an-audit');
}

const take = (answer: GuardTwists['takeStock']): Promise<Ended> =>
  runToEnd(stockOnly, {
    input: null,
    startAtMs: NOW_MS,
    activities: guardAzure(answer === undefined ? {} : { takeStock: answer }),
  });

const part = (next?: StockTaken['next'], unreadable = 0) =>
  succeed<StockTaken>({ resources: 1, unreadable, ...(next === undefined ? {} : { next }) });
const WHAT = 'the list of images (Azure Resource Graph)';

it('takes everything that fits into one file', async () => {
  const ended = await take(() => part());
  expect(ended.steps.map(({ input }) => input)).toEqual([{ auditId: 'an-audit', part: 0, query: 0 }]);
  expect(ended.result).toEqual({ parts: 1, gaps: [] });
});

it('goes on where it is told, into the next file, when it is told', async () => {
  const nexts = [
    { query: 0, skipToken: 'a', pauseMs: 5_000 },
    { query: 1, pauseMs: 0 },
    { query: 1, skipToken: 'b', pauseMs: 60_000 },
  ];
  const ended = await take((_, { nth }) => part(nexts[nth - 1]));
  expect(ended.steps.map(({ input }) => input)).toEqual([
    { auditId: 'an-audit', part: 0, query: 0 },
    { auditId: 'an-audit', part: 1, query: 0, skipToken: 'a' },
    { auditId: 'an-audit', part: 2, query: 1 },
    { auditId: 'an-audit', part: 3, query: 1, skipToken: 'b' },
  ]);
  expect(ended.steps.map(({ atMs }) => (atMs - NOW_MS) / 1_000)).toEqual([0, 6, 7, 68]);
  expect(ended.result).toEqual({ parts: 4, gaps: [] });
});

it('takes a part again that is throttled, by a timer, into the same file', async () => {
  const ended = await take((_, { nth }) => (nth === 1 ? fail(throttled(480_000)) : part()));
  expect(ended.steps.map(({ atMs, input }) => [(atMs - NOW_MS) / 1_000, input])).toEqual([
    [0, { auditId: 'an-audit', part: 0, query: 0 }],
    [481, { auditId: 'an-audit', part: 0, query: 0 }],
  ]);
});

it('says once how many rows it did not understand, over all parts', async () => {
  const ended = await take(({ part: nth }) => (nth < 2 ? part({ query: nth + 1, pauseMs: 0 }, 2) : part()));
  expect(ended.result).toEqual({
    parts: 3,
    gaps: [{ what: WHAT, why: '4 of its rows are not what its documentation says' }],
  });
});

it('keeps the parts that it has when it cannot go on, and says why', async () => {
  const ended = await take(({ part: nth }) =>
    nth === 0 ? part({ query: 1, pauseMs: 0 }, 1) : rejects({ message: 'No.' }),
  );
  expect(ended.result).toEqual({
    parts: 1,
    gaps: [
      { what: WHAT, why: '1 of its rows are not what its documentation says' },
      { what: WHAT, why: 'No.' },
    ],
  });
});

it('has no part when the first breaks each time', async () => {
  const ended = await take(() => {
    throw new Error('A bug.');
  });
  expect(ended.result).toMatchObject({
    parts: 0,
    gaps: [{ what: WHAT, why: expect.stringContaining('A bug.') as unknown }],
  });
});

it('replays at every point', async () => {
  const ended = await take(({ part: at }, { nth }) => {
    if (nth === 2) return fail(throttled(30_000));
    return at < 4 ? part({ query: at, skipToken: String(at), pauseMs: at % 2 === 0 ? 5_000 : 0 }) : part();
  });
  await expectToReplay(stockOnly, null, ended);
});
