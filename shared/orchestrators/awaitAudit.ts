/** Asks for an audit, and looks for what its end brings: often at first, and less so the longer it takes. */
import type { OrchestrationContext } from 'durable-functions';
import { AUDIT_RHYTHM } from '../domain/guard/audit';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { deadlineMs, pauseMs } from '../domain/waiting';
import { GUARD_ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, sleepUntil, type Step } from './steps';

/** `look` answers null while there is nothing yet. */
export function* awaitAudit<T>(ctx: OrchestrationContext, look: () => Step<Outcome<T | null>>): Step<Outcome<T>> {
  const startedAtMs = nowMs(ctx);
  for (let looks = 1; ; looks += 1) {
    const answer = yield* look();
    if (!answer.ok) return answer;
    if (answer.value !== null) return succeed(answer.value);
    if (nowMs(ctx) >= deadlineMs(AUDIT_RHYTHM, startedAtMs)) return fail(noEnd());
    // Each time, because one that was joined may have been at its end already, and one that failed has none.
    yield* persist(ctx, GUARD_ACTIVITIES.requestAudit, {});
    yield* sleepUntil(ctx, nowMs(ctx) + pauseMs(AUDIT_RHYTHM, looks, nowMs(ctx) - startedAtMs));
  }
}

const noEnd = () => ({
  kind: 'rejected' as const,
  code: 'NoAudit',
  message: `No audit ended within ${AUDIT_RHYTHM.deadlineMinutes / 60} hours.`,
});
