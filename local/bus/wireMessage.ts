/** Messages between the wire and the queue: AMQP sections to a draft, a held message to AMQP sections. */

import { randomUUID } from 'node:crypto';
import { message as amqp } from 'rhea';
import type { Draft, Fields, HeldMessage } from './heldMessage';
import { fieldInside } from './rheaInside';
import { aBuffer, fieldsOf, instantOf, long } from './wireValues';

/** The longest time to live that the header can carry: an AMQP uint. */
const MAX_HEADER_TTL_MS = 2 ** 32 - 1;

/** `x-opt-message-state`; a message without it is active. */
const MESSAGE_STATES: Readonly<Record<string, number>> = { deferred: 1, scheduled: 2 };

/** The client's lock renewer throws on a message without an id, so every message gets one. */
export function draftOf(message: Fields): Draft {
  const messageId = message['message_id'] ?? randomUUID().replaceAll('-', '');
  const { group_id: sessionId, ttl } = message;
  return {
    id: Buffer.isBuffer(messageId) ? messageId.toString('hex') : JSON.stringify(messageId),
    sessionId: typeof sessionId === 'string' ? sessionId : undefined,
    timeToLiveMs: typeof ttl === 'number' && ttl > 0 ? ttl : undefined,
    enqueueAtMs: instantOf(fieldsOf(message['message_annotations'])['x-opt-scheduled-enqueue-time']),
    properties: fieldsOf(message['application_properties']),
    payload: { ...message, message_id: messageId },
  };
}

export const decode = (bytes: Buffer): Fields => ({ ...amqp.decode(bytes) });

export const sizeOf = (message: Fields): number => amqp.encode(message).length;

/** The messages of a client's batch: data sections, each of them an encoded message. */
export function unpackBatch(bytes: Buffer): Fields[] {
  const { body } = decode(bytes);
  const content = fieldInside(body, 'content');
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  return parts.map((part) => decode(aBuffer.parse(part)));
}

/** A message that somebody puts without a client. */
export interface PlainMessage {
  readonly body: string | Buffer;
  /** As a value, text stays text and bytes stay bytes; data are bytes in any case. */
  readonly section?: 'data' | 'value';
  readonly contentType?: string;
  readonly messageId?: string;
  readonly applicationProperties?: Record<string, unknown>;
}

export function draftOfPlain(message: PlainMessage): Draft {
  const body: unknown = message.section === 'value' ? message.body : amqp.data_section(Buffer.from(message.body));
  return draftOf({
    body,
    content_type: message.contentType,
    message_id: message.messageId,
    application_properties: message.applicationProperties,
  });
}

export function encode(message: HeldMessage): Buffer {
  const { draft, properties, enqueuedAtMs, expiresAtMs } = message;
  return amqp.encode({
    ...draft.payload,
    ...(expiresAtMs !== Infinity && lifetimeOf(enqueuedAtMs, expiresAtMs)),
    delivery_count: message.deliveryCount,
    message_annotations: { ...fieldsOf(draft.payload['message_annotations']), ...annotationsOf(message) },
    application_properties: properties,
  });
}

/** The client believes the two instants before the header. */
const lifetimeOf = (enqueuedAtMs: number, expiresAtMs: number): Fields => ({
  ttl: Math.min(expiresAtMs - enqueuedAtMs, MAX_HEADER_TTL_MS),
  creation_time: new Date(enqueuedAtMs),
  absolute_expiry_time: new Date(expiresAtMs),
});

function annotationsOf({ standing, ...message }: HeldMessage): Fields {
  const state = MESSAGE_STATES[standing.at === 'locked' ? standing.returnsTo : standing.at];
  return {
    'x-opt-sequence-number': long(message.sequenceNumber),
    'x-opt-enqueued-time': new Date(message.enqueuedAtMs),
    ...(standing.at === 'locked' && { 'x-opt-locked-until': new Date(standing.untilMs) }),
    ...(state !== undefined && { 'x-opt-message-state': state }),
    ...(message.deadLetterSource !== undefined && { 'x-opt-deadletter-source': message.deadLetterSource }),
  };
}
