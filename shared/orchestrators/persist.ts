/** Patience: repeats one activity while its failures are of the passing kind, on durable timers, until a deadline. */
import type { OrchestrationContext } from 'durable-functions';
import { isPassing, type Outcome } from '../domain/outcome';
import { deadlineMs, longestStayMs, RETRY, retryPauseMs } from '../domain/waiting';
import { nowMs, run, sleepUntil, type ActivityRef, type Step } from './steps';

/** Runs the activity until it succeeds, fails for good, or the deadline of `RETRY` has passed. */
export function* persist<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  input: I,
): Step<Outcome<O>> {
  const startedAtMs = nowMs(ctx);
  let lastMs = deadlineMs(RETRY, startedAtMs);
  for (let tries = 1; ; tries += 1) {
    const outcome = yield* run(ctx, activity, input);
    if (outcome.ok || !isPassing(outcome.failure)) return outcome;
    const dueMs = nowMs(ctx) + retryPauseMs(outcome.failure, tries);
    lastMs = Math.min(longestStayMs(startedAtMs), lastMs + (outcome.failure.retryAfterMs ?? 0));
    if (dueMs > lastMs) return outcome;
    yield* sleepUntil(ctx, dueMs);
  }
}
