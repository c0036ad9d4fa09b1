/** The timers of all instances on the one clock. */
import type { Cancel, Clock } from '../../clock';

export class Alarms {
  readonly #clock: Clock;
  /** By execution, then by the timer's number. */
  readonly #pending = new Map<string, Map<number, Cancel>>();
  #ringing = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No alarm is about to ring: all that there are wait for the clock. */
  get isIdle(): boolean {
    return this.#ringing === 0;
  }

  set(executionId: string, taskId: number, dueMs: number, ring: () => void): void {
    const ofExecution = this.#pending.get(executionId) ?? new Map<number, Cancel>();
    this.#pending.set(executionId, ofExecution);
    if (ofExecution.has(taskId)) return;
    const fire = (): void => {
      ofExecution.delete(taskId);
      ring();
    };
    ofExecution.set(taskId, dueMs <= this.#clock.nowMs() ? this.#atOnce(fire) : this.#later(dueMs, fire));
  }

  cancel(executionId: string, taskId: number): void {
    const ofExecution = this.#pending.get(executionId);
    ofExecution?.get(taskId)?.();
    ofExecution?.delete(taskId);
  }

  cancelAll(executionId?: string): void {
    for (const id of executionId === undefined ? [...this.#pending.keys()] : [executionId]) {
      for (const cancel of this.#pending.get(id)?.values() ?? []) cancel();
      this.#pending.delete(id);
    }
  }

  /** What is past due does not wait for a clock that may stand still. */
  #atOnce(fire: () => void): Cancel {
    this.#ringing += 1;
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.#ringing -= 1;
      return true;
    };
    setImmediate(() => {
      if (over()) fire();
    });
    return () => void over();
  }

  #later(dueMs: number, fire: () => void): Cancel {
    let cancel: Cancel;
    const wait = (): void => {
      cancel = this.#clock.at(dueMs, () => {
        // Node's timers may ring a millisecond early, and the orchestrator must not see its timer before its time.
        if (this.#clock.nowMs() < dueMs) wait();
        else fire();
      });
    };
    wait();
    return () => cancel();
  }
}
