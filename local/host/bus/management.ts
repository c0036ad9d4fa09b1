/** Requests to a queue's `$management` node, of which this host needs one: to renew a lock. */

import { randomUUID } from 'node:crypto';
import type { Message, Receiver, Sender } from 'rhea';
import rhea from 'rhea';
import { z } from 'zod';
import type { BusConnection } from './busConnection';
import type { LockToken } from './lockToken';

const AMQP_UUID = 0x98;

const answer = z.looseObject({
  correlation_id: z.unknown().optional(),
  application_properties: z.looseObject({ statusCode: z.number(), statusDescription: z.string().optional() }),
  body: z.unknown().optional(),
});
type Answer = z.infer<typeof answer>;

const renewed = z.object({ expirations: z.tuple([z.union([z.date(), z.number()])]) });

/** The broker's last word: renewing again would not help. */
export class LockLost extends Error {}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class QueueManagement {
  readonly #replyTo = `reply-${randomUUID()}`;
  readonly #queueName: string;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #waiting = new Map<string, Waiting>();

  constructor(connection: BusConnection, queueName: string) {
    this.#queueName = queueName;
    const address = `${queueName}/$management`;
    this.#receiver = connection.amqp.open_receiver({ source: { address }, target: { address: this.#replyTo } });
    this.#sender = connection.amqp.open_sender({ source: { address: this.#replyTo }, target: { address } });
    this.#receiver.on('message', ({ message }) => this.#onAnswer(message));
    for (const event of ['receiver_error', 'receiver_close']) this.#receiver.on(event, () => this.#fail());
    for (const event of ['sender_error', 'sender_close', 'rejected']) this.#sender.on(event, () => this.#fail());
    connection.onLost(() => this.#fail());
  }

  /** Answers with the new end of the lock. */
  async renewLock(token: LockToken): Promise<number> {
    const body = { 'lock-tokens': rhea.types.wrap_array([token.bytes], AMQP_UUID, undefined) };
    const { application_properties: said, body: result } = await this.#request('com.microsoft:renew-lock', body);
    const parsed = renewed.safeParse(result).data;
    if (said.statusCode === 200 && parsed) return Number(parsed.expirations[0]);
    throw new LockLost(
      `The lock of a message in '${this.#queueName}' was not renewed: ${said.statusDescription ?? `status ${said.statusCode}`}`,
    );
  }

  #request(operation: string, body: object): Promise<Answer> {
    const id = randomUUID();
    if (!this.#sender.is_remote_open()) return Promise.reject(this.#lost());
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#sender.send(managementRequest({ id, replyTo: this.#replyTo, operation, body }));
    });
  }

  #onAnswer(message: unknown): void {
    const parsed = answer.safeParse(message).data;
    const id = String(parsed?.correlation_id);
    if (parsed) this.#waiting.get(id)?.resolve(parsed);
    this.#waiting.delete(id);
  }

  #fail(): void {
    for (const { reject } of this.#waiting.values()) reject(this.#lost());
    this.#waiting.clear();
  }

  #lost(): Error {
    return new Error(`The broker did not answer a request about '${this.#queueName}': the connection was lost.`);
  }
}

function managementRequest(parts: { id: string; replyTo: string; operation: string; body: object }): Message {
  return {
    message_id: parts.id,
    reply_to: parts.replyTo,
    application_properties: { operation: parts.operation },
    body: parts.body,
  };
}
