import fc from 'fast-check';
import { cancelScheduled, peek, put, whyNotPut } from '../../../local/bus/enqueueing';
import type { Draft, HeldMessage } from '../../../local/bus/heldMessage';
import { lock, renewLock, settle, type Verdict } from '../../../local/bus/locking';
import { letTimePass } from '../../../local/bus/passingTime';
import { rulesOf, type QueueOptions } from '../../../local/bus/queueOptions';
import { countsOf, emptyQueue, firstReady, type Counts, type QueueState } from '../../../local/bus/queueState';
import { acceptSession, releaseSession } from '../../../local/bus/sessions';

const aQueue = (options: QueueOptions = {}): QueueState =>
  emptyQueue('q', rulesOf({ lockDurationMs: 100, ...options }));

const aDraft = (wanted: Partial<Draft> = {}): Draft => ({
  id: 'm',
  sessionId: undefined,
  timeToLiveMs: undefined,
  enqueueAtMs: undefined,
  properties: {},
  payload: {},
  ...wanted,
});

const verdict = (kind: Verdict['kind']): Verdict => ({ kind, changes: {} });

const NONE: Counts = { active: 0, locked: 0, deferred: 0, scheduled: 0, deadLettered: 0 };

/** One message, put at 0 and locked at 0 until 100 as lock `t`. */
function withLockedMessage(options: QueueOptions = {}, draft: Partial<Draft> = {}): QueueState {
  const queue = aQueue(options);
  put(queue, aDraft(draft), 0);
  lockFirst(queue, 't', 0);
  return queue;
}

function lockFirst(queue: QueueState, token: string, nowMs: number): HeldMessage | undefined {
  const message = firstReady(queue, undefined);
  if (message) lock(queue, message, { token, nowMs });
  return message;
}

describe('A settlement', () => {
  it.each<[string, Verdict['kind'], QueueOptions, Partial<Counts>]>([
    ['complete removes the message', 'complete', {}, {}],
    ['abandon gives it back', 'abandon', {}, { active: 1 }],
    ['abandon of the last delivery allowed dead-letters it', 'abandon', { maxDeliveryCount: 1 }, { deadLettered: 1 }],
    ['defer puts it aside', 'defer', {}, { deferred: 1 }],
    ['defer of the last delivery allowed still puts it aside', 'defer', { maxDeliveryCount: 1 }, { deferred: 1 }],
    ['deadLetter moves it', 'deadLetter', {}, { deadLettered: 1 }],
  ])('%s', (_label, kind, options, counts) => {
    const queue = withLockedMessage(options);
    expect(settle(queue, 't', verdict(kind))).toBeUndefined();
    expect(countsOf(queue)).toEqual({ ...NONE, ...counts });
    expect(settle(queue, 't', verdict(kind))).toMatchObject({ condition: 'com.microsoft:message-lock-lost' });
  });
});

describe('Time', () => {
  it.each<{ label: string; queue?: QueueOptions; draft?: Partial<Draft>; nowMs?: number; counts: Partial<Counts> }>([
    { label: 'leaves a lock alone before its end', nowMs: 99, counts: { locked: 1 } },
    { label: 'ends a lock', counts: { active: 1 } },
    { label: 'dead-letters after the last delivery', queue: { maxDeliveryCount: 1 }, counts: { deadLettered: 1 } },
    { label: 'does not expire what is locked', draft: { timeToLiveMs: 50 }, nowMs: 60, counts: { locked: 1 } },
    { label: 'expires at once what comes back too late', draft: { timeToLiveMs: 50 }, counts: {} },
    {
      label: 'keeps that where the queue says so',
      queue: { deadLetterOnExpiration: true },
      draft: { timeToLiveMs: 50 },
      counts: { deadLettered: 1 },
    },
  ])('$label', ({ queue: options, draft, nowMs = 100, counts }) => {
    const queue = withLockedMessage(options, draft);
    letTimePass(queue, nowMs);
    expect(countsOf(queue)).toEqual({ ...NONE, ...counts });
  });

  it('does not expire what is deferred', () => {
    const queue = withLockedMessage({}, { timeToLiveMs: 50 });
    settle(queue, 't', verdict('defer'));
    letTimePass(queue, 1_000);
    expect(countsOf(queue)).toEqual({ ...NONE, deferred: 1 });
    expect(queue.due.nextDueMs()).toBeUndefined();
  });

  it('gives a scheduled message its place, and its lifetime, when it arrives', () => {
    const queue = aQueue();
    put(queue, aDraft({ id: 'late', enqueueAtMs: 500, timeToLiveMs: 50 }), 0);
    put(queue, aDraft({ id: 'early' }), 0);
    letTimePass(queue, 500);
    expect(peek(queue, ALL).map(({ draft, sequenceNumber }) => [draft.id, sequenceNumber])).toEqual([
      ['early', 2],
      ['late', 3],
    ]);
    expect(queue.due.nextDueMs()).toBe(550);
  });

  it('knows the next instant at which something is due, and forgets what no longer is', () => {
    const queue = withLockedMessage();
    put(queue, aDraft({ enqueueAtMs: 300 }), 0);
    expect(queue.due.nextDueMs()).toBe(100);
    expect(renewLock(queue, 't', 50)).toBe(150);
    expect(queue.due.nextDueMs()).toBe(150);
    settle(queue, 't', verdict('complete'));
    expect(queue.due.nextDueMs()).toBe(300);
    expect(cancelScheduled(queue, 2)).toBeUndefined();
    expect(queue.due.nextDueMs()).toBeUndefined();
  });
});

const ALL = { fromSequenceNumber: 0, count: 100, sessionId: undefined };

describe('Duplicate detection', () => {
  it.each([
    ['drops an id within the window', 99, 1],
    ['takes it after the window', 100, 2],
  ])('%s', (_label, nowMs, active) => {
    const queue = aQueue({ duplicateDetectionMs: 100 });
    put(queue, aDraft(), 0);
    put(queue, aDraft(), nowMs);
    expect(countsOf(queue).active).toBe(active);
  });
});

describe('A session', () => {
  function given(): QueueState {
    const queue = aQueue({ requiresSession: true });
    put(queue, aDraft({ sessionId: 'A' }), 0);
    acceptSession(queue, { sessionId: 'A', holder: 'me', nowMs: 0 });
    const message = firstReady(queue, 'A');
    if (message) lock(queue, message, { token: 't', nowMs: 0 });
    return queue;
  }

  it.each<[string, (queue: QueueState) => unknown, number]>([
    ['that is closed gives its messages back uncounted', (queue) => releaseSession(queue, 'A', 'me'), 0],
    ['that is lost gives them back counted', (queue) => letTimePass(queue, 100), 1],
  ])('%s', (_label, end, deliveryCount) => {
    const queue = given();
    end(queue);
    expect(firstReady(queue, 'A')).toMatchObject({ deliveryCount });
    expect(settle(queue, 't', verdict('complete'))).toMatchObject({ condition: 'com.microsoft:session-lock-lost' });
    expect(acceptSession(queue, { sessionId: undefined, holder: 'you', nowMs: 100 })).toMatchObject({ sessionId: 'A' });
  });

  it('is not closed by who does not hold it', () => {
    const queue = given();
    releaseSession(queue, 'A', 'you');
    expect(countsOf(queue).locked).toBe(1);
  });

  it('is needed by every message of a queue with sessions', () => {
    expect(whyNotPut(aQueue({ requiresSession: true }), aDraft())).toMatchObject({ condition: 'amqp:not-allowed' });
    expect(whyNotPut(aQueue(), aDraft())).toBeUndefined();
  });
});

type Step = readonly [name: 'put' | 'schedule' | 'take' | 'complete' | 'abandon' | 'defer' | 'wait', ms: number];

const aStep: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('put', 'schedule', 'take', 'complete', 'abandon', 'defer', 'wait'),
  fc.integer({ min: 1, max: 120 }),
);

describe('Whatever is done to a queue', () => {
  it('every message is in exactly one place, and the ready ones come in order', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
        const queue = aQueue({ maxDeliveryCount: 3 });
        const { accepted, completed } = run(queue, steps);
        const { active, locked, deferred, scheduled, deadLettered } = countsOf(queue);
        expect(active + locked + deferred + scheduled + deadLettered + completed).toBe(accepted);
        expect(queue.locks.size).toBe(locked);
        const numbers = drain(queue);
        expect(numbers).toHaveLength(active);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
    );
  });
});

function run(queue: QueueState, steps: readonly Step[]): { accepted: number; completed: number } {
  let [nowMs, accepted, completed, tokens] = [0, 0, 0, 0];
  for (const [name, ms] of steps) {
    const [token] = queue.locks.keys();
    if (name === 'wait') letTimePass(queue, (nowMs += ms));
    else if (name === 'take') lockFirst(queue, `t${tokens++}`, nowMs);
    else if (name === 'put' || name === 'schedule') {
      put(queue, aDraft({ enqueueAtMs: name === 'schedule' ? nowMs + ms : undefined }), nowMs);
      accepted++;
    } else if (token !== undefined) {
      settle(queue, token, verdict(name));
      if (name === 'complete') completed++;
    }
  }
  return { accepted, completed };
}

function drain(queue: QueueState): number[] {
  const numbers: number[] = [];
  for (let message = lockFirst(queue, '0', 0); message; message = lockFirst(queue, String(numbers.length), 0)) {
    numbers.push(message.sequenceNumber);
  }
  return numbers;
}
