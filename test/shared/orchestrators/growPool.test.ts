/** Growing as the durable-functions executor runs it: what is called, when, and what an operator sees of it. */
import * as z from 'zod';
import { fail, succeed } from '../../../shared/domain/outcome';
import type { GrowthEnd, GrowthJob } from '../../../shared/domain/growth/growthJob';
import { growPool } from '../../../shared/orchestrators/growPool';
import { azure, nodeStates, poolLook, throttled, type AzureOptions } from '../../given/azure';
import * as given from '../../given/build';
import { runToEnd, type Ended } from './executor';
import { build } from './build';
import { failedResult, resultOf, secondsOf, story } from './story';

const JOB: GrowthJob = { poolId: given.POOL, targets: { dedicated: 16, spot: 0 }, mostUnusablePercent: 20 };

const grow = (options: AzureOptions = {}, job: GrowthJob = JOB): Promise<Ended> =>
  runToEnd(growPool, { input: job, startAtMs: given.STARTED_AT_MS, activities: azure(options) });

const endSchema = z.custom<GrowthEnd>((value) => z.object({ outcome: z.string() }).safeParse(value).success);
const endOf = (run: Ended): GrowthEnd => endSchema.parse(run.result);

const quota = { code: 'AccountCoreQuotaReached', message: 'No cores left.', details: [] };
const few = { dedicated: 4, spot: 0 };

describe('a pool that is whole', () => {
  it('is looked at once, and its nodes are counted', async () => {
    const run = await grow();
    expect(story(run)).toEqual(['lookAtPool', 'countNodes']);
    expect(endOf(run)).toMatchObject({ outcome: 'grown', resizes: 0, findings: [] });
  });

  it('is counted again while nodes are on their way', async () => {
    const run = await grow({
      countNodes: (_, { nth }) => succeed(nodeStates(nth < 3 ? { usable: 10, underway: 6 } : {})),
    });
    expect(story(run)).toEqual(['lookAtPool', 'countNodes', 'countNodes', 'countNodes']);
  });
});

it('a throttled look is made again when Azure says, by a timer', async () => {
  const run = await grow({ lookAtPool: (_, { nth }) => (nth === 1 ? fail(throttled(480_000)) : undefined) });
  const [first = 0, second = 0] = secondsOf(run, 'lookAtPool');
  expect(second - first).toBeGreaterThanOrEqual(480);
  expect(endOf(run).outcome).toBe('grown');
});

it('an operator sees how many nodes there are', async () => {
  const looks = [poolLook({ allocationState: 'Resizing', nodes: few }), poolLook()];
  const run = await grow({ lookAtPool: (_, { nth }) => succeed(looks[Math.min(nth, 2) - 1] ?? poolLook()) });
  expect(run.customStatuses).toContainEqual({
    phase: 'growth',
    since: '2026-03-04T05:06:07.000Z',
    waitingFor: [{ name: 'render-pool', progress: '4 of 16 nodes' }],
  });
});

describe('a build whose pool does not get its nodes', () => {
  const short: AzureOptions = { lookAtPool: () => succeed(poolLook({ nodes: few, resizeErrors: [quota] })) };

  it('says so at step growth, with how far it came, and takes everything back, the pool first', async () => {
    const run = await build({ azure: short });
    expect(failedResult(run)).toMatchObject({
      step: 'growth',
      code: 'AccountCoreQuotaReached',
      growth: { reached: few, target: { dedicated: 16, spot: 0 } },
    });
    expect(failedResult(run).removed.map((id) => id.split('/').at(-2))).toEqual([
      'pools',
      'versions',
      'images',
      'images',
      'snapshots',
      'snapshots',
      'snapshots',
    ]);
  });

  it('keeps what was made when the request says so', async () => {
    const run = await build({ azure: short, request: given.request({ keepOnFailure: true }) });
    expect(failedResult(run).kept).toContain(given.POOL);
  });

  it('succeeds all the same when so many are enough', async () => {
    const run = await build({ azure: short, request: given.request({ pool: { acceptAtLeast: 4 } }) });
    expect(resultOf(run)).toMatchObject({
      outcome: 'BuildSucceeded',
      growth: { reached: few, findings: [{ code: 'PoolBelowTarget' }] },
    });
  });
});

it('a build survives an orchestration below it that breaks, and takes everything back', async () => {
  const run = await build({
    azure: {
      lookAtPool: () => {
        throw new Error('The process died.');
      },
    },
  });
  expect(failedResult(run)).toMatchObject({ step: 'growth', code: 'UnexpectedFault', left: [] });
});
