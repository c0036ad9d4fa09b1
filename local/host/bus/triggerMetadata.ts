/** What a queue trigger tells its function about a message, under the names of the real Service Bus extension. */

import { typedData } from '../worker/typedData';
import type { TypedData } from '../worker/typedData';
import type { LockToken } from './lockToken';
import type { ReceivedMessage } from './received';

/** DateTimeOffset.MaxValue, shown for a message that never expires. */
const NEVER_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A DateTime ends in Z and a DateTimeOffset in +00:00 when .NET writes them as JSON. */
const times = (name: string, ms: number | undefined): Record<string, string | undefined> => {
  const text = ms === undefined ? undefined : new Date(ms).toISOString();
  return { [`${name}Utc`]: text, [name]: text?.replace('Z', '+00:00') };
};

/** Dates are sent as JSON text and so reach the function as text. */
const asJson = (text: string | undefined): TypedData => (text === undefined ? {} : { json: JSON.stringify(text) });

export function triggerMetadata(message: ReceivedMessage, token: LockToken): Record<string, TypedData> {
  const { fields } = message;
  const annotations = fields.message_annotations;
  const enqueuedMs = annotations?.['x-opt-enqueued-time']?.getTime();
  const expiresMs = typeof fields.ttl === 'number' && enqueuedMs !== undefined ? enqueuedMs + fields.ttl : NEVER_MS;
  const values = {
    MessageId: fields.message_id,
    DeliveryCount: message.deliveryCount,
    LockToken: token.text,
    SequenceNumber: annotations?.['x-opt-sequence-number'],
    DeadLetterSource: annotations?.['x-opt-deadletter-source'],
    ContentType: fields.content_type,
    CorrelationId: fields.correlation_id,
    Subject: fields.subject,
    Label: fields.subject,
    To: fields.to,
    ReplyTo: fields.reply_to,
    SessionId: fields.group_id,
    ReplyToSessionId: fields.reply_to_group_id,
    PartitionKey: annotations?.['x-opt-partition-key'],
    TransactionPartitionKey: annotations?.['x-opt-via-partition-key'],
    ApplicationProperties: fields.application_properties ?? {},
    UserProperties: fields.application_properties ?? {},
  };
  const dates = { ...times('EnqueuedTime', enqueuedMs), ...times('ExpiresAt', expiresMs) };
  const entries = [
    ...Object.entries(values).map(([name, value]) => [name, typedData(value)] as const),
    ...Object.entries(dates).map(([name, value]) => [name, asJson(value)] as const),
  ];
  // The real host leaves out what is null.
  return Object.fromEntries(entries.filter(([, data]) => Object.keys(data).length > 0));
}
