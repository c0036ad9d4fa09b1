/** What a queue of the local broker can be told to do, with Azure's defaults for what it is not told. */

export interface QueueOptions {
  readonly lockDurationMs?: number;
  readonly maxDeliveryCount?: number;
  /** How long a message id is remembered; without it, repeated ids are not looked for. */
  readonly duplicateDetectionMs?: number;
  readonly requiresSession?: boolean;
  /** The longest a message lives; a message may ask for less, never for more. */
  readonly timeToLiveMs?: number;
  readonly deadLetterOnExpiration?: boolean;
}

/** Defaults of a new queue: https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces/queues */
const DEFAULT_LOCK_DURATION_MS = 60_000;
const DEFAULT_MAX_DELIVERY_COUNT = 10;

export type QueueRules = Required<QueueOptions>;

export function rulesOf(options: QueueOptions): QueueRules {
  return {
    lockDurationMs: options.lockDurationMs ?? DEFAULT_LOCK_DURATION_MS,
    maxDeliveryCount: options.maxDeliveryCount ?? DEFAULT_MAX_DELIVERY_COUNT,
    duplicateDetectionMs: options.duplicateDetectionMs ?? 0,
    requiresSession: options.requiresSession ?? false,
    timeToLiveMs: options.timeToLiveMs ?? Infinity,
    deadLetterOnExpiration: options.deadLetterOnExpiration ?? false,
  };
}

/** A dead-letter queue keeps its messages until someone takes them: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues */
export function deadLetterRulesOf(rules: QueueRules): QueueRules {
  return { ...rulesOf({ lockDurationMs: rules.lockDurationMs }), maxDeliveryCount: Infinity };
}
