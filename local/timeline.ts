/** Moves a stepped stack through time: waits until nothing is under way anywhere, then jumps to the next due instant. */
import { SteppedClock } from './clock';
import type { Stack } from './stack';

/** A whole build is a few hundred steps; a stack that needs more goes round in circles. */
const MAX_STEPS = 20_000;

export class Timeline {
  readonly #stack: Stack;
  readonly #clock: SteppedClock;

  constructor(stack: Stack) {
    if (!(stack.clock instanceof SteppedClock)) throw new Error('Only a stepped clock can be moved.');
    this.#stack = stack;
    this.#clock = stack.clock;
  }

  /** Waits until no part of the stack has anything to do now; answers with the host's next due instant. */
  async settle(): Promise<number | undefined> {
    const { broker, azure, host } = this.#stack;
    for (let quiet = 0; ;) {
      const before = azure.calls.length;
      const { idle, nextDueMs } = await host.status();
      const still = idle && broker.isIdle() && azure.isIdle() && azure.calls.length === before;
      quiet = still ? quiet + 1 : 0;
      // Twice, because what one part hands to another may be on its way in a socket.
      if (quiet === 2) return nextDueMs;
    }
  }

  /** Settles, then moves every clock to the next instant at which something happens; false when nothing ever will. */
  async step(): Promise<boolean> {
    const hostDueMs = await this.settle();
    const due = [hostDueMs, this.#clock.nextDueMs()].filter((dueMs) => dueMs !== undefined);
    if (due.length === 0) return false;
    await this.advanceTo(Math.min(...due));
    return true;
  }

  /** Moves every clock of the stack; the host's first, so that it renews a lock before the broker takes it back. */
  async advanceTo(toMs: number): Promise<void> {
    await this.#stack.host.advance(toMs);
    this.#clock.advanceTo(toMs);
  }

  /** Steps until `done` holds in a settled stack; throws when time runs out first. */
  async until(done: () => boolean | Promise<boolean>, within: { readonly azureHours: number }): Promise<void> {
    const endMs = this.#clock.nowMs() + within.azureHours * 3_600_000;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      await this.settle();
      if (await done()) return;
      if (!(await this.step())) throw new Error('Nothing is due any more, and what was waited for did not happen.');
      if (this.#clock.nowMs() > endMs) throw new Error(`${within.azureHours} Azure hours passed without it.`);
    }
    throw new Error(`${MAX_STEPS} steps passed without it.`);
  }
}
