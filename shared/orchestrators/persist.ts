/** Patience: repeats one activity while its failures are of the passing kind, on durable timers, until a deadline. */
import type { OrchestrationContext } from 'durable-functions';
import { isPassing, type Outcome } from '../domain/outcome';
import { deadlineMs, longestStayMs, postpone, RETRY, type Patience } from '../domain/waiting';
import { nowMs, run, runAll, sleepUntil, type ActivityRef, type Step } from './steps';

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

/** The same for many inputs, at most `width` at a time: those that failed in passing are tried again together. */
export function* persistAll<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  inputs: readonly I[],
  width: number,
): Step<readonly Outcome<O>[]> {
  const startedAtMs = nowMs(ctx);
  const outcomes = yield* runAll(ctx, activity, inputs, width);
  let patience: Patience = { deadlineMs: deadlineMs(RETRY, startedAtMs), latestMs: longestStayMs(startedAtMs) };
  for (let tries = 1; ; tries += 1) {
    const again = outcomes.flatMap((outcome, index) =>
      !outcome.ok && isPassing(outcome.failure) ? [{ index, failure: outcome.failure }] : [],
    );
    const [worst] = again.toSorted((one, other) => (other.failure.retryAfterMs ?? 0) - (one.failure.retryAfterMs ?? 0));
    const next = worst && postpone(patience, worst.failure, tries, nowMs(ctx));
    if (!next) return outcomes;
    patience = { ...patience, deadlineMs: next.deadlineMs };
    yield* sleepUntil(ctx, next.dueMs);
    const open = again.flatMap(({ index }) => inputs.slice(index, index + 1));
    const answers = yield* runAll(ctx, activity, open, width);
    for (const [nth, answer] of answers.entries()) outcomes[again[nth]?.index ?? -1] = answer;
  }
}
