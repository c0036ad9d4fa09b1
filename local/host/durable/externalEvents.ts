/** External events in one replay: kept until somebody waits, and given to the newest waiter, names regardless of case. */
import { ReplayTask } from './replayTask';

export class ExternalEvents {
  readonly #buffered = new Map<string, string[]>();
  readonly #waiting = new Map<string, ReplayTask[]>();

  wait(name: string): ReplayTask {
    const key = name.toLowerCase();
    const task = new ReplayTask();
    const early = this.#buffered.get(key)?.shift();
    if (early !== undefined) task.settle(true, early);
    else listIn(this.#waiting, key).push(task);
    return task;
  }

  raise(name: string, input: string): void {
    const key = name.toLowerCase();
    const waiter = this.#waiting.get(key)?.pop();
    if (waiter !== undefined) waiter.settle(true, input);
    else listIn(this.#buffered, key).push(input);
  }
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
