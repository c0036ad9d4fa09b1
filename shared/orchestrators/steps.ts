/** The typed steps of an orchestration: the only place where durable tasks are made. */
import type { OrchestrationContext, RetryOptions, Task } from 'durable-functions';
import { correlationIdOf, type Trace, type Work } from '../domain/trace';

/**
 * A part of an orchestration that ends with a `T`. What durable-functions passes back into a `yield` is untyped
 * (`OrchestrationHandler` is `Generator<Task, unknown, any>`), so the `any` lives here and only here.
 */
export type Step<T> = Generator<Task, T>;

/** Names an activity and, for the compiler only, its input and output. */
export interface ActivityRef<I, O> {
  readonly name: string;
  readonly retry: RetryOptions;
  readonly types?: { readonly input: I; readonly output: O };
}

export const nowMs = (ctx: OrchestrationContext): number => ctx.df.currentUtcDateTime.getTime();

interface Traced {
  readonly trace: Trace;
  /** How often each step was asked for. */
  readonly attempts: Map<string, number>;
}

/** By the context, which is a new one at every replay: what is kept here is told anew by the same steps. */
const traced = new WeakMap<OrchestrationContext, Traced>();

/** Says for whom the steps from here on work. Without it they work for this very orchestration. */
export function traceAs(ctx: OrchestrationContext, trace: Trace): void {
  traced.set(ctx, { trace, attempts: tracedIn(ctx).attempts });
}

export const traceOf = (ctx: OrchestrationContext): Trace => tracedIn(ctx).trace;

function tracedIn(ctx: OrchestrationContext): Traced {
  const known = traced.get(ctx);
  if (known !== undefined) return known;
  const first = { trace: { correlationId: correlationIdOf(ctx.df.instanceId) }, attempts: new Map<string, number>() };
  traced.set(ctx, first);
  return first;
}

function call<I, O>(ctx: OrchestrationContext, { name, retry }: ActivityRef<I, O>, input: I): Task {
  const { trace, attempts } = tracedIn(ctx);
  const step = `${name} ${JSON.stringify(input)}`;
  const attempt = (attempts.get(step) ?? 0) + 1;
  attempts.set(step, attempt);
  const work: Work<I> = { input, trace, instance: ctx.df.instanceId, attempt };
  return ctx.df.callActivityWithRetry(name, retry, work);
}

/** Runs one activity. */
export function* run<I, O>(ctx: OrchestrationContext, activity: ActivityRef<I, O>, input: I): Step<O> {
  return yield call(ctx, activity, input);
}

/** Runs one activity for each input, at most `width` at a time; the answers stand in the order of the inputs. */
export function* runAll<I, O>(
  ctx: OrchestrationContext,
  activity: ActivityRef<I, O>,
  inputs: readonly I[],
  width: number,
): Step<O[]> {
  const outputs: O[] = [];
  for (let from = 0; from < inputs.length; from += width) {
    const slice = inputs.slice(from, from + width);
    const tasks = slice.map((input) => call(ctx, activity, input));
    // A fresh Task.all of at least one fresh task: v3 hangs on an empty or reused one.
    outputs.push(...(yield ctx.df.Task.all(tasks)));
  }
  return outputs;
}

/** Names an orchestration that others wait for and, for the compiler only, its input and output. */
export interface OrchestrationRef<I, O> {
  readonly name: string;
  readonly types?: { readonly input: I; readonly output: O };
}

/**
 * Runs an orchestration of its own and waits for its end. The id must be new each time: for one that is still running
 * under the same id, the framework would let this one wait for ever.
 */
export function* runChild<I, O>(
  ctx: OrchestrationContext,
  child: OrchestrationRef<I, O>,
  instanceId: string,
  input: I,
): Step<O> {
  return yield ctx.df.callSubOrchestrator(child.name, input, instanceId);
}

/**
 * Runs one orchestration of its own for each input, at most `width` at a time, each under a new id; the ends stand in
 * the order of the inputs. One that throws ends this one, so none of them may.
 */
export function* runChildren<I, O>(
  ctx: OrchestrationContext,
  child: OrchestrationRef<I, O>,
  jobs: readonly { readonly instanceId: string; readonly input: I }[],
  width: number,
): Step<O[]> {
  const ends: O[] = [];
  for (let from = 0; from < jobs.length; from += width) {
    const tasks = jobs
      .slice(from, from + width)
      .map(({ instanceId, input }) => ctx.df.callSubOrchestrator(child.name, input, instanceId));
    ends.push(...(yield ctx.df.Task.all(tasks)));
  }
  return ends;
}

/** Sleeps on a durable timer until `dueMs`; returns at once when that has passed. */
export function* sleepUntil(ctx: OrchestrationContext, dueMs: number): Step<void> {
  if (dueMs > nowMs(ctx)) yield ctx.df.createTimer(new Date(dueMs));
}

/** Logs once, and not again on every replay. */
export function note(ctx: OrchestrationContext, message: string): void {
  if (!ctx.df.isReplaying) ctx.log(message);
}
