/** Answers a message that starts no build: the result of the build it repeats, or why it is refused. */
import type { OrchestrationContext } from 'durable-functions';
import type { BuildResult } from '../domain/result';
import { resultEvent, type Cause } from '../domain/resultEvent';
import { ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, traceAs, type Step } from './steps';

export interface Reply {
  readonly result: BuildResult;
  readonly cause: Cause;
}

export function* answerRequest(ctx: OrchestrationContext): Step<null> {
  const { result, cause } = ctx.df.getInput<Reply>();
  traceAs(ctx, { correlationId: result.correlationId });
  const told = yield* persist(ctx, ACTIVITIES.publishEvent, resultEvent(result, cause, nowMs(ctx)));
  if (!told.ok) throw new Error(`The answer could not be published: ${told.failure.message}`);
  return null;
}
