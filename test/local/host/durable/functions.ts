/** Orchestrations and activities that use every durable task there is. */
import type { OrchestrationContext, Task } from 'durable-functions';
import type { DurableLibrary } from './app';

export type Steps = Generator<Task, unknown, unknown>;

/** What tests may look at and turn. */
export class Witness {
  readonly runs: string[] = [];
  isHealed = false;
  readonly #attempts = new Map<string, number>();

  attempt(key: string): number {
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  }
}

interface Sum {
  readonly a: number;
  readonly b: number;
}

function isSum(value: unknown): value is Sum {
  return typeof value === 'object' && value !== null && 'a' in value && 'b' in value;
}

export function after(context: OrchestrationContext, delayMs: number): Date {
  return new Date(context.df.currentUtcDateTime.getTime() + delayMs);
}

export function registerActivities(df: DurableLibrary, witness: Witness): void {
  df.app.activity('add', {
    handler: (input: unknown) => {
      witness.runs.push(`add ${JSON.stringify(input)}`);
      return isSum(input) ? input.a + input.b : input;
    },
  });
  df.app.activity('flaky', {
    handler: (key: string) => {
      const attempt = witness.attempt(key);
      if (attempt < 3) throw new Error(`${key} fails for the ${attempt}. time`);
      return `${key} after ${attempt}`;
    },
  });
  df.app.activity('bad', {
    handler: () => {
      throw new Error('always bad');
    },
  });
  df.app.activity('rewindable', {
    handler: () => {
      witness.runs.push('rewindable');
      if (!witness.isHealed) throw new Error('not healed');
      return 'healed';
    },
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? (error.message.split(' \n')[0] ?? '') : '');

export function registerOrchestrations(df: DurableLibrary): void {
  const orchestration = (name: string, body: (context: OrchestrationContext) => Steps): void =>
    void df.app.orchestration(name, body);
  const retry = new df.RetryOptions(50, 5);
  retry.backoffCoefficient = 1.5;
  retry.maxRetryIntervalInMilliseconds = 200;

  const twice = new df.RetryOptions(10, 2);

  orchestration('values', function* ({ df }) {
    const seen: unknown[] = [df.getInput()];
    for (const value of ['s', 5, null, { x: 1 }, [1, 2], true, '42']) seen.push(yield df.callActivity('add', value));
    return seen;
  });
  orchestration('retries', function* ({ df }) {
    const alone = yield df.callActivityWithRetry('flaky', retry, 'A');
    const together = yield df.Task.all([
      df.callActivityWithRetry('flaky', retry, 'B'),
      df.callActivityWithRetry('flaky', retry, 'C'),
      df.callActivity('add', 'plain'),
    ]);
    return [alone, together, yield df.callActivity('add', 'last')];
  });
  orchestration('givesUp', function* ({ df }) {
    try {
      yield df.callActivityWithRetry('bad', twice, 'x');
    } catch (error) {
      return [messageOf(error), yield df.callActivity('add', 'goes on')];
    }
    return 'not reached';
  });
  orchestration('fansOut', function* ({ df }) {
    const width = Number(df.getInput());
    return yield df.Task.all(Array.from({ length: width }, (_, a) => df.callActivity('add', { a, b: a })));
  });
  orchestration('child', function* ({ df }) {
    const n = Number(df.getInput());
    return { sum: yield df.callActivity('add', { a: n, b: 100 }), parent: df.parentInstanceId, id: df.instanceId };
  });
  orchestration('parent', function* ({ df }) {
    return yield df.Task.all([
      df.callSubOrchestrator('child', 1, `${df.instanceId}-kid`),
      df.callSubOrchestrator('child', 2),
    ]);
  });
  orchestration('sleeps', function* (context) {
    const start = context.df.currentUtcDateTime.getTime();
    yield context.df.createTimer(after(context, Number(context.df.getInput())));
    return context.df.currentUtcDateTime.getTime() - start;
  });
  orchestration('catches', function* ({ df }) {
    const caught: string[] = [];
    try {
      yield df.callActivity('bad');
    } catch (error) {
      caught.push(messageOf(error));
    }
    try {
      yield df.Task.all([df.callActivity('add', 'y'), df.callActivity('bad')]);
    } catch (error) {
      caught.push(messageOf(error));
    }
    return caught;
  });
  orchestration('races', function* (context) {
    const timeout = context.df.createTimer(after(context, 60_000));
    const approval = context.df.waitForExternalEvent('approve');
    const winner = yield context.df.Task.any([approval, timeout]);
    if (winner === timeout) return 'timed out';
    timeout.cancel();
    return ['approved', approval.result, yield context.df.callActivity('add', 'next')];
  });
  orchestration('waits', function* ({ df }) {
    df.setCustomStatus({ phase: 'waiting' });
    return yield df.waitForExternalEvent('go');
  });
  orchestration('counts', function* ({ df }) {
    const { n } = df.getInput<{ n: number }>();
    const next = Number(yield df.callActivity('add', { a: n, b: 1 }));
    if (next >= 4) return { n: next };
    df.continueAsNew({ n: next });
    return undefined;
  });
  // eslint-disable-next-line require-yield -- it has nothing to wait for
  orchestration('grows', function* ({ df }) {
    const text = df.getInput<string>();
    if (text.length >= 3) return text;
    df.continueAsNew(`${text}a`);
    return undefined;
  });
  orchestration('fails', function* ({ df }) {
    yield df.callActivity('add', 1);
    throw new Error('orchestrator boom');
  });
  orchestration('parentOfFailing', function* ({ df }) {
    try {
      yield df.callSubOrchestrator('fails');
    } catch (error) {
      return `caught: ${messageOf(error)}`;
    }
    return 'not reached';
  });
  orchestration('rewindMe', function* ({ df }) {
    const first = yield df.callActivity('add', 7);
    return [first, yield df.callActivity('rewindable'), yield df.callActivity('add', { a: 7, b: 1 })];
  });
  orchestration('parentOfRewindable', function* ({ df }) {
    return yield df.callSubOrchestrator('rewindMe');
  });
  orchestration('fetches', function* ({ df }) {
    return yield df.callHttp({ method: 'GET', url: String(df.getInput()) });
  });
  orchestration('chain', function* ({ df }) {
    let n: unknown = 0;
    for (let step = 0; step < Number(df.getInput()); step++) n = yield df.callActivity('add', { a: Number(n), b: 1 });
    return n;
  });
  // eslint-disable-next-line require-yield -- it has nothing to wait for
  orchestration('versioned', function* ({ df }) {
    return df.version;
  });
}
