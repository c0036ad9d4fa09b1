/** Patience: repeats one activity while its failures are of the passing kind, on durable timers, until a deadline. */
import type { OrchestrationContext } from 'durable-functions';
import { isPassing, type Outcome } from '../domain/outcome';
import { deadlineMs, longestStayMs, postpone, RETRY, type Patience } from '../domain/waiting';
import { nowMs, run, sleepUntil, type ActivityRef, type Step } from './steps';

/** Runs the activity until it succeeds, fails for good, or the deadline of `RETRY` has passed. */
export function* persist<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  input: I,
): Step<Outcome<O>> {
  const startedAtMs = nowMs(ctx);
  let patience: Patience = { deadlineMs: deadlineMs(RETRY, startedAtMs), latestMs: longestStayMs(startedAtMs) };
  for (let tries = 1; ; tries += 1) {
    const outcome = yield* run(ctx, activity, input);
    if (outcome.ok || !isPassing(outcome.failure)) return outcome;
    const next = postpone(patience, outcome.failure, tries, nowMs(ctx));
    if (!next) return outcome;
    patience = { ...patience, deadlineMs: next.deadlineMs };
    yield* sleepUntil(ctx, next.dueMs);
  }
}
