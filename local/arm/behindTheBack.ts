/** What somebody else does, at once and past every check: deletes, and brings back what was deleted so. */
import type { Clock } from '../clock';
import { ArmError } from './armError';
import { isBlobUri } from './blobs';
import type { Herald } from './herald';
import type { Stored } from './kind';
import { keyOf, parentOf, RESOURCE_GROUP } from './resourceId';
import type { Store } from './store';

interface Around {
  readonly clock: Clock;
  readonly store: Store;
  readonly herald: Herald;
  /** Of ARM, for the events. */
  readonly origin: () => string;
}

export interface Quietness {
  /** Event Grid is not told. */
  readonly silently?: boolean;
}

/** Of a removal that was under way nothing is left. */
function withoutRemoval(stored: Stored): Stored {
  const { removal, ...rest } = stored;
  return removal === undefined ? stored : rest;
}

export class BehindTheBack {
  readonly #around: Around;
  /** What went with a resource, the innermost first, by the resource's key. */
  readonly #gone = new Map<string, readonly Stored[]>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Of a resource group only its own deletion is told (child events are UNCONFIRMED); of a blob nothing, here. */
  delete(id: string, { silently = false }: Quietness): void {
    const { store, herald, clock, origin } = this.#around;
    if (isBlobUri(id)) {
      store.removeBlob(id, clock.nowMs());
      return;
    }
    const key = keyOf(id);
    const isInside = (stored: Stored): boolean => stored.key === key || stored.key.startsWith(`${key}/`);
    const doomed = store
      .all()
      .filter(isInside)
      .toSorted((a, b) => b.key.length - a.key.length);
    const holder = doomed.find((stored) => stored.key === key);
    if (holder === undefined) throw new ArmError(404, 'ResourceNotFound', `There is no '${id}' to delete.`);
    store.remove(doomed, clock.nowMs());
    this.#gone.set(key, doomed);
    for (const stored of doomed) {
      herald.forget(stored.key);
      const isTold = !silently && (holder.kind.type !== RESOURCE_GROUP || stored === holder);
      if (isTold) herald.tellOfStranger('delete', stored, origin());
    }
  }

  /** Each resource is made anew, so each is told, the outermost first. */
  restore(id: string, { silently = false }: Quietness): void {
    const { store, herald, origin } = this.#around;
    if (isBlobUri(id)) {
      store.blobs.restore(id);
      return;
    }
    const key = keyOf(id);
    const lost = this.#gone.get(key);
    const site = store.site();
    if (lost === undefined) {
      throw new ArmError(404, 'ResourceNotFound', `'${id}' was not deleted behind the back, so it cannot be restored.`);
    }
    if (site.find(key) !== undefined) throw new ArmError(409, 'Conflict', `There is a '${id}' again.`);
    const parent = parentOf(key);
    if (parent !== key && site.find(parent) === undefined) {
      throw new ArmError(404, 'ParentResourceNotFound', `'${id}' cannot be restored before '${parent}' is.`);
    }
    this.#gone.delete(key);
    for (const stored of lost.toReversed()) {
      store.put(withoutRemoval(stored));
      if (!silently) herald.tellOfStranger('write', stored, origin());
    }
  }
}
