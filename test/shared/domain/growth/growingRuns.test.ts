import * as fc from 'fast-check';
import { fail, isPassing } from '../../../../shared/domain/outcome';
import { failure } from '../../../given/azure';
import { error, grow, HOUR, job, LOST, MINUTE, START_MS, type Course, type Run, type Twist } from './poolModel';

const timedOut = error('AllocationTimedOut');
const noCapacity = error('BatchOutOfCapacity');
const overconstrained = error('OverconstrainedAllocationRequestError');
const unclear = error('AllocationFailed');

const asked = ({ orders }: Run): readonly number[] => orders.map(({ targets }) => targets.dedicated + targets.spot);

describe('a pool on its way', () => {
  it('of 600 nodes that gets 280 with each resize needs two more than its creation', () => {
    const run = grow(job(), () => ({ brings: 280, error: timedOut }));
    expect(asked(run)).toEqual([600, 600]);
    expect(run.end).toMatchObject({ outcome: 'grown', reached: { dedicated: 600, spot: 0 }, resizes: 2, findings: [] });
    expect(run.end.over.map(({ dedicated }) => dedicated)).toEqual([0, 280, 560, 600]);
  });

  // UNCONFIRMED either way: Azure may take a PATCH that changes no target and do nothing.
  it.each([
    { brings: 280, asks: [600, 599, 600] },
    { brings: 599, asks: [600, 599, 600] },
    { brings: 150, asks: [600, 599, 600, 600, 599, 600] },
  ])('is grown when Azure passes over orders that change nothing ($brings each)', ({ brings, asks }) => {
    const run = grow(job(), () => ({ brings, error: timedOut, onlyForNewTargets: true }));
    expect(run.end).toMatchObject({ outcome: 'grown', reached: { dedicated: 600, spot: 0 } });
    expect(asked(run)).toEqual(asks);
  });

  it('gets no resize when its creation brings all', () => {
    const run = grow(job(), () => ({ brings: 600 }));
    expect(run.orders).toEqual([]);
    expect(run.end).toMatchObject({ outcome: 'grown', resizes: 0, nodeStates: { total: 600 } });
    expect(run.steps.slice(-3)).toEqual(['look', 'count', 'end']);
  });

  it.each([
    { label: 'out of capacity', why: noCapacity },
    { label: 'out of time', why: timedOut },
    { label: 'overconstrained', why: overconstrained },
    { label: 'allocation failed with the image in place', why: unclear },
  ])('is grown when capacity is back after three hours ($label)', ({ why }) => {
    const back: Course = (_resize, atMs) => ({ brings: atMs - START_MS >= 3 * HOUR ? 600 : 0, error: why, minutes: 1 });
    expect(grow(job(), back).end).toMatchObject({ outcome: 'grown', reached: { dedicated: 600, spot: 0 } });
  });

  it.each([
    { why: timedOut, atLeastResizes: 20 },
    { why: noCapacity, atLeastResizes: 14 },
  ])('fails when no node comes for six hours ($why.code)', ({ why, atLeastResizes }) => {
    const { end, endedAtMs } = grow(job(), () => ({ brings: 0, error: why, minutes: 1 }));
    expect(end).toMatchObject({ outcome: 'failed', code: 'NoProgress' });
    expect(end.outcome === 'failed' && end.message).toContain('No new node came for 6 hours');
    expect(end.outcome === 'failed' && end.message).toContain(why.code);
    expect(end.resizes).toBeGreaterThanOrEqual(atLeastResizes);
    expect(endedAtMs - START_MS).toBeLessThan(7 * HOUR);
  });

  it('waits fifteen minutes between resizes once three in a row have brought nothing', () => {
    const { orders } = grow(job(), () => ({ brings: 0, error: timedOut, minutes: 1 }));
    const gaps = orders.slice(1).map(({ atMs }, index) => atMs - (orders[index]?.atMs ?? atMs));
    expect(gaps.slice(0, 2).every((gap) => gap < 2 * MINUTE)).toBe(true);
    expect(gaps.slice(2).every((gap) => gap > 15 * MINUTE)).toBe(true);
  });

  it('takes smaller steps when Azure finds no place, and larger ones when they succeed', () => {
    const most = (limit: number): Course => {
      let before = 600;
      return (resize) => {
        const fits = resize > 0 && before <= limit;
        before /= 2;
        return { brings: fits ? 600 : 0, error: overconstrained };
      };
    };
    expect(asked(grow(job(), most(150)))).toEqual([300, 150, 450, 600]);
  });

  it('fails after fifty resizes', () => {
    const { end, orders } = grow(job(), () => ({ brings: 1, error: timedOut, minutes: 1 }));
    expect(end).toMatchObject({ outcome: 'failed', code: 'TooManyResizes', resizes: 50, reached: { dedicated: 51 } });
    expect(orders).toHaveLength(50);
  });

  it('fails after a day', () => {
    const { end, endedAtMs } = grow(job({ resizeTimeoutMinutes: 60 }), () => ({
      brings: 1,
      error: timedOut,
      minutes: 60,
    }));
    expect(end).toMatchObject({ outcome: 'failed', code: 'DeadlineExceeded' });
    expect(endedAtMs - START_MS).toBeLessThanOrEqual(24 * HOUR);
  });

  it('keeps fifty points of its course at most, the first and the last among them', () => {
    const { end } = grow(job(), () => ({ brings: 1, error: timedOut, minutes: 1 }));
    expect(end.over).toHaveLength(50);
    // A new pool is first looked at when nodes may have come.
    expect(end.over.at(0)?.dedicated).toBe(1);
    expect(end.over.at(-1)?.dedicated).toBe(51);
  });
});

describe('the growing of any pool', () => {
  const errors = fc.constantFrom(
    timedOut,
    noCapacity,
    overconstrained,
    unclear,
    error('ResizeStopped'),
    error('RemoveNodesFailed'),
    error('Unknown'),
  );
  const final = fc.constantFrom(error('AccountCoreQuotaReached'), error('UnsupportedVMSize'));
  const resize = (least: number, of = errors) =>
    fc.record({ brings: fc.integer({ min: least, max: 400 }), error: of, minutes: fc.integer({ min: 1, max: 70 }) });
  const courseOf =
    (resizes: readonly ReturnType<Course>[]): Course =>
    (number) =>
      resizes[number % resizes.length] ?? { brings: 0 };
  const course = (least: number, of = errors) =>
    fc.array(resize(least, of), { minLength: 1, maxLength: 12 }).map(courseOf);
  const targets = fc.record({ dedicated: fc.nat(1_000), spot: fc.nat(500) });
  const passing = fc
    .record({
      kind: fc.constantFrom('throttled' as const, 'unavailable' as const, 'conflict' as const),
      retryAfterMs: fc.option(fc.nat(HOUR), { nil: undefined }),
    })
    .map(({ kind, retryAfterMs }) => fail(failure({ kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })));
  const outdated = fc.constant(fail(failure({ kind: 'rejected', code: 'ConditionNotMet', status: 412 })));
  const trouble = fc.array(fc.option(fc.oneof(passing, outdated), { freq: 2, nil: undefined }), { maxLength: 7 });

  it('never asks for more than the targets nor for less than there is, nor sends a resize without a look before it', () => {
    const anyError = fc.oneof({ arbitrary: errors, weight: 9 }, { arbitrary: final, weight: 1 });
    fc.assert(
      fc.property(targets, course(0, anyError), trouble, (wanted, going, troubles) => {
        const { orders, steps } = grow(job({ targets: wanted }), going, (step, index) => {
          const met = troubles[index % (troubles.length + 1)];
          // 412 is an answer to a resize alone; of others it is a failure that does not pass.
          return step.do === 'resize' || (met?.ok === false && isPassing(met.failure)) ? met : undefined;
        });
        for (const order of orders) {
          expect(order.targets.dedicated).toBeLessThanOrEqual(wanted.dedicated);
          expect(order.targets.spot).toBeLessThanOrEqual(wanted.spot);
          expect(order.targets.dedicated).toBeGreaterThanOrEqual(order.from.dedicated);
          expect(order.targets.spot).toBeGreaterThanOrEqual(order.from.spot);
        }
        steps.forEach((step, index) => {
          if (step === 'resize') expect(['look', 'diagnose']).toContain(steps[index - 1]);
          if (step === 'resize') expect(steps[index + 1]).not.toBe('resize');
        });
      }),
      { numRuns: 60 },
    );
  });

  it('never has two resizes at once, however late they show, and when answers to orders are lost', () => {
    const lost = fail(failure({ kind: 'unavailable', code: LOST }));
    const late = fc.record({
      brings: fc.nat(400),
      error: errors,
      minutes: fc.integer({ min: 5, max: 70 }),
      showsAfterMinutes: fc.double({ min: 0, max: 4.9, noNaN: true }),
    });
    const lates = fc.array(late, { minLength: 1, maxLength: 12 }).map(courseOf);
    fc.assert(
      fc.property(targets, lates, course(0), fc.nat(4), (wanted, lateCourse, going, rarity) => {
        const twist: Twist = ({ do: what }, index) =>
          what === 'resize' && index % (rarity + 1) === 0 ? lost : undefined;
        const runs = [grow(job({ targets: wanted }), lateCourse), grow(job({ targets: wanted }), going, twist)];
        for (const { orders } of runs) expect(orders.filter(({ isSecond }) => isSecond)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('ends in a bounded number of steps, whatever Azure answers', () => {
    fc.assert(
      fc.property(
        course(0),
        fc.array(passing, { minLength: 1, maxLength: 5 }),
        fc.nat(3),
        (going, troubles, rarity) => {
          const { endedAtMs } = grow(job(), going, (_step, index) =>
            index % (rarity + 1) === 0 ? troubles[index % troubles.length] : undefined,
          );
          expect(endedAtMs - START_MS).toBeLessThanOrEqual(7 * 24 * HOUR + 4 * HOUR);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reaches its targets, or ends by a limit, when each resize brings a node', () => {
    fc.assert(
      fc.property(targets, course(1), (wanted, going) => {
        const { end } = grow(job({ targets: wanted, resizeTimeoutMinutes: 60 }), going);
        if (end.outcome === 'grown') expect(end.reached).toEqual(wanted);
        else expect(['TooManyResizes', 'DeadlineExceeded']).toContain(end.code);
      }),
      { numRuns: 60 },
    );
  });
});
