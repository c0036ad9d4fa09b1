/** Pools that really reach their size: resized until they are whole, or given up with the reason, never called done too early. */
import type { FaultRule } from '../../local/arm/faults';
import type { BuildRequest } from '../../shared/domain/request';
import type { BuildFailed, BuildSucceeded } from '../../shared/domain/result';
import { textMatching } from './matchers';
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
/** Where the calls and the time of one story begin. */
let callsBefore = 0;
let startedMs = 0;
beforeAll(async () => (story = await Story.begin()));
beforeEach(() => {
  callsBefore = story.calls().length;
  startedMs = story.clock.nowMs();
});
afterEach(() => {
  const { azure } = story.stack;
  azure.faults.clear();
  // Its cores and its name are for the next story.
  for (const id of azure.ids().filter((one) => one.endsWith('/pools/large'))) {
    azure.deleteBehindTheBack(id, { silently: true });
  }
});
afterAll(() => story.end());

/** A request for so many nodes, with what a story changes in its pool. */
const poolOf = (nodes: number, pool: Partial<BuildRequest['pool']> = {}): BuildRequest =>
  requestFor('large', (request) => ({
    pool: {
      ...request.pool,
      name: 'large',
      properties: {
        ...request.pool.properties,
        scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, resizeTimeout: 'PT30M' } },
      },
      ...pool,
    },
  }));

const fault = (rule: FaultRule): void => story.stack.azure.faults.add(rule);

const writes = (): readonly string[] => story.writes(callsBefore);
const resizes = (): readonly string[] => writes().filter((write) => write.startsWith('PATCH pools/'));

const nodesOf = (poolId: string): unknown => {
  const pool = story.stack.azure.find(poolId) as { properties: { currentDedicatedNodes: number } } | undefined;
  return pool?.properties.currentDedicatedNodes;
};

async function succeeded(azureHours?: number): Promise<BuildSucceeded> {
  const result = expectOutcome(await story.result(azureHours), 'BuildSucceeded');
  if (!('growth' in result)) throw new Error('The result says nothing of how the pool grew.');
  return result;
}

/** The build ended at its nodes, and nothing of it is left. */
async function failedAtItsNodes(azureHours?: number): Promise<BuildFailed> {
  const failed = expectOutcome(await story.result(azureHours), 'BuildFailed');
  expect(failed).toMatchObject({ step: 'growth', left: [], kept: [] });
  expect(story.resources().filter((id) => id.includes('/pools/large'))).toEqual([]);
  return failed;
}

describe('600 nodes, of which Azure brings 280 with each resize', () => {
  it('are reached with the fewest resizes, and the result says how', async () => {
    fault({ kind: 'mostPerResize', nodes: 280, code: 'AllocationTimedOut' });
    await story.send(poolOf(600));
    const { growth, poolId } = await succeeded();
    expect(nodesOf(poolId)).toBe(600);
    expect(resizes()).toHaveLength(2);
    expect(growth).toMatchObject({
      target: { dedicated: 600, spot: 0 },
      reached: { dedicated: 600, spot: 0 },
      resizes: 2,
      nodeStates: { total: 600, usable: 600, unusable: 0 },
      findings: [],
    });
    expect(growth.over.map(({ dedicated }) => dedicated)).toEqual(
      expect.arrayContaining([280, 560, 600]) as readonly number[],
    );
  });

  it('are reached when the host is lost in the middle, without one resize more', async () => {
    fault({ kind: 'mostPerResize', nodes: 280, code: 'AllocationTimedOut' });
    await story.send(poolOf(600));
    await story.timeline.until(() => resizes().length > 0, { azureHours: 3 });
    await story.stack.killHost();
    await story.stack.startHost();
    const { poolId } = await succeeded();
    expect(nodesOf(poolId)).toBe(600);
    expect(resizes()).toHaveLength(2);
  });
});

it('capacity that is back after three hours is waited for', async () => {
  fault({ kind: 'noCapacityUntil', at: new Date(startedMs + 3 * 3_600_000).toISOString() });
  await story.send(poolOf(100));
  const { growth } = await succeeded(24);
  expect(growth.reached).toEqual({ dedicated: 100, spot: 0 });
  expect(growth.resizes).toBeGreaterThan(0);
  expect(story.clock.nowMs() - startedMs).toBeGreaterThan(3 * 3_600_000);
  // Nobody hammers on a closed door.
  expect(resizes().length).toBeLessThan(15);
});

it('a pool that stays at nothing is given up, and taken away', async () => {
  fault({ kind: 'stuck' });
  await story.send(poolOf(100));
  expect(await failedAtItsNodes(24)).toMatchObject({
    code: 'ResizeStuck',
    growth: { reached: { dedicated: 0, spot: 0 } },
  });
});

describe('a quota that is reached at 40 %', () => {
  const QUOTA: FaultRule = { kind: 'mostPerResize', nodes: 40, code: 'AccountCoreQuotaReached', times: 1 };

  it('is a reason to give up at once', async () => {
    fault(QUOTA);
    await story.send(poolOf(100));
    expect(await failedAtItsNodes()).toMatchObject({
      code: 'AccountCoreQuotaReached',
      message: textMatching(/quota/i),
      growth: { reached: { dedicated: 40, spot: 0 }, resizes: 0, cause: 'quota' },
    });
  });

  it('is accepted when the request says that so many are enough', async () => {
    fault(QUOTA);
    await story.send(poolOf(100, { acceptAtLeast: '40%' }));
    const { growth, poolId } = await succeeded();
    expect(growth.findings).toMatchObject([
      { code: 'PoolBelowTarget', message: textMatching(/has 40 of its 100 nodes/) },
    ]);
    expect(nodesOf(poolId)).toBe(40);
  });
});

it('an image that is deleted while the pool grows is proved by a 404, and told as the reason', async () => {
  await story.send(poolOf(600));
  const before = story.resources();
  await story.timeline.until(() => writes().includes('PUT pools/large'), { azureHours: 3 });
  const version = story.resources().find((id) => id.includes('/versions/') && !before.includes(id)) ?? '';
  story.stack.azure.deleteBehindTheBack(version);
  const failed = await failedAtItsNodes(24);
  expect(failed.message).toContain('404');
  expect(failed.growth).toMatchObject({ cause: 'imageGone' });
  expect(failed.message.toLowerCase()).toContain(version.split('/').at(-1));
  expect(resizes()).toEqual([]);
});

describe('nodes that cannot be used', () => {
  it('make the pool a failure when they are too many, with what they complain of', async () => {
    fault({ kind: 'badNodes', nodes: 50, state: 'unusable', code: 'NodeAgentFailed', message: 'No agent.' });
    await story.send(poolOf(100));
    expect(await failedAtItsNodes()).toMatchObject({ code: 'UnusableNodes', message: textMatching(/No agent\./) });
  });

  it('are told with the result when they are few', async () => {
    fault({ kind: 'badNodes', nodes: 5, state: 'startTaskFailed' });
    await story.send(poolOf(100));
    const { growth } = await succeeded();
    expect(growth).toMatchObject({ nodeStates: { startTaskFailed: 5 }, findings: [{ code: 'UnusableNodes' }] });
  });
});

it('more nodes than a custom image allows are refused by the plan', async () => {
  await story.send({ ...poolOf(2_600), mode: 'plan' });
  const { verdicts } = expectOutcome(await story.result(), 'BuildRefused');
  expect(verdicts.map(({ code }) => code)).toContain('TooManyNodes');
  expect(writes()).toEqual([]);
});

describe('a pool that scales by formula', () => {
  const byFormula = (): BuildRequest => {
    const request = poolOf(0);
    const autoScale = { formula: '$TargetDedicatedNodes = 6;', evaluationInterval: 'PT15M' };
    const properties = { ...request.pool.properties, scaleSettings: { autoScale } };
    return { ...request, pool: { ...request.pool, properties } };
  };

  it('is never resized, and its result says what Azure did not bring', async () => {
    fault({ kind: 'shortAllocation', nodes: 2, code: 'BatchOutOfCapacity' });
    await story.send(byFormula());
    const { growth } = await succeeded();
    expect(growth).toMatchObject({ reached: { dedicated: 4, spot: 0 }, findings: [{ code: 'PoolBelowTarget' }] });
    expect(growth.findings[0]?.message).toMatch(/asked for 6; .*BatchOutOfCapacity/);
    expect(resizes()).toEqual([]);
  });

  it('fails with the error of its formula', async () => {
    fault({ kind: 'autoScaleError', code: 'InvalidAutoScaleFormula', message: 'No such variable.' });
    await story.send(byFormula());
    expect(await failedAtItsNodes()).toMatchObject({
      code: 'InvalidAutoScaleFormula',
      message: textMatching(/No such variable\./),
    });
  });
});

describe('a pool that stands on the same image', () => {
  it('is never taken away when it does not grow', async () => {
    await story.send(poolOf(16));
    const { poolId } = await succeeded();
    fault({ kind: 'mostPerResize', nodes: 4, code: 'AccountCoreQuotaReached' });
    const calls = story.calls().length;
    await story.send({ ...poolOf(40, { existing: 'grow' }), requestId: 'grow-it' });
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(failed).toMatchObject({ step: 'growth', code: 'AccountCoreQuotaReached', removed: [], left: [], kept: [] });
    expect(nodesOf(poolId)).toBe(20);
    expect(story.writes(calls)).toEqual(['PATCH pools/large']);
  });

  it('gets the nodes that a quota withheld, as soon as the quota was raised', async () => {
    fault({ kind: 'mostPerResize', nodes: 40, code: 'AccountCoreQuotaReached', times: 1 });
    await story.send(poolOf(100, { acceptAtLeast: '40%' }));
    const { poolId } = await succeeded();
    expect(nodesOf(poolId)).toBe(40);
    const calls = story.calls().length;
    await story.send({ ...poolOf(100, { existing: 'grow' }), requestId: 'grow-it' });
    const { growth } = await succeeded();
    expect(growth).toMatchObject({ reached: { dedicated: 100, spot: 0 }, resizes: 1, findings: [] });
    expect(story.writes(calls)).toEqual(['PATCH pools/large']);
  });

  it('grows when the request says so, and nothing else is made', async () => {
    await story.send(poolOf(16));
    const { lineage, poolId } = await succeeded();
    const calls = story.calls().length;
    await story.send({ ...poolOf(40, { existing: 'grow' }), requestId: 'grow-it' });
    const grown = await succeeded();
    expect(nodesOf(poolId)).toBe(40);
    expect(grown.lineage.imageVersionId).toBe(lineage.imageVersionId);
    expect(story.writes(calls)).toEqual(['PATCH pools/large']);
  });
});
