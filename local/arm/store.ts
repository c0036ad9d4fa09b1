/** What exists and what is under way: resources, operations, and what was deleted, all read against one instant. */
import type { Clock } from '../clock';
import type { Durations } from './durations';
import { accountNameOf, Blobs, storageAccountNamed } from './blobs';
import { History } from './history';
import type { Blob, ManagedImagePools, Site, Stored } from './kind';
import { statusOf, type Operation } from './operation';
import { keyOf, parentOf } from './resourceId';

type Gone = (atMs: number) => void;

export class Store {
  readonly #clock: Clock;
  readonly #durations: Durations;
  readonly #resources = new Map<string, Stored>();
  readonly #byType = new Map<string, Map<string, Stored>>();
  readonly #byParent = new Map<string, Map<string, Stored>>();
  readonly #operations = new Map<string, Operation>();
  readonly #removals = new Set<string>();
  /** When children were last deleted, by their parent. */
  readonly #goneAtMs = new Map<string, Map<string, number>>();
  readonly #whenGone: Gone;
  readonly blobs = new Blobs();
  managedImagePools: ManagedImagePools = 'refused';
  /** For Azure Resource Graph. */
  readonly history: History;

  constructor(clock: Clock, durations: Durations, options: { readonly whenGone: Gone; readonly graphLagMs: number }) {
    this.#clock = clock;
    this.#durations = durations;
    this.#whenGone = options.whenGone;
    this.history = new History(clock, options.graphLagMs);
  }

  /** Everything at the clock's instant, or at an earlier one that is being caught up with. */
  site(nowMs = this.#clock.nowMs()): Site {
    return {
      nowMs,
      durations: this.#durations,
      managedImagePools: this.managedImagePools,
      find: (id) => this.#resources.get(keyOf(id)),
      all: () => this.all(),
      ofType: (type) => [...(this.#byType.get(type)?.values() ?? [])],
      childrenOf: (id) => [...(this.#byParent.get(keyOf(id))?.values() ?? [])],
      blob: (uri) => this.#blob(uri),
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
      if (stored.removal?.failure === undefined) this.remove([stored], stored.removal?.endsMs ?? nowMs);
    }
  }

  put(stored: Stored): void {
    const { key } = stored;
    this.history.note({ key, before: this.#resources.get(key), atMs: this.#clock.nowMs() });
    this.#resources.set(stored.key, stored);
    innerMap(this.#byType, stored.kind.type).set(stored.key, stored);
    innerMap(this.#byParent, parentOf(stored.key)).set(stored.key, stored);
    for (const operation of [stored.write, stored.removal]) {
      if (operation !== undefined) this.#operations.set(operation.id, operation);
    }
    if (stored.removal !== undefined) this.#removals.add(stored.key);
  }

  /** Removes what goes at the same instant. */
  remove(going: readonly Stored[], atMs: number): void {
    for (const stored of going) {
      const { key, kind } = stored;
      this.history.note({ key, before: stored, atMs });
      this.#resources.delete(key);
      this.#removals.delete(key);
      this.#byType.get(kind.type)?.delete(key);
      const parent = parentOf(key);
      this.#byParent.get(parent)?.delete(key);
      innerMap(this.#goneAtMs, parent).set(key, atMs);
    }
    this.#whenGone(atMs);
  }

  operation(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  all(): Stored[] {
    return [...this.#resources.values()];
  }

  removeBlob(uri: string, atMs: number): void {
    this.blobs.delete(uri);
    this.#whenGone(atMs);
  }

  /** What lay in a storage account went with it. */
  #blob(uri: string): Blob | undefined {
    const accounts = [...(this.#byType.get('Microsoft.Storage/storageAccounts')?.values() ?? [])];
    return storageAccountNamed(accountNameOf(uri), accounts) && this.blobs.find(uri);
  }

  #lateChildren(parentKey: string, sinceMs: number): number {
    let count = 0;
    for (const [key, atMs] of this.#goneAtMs.get(parentKey) ?? []) {
      if (atMs > sinceMs && !this.#resources.has(key)) count += 1;
    }
    return count;
  }
}

/** The map under a key of a map of maps, made when it is not there. */
function innerMap<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = outer.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, V>();
  outer.set(key, made);
  return made;
}
