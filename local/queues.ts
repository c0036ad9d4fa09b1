/** The queues of the local namespace, set as the deployed ones are meant to be. */
import type { QueueOptions } from './bus/queueOptions';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Lock: the longest that Service Bus allows; five deliveries, because a trigger's faults are short (no back-off between them). */
const CONSUMED: QueueOptions = {
  lockDurationMs: 5 * MINUTE,
  maxDeliveryCount: 5,
  timeToLiveMs: 14 * DAY,
  deadLetterOnExpiration: true,
};

export const QUEUES: Readonly<Record<string, QueueOptions>> = {
  'image-build-requests': { ...CONSUMED, duplicateDetectionMs: 10 * MINUTE },
  // The window covers Event Grid's redeliveries, which keep their message id (event-grid/handler-service-bus).
  'resource-events': { ...CONSUMED, duplicateDetectionMs: DAY },
  'image-pool-events': { ...CONSUMED, duplicateDetectionMs: DAY },
};
