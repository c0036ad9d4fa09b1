/** Runs code that waits with setTimeout, as the SDK's pollers do, on a stepped clock: hours of it take seconds. */
import { setImmediate as turn } from 'node:timers/promises';
import type { AzureSimulator } from '../../local/arm/simulator';
import type { Cancel, SteppedClock } from '../../local/clock';

/** Requests of the clients that have been sent, and that have been answered. */
export interface Underway {
  sent: number;
  answered: number;
}

interface Around {
  readonly azure: AzureSimulator;
  readonly clock: SteppedClock;
  readonly underway: Underway;
}

/** Answers with how long the work took on the clock. */
export async function onClock(around: Around, work: () => Promise<void>): Promise<number> {
  const { clock } = around;
  const startedMs = clock.nowMs();
  const isStill = stillness(around);
  const restore = lendTimers(clock);
  let ended: { readonly error?: unknown } | undefined;
  try {
    work().then(
      () => (ended = {}),
      (error: unknown) => (ended = { error }),
    );
    while (ended === undefined) {
      await turn();
      if (isStill()) step(clock);
    }
  } finally {
    restore();
  }
  if ('error' in ended) throw ended.error;
  return clock.nowMs() - startedMs;
}

/** Every request has come, and every answer that was due has gone back: all that is left waits for the clock. */
function stillness({ azure, clock, underway }: Around): () => boolean {
  let due = 0;
  return () => {
    if (!azure.isIdle() || azure.calls.length < underway.sent) return false;
    // Answers are due in the order in which their requests came: the latency is one for all.
    for (let next = azure.calls[due]; next !== undefined && next.atMs <= clock.nowMs(); next = azure.calls[due])
      due += 1;
    return underway.answered === due;
  };
}

function step(clock: SteppedClock): void {
  const dueMs = clock.nextDueMs();
  if (dueMs !== undefined) clock.advanceTo(dueMs);
}

/** Sockets keep their own timers: Node's net does not go by the global ones. */
function lendTimers(clock: SteppedClock): () => void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const lent = new WeakMap<object, Cancel>();
  const lend = (action: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): object => {
    const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
    lent.set(
      handle,
      clock.at(clock.nowMs() + ms, () => action(...given)),
    );
    return handle;
  };
  const takeBack = (handle: unknown): void => {
    if (typeof handle === 'object' && handle !== null) lent.get(handle)?.();
  };
  Object.assign(globalThis, { setTimeout: lend, clearTimeout: takeBack });
  return () => void Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
}
