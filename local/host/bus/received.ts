/** A received AMQP message as rhea decodes it, read at the border. */

import rhea from 'rhea';
import { z } from 'zod';

const map = z.record(z.string(), z.unknown());
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);
/** An id may be text, a number or a UUID; everybody upstream wants text. */
const identifier = z
  .union([z.string(), z.number(), z.instanceof(Uint8Array)])
  .nullish()
  .transform((id) => (id instanceof Uint8Array ? Buffer.from(id).toString('hex') : id?.toString()));
/** A long beyond 2^53 arrives as 8 bytes; sequence numbers of a local broker never do. */
const long = z.union([z.number(), z.instanceof(Uint8Array).transform((b) => Number(Buffer.from(b).readBigInt64BE()))]);

const received = z.looseObject({
  message_id: identifier,
  correlation_id: identifier,
  content_type: optionalText,
  subject: optionalText,
  to: optionalText,
  reply_to: optionalText,
  group_id: optionalText,
  reply_to_group_id: optionalText,
  ttl: z.number().nullish(),
  delivery_count: z.number().nullish(),
  application_properties: map.nullish(),
  message_annotations: z
    .looseObject({
      'x-opt-sequence-number': long.optional(),
      'x-opt-enqueued-time': z.date().optional(),
      'x-opt-locked-until': z.date().optional(),
      'x-opt-partition-key': optionalText,
      'x-opt-via-partition-key': optionalText,
      'x-opt-deadletter-source': optionalText,
    })
    .nullish(),
  body: z.unknown().optional(),
});

export type Received = z.infer<typeof received>;
export type AmqpFields = Readonly<Record<string, unknown>>;

const AMQP_DATA = 0x75;
const dataSection = z.object({
  typecode: z.literal(AMQP_DATA),
  content: z.union([z.instanceof(Uint8Array), z.array(z.instanceof(Uint8Array))]),
});

/** One message under a lock: what the app may ask about it, and the AMQP fields to pass on as they are. */
export class ReceivedMessage {
  readonly fields: Received;
  readonly #amqp: AmqpFields;

  constructor(amqp: AmqpFields) {
    this.#amqp = amqp;
    this.fields = received.parse(amqp);
  }

  /** The header counts failed deliveries before this one; .NET, so the real host, shows this one too. */
  get deliveryCount(): number {
    return (this.fields.delivery_count ?? 0) + 1;
  }

  get lockedUntilMs(): number | undefined {
    return this.fields.message_annotations?.['x-opt-locked-until']?.getTime();
  }

  get id(): string {
    return this.fields.message_id ?? '(no message id)';
  }

  /** The body as bytes: a data section as it is, a value as text or JSON. */
  get bodyBytes(): Buffer {
    const { body } = this.fields;
    const section = dataSection.safeParse(body).data;
    if (section) return Buffer.concat([section.content].flat());
    if (body instanceof Uint8Array) return Buffer.from(body);
    return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
  }

  /** The message as the host encodes it for an extension library of the app. */
  encode(): Buffer {
    return rhea.message.encode({ ...this.#amqp, delivery_count: this.deliveryCount });
  }
}
