/** Looks again and again for what the end of an audit brings: often at first, and less so the longer it takes. */
import type { OrchestrationContext } from 'durable-functions';
import { AUDIT_RHYTHM } from '../domain/guard/audit';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { deadlineMs, pauseMs } from '../domain/waiting';
import { GUARD_ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, sleepUntil, type Step } from './steps';

interface Wait<T> {
  /** Null while there is nothing yet. */
  readonly look: () => Step<Outcome<T | null>>;
  /** From when on it asks for an audit at each look, in case there is none: one that failed has no end. */
  readonly askAfterMs: number;
}

export function* awaitAudit<T>(ctx: OrchestrationContext, { look, askAfterMs }: Wait<T>): Step<Outcome<T>> {
  const startedAtMs = nowMs(ctx);
  for (let looks = 1; ; looks += 1) {
    const answer = yield* look();
    if (!answer.ok) return answer;
    if (answer.value !== null) return succeed(answer.value);
    const waitedMs = nowMs(ctx) - startedAtMs;
    if (nowMs(ctx) >= deadlineMs(AUDIT_RHYTHM, startedAtMs)) return fail(noEnd());
    if (waitedMs >= askAfterMs) yield* persist(ctx, GUARD_ACTIVITIES.requestAudit, {});
    yield* sleepUntil(ctx, nowMs(ctx) + pauseMs(AUDIT_RHYTHM, looks, waitedMs));
  }
}

const noEnd = () => ({
  kind: 'rejected' as const,
  code: 'NoAudit',
  message: `No audit ended within ${AUDIT_RHYTHM.deadlineMinutes / 60} hours.`,
});
