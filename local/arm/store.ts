/** What exists and what is under way: resources, operations, and what was deleted, all read against one instant. */
import type { Clock } from '../clock';
import type { Durations } from './durations';
import type { Site, Stored } from './kind';
import { statusOf, type Operation } from './operation';
import { keyOf, parentOf } from './resourceId';

type Gone = (stored: Stored, atMs: number) => void;

export class Store {
  readonly #clock: Clock;
  readonly #durations: Durations;
  readonly #resources = new Map<string, Stored>();
  readonly #operations = new Map<string, Operation>();
  readonly #removals = new Set<string>();
  readonly #goneAtMs = new Map<string, number>();
  readonly #whenGone: Gone;

  constructor(clock: Clock, durations: Durations, whenGone: Gone) {
    this.#clock = clock;
    this.#durations = durations;
    this.#whenGone = whenGone;
  }

  /** Everything at the clock's instant, or at an earlier one that is being caught up with. */
  site(nowMs = this.#clock.nowMs()): Site {
    return {
      nowMs,
      durations: this.#durations,
      find: (id) => this.#resources.get(keyOf(id)),
      all: () => this.all(),
      ofType: (type) => [...this.#resources.values()].filter((stored) => stored.kind.type === type),
      childrenOf: (id) => [...this.#resources.values()].filter((stored) => parentOf(stored.key) === keyOf(id)),
      lateChildrenOf: (id, withinMs) => this.#lateChildren(keyOf(id), nowMs - withinMs),
    };
  }

  /** Carries out the deletions that have ended by now, in their order. */
  settle(): void {
    const nowMs = this.#clock.nowMs();
    const ended = [...this.#removals]
      .map((key) => this.#resources.get(key))
      .filter((stored) => stored?.removal !== undefined && statusOf(stored.removal, nowMs) !== 'InProgress')
      .filter((stored) => stored !== undefined)
      .toSorted((a, b) => (a.removal?.endsMs ?? 0) - (b.removal?.endsMs ?? 0));
    for (const stored of ended) {
      this.#removals.delete(stored.key);
      if (stored.removal?.failure === undefined) this.remove(stored, stored.removal?.endsMs ?? nowMs);
    }
  }

  put(stored: Stored): void {
    this.#resources.set(stored.key, stored);
    for (const operation of [stored.write, stored.removal]) {
      if (operation !== undefined) this.#operations.set(operation.id, operation);
    }
    if (stored.removal !== undefined) this.#removals.add(stored.key);
  }

  remove(stored: Stored, atMs: number): void {
    this.#resources.delete(stored.key);
    this.#removals.delete(stored.key);
    this.#goneAtMs.set(stored.key, atMs);
    this.#whenGone(stored, atMs);
  }

  operation(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  all(): Stored[] {
    return [...this.#resources.values()];
  }

  #lateChildren(parentKey: string, sinceMs: number): number {
    let count = 0;
    for (const [key, atMs] of this.#goneAtMs) {
      if (atMs > sinceMs && parentOf(key) === parentKey && !this.#resources.has(key)) count += 1;
    }
    return count;
  }
}
