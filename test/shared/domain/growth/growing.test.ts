import {
  afterDiagnosis,
  afterLook,
  afterResize,
  nextStep,
  startGrowing,
  type Growing,
} from '../../../../shared/domain/growth/growing';
import {
  reportOf,
  type GrowthEnd,
  type GrowthJob,
  type ResizeAnswer,
} from '../../../../shared/domain/growth/growthJob';
import type { NodeCounts, PoolLook } from '../../../../shared/domain/growth/poolLook';
import { fail, succeed, type FailureKind, type Outcome } from '../../../../shared/domain/outcome';
import { failure, rejects, throttled } from '../../../given/azure';
import * as given from '../../../given/build';
import { error, HOUR, inPlace, iso, job, MINUTE, START_MS } from './poolModel';

/** Minutes after the start. */
const at = (minutes: number): number => START_MS + minutes * MINUTE;

const look = (changes: Partial<PoolLook> = {}): PoolLook => ({
  allocationState: 'Steady',
  allocationStateSince: iso(at(0)),
  resizeStartedAt: iso(at(0)),
  nodes: { dedicated: 280, spot: 0 },
  resizeErrors: [],
  deleting: false,
  etag: '"1"',
  ...changes,
});
const short = (code: string, changes: Partial<PoolLook> = {}): PoolLook =>
  look({ resizeErrors: [error(code)], ...changes });
const begun: Outcome<ResizeAnswer> = succeed({ state: 'begun' });
const start = (changes: Partial<GrowthJob> = {}): Growing => startGrowing(job(changes), START_MS);
const see = (growing: Growing, seen: PoolLook, minutes: number): Growing =>
  afterLook(growing, succeed(seen), at(minutes));
const ordered = (code = 'AllocationTimedOut', changes: Partial<GrowthJob> = {}): Growing =>
  see(start(changes), short(code), 10);
const sent = (growing = ordered()): Growing => afterResize(growing, begun, at(10));

function endOf(growing: Growing): GrowthEnd {
  const step = nextStep(growing);
  if (step.do !== 'end') throw new Error(`Not at its end: ${step.do}`);
  return step.end;
}
const failedWith = (growing: Growing): { code: string; message: string } => {
  const end = endOf(growing);
  if (end.outcome !== 'failed') throw new Error(`Ended ${end.outcome}.`);
  return { code: end.code, message: end.message };
};

describe('a pool to be grown', () => {
  it('is looked at at once when it stood before, and when its first nodes may have come when it is new', () => {
    expect(nextStep(start({ stood: true }))).toEqual({ do: 'look', dueMs: START_MS });
    expect(nextStep(start())).toEqual({ do: 'look', dueMs: START_MS + 150_000 });
  });

  it('is looked at later and later while it resizes', () => {
    let growing = start();
    const pauses: number[] = [];
    for (let looks = 0, ms = START_MS; looks < 24; looks += 1) {
      growing = afterLook(growing, succeed(look({ allocationState: 'Resizing' })), ms);
      const step = nextStep(growing);
      if (step.do === 'end') throw new Error('It should be looked at.');
      pauses.push(step.dueMs - ms);
      ms = step.dueMs;
    }
    expect(pauses.slice(0, 4)).toEqual([40_000, 40_000, 40_000, 40_000]);
    expect(pauses.at(-1)).toBeGreaterThan(40_000);
  });

  it('has its nodes counted once it is steady with all of them', () => {
    const all = look({ nodes: { dedicated: 600, spot: 3 } });
    expect(nextStep(see(start(), all, 5))).toEqual({ do: 'count', dueMs: at(5) });
    expect(nextStep(see(start(), { ...all, allocationState: 'Resizing' }, 5)).do).toBe('look');
  });

  it.each([
    { code: 'AllocationTimedOut', afterMinutes: 0, dedicated: 600 },
    { code: 'BatchOutOfCapacity', afterMinutes: 15, dedicated: 600 },
    { code: 'OverconstrainedAllocationRequestError', afterMinutes: 0, dedicated: 580 },
  ])('that ended short with $code is resized after $afterMinutes min to $dedicated', (row) => {
    expect(nextStep(ordered(row.code))).toEqual({
      do: 'resize',
      dueMs: at(10 + row.afterMinutes),
      targets: { dedicated: row.dedicated, spot: 0 },
      etag: '"1"',
    });
  });

  it('is given up with the words of the verdict when no resize helps', () => {
    const { code, message } = failedWith(ordered('AccountCoreQuotaReached'));
    expect(code).toBe('AccountCoreQuotaReached');
    expect(message).toMatch(/^The pool .* has 280 of its 600 nodes\. .*AccountCoreQuotaReached happened\./);
  });

  it.each([
    { growing: ordered('AccountCoreQuotaReached'), cause: 'quota' },
    { growing: ordered('UnsupportedVMSize'), cause: 'configuration' },
    {
      growing: afterDiagnosis(
        ordered('AllocationFailed'),
        succeed({ ...inPlace, image: { ...inPlace.image, fact: given.missing } }),
        at(10),
      ),
      cause: 'imageGone',
    },
    { growing: see(start(), look({ deleting: true }), 1), cause: undefined },
  ])('that is given up has a cause which programs can read: $cause', ({ growing, cause }) => {
    expect(endOf(growing).cause).toBe(cause);
    expect(reportOf(endOf(growing)).cause).toBe(cause);
  });

  it('is resized after five minutes of rest without an error, not before', () => {
    const resting = see(start(), look(), 0);
    expect(nextStep(resting).do).toBe('look');
    expect(nextStep(see(resting, look(), 4.9)).do).toBe('look');
    expect(nextStep(see(resting, look(), 5))).toMatchObject({ do: 'resize', dueMs: at(5) });
  });

  it('is given these five minutes after each resize', () => {
    const resting = see(see(start(), look(), 0), look(), 5);
    const after = afterResize(resting, begun, at(5));
    const ended = look({ allocationStateSince: iso(at(12)) });
    expect(nextStep(see(after, ended, 13)).do).toBe('look');
    expect(nextStep(see(see(after, ended, 13), ended, 18))).toMatchObject({ do: 'resize', dueMs: at(18) });
  });

  it('that has stood for long is resized at once, whatever its last resize ended with', () => {
    const old = { allocationStateSince: iso(START_MS - 2 * HOUR), resizeStartedAt: iso(START_MS - 3 * HOUR) };
    expect(nextStep(see(start(), short('AccountCoreQuotaReached', old), 0)).do).toBe('resize');
    expect(nextStep(see(start(), look(old), 0)).do).toBe('resize');
    const recent = { allocationStateSince: iso(START_MS - HOUR / 2) };
    expect(nextStep(see(start(), short('AccountCoreQuotaReached', recent), 0)).do).toBe('end');
  });
});

describe('an error', () => {
  it('is acted on once: until a newer resize shows, the pool is only looked at', () => {
    const looked = see(sent(), short('AccountCoreQuotaReached'), 11);
    expect(nextStep(looked).do).toBe('look');
    expect(nextStep(see(looked, short('AccountCoreQuotaReached'), 14.9)).do).toBe('look');
  });

  it.each([
    { label: 'the start of the resize', moved: { resizeStartedAt: iso(at(11)) } },
    { label: 'the allocation state', moved: { allocationStateSince: iso(at(20)) } },
  ])('is new when $label has moved', ({ moved }) => {
    expect(nextStep(see(sent(), short('AccountCoreQuotaReached', moved), 21)).do).toBe('end');
  });

  it('leads to another order when that does not show for five minutes, which changes the targets', () => {
    const unmoved = short('AllocationTimedOut', { etag: '"2"' });
    const again = see(sent(), unmoved, 15);
    expect(nextStep(again)).toEqual({ do: 'resize', dueMs: at(15), targets: { dedicated: 599, spot: 0 }, etag: '"2"' });
    const sentAgain = afterResize(again, begun, at(15));
    expect(sentAgain).toMatchObject({ tries: 2, resizes: 2 });
    expect(nextStep(see(sentAgain, unmoved, 20))).toMatchObject({ do: 'resize', targets: { dedicated: 600, spot: 0 } });
  });
});

describe('an order', () => {
  it('that was begun is followed by a look in the first rhythm', () => {
    expect(sent()).toMatchObject({ tries: 1, resizes: 1, step: { do: 'look', dueMs: at(10) + 40_000 } });
  });

  it('that met a busy pool is a try, and no resize', () => {
    const busy = afterResize(ordered(), succeed({ state: 'busy' }), at(10));
    expect(busy).toMatchObject({ tries: 1, resizes: 0, step: { do: 'look' } });
  });

  it.each([
    { label: 'the pool changed (412)', answer: rejects({ status: 412 }), dueMs: 5_000 },
    { label: 'one call did not find it', answer: rejects({ kind: 'notFound', status: 404 }), dueMs: 5_000 },
    { label: 'Azure was out of reach', answer: rejects({ kind: 'unavailable' }), dueMs: 5_000 },
    { label: 'Azure throttled', answer: fail(throttled(90_000)), dueMs: 90_000 },
  ])('is given again after a look when $label', ({ answer, dueMs }) => {
    const refused = afterResize(ordered(), answer, at(10));
    expect(nextStep(refused)).toEqual({ do: 'look', dueMs: at(10) + dueMs });
    const seen = see(refused, short('AllocationTimedOut', { etag: '"2"' }), 12);
    expect(nextStep(seen)).toMatchObject({ do: 'resize', dueMs: at(12), etag: '"2"' });
  });

  it('for later is still given later, after a look in between', () => {
    const refused = afterResize(ordered('BatchOutOfCapacity'), rejects({ status: 412 }), at(25));
    expect(nextStep(see(refused, short('BatchOutOfCapacity'), 26))).toMatchObject({ do: 'resize', dueMs: at(26) });
  });

  it('is not given again when its lost answer was a yes', () => {
    const lost = afterResize(ordered(), rejects({ kind: 'unavailable' }), at(10));
    const resizing = look({ allocationState: 'Resizing', resizeStartedAt: iso(at(10)) });
    expect(nextStep(see(lost, resizing, 11)).do).toBe('look');
  });

  it('that Azure refuses ends it', () => {
    const end = failedWith(afterResize(ordered(), rejects({ kind: 'forbidden', code: 'AuthorizationFailed' }), at(10)));
    expect(end.code).toBe('AuthorizationFailed');
    expect(end.message).toContain('has 280 of its 600 nodes. Azure answered');
  });

  it('that meets a conflict seven times in a row ends it, whatever trouble came before', () => {
    const stumble = (growing: Growing, kind: FailureKind, times: number): Growing =>
      times === 0
        ? growing
        : stumble(
            see(afterResize(growing, rejects({ kind }), at(10)), short('AllocationTimedOut'), 10),
            kind,
            times - 1,
          );
    const busy = stumble(stumble(ordered(), 'unavailable', 6), 'conflict', 6);
    expect(nextStep(busy).do).toBe('resize');
    expect(failedWith(afterResize(busy, rejects({ kind: 'conflict' }), at(10))).message).toContain(
      'Gave up after 13 tries.',
    );
  });

  it('that could not be sent for six hours ends it with what Azure said', () => {
    const refused = afterResize(ordered(), rejects({ kind: 'unavailable', message: 'Azure answered 503.' }), at(10));
    const { code, message } = failedWith(see(refused, short('AllocationTimedOut'), 10 + 6 * 60));
    expect(code).toBe('NoProgress');
    expect(message).toContain('Azure answered 503.');
  });

  it('asks for both kinds in proportion to what is missing when it steps down', () => {
    const mixed = short('OverconstrainedAllocationRequestError', { nodes: { dedicated: 100, spot: 0 } });
    const growing = see(start({ targets: { dedicated: 400, spot: 100 } }), mixed, 10);
    expect(nextStep(growing)).toMatchObject({ targets: { dedicated: 288, spot: 62 } });
  });
});

describe('a diagnosis', () => {
  const asked = ordered('AllocationFailed');

  it('is asked for when the error alone does not tell', () => {
    expect(nextStep(asked)).toEqual({ do: 'diagnose', dueMs: at(10) });
  });

  it('decides: the image is gone', () => {
    const facts = { ...inPlace, image: { ...inPlace.image, fact: given.missing } };
    expect(failedWith(afterDiagnosis(asked, succeed(facts), at(10))).message).toContain('does not exist (404)');
  });

  it('decides: it is capacity', () => {
    expect(nextStep(afterDiagnosis(asked, succeed(inPlace), at(10)))).toMatchObject({ do: 'resize', dueMs: at(25) });
  });

  it('that Azure refuses leaves a resize in fifteen minutes', () => {
    expect(nextStep(afterDiagnosis(asked, rejects({ kind: 'forbidden' }), at(10)))).toMatchObject({
      do: 'resize',
      dueMs: at(25),
    });
  });

  it('is tried for ten minutes', () => {
    let growing = afterDiagnosis(asked, rejects({ kind: 'unavailable' }), at(10));
    expect(nextStep(growing)).toEqual({ do: 'diagnose', dueMs: at(10) + 5_000 });
    growing = afterDiagnosis(growing, rejects({ kind: 'unavailable' }), at(20));
    expect(nextStep(growing).do).toBe('resize');
  });
});

describe('what is enough', () => {
  const reached = (nodes: NodeCounts, changes: Partial<GrowthJob>): Growing =>
    see(start(changes), short('AccountCoreQuotaReached', { nodes }), 10);
  const mixed = { dedicated: 100, spot: 101 };

  it.each([
    { accept: { nodes: 280 }, nodes: { dedicated: 280, spot: 0 }, targets: undefined, isEnough: true },
    { accept: { nodes: 281 }, nodes: { dedicated: 280, spot: 0 }, targets: undefined, isEnough: false },
    { accept: { nodes: 0 }, nodes: { dedicated: 0, spot: 0 }, targets: undefined, isEnough: true },
    { accept: { percent: 50 }, nodes: { dedicated: 100, spot: 1 }, targets: mixed, isEnough: true },
    { accept: { percent: 50 }, nodes: { dedicated: 50, spot: 50 }, targets: mixed, isEnough: false },
    { accept: { percent: 100 }, nodes: { dedicated: 300, spot: 0 }, targets: mixed, isEnough: false },
    // In binary, 64.4 % of 250 is a little more than 161.
    {
      accept: { percent: 64.4 },
      nodes: { dedicated: 161, spot: 0 },
      targets: { dedicated: 250, spot: 0 },
      isEnough: true,
    },
    {
      accept: { percent: 64.4 },
      nodes: { dedicated: 160, spot: 0 },
      targets: { dedicated: 250, spot: 0 },
      isEnough: false,
    },
  ])('$accept with $nodes', ({ accept, nodes, targets, isEnough }) => {
    const growing = reached(nodes, { acceptAtLeast: accept, ...(targets && { targets }) });
    expect(nextStep(growing).do).toBe(isEnough ? 'count' : 'end');
  });

  it('is told with the number and the reason', () => {
    const [finding] = reached({ dedicated: 280, spot: 0 }, { acceptAtLeast: { nodes: 280 } }).findings;
    expect(finding?.code).toBe('PoolBelowTarget');
    expect(finding?.message).toMatch(/280 of its 600 nodes\. The request accepts 280 .*quota of dedicated cores/);
  });

  it('holds for every end by the number of nodes', () => {
    const accepting = sent(ordered('AllocationTimedOut', { acceptAtLeast: { nodes: 280 } }));
    const stuck = look({ allocationState: 'Resizing', resizeStartedAt: iso(at(11)) });
    expect(nextStep(see(see(accepting, stuck, 11), stuck, 72)).do).toBe('count');
    expect(nextStep(afterResize(accepting, rejects({ kind: 'forbidden' }), at(20))).do).toBe('count');
  });
});

describe('it fails', () => {
  it('when a resize goes on for half an hour past its timeout', () => {
    const resizing = look({ allocationState: 'Resizing' });
    const first = see(start(), resizing, 0);
    expect(nextStep(see(first, resizing, 60)).do).toBe('look');
    expect(failedWith(see(first, resizing, 60.1)).code).toBe('ResizeStuck');
    const next = { ...resizing, resizeStartedAt: iso(at(50)) };
    expect(nextStep(see(first, next, 61)).do).toBe('look');
  });

  it('when it is being deleted', () => {
    expect(failedWith(see(start(), look({ deleting: true }), 1)).code).toBe('PoolBeingDeleted');
  });

  it('when two looks in a row do not find it', () => {
    const gone = rejects({ kind: 'notFound' });
    const once = afterLook(start(), gone, at(1));
    expect(nextStep(once).do).toBe('look');
    expect(failedWith(afterLook(once, gone, at(2))).code).toBe('ResourceVanished');
    const seen = see(once, look(), 2);
    expect(nextStep(afterLook(seen, gone, at(3))).do).toBe('look');
  });

  it('when it may no longer be read', () => {
    expect(failedWith(afterLook(start(), rejects({ kind: 'forbidden' }), at(1)))).toEqual({
      code: failure().code,
      message: failure().message,
    });
  });

  it('when the next resize would be sent after a day', () => {
    const slow = see(start(), look({ allocationState: 'Resizing' }), 20 * 60);
    const late = (minutes: number): Growing =>
      see(slow, short('BatchOutOfCapacity', { allocationStateSince: iso(at(minutes)) }), minutes);
    expect(nextStep(late(24 * 60 - 16)).do).toBe('resize');
    expect(failedWith(late(24 * 60 - 15))).toMatchObject({
      code: 'DeadlineExceeded',
      message: expect.stringContaining('Growing may take 24 hours; 24 hours have passed') as string,
    });
  });

  it('not for lack of progress while Azure asks to stay away', () => {
    const away = afterLook(sent(), fail(throttled(7 * HOUR)), at(11));
    const timedOut = short('AllocationTimedOut', { allocationStateSince: iso(at(20)) });
    expect(nextStep(see(away, timedOut, 11 + 7 * 60)).do).toBe('resize');
    expect(failedWith(see(sent(), timedOut, 11 + 7 * 60)).code).toBe('NoProgress');
  });

  it('not when looks meet trouble that passes', () => {
    const stumbled = afterLook(start(), fail(throttled(2 * HOUR)), START_MS);
    expect(nextStep(stumbled)).toEqual({ do: 'look', dueMs: START_MS + 2 * HOUR });
    expect(stumbled.deadlineMs).toBe(START_MS + 26 * HOUR);
  });
});
