/** A task of a replay: it settles once, and tells at once whoever waits for it. */

export interface Settled {
  readonly ok: boolean;
  /** JSON text, when the task has a result. */
  readonly result: string | undefined;
}

export class ReplayTask {
  #settled: Settled | undefined;
  readonly #waiting: ((settled: Settled) => void)[] = [];

  get isSettled(): boolean {
    return this.#settled !== undefined;
  }

  settle(ok: boolean, result?: string): void {
    if (this.#settled !== undefined) return;
    this.#settled = { ok, result };
    for (const tell of this.#waiting.splice(0)) tell(this.#settled);
  }

  whenSettled(tell: (settled: Settled) => void): void {
    if (this.#settled !== undefined) tell(this.#settled);
    else this.#waiting.push(tell);
  }
}

/** Settles when every one has settled: Task.WhenAll waits for all of them even when one fails. */
export function whenAll(tasks: readonly ReplayTask[]): ReplayTask {
  const all = new ReplayTask();
  let left = tasks.length;
  let ok = true;
  for (const task of tasks) {
    task.whenSettled((settled) => {
      ok &&= settled.ok;
      left -= 1;
      if (left === 0) all.settle(ok);
    });
  }
  return all;
}

export function whenAny(tasks: readonly ReplayTask[]): ReplayTask {
  const any = new ReplayTask();
  for (const task of tasks) task.whenSettled(({ ok }) => any.settle(ok));
  return any;
}
