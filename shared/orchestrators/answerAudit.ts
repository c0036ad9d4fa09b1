/** Answers a request for an audit with the end of the audit that it started or joined. */
import type { OrchestrationContext } from 'durable-functions';
import type { AuditSummary } from '../domain/guard/audit';
import { auditEvent, type AuditQuestion } from '../domain/guard/guardMessages';
import { succeed, type Outcome } from '../domain/outcome';
import { auditCorrelationId } from '../domain/trace';
import { awaitAudit } from './awaitAudit';
import { GUARD_ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, traceAs, type Step } from './steps';

export function* answerAudit(ctx: OrchestrationContext): Step<null> {
  const question = ctx.df.getInput<AuditQuestion>();
  const askedAt = new Date(nowMs(ctx)).toISOString();
  const ended = yield* awaitAudit(ctx, () => endSince(ctx, askedAt));
  if (!ended.ok) throw new Error(`The audit that was asked for has no end: ${ended.failure.message}`);
  traceAs(ctx, { correlationId: auditCorrelationId(ended.value.auditId) });
  const told = yield* persist(ctx, GUARD_ACTIVITIES.publishAudit, auditEvent(ended.value, question));
  if (!told.ok) throw new Error(`The answer could not be published: ${told.failure.message}`);
  return null;
}

function* endSince(ctx: OrchestrationContext, askedAt: string): Step<Outcome<AuditSummary | null>> {
  const last = yield* persist(ctx, GUARD_ACTIVITIES.readLastAudit, { endedSince: askedAt });
  if (!last.ok || last.value === null) return last;
  return succeed(Date.parse(last.value.endedAt) < Date.parse(askedAt) ? null : last.value);
}
