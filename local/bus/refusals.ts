/** What the broker refuses, as AMQP conditions that the Service Bus client turns into its error codes. */

/** Conditions: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot */
export interface Refusal {
  readonly condition: string;
  readonly description: string;
}

const refusal = (condition: string, description: string): Refusal => ({ condition, description });

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'condition' in value && 'description' in value;
}

export const messageLockLost = (token: string): Refusal =>
  refusal(
    'com.microsoft:message-lock-lost',
    `The lock ${token} is invalid. Either the lock expired, or the message has already been removed from the queue.`,
  );

export const sessionLockLost = (sessionId: string): Refusal =>
  refusal(
    'com.microsoft:session-lock-lost',
    `The lock of session '${sessionId}' has expired. Accept the session again to go on with its messages.`,
  );

/** A settlement names its lock, not its session. */
export const sessionOfLockLost = (token: string): Refusal =>
  refusal(
    'com.microsoft:session-lock-lost',
    `The lock ${token} ended with the lock of its session. Accept the session again to go on with its messages.`,
  );

export const messageNotFound = (sequenceNumber: number, wanted: string, queue: string): Refusal =>
  refusal(
    'com.microsoft:message-not-found',
    `There is no ${wanted} message with sequence number ${sequenceNumber} in '${queue}'.`,
  );

export const sessionIdMissing = (queue: string): Refusal =>
  refusal('amqp:not-allowed', `Every message for '${queue}' needs a session id, because the queue requires sessions.`);

export const sessionNeeded = (queue: string): Refusal =>
  refusal(
    'amqp:not-allowed',
    `It is not possible to receive from '${queue}' without a session, because the queue requires sessions.`,
  );

export const sessionNotKept = (queue: string): Refusal =>
  refusal('amqp:not-allowed', `'${queue}' has no sessions: create it with requiresSession to accept them.`);

export const alreadyDeadLettered = (queue: string): Refusal =>
  refusal('amqp:not-allowed', `A message in '${queue}' cannot be dead-lettered again.`);

/** The client knows a missing entity by the words "The messaging entity … could not be found". */
export const entityNotFound = (entity: string, known: readonly string[]): Refusal =>
  refusal(
    'amqp:not-found',
    `The messaging entity '${entity}' could not be found. The local broker has these queues: ${known.join(', ') || 'none'}.`,
  );

export const messageTooLarge = (bytes: number, maxBytes: number): Refusal =>
  refusal(
    'amqp:link:message-size-exceeded',
    `The message has ${bytes} bytes; the local broker takes at most ${maxBytes} (its option maxMessageBytes).`,
  );

export const notSupported = (what: string): Refusal =>
  refusal('amqp:not-implemented', `The local broker does not support ${what}.`);

export const notUnderstood = (what: string): Refusal => refusal('amqp:invalid-field', what);
