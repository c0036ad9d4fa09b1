import {
  afterCount,
  afterLook,
  nextStep,
  progressOf,
  startGrowing,
  type Growing,
} from '../../../../shared/domain/growth/growing';
import type { GrowthJob, GrowthPoint } from '../../../../shared/domain/growth/growthJob';
import { withPoint } from '../../../../shared/domain/growth/growthReport';
import type { NodeStates, PoolLook } from '../../../../shared/domain/growth/poolLook';
import { fail, succeed } from '../../../../shared/domain/outcome';
import { rejects, throttled } from '../../../given/azure';
import { error, iso, job, MINUTE, START_MS, states } from './poolModel';

const at = (minutes: number): number => START_MS + minutes * MINUTE;

const look = (changes: Partial<PoolLook> = {}): PoolLook => ({
  allocationState: 'Steady',
  allocationStateSince: iso(at(0)),
  nodes: { dedicated: 600, spot: 0 },
  resizeErrors: [],
  deleting: false,
  ...changes,
});

const NONE = { dedicated: 0, spot: 0 };

const startAt = (changes: Partial<PoolLook>, asked: GrowthJob = job()): Growing =>
  afterLook(startGrowing(asked, START_MS), succeed(look(changes)), START_MS);
const count = (growing: Growing, counted: NodeStates, minutes = 0): Growing =>
  afterCount(growing, succeed(counted), at(minutes));
const counted = (counts: NodeStates): Growing => count(startAt({}), counts);

describe('the nodes of a pool', () => {
  it('that all work make it grown', () => {
    expect(nextStep(counted(states(600)))).toMatchObject({
      do: 'end',
      end: { outcome: 'grown', findings: [], nodeStates: { total: 600 }, target: { dedicated: 600, spot: 0 } },
    });
  });

  it('are counted again while some are on their way, for twenty minutes', () => {
    const starting = states(600, { usable: 580, underway: 20 });
    let growing = startAt({});
    const dues = [0, 1, 2, 3].map((minute) => {
      growing = count(growing, starting, minute);
      const step = nextStep(growing);
      return step.do === 'count' ? step.dueMs - at(minute) : step.do;
    });
    expect(dues).toEqual([30_000, 33_000, 36_300, 39_930]);
    expect(progressOf(growing)).toBe('600 of 600 nodes, 20 nodes starting');
    expect(nextStep(count(growing, starting, 19.9)).do).toBe('count');
    expect(nextStep(count(growing, starting, 20)).do).toBe('end');
  });

  it.each([
    { unusable: 60, startTaskFailed: 0, outcome: 'grown' },
    { unusable: 30, startTaskFailed: 31, outcome: 'failed' },
    { unusable: 600, startTaskFailed: 0, outcome: 'failed' },
  ])('of which $unusable are unusable and $startTaskFailed failed: $outcome', ({ outcome, ...broken }) => {
    const errors = [{ code: 'NodePreparationError', message: 'The disk is full', nodes: 9 }];
    const step = nextStep(counted(states(600, { ...broken, errors })));
    if (step.do !== 'end') throw new Error('Not at its end.');
    const { end } = step;
    const { code, message } = end.outcome === 'failed' ? end : (end.findings[0] ?? { code: '', message: '' });
    expect(end.outcome).toBe(outcome);
    expect(code).toBe('UnusableNodes');
    expect(message).toContain(`${broken.unusable + broken.startTaskFailed} of the 600 nodes`);
    expect(message).toContain('NodePreparationError on 9: The disk is full. Look at');
  });

  it('that are still on their way after twenty minutes are told: whether they work is not known', () => {
    const starting = count(startAt({}), states(600, { usable: 0, underway: 600 }));
    const step = nextStep(count(starting, states(600, { usable: 20, underway: 580 }), 20));
    expect(step).toMatchObject({ end: { outcome: 'grown', findings: [{ code: 'NodesUnderway' }] } });
    const [finding] = step.do === 'end' ? step.end.findings : [];
    expect(finding?.message).toContain('580 of the 600 nodes');
  });

  it('that are not counted yet are counted again, as Azure may be late with it', () => {
    const early = count(startAt({}), states(0));
    expect(nextStep(early)).toEqual({ do: 'count', dueMs: at(0) + 30_000 });
    expect(progressOf(early)).toBe('600 of 600 nodes, 600 nodes starting');
    expect(nextStep(count(early, states(600), 1))).toMatchObject({ end: { outcome: 'grown', findings: [] } });
    const never = nextStep(count(early, states(560), 20));
    expect(never).toMatchObject({ end: { outcome: 'grown', findings: [{ code: 'NodesUnderway' }] } });
  });

  it('that Azure took back are told, although it counts them to the pool', () => {
    const step = nextStep(counted(states(600, { usable: 550, preempted: 50 })));
    expect(step).toMatchObject({ end: { outcome: 'grown', findings: [{ code: 'NodesPreempted' }] } });
    const [finding] = step.do === 'end' ? step.end.findings : [];
    expect(finding?.message).toContain('50 of the 600 nodes');
  });

  it('that are too many broken ones make it a failure, whatever else is told', () => {
    const states600 = states(600, { usable: 400, unusable: 150, preempted: 50 });
    expect(nextStep(counted(states600))).toMatchObject({
      end: { outcome: 'failed', code: 'UnusableNodes', findings: [{ code: 'NodesPreempted' }] },
    });
  });

  it('are not missed when none were asked for', () => {
    const none = startAt({ nodes: { dedicated: 0, spot: 0 } }, job({ targets: { dedicated: 0, spot: 0 } }));
    expect(nextStep(count(none, states(0)))).toMatchObject({ end: { outcome: 'grown', findings: [] } });
  });

  it('that may not be counted leave a finding', () => {
    const step = nextStep(afterCount(startAt({}), rejects({ kind: 'forbidden' }), at(0)));
    expect(step).toMatchObject({ end: { outcome: 'grown', findings: [{ code: 'NodesNotCounted' }] } });
  });

  it('are not told as they were when they could not be counted to the end', () => {
    const starting = count(startAt({}), states(600, { underway: 600 }));
    const step = nextStep(afterCount(starting, rejects({ kind: 'forbidden' }), at(1)));
    expect(step).toMatchObject({ end: { findings: [{ code: 'NodesNotCounted' }] } });
    expect(step.do === 'end' && step.end).not.toHaveProperty('nodeStates');
  });

  it('that cannot be reached for ten minutes leave a finding; throttling is waited out', () => {
    const once = afterCount(startAt({}), rejects({ kind: 'unavailable' }), at(0));
    expect(nextStep(once)).toEqual({ do: 'count', dueMs: at(0) + 5_000 });
    const twice = afterCount(once, rejects({ kind: 'unavailable' }), at(10));
    expect(nextStep(twice)).toMatchObject({ end: { findings: [{ code: 'NodesNotCounted' }] } });
    const throttledOnce = afterCount(startAt({}), fail(throttled(30 * MINUTE)), at(0));
    expect(nextStep(throttledOnce)).toEqual({ do: 'count', dueMs: at(30) });
  });
});

describe('a pool that scales by formula', () => {
  const formulaJob: GrowthJob = { poolId: job().poolId, mostUnusablePercent: 10 };
  const evaluated = { formula: { evaluatedAt: iso(at(1)) }, nodes: { dedicated: 12, spot: 0 } };

  it('is waited for until its formula was evaluated', () => {
    const waiting = startAt({ formula: {}, nodes: { dedicated: 0, spot: 0 } }, formulaJob);
    expect(nextStep(waiting).do).toBe('look');
    expect(progressOf(waiting)).toBe('0 nodes, waiting for the first evaluation of the formula');
    expect(nextStep(startAt({ ...evaluated, allocationState: 'Resizing' }, formulaJob)).do).toBe('look');
    expect(nextStep(startAt(evaluated, formulaJob)).do).toBe('count');
  });

  it('fails when that does not happen within a day', () => {
    const unevaluated = look({ formula: {}, nodes: { dedicated: 0, spot: 0 } });
    const waiting = startAt(unevaluated, formulaJob);
    expect(nextStep(afterLook(waiting, succeed(unevaluated), at(24 * 60 - 1))).do).toBe('look');
    const end = nextStep(afterLook(waiting, succeed(unevaluated), at(24 * 60)));
    expect(end).toMatchObject({ end: { outcome: 'failed', code: 'DeadlineExceeded' } });
  });

  it('fails with the error of its formula', () => {
    const formula = { error: { code: 'AutoScalingFormulaEvaluationError', message: 'Unknown variable.' } };
    expect(nextStep(startAt({ formula }, formulaJob))).toMatchObject({
      end: { outcome: 'failed', code: 'AutoScalingFormulaEvaluationError' },
    });
  });

  it('is looked at again while it has fewer nodes than its formula asks for, and then told of', () => {
    const asks = look({ formula: { evaluatedAt: iso(at(1)), asksFor: { dedicated: 600, spot: 0 } }, nodes: NONE });
    const waiting = startAt(asks, formulaJob);
    expect(nextStep(waiting).do).toBe('look');
    const resting = afterLook(waiting, succeed(asks), at(4.9));
    expect(nextStep(resting).do).toBe('look');
    const ended = afterLook(resting, succeed(asks), at(5));
    expect(nextStep(ended).do).toBe('count');
    expect(ended.findings).toMatchObject([{ code: 'PoolBelowTarget' }]);
    expect(ended.findings[0]?.message).toMatch(/has 0 nodes\. Its formula asked for 600/);
  });

  it('is well with the nodes that its formula asks for', () => {
    const asks = startAt({ ...evaluated, formula: { evaluatedAt: iso(at(1)), asksFor: evaluated.nodes } }, formulaJob);
    expect(nextStep(asks).do).toBe('count');
    expect(asks.findings).toEqual([]);
  });

  it('gets no resize when Azure could not give what the formula asked for, but a finding', () => {
    const short = startAt({ ...evaluated, resizeErrors: [error('AccountCoreQuotaReached')] }, formulaJob);
    expect(nextStep(short).do).toBe('count');
    expect(short.findings).toMatchObject([{ code: 'PoolBelowTarget' }]);
  });
});

describe('the course of a pool', () => {
  it('loses a point where they lie closest when there are too many', () => {
    const minutes = [...Array.from({ length: 49 }, (_none, index) => 10 * index), 481, 490];
    const points = minutes.reduce<readonly GrowthPoint[]>(
      (over, minute) => withPoint(over, { dedicated: minute, spot: 0 }, at(minute)),
      [],
    );
    expect(points.map(({ dedicated }) => dedicated)).toEqual(minutes.filter((minute) => minute !== 481));
  });

  it('has no point where nothing changed', () => {
    const once = withPoint([], { dedicated: 1, spot: 2 }, at(0));
    expect(withPoint(once, { dedicated: 1, spot: 2 }, at(1))).toBe(once);
    expect(withPoint(once, { dedicated: 1, spot: 3 }, at(1))).toHaveLength(2);
  });
});

describe('progress', () => {
  const short = (code: string): Growing => startAt({ nodes: { dedicated: 480, spot: 0 }, resizeErrors: [error(code)] });

  it.each([
    { growing: startGrowing(job(), START_MS), text: '0 of 600 nodes' },
    {
      growing: { ...short('BatchOutOfCapacity'), resizes: 2 },
      text: '480 of 600 nodes, 2 resizes, next resize in 15 min: BatchOutOfCapacity',
    },
    {
      growing: { ...short('AllocationTimedOut'), resizes: 1 },
      text: '480 of 600 nodes, 1 resize, next resize now: AllocationTimedOut',
    },
    { growing: short('AllocationFailed'), text: '480 of 600 nodes, finding out what failed: AllocationFailed' },
    { growing: startAt({}), text: '600 of 600 nodes, counting the nodes' },
  ])('$text', ({ growing, text }) => {
    expect(progressOf(growing)).toBe(text);
  });
});
