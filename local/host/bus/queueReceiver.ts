/** Receives from one queue under peek-lock, never more at a time than it was told. */

import type { Delivery, EventContext, Receiver } from 'rhea';
import { z } from 'zod';
import type { Cancel, Clock } from '../../clock';
import type { BusConnection, Say } from './busConnection';
import type { LockHolder } from './heldLock';
import { HeldLock } from './heldLock';
import { LockToken } from './lockToken';
import { QueueManagement } from './management';
import { ReceivedMessage } from './received';

// rhea's messages are instances of a class of its own, which a record would refuse.
const amqpMessage = z.looseObject({});
const refusal = z.object({ error: z.object({ condition: z.string().optional(), description: z.string().optional() }) });

/** How long a queue that the broker refused (it does not exist, say) is left alone. */
const REATTACH_MS = 30_000;

interface Options {
  readonly connection: BusConnection;
  readonly queueName: string;
  readonly clock: Clock;
  readonly say: Say;
  /** Most messages held at a time, prefetched ones included. */
  readonly limit: number;
  readonly onMessage: (lock: HeldLock) => Promise<void>;
}

export class QueueReceiver implements LockHolder {
  readonly #options: Options;
  readonly #management: QueueManagement;
  readonly #settling = new Map<Delivery, (error?: Error) => void>();
  #receiver: Receiver;
  #cancelReattach: Cancel = () => undefined;
  #held = 0;
  #closing = false;

  constructor(options: Options) {
    this.#options = options;
    this.#management = new QueueManagement(options.connection, options.queueName);
    this.#receiver = this.#attach();
    options.connection.onLost(() => this.#onLost());
  }

  confirmed(delivery: Delivery, tell: () => void): Promise<void> {
    const { queueName } = this.#options;
    return new Promise((resolve, reject) => {
      if (!this.#receiver.is_remote_open() || delivery.link !== this.#receiver || delivery.remote_settled) {
        reject(new Error(`The lock of a message in '${queueName}' is gone with the connection; it comes again.`));
        return;
      }
      this.#settling.set(delivery, (error) => (error ? reject(error) : resolve()));
      tell();
    });
  }

  renew(token: LockToken): Promise<number> {
    return this.#management.renewLock(token);
  }

  /** No new message from here on; those that are held can still be settled. */
  close(): void {
    this.#closing = true;
    this.#cancelReattach();
    this.#receiver.drain_credit();
  }

  #attach(): Receiver {
    const { connection, queueName } = this.#options;
    const receiver = connection.amqp.open_receiver({
      source: { address: queueName },
      credit_window: 0,
      autoaccept: false,
      snd_settle_mode: 0,
      // "Second": the broker has the last word on every settlement, and says when a lock was lost.
      rcv_settle_mode: 1,
    });
    receiver.on('receiver_open', () => {
      if (!this.#closing) receiver.add_credit(this.#options.limit - this.#held);
    });
    receiver.on('message', (context: EventContext) => this.#onMessage(receiver, context));
    receiver.on('settled', ({ delivery }: EventContext) => this.#onSettled(delivery));
    receiver.on('receiver_error', () => undefined);
    receiver.on('receiver_close', () => this.#onRefused(receiver));
    return receiver;
  }

  #onMessage(receiver: Receiver, { message, delivery }: EventContext): void {
    if (!delivery || this.#closing) return;
    this.#held += 1;
    void this.#handle(delivery, message).finally(() => {
      this.#held -= 1;
      if (!this.#closing && receiver === this.#receiver && receiver.is_remote_open()) receiver.add_credit(1);
    });
  }

  async #handle(delivery: Delivery, amqp: unknown): Promise<void> {
    const { onMessage, queueName, say } = this.#options;
    try {
      const message = new ReceivedMessage(amqpMessage.parse(amqp));
      await onMessage(
        new HeldLock({ delivery, message, token: new LockToken(Buffer.from(delivery.tag)), holder: this }),
      );
    } catch (error) {
      // It stays locked, and comes again until the broker gives it up.
      say('error', `A message of queue '${queueName}' cannot be handled: ${String(error)}`);
    }
  }

  #onSettled(delivery: Delivery | undefined): void {
    const done = delivery && this.#settling.get(delivery);
    if (!done) return;
    this.#settling.delete(delivery);
    const error = refusal.safeParse(delivery.remote_state).data?.error;
    done(error && new Error(error.description ?? error.condition ?? 'The broker refused to settle the message.'));
  }

  #onLost(): void {
    const { queueName } = this.#options;
    const error = new Error(
      `The connection was lost while a message in '${queueName}' was settled; it may come again.`,
    );
    for (const done of this.#settling.values()) done(error);
    this.#settling.clear();
  }

  #onRefused(receiver: Receiver): void {
    const { queueName, clock, say } = this.#options;
    if (this.#closing || receiver !== this.#receiver) return;
    const why = refusal.safeParse({ error: receiver.error }).data?.error;
    say('error', `The broker refused to deliver from queue '${queueName}': ${why?.description ?? 'it gave no reason'}`);
    this.#onLost();
    this.#cancelReattach = clock.at(clock.nowMs() + REATTACH_MS, () => (this.#receiver = this.#attach()));
  }
}
