/** Patience: repeats one activity while its failures are of the passing kind, on durable timers, until a deadline. */
import type { OrchestrationContext } from 'durable-functions';
import { errorText, fail, isPassing, type Outcome } from '../domain/outcome';
import { deadlineMs, longestStayMs, postpone, RETRY, type Patience, type Rhythm } from '../domain/waiting';
import { nowMs, run, runAll, sleepUntil, type ActivityRef, type Step } from './steps';

/** Runs the activity until it succeeds, fails for good, or the deadline of the rhythm has passed. */
export function* persist<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  input: I,
  rhythm: Rhythm = RETRY,
): Step<Outcome<O>> {
  const startedAtMs = nowMs(ctx);
  let patience: Patience = { deadlineMs: deadlineMs(rhythm, startedAtMs), latestMs: longestStayMs(startedAtMs) };
  for (let tries = 1; ; tries += 1) {
    const outcome = yield* run(ctx, activity, input);
    if (outcome.ok || !isPassing(outcome.failure)) return outcome;
    const next = postpone(patience, outcome.failure, tries, nowMs(ctx));
    if (!next) return outcome;
    patience = { ...patience, deadlineMs: next.deadlineMs };
    yield* sleepUntil(ctx, next.dueMs);
  }
}

/** Of an activity that broke in all of its tries: a bug, or a process that died again and again. */
const broken = (error: unknown): Outcome<never> =>
  fail({ kind: 'rejected', code: 'UnexpectedFault', message: errorText(error) });

/** The same, where an activity that breaks must not end the rest: that is a failure, too. */
export function* persistSafely<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  input: I,
  rhythm: Rhythm = RETRY,
): Step<Outcome<O>> {
  try {
    return yield* persist(ctx, activity, input, rhythm);
  } catch (error) {
    return broken(error);
  }
}

/**
 * The same for many inputs, at most `width` at a time: each has its turn, then those that failed in passing are tried again
 * together, with patience from then on.
 */
export function* persistAll<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  inputs: readonly I[],
  width: number,
): Step<readonly Outcome<O>[]> {
  const outcomes = yield* runWaves(ctx, activity, inputs, width);
  const triedAtMs = nowMs(ctx);
  let patience: Patience = { deadlineMs: deadlineMs(RETRY, triedAtMs), latestMs: longestStayMs(triedAtMs) };
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
    const answers = yield* runWaves(ctx, activity, open, width);
    for (const [nth, answer] of answers.entries()) outcomes[again[nth]?.index ?? -1] = answer;
  }
}

/** How long a wave was told to stay away: the next one would be told the same. */
const stayMs = (wave: readonly Outcome<unknown>[]): number =>
  Math.max(0, ...wave.map((outcome) => (outcome.ok ? 0 : (outcome.failure.retryAfterMs ?? 0))));

function* runWaves<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  inputs: readonly I[],
  width: number,
): Step<Outcome<O>[]> {
  const outcomes: Outcome<O>[] = [];
  for (let from = 0; from < inputs.length; from += width) {
    const wave = yield* runWave(ctx, activity, inputs.slice(from, from + width));
    outcomes.push(...wave);
    if (from + width < inputs.length) yield* sleepUntil(ctx, nowMs(ctx) + stayMs(wave));
  }
  return outcomes;
}

/** All at once; when one of them breaks, one after another: the framework ends all of them with the first that does. */
function* runWave<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, Outcome<O>>,
  inputs: readonly I[],
): Step<readonly Outcome<O>[]> {
  try {
    return yield* runAll(ctx, activity, inputs, inputs.length);
  } catch {
    const outcomes: Outcome<O>[] = [];
    for (const input of inputs) outcomes.push(yield* runSafely(ctx, activity, input));
    return outcomes;
  }
}

function* runSafely<I, O>(ctx: OrchestrationContext, activity: ActivityRef<I, Outcome<O>>, input: I): Step<Outcome<O>> {
  try {
    return yield* run(ctx, activity, input);
  } catch (error) {
    return broken(error);
  }
}
