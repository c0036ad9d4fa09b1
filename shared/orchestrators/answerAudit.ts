/** Answers a request for an audit with the end of the audit that it started or joined. */
import type { OrchestrationContext } from 'durable-functions';
import { auditEvent, type AuditQuestion } from '../domain/guard/guardMessages';
import { GUARD_ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, sleepUntil, type Step } from './steps';

const SECOND = 1_000;
const FIRST_PAUSE_MS = 2 * SECOND;
const LONGEST_PAUSE_MS = 60 * SECOND;
/** An audit that takes longer is throttled, or broken; its report will tell. */
const LONGEST_WAIT_MS = 12 * 3_600 * SECOND;

export function* answerAudit(ctx: OrchestrationContext): Step<null> {
  const question = ctx.df.getInput<AuditQuestion>();
  const askedAtMs = nowMs(ctx);
  const untilMs = askedAtMs + LONGEST_WAIT_MS;
  for (let pauseMs = FIRST_PAUSE_MS; nowMs(ctx) < untilMs; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const last = yield* persist(ctx, GUARD_ACTIVITIES.readLastAudit, {});
    if (!last.ok) throw new Error(`The report of the audit could not be read: ${last.failure.message}`);
    if (last.value !== null && Date.parse(last.value.endedAt) >= askedAtMs) {
      const told = yield* persist(ctx, GUARD_ACTIVITIES.publishAudit, auditEvent(last.value, question));
      if (!told.ok) throw new Error(`The answer could not be published: ${told.failure.message}`);
      return null;
    }
    // Each time, because one that was joined may have been at its end already.
    yield* persist(ctx, GUARD_ACTIVITIES.requestAudit, {});
    yield* sleepUntil(ctx, nowMs(ctx) + pauseMs);
  }
  throw new Error(`No audit ended within ${LONGEST_WAIT_MS / 3_600 / SECOND} hours.`);
}
