/** The event that tells a result: CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). */
import { CREATED_BY, digest } from './names';
import type { BuildResult } from './result';

export interface CloudEvent<T = BuildResult> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: T;
}

/** The message that a result answers. */
export interface Cause {
  readonly messageId: string;
  readonly fingerprint: string;
}

/**
 * The event of a result. Redelivered messages and repeated tries give the same id, so that the bus and every consumer can
 * drop what they have seen; another request under a message id that was used before gives another.
 */
export function resultEvent(result: BuildResult, cause: Cause, atMs: number): CloudEvent {
  return {
    specversion: '1.0',
    id: digest([cause.messageId, cause.fingerprint, result.requestId, result.outcome].join('\n')),
    source: `/${CREATED_BY}`,
    type: `BatchImagePools.${result.outcome}`,
    subject: result.poolId,
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    data: result,
  };
}
