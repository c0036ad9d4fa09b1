/** What else than builds is asked for by a message: an audit now, or that a pool's findings are not told for a while. */
import type { AuditSummary } from './audit';
import { CREATED_BY, digest } from '../names';
import type { CloudEvent } from '../resultEvent';
import { auditCorrelationId } from '../trace';
import type { FindingCode } from './finding';
import type { Snooze } from './snooze';

export interface AuditRequest {
  readonly mode: 'audit';
  /** Comes back as correlation id of the answer. */
  readonly requestId?: string | undefined;
}

export interface SnoozeRequest {
  readonly mode: 'snooze';
  readonly poolId: string;
  readonly code?: FindingCode | undefined;
  readonly until: string;
  readonly reason?: string | undefined;
}

export const snoozeOf = ({ poolId, code, until, reason }: SnoozeRequest): Snooze => ({
  poolId,
  ...(code === undefined ? {} : { code }),
  until,
  ...(reason === undefined ? {} : { reason }),
});

/** A request that waits for the end of an audit: of the one that it started, or joined. */
export interface AuditQuestion {
  readonly requestId: string;
  readonly messageId: string;
}

export interface AuditAnswer extends AuditSummary {
  readonly requestId: string;
  /** GUID that all calls of this audit to Azure carried. */
  readonly correlationId: string;
}

export const auditAnswerId = (messageId: string): string => `audit-answer-${digest(messageId)}`;
export const snoozeInstanceId = (messageId: string): string => `snooze-${digest(messageId)}`;

/** The answer to a question; told twice, it has the same id. */
export const auditEvent = (
  summary: AuditSummary,
  { requestId, messageId }: AuditQuestion,
): CloudEvent<AuditAnswer> => ({
  specversion: '1.0',
  id: digest([messageId, summary.auditId, 'audit'].join('\n')),
  source: `/${CREATED_BY}`,
  type: 'BatchImagePools.AuditCompleted',
  subject: summary.auditId,
  time: summary.endedAt,
  datacontenttype: 'application/json',
  data: { ...summary, requestId, correlationId: auditCorrelationId(summary.auditId) },
});
