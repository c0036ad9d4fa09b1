/** What becomes due when: a binary heap whose outdated entries are dropped when they come to the top. */

interface Entry<T> {
  readonly dueMs: number;
  readonly order: number;
  readonly target: T;
}

export class DueTimes<T> {
  readonly #dueMsOf: (target: T) => number | undefined;
  readonly #heap: Entry<T>[] = [];
  #order = 0;

  /** `dueMsOf` tells when a target is due now; entries that say otherwise are outdated. */
  constructor(dueMsOf: (target: T) => number | undefined) {
    this.#dueMsOf = dueMsOf;
  }

  note(target: T): void {
    const dueMs = this.#dueMsOf(target);
    if (dueMs === undefined) return;
    this.#heap.push({ dueMs, order: this.#order++, target });
    this.#rise(this.#heap.length - 1);
  }

  nextDueMs(): number | undefined {
    return this.#top()?.dueMs;
  }

  /** The target that has been due longest, taken off; undefined when nothing is due by `nowMs`. */
  takeDue(nowMs: number): T | undefined {
    const top = this.#top();
    if (top === undefined || top.dueMs > nowMs) return undefined;
    this.#drop();
    return top.target;
  }

  #top(): Entry<T> | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#dueMsOf(top.target) === top.dueMs) return top;
      this.#drop();
    }
    return undefined;
  }

  #drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let place = from; place > 0;) {
      const parent = (place - 1) >>> 1;
      if (!this.#swapIfEarlier(place, parent)) return;
      place = parent;
    }
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, place)) return;
      place = child;
    }
  }

  #swapIfEarlier(lower: number, upper: number): boolean {
    const [below, above] = [this.#heap[lower], this.#heap[upper]];
    if (below === undefined || above === undefined || !this.#isEarlier(lower, upper)) return false;
    this.#heap[lower] = above;
    this.#heap[upper] = below;
    return true;
  }

  #isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  }
}
