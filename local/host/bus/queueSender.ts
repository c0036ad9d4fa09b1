/** Sends to one queue and waits for the broker's word on every message. */

import type { Delivery, EventContext, Message, Sender } from 'rhea';
import rhea from 'rhea';
import type { BusConnection } from './busConnection';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class QueueSender {
  readonly #queueName: string;
  readonly #sender: Sender;
  readonly #waiting = new Map<Delivery, Waiting>();
  #onSendable: Waiting[] = [];

  constructor(connection: BusConnection, queueName: string) {
    this.#queueName = queueName;
    this.#sender = connection.amqp.open_sender({ target: { address: queueName } });
    this.#sender.on('sendable', () => this.#onSendable.splice(0).forEach(({ resolve }) => resolve()));
    this.#sender.on('accepted', ({ delivery }: EventContext) => this.#take(delivery)?.resolve());
    for (const refusal of ['rejected', 'released', 'modified']) {
      this.#sender.on(refusal, ({ delivery }: EventContext) =>
        this.#take(delivery)?.reject(this.#failure('the broker refused it')),
      );
    }
    for (const event of ['sender_error', 'sender_close']) this.#sender.on(event, () => this.#failAll('no such queue'));
    connection.onLost(() => this.#failAll('the connection was lost'));
  }

  async send(body: Buffer, contentType: string): Promise<void> {
    while (!this.#sender.sendable()) {
      await new Promise<void>((resolve, reject) => this.#onSendable.push({ resolve, reject }));
    }
    const section: unknown = rhea.message.data_section(body);
    const message: Message = {
      message_id: crypto.randomUUID(),
      content_type: contentType,
      body: section,
    };
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(this.#sender.send(message), { resolve, reject });
    });
  }

  #take(delivery: Delivery | undefined): Waiting | undefined {
    if (!delivery) return undefined;
    const waiting = this.#waiting.get(delivery);
    this.#waiting.delete(delivery);
    return waiting;
  }

  #failAll(why: string): void {
    for (const { reject } of [...this.#waiting.values(), ...this.#onSendable]) reject(this.#failure(why));
    this.#waiting.clear();
    this.#onSendable = [];
  }

  #failure(why: string): Error {
    return new Error(`A message to queue '${this.#queueName}' was not sent: ${why}.`);
  }
}
