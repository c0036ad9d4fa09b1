import * as fc from 'fast-check';
import { afterBegin, afterLook, isDue, isOpen, startMaking, type Making } from '../../../shared/domain/making';
import { fail, type FailureKind, type Outcome } from '../../../shared/domain/outcome';
import type { Begun, Sighting } from '../../../shared/domain/resources';
import { begun, failure, rejects, sighted, throttled } from '../../given/azure';
import * as given from '../../given/build';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const start = (): Making => startMaking(given.spec('image'), 0);
const begunAt0 = (): Making => afterBegin(start(), begun(), 0);

describe('a resource to be made', () => {
  it('is due to begin at once', () => {
    expect(start()).toMatchObject({ ready: false, dueMs: 0, deadlineMs: HOUR });
    expect(isDue(start(), 0)).toBe(true);
  });

  // What Azure asks for there is about the record of the operation.
  it.each([begun(), begun({ retryAfterMs: 45_000 }), begun({ retryAfterMs: 1 })])(
    'is looked at after its first pause (%j)',
    (answer) => {
      const making = afterBegin(start(), answer, 0);
      expect(making).toMatchObject({ begun: {}, dueMs: 30_000 });
      expect(isDue(making, 29_999)).toBe(false);
      expect(isDue(making, 30_000)).toBe(true);
    },
  );

  it('is looked at again when Azure says, if that is later', () => {
    const seen = (retryAfterMs: number): Making =>
      afterLook(begunAt0(), sighted({ state: 'underway', retryAfterMs }), 30_000);
    expect(seen(45_000).dueMs).toBe(75_000);
    expect(seen(1).dueMs).toBe(55_000);
  });

  it('is done at once when the beginning finds that it stands', () => {
    expect(isOpen(afterBegin(start(), begun({ ready: true }), 0))).toBe(false);
  });

  it('keeps where its operation can be followed', () => {
    expect(afterBegin(start(), begun({ operationUrl: 'https://x' }), 0).begun).toEqual({ operationUrl: 'https://x' });
  });

  it('is done when it is ready', () => {
    const making = afterLook(begunAt0(), sighted({ state: 'ready' }), 20_000);
    expect(making.ready).toBe(true);
    expect(isOpen(making)).toBe(false);
  });

  it('is looked at again, evenly, while it is under way', () => {
    let making = begunAt0();
    const dues = [making.dueMs];
    for (let look = 0; look < 4; look += 1) {
      making = afterLook(making, sighted({ state: 'underway', progress: `${look}` }), making.dueMs);
      dues.push(making.dueMs);
    }
    expect(dues).toEqual([30_000, 55_000, 80_000, 105_000, 130_000]);
    expect(making.progress).toBe('3');
  });

  it('keeps the last progress that it heard of', () => {
    const told = afterLook(begunAt0(), sighted({ state: 'underway', progress: 'half' }), 20_000);
    expect(afterLook(told, sighted({ state: 'underway' }), 50_000).progress).toBe('half');
  });
});

/** The same trouble so many times in a row, at every due look. */
function stumble(times: number, kind: FailureKind, making = begunAt0()): Making {
  return times === 0 ? making : stumble(times - 1, kind, afterLook(making, rejects({ kind }), making.dueMs));
}

describe('it fails', () => {
  it.each([
    {
      label: 'when Azure refuses to begin',
      made: afterBegin(start(), rejects(), 0),
      with: failure(),
    },
    {
      label: 'when Azure says that it failed',
      made: afterLook(begunAt0(), sighted({ state: 'failed', code: 'X', message: 'Y.' }), 20_000),
      with: { kind: 'rejected', code: 'X', message: 'Y.' },
    },
    {
      label: 'when it may no longer be read',
      made: afterLook(begunAt0(), rejects({ kind: 'forbidden' }), 20_000),
      with: failure({ kind: 'forbidden' }),
    },
    {
      label: 'when it is still under way at its deadline',
      made: afterLook(begunAt0(), sighted({ state: 'underway', progress: 'Creating' }), HOUR),
      with: {
        kind: 'rejected',
        code: 'DeadlineExceeded',
        message: `Waited 60 minutes for ${given.spec('image').id}: Creating. Look at the resource in Azure, then send the request again.`,
      },
    },
    {
      label: 'when trouble lasts until its deadline',
      made: afterBegin(start(), rejects({ kind: 'conflict', message: 'Busy.' }), HOUR),
      with: failure({ kind: 'conflict', message: 'Busy. Gave up after 1 try.' }),
    },
    {
      label: 'when Azure asks to wait for longer than it may take',
      made: afterBegin(start(), fail({ ...throttled(WEEK + MINUTE), message: 'Busy.' }), 0),
      with: {
        ...throttled(WEEK + MINUTE),
        message: 'Busy. Gave up after 1 try; the last answer asked to wait 10081 minutes.',
      },
    },
    {
      label: 'when two looks in a row do not find it',
      made: afterLook(
        afterLook(begunAt0(), sighted({ state: 'missing' }), 20_000),
        sighted({ state: 'missing' }),
        50_000,
      ),
      with: {
        kind: 'notFound',
        code: 'ResourceVanished',
        message: `${given.spec('image').id} was begun, and is not there any more (404 at two looks); someone may have deleted it.`,
      },
    },
    {
      label: 'when it is missing at its deadline',
      made: afterLook(begunAt0(), sighted({ state: 'missing' }), HOUR),
      with: {
        kind: 'rejected',
        code: 'DeadlineExceeded',
        message: `Waited 60 minutes for ${given.spec('image').id}: still under way. Look at the resource in Azure, then send the request again.`,
      },
    },
    {
      label: 'when seven conflicts came in a row',
      made: stumble(7, 'conflict'),
      with: failure({ kind: 'conflict' }),
    },
  ])('$label', ({ made, with: expected }) => {
    expect(made.failure).toEqual(expected);
    expect(isOpen(made)).toBe(false);
  });

  it('not when one look does not find it: a replica of ARM may be behind', () => {
    const missed = afterLook(begunAt0(), sighted({ state: 'missing' }), 20_000);
    expect(missed).toMatchObject({ dueMs: 45_000, looks: 2, missing: true });
    const seen = afterLook(missed, sighted({ state: 'underway' }), 50_000);
    expect(seen.missing).toBe(false);
    expect(isOpen(afterLook(seen, sighted({ state: 'missing' }), 80_000))).toBe(true);
    expect(afterLook(missed, sighted({ state: 'ready' }), 50_000).ready).toBe(true);
  });

  it('not after six conflicts in a row, nor after seven with an answer in between', () => {
    expect(isOpen(stumble(6, 'conflict'))).toBe(true);
    const answered = afterLook(stumble(6, 'conflict'), sighted({ state: 'underway' }), 400_000);
    expect(isOpen(stumble(1, 'conflict', answered))).toBe(true);
  });

  it('not after seven tries that met other passing faults', () => {
    expect(isOpen(stumble(7, 'unavailable'))).toBe(true);
    expect(isOpen(stumble(7, 'throttled'))).toBe(true);
  });

  // Known fault; the mark goes with it: `stumbles` counts faults of every kind (making.ts, afterFailure).
  it('not at the first conflict after six faults of another kind', () => {
    expect(isOpen(stumble(1, 'conflict', stumble(6, 'throttled')))).toBe(true);
  });

  it('not when it is ready at its very deadline', () => {
    expect(afterLook(begunAt0(), sighted({ state: 'ready' }), 2 * HOUR).ready).toBe(true);
  });
});

describe('trouble that passes', () => {
  it.each<FailureKind>(['throttled', 'unavailable', 'conflict'])('(%s) is tried again', (kind) => {
    const making = afterLook(begunAt0(), rejects({ kind }), 20_000);
    expect(making).toMatchObject({ dueMs: 25_000, stumbles: 1, begun: {} });
    expect(isOpen(making)).toBe(true);
  });

  it('pauses longer each time in a row, and begins anew after an answer', () => {
    const once = afterLook(begunAt0(), rejects({ kind: 'unavailable' }), 0);
    const twice = afterLook(once, rejects({ kind: 'unavailable' }), 0);
    expect([once.dueMs, twice.dueMs]).toEqual([5_000, 10_000]);
    const answered = afterLook(twice, sighted({ state: 'underway' }), 0);
    expect(afterLook(answered, rejects({ kind: 'unavailable' }), 0).dueMs).toBe(5_000);
  });

  it.each([30_000, 480_000, 2 * HOUR, 23 * HOUR, 6 * 24 * HOUR])(
    'stays away for the %i ms that throttling asks, and moves its deadline',
    (ms) => {
      const making = afterBegin(start(), fail(throttled(ms)), 0);
      expect(isOpen(making)).toBe(true);
      expect(making.dueMs).toBe(ms);
      expect(making.deadlineMs).toBe(HOUR + ms);
    },
  );

  it('is not waited for longer than a week', () => {
    expect(isOpen(afterBegin(start(), fail(throttled(WEEK)), 0))).toBe(true);
    expect(isOpen(afterBegin(start(), fail(throttled(WEEK + 1)), 0))).toBe(false);
  });
});

describe('the making of anything', () => {
  const kinds = fc.constantFrom(...(['snapshot', 'image', 'definition', 'version', 'pool'] as const));
  const wait = fc.option(fc.nat(4 * HOUR), { nil: undefined });
  const passing = fc.record({
    kind: fc.constantFrom<FailureKind>('throttled', 'unavailable', 'conflict'),
    retryAfterMs: wait,
  });
  const trouble = passing.map(({ kind, retryAfterMs }) =>
    fail(failure({ kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })),
  );
  const underway = wait.map((retryAfterMs) =>
    sighted({ state: 'underway', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
  );
  const neverEnding = fc.array(fc.oneof(trouble, underway), { minLength: 1, maxLength: 5 });

  /** Answers come round and round: Azure never settles. */
  function follow(kind: Making['spec']['kind'], answers: readonly Outcome<Sighting>[], beginning: Outcome<Begun>) {
    let making = startMaking(given.spec(kind), 0);
    let atMs = 0;
    let calls = 0;
    for (; isOpen(making) && calls < 10_000; calls += 1) {
      atMs = making.dueMs;
      const answer = answers[calls % answers.length] ?? sighted({ state: 'underway' });
      making =
        making.begun === undefined
          ? afterBegin(making, answer.ok ? beginning : answer, atMs)
          : afterLook(making, answer, atMs);
      if (isOpen(making)) expect(making.dueMs).toBeGreaterThan(atMs);
    }
    return { making, atMs };
  }

  it('always ends, within a week and one last wait, whatever Azure answers', () => {
    fc.assert(
      fc.property(kinds, neverEnding, (kind, answers) => {
        const { making, atMs } = follow(kind, answers, begun());
        expect(making.failure).toBeDefined();
        expect(atMs).toBeLessThanOrEqual(WEEK + 4 * HOUR);
      }),
      { numRuns: 60 },
    );
  });

  it('ends ready when any look says so, however much trouble came before', () => {
    fc.assert(
      fc.property(kinds, fc.array(trouble, { maxLength: 4 }), (kind, troubles) => {
        const { making } = follow(
          kind,
          [...troubles, sighted({ state: 'ready' }), sighted({ state: 'ready' })],
          begun(),
        );
        // Four waits of at most four hours: the deadline moves along.
        expect(making.ready).toBe(true);
      }),
    );
  });

  it('does not sleep past its deadline because Azure asks for one late look', () => {
    const making = afterLook(begunAt0(), sighted({ state: 'underway', retryAfterMs: 365 * 24 * HOUR }), 30_000);
    expect(making.dueMs).toBeLessThanOrEqual(making.latestMs);
  });
});
