/** Reports changes to Event Grid: each when its operation has completed, and none that came to nothing. */
import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../clock';
import { callerAsAuthor, resourceEvent, STRANGER, type ResourceEvent } from './events';
import type { Stored } from './kind';
import type { Announce } from './replies';

const METHODS = { delete: 'DELETE', write: 'PUT' } as const;

export class Herald {
  readonly #clock: Clock;
  readonly #emit: (event: ResourceEvent) => void;
  readonly #pending = new Map<string, Cancel>();

  constructor(clock: Clock, emit: (event: ResourceEvent) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Takes the changes of one request. */
  announce(correlationId: string): Announce {
    return ({ verb, stored, action, operation, asked }) => {
      const { id: resourceId, kind, key } = stored;
      const atMs = operation?.endsMs ?? this.#clock.nowMs();
      const by = callerAsAuthor(asked.caller);
      const from = { method: asked.method, url: asked.url.href, correlationId, atMs, by };
      this.forget(key);
      if (operation?.failure !== undefined) return;
      const event = resourceEvent({ verb, resourceId, type: kind.type, action, ...from });
      if (operation === undefined) this.#emit(event);
      else this.#tellLater(key, event, atMs);
    };
  }

  /** A change that nobody asked the simulator for. */
  tellOfStranger(verb: 'delete' | 'write', { id: resourceId, kind }: Stored, origin: string): void {
    const from = { method: METHODS[verb], url: `${origin}${resourceId}`, correlationId: randomUUID(), by: STRANGER };
    this.#emit(resourceEvent({ verb, resourceId, type: kind.type, ...from, atMs: this.#clock.nowMs() }));
  }

  /** The change under way is overtaken by another one. */
  forget(key: string): void {
    this.#pending.get(key)?.();
    this.#pending.delete(key);
  }

  close(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #tellLater(key: string, event: ResourceEvent, atMs: number): void {
    const cancel = this.#clock.at(atMs, () => {
      this.#pending.delete(key);
      this.#emit(event);
    });
    this.#pending.set(key, cancel);
  }
}
