/** A message that this host holds under a lock: settled once, renewed until then. */

import type { Delivery } from 'rhea';
import type { LockToken } from './lockToken';
import type { ReceivedMessage } from './received';

export type Properties = Readonly<Record<string, unknown>>;

export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon'; readonly properties?: Properties }
  | { readonly kind: 'defer'; readonly properties?: Properties }
  | {
      readonly kind: 'deadletter';
      readonly properties?: Properties;
      readonly reason?: string;
      readonly description?: string;
    };

/** The outcomes by which the Service Bus clients say it (AMQP 1.0, section 3.4). */
function tellBroker(delivery: Delivery, settlement: Settlement): void {
  switch (settlement.kind) {
    case 'complete':
      delivery.accept();
      return;
    case 'abandon':
    case 'defer': {
      const undeliverable_here = settlement.kind === 'defer';
      delivery.modified({ undeliverable_here, message_annotations: { ...settlement.properties } });
      return;
    }
    case 'deadletter': {
      const { properties, reason, description } = settlement;
      const info = { ...properties, DeadLetterReason: reason, DeadLetterErrorDescription: description };
      const given = Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined && value !== ''));
      delivery.reject({ condition: 'com.microsoft:dead-letter', info: given });
    }
  }
}

export interface LockHolder {
  /** Resolves when the broker has confirmed what `tell` told it. */
  confirmed(delivery: Delivery, tell: () => void): Promise<void>;
  /** The new end of the lock. */
  renew(token: LockToken): Promise<number>;
}

export class HeldLock {
  readonly token: LockToken;
  readonly message: ReceivedMessage;
  readonly #delivery: Delivery;
  readonly #holder: LockHolder;
  #lockedUntilMs: number | undefined;
  #settled = false;

  constructor(parts: { delivery: Delivery; message: ReceivedMessage; token: LockToken; holder: LockHolder }) {
    this.#delivery = parts.delivery;
    this.#holder = parts.holder;
    this.message = parts.message;
    this.token = parts.token;
    this.#lockedUntilMs = parts.message.lockedUntilMs;
  }

  /** Also true while the broker's confirmation is awaited. */
  get isSettled(): boolean {
    return this.#settled;
  }

  get lockedUntilMs(): number | undefined {
    return this.#lockedUntilMs;
  }

  async settle(settlement: Settlement): Promise<void> {
    if (this.#settled) throw new Error(`Message '${this.message.id}' was settled before; it can be settled once.`);
    this.#settled = true;
    await this.#holder.confirmed(this.#delivery, () => tellBroker(this.#delivery, settlement));
  }

  async renew(): Promise<void> {
    this.#lockedUntilMs = await this.#holder.renew(this.token);
  }

  /** Leaves the message to its lock: the broker delivers it again when that has expired. */
  letGo(): void {
    if (this.#settled) return;
    this.#settled = true;
    // rhea keeps a slot of 2,048 per session for every delivery until it is settled on this side.
    Reflect.set(this.#delivery, 'settled', true);
  }
}
