/** Answers a message that starts no build: the result of the build it repeats, or why it is refused. */
import type { OrchestrationContext } from 'durable-functions';
import { resultEvent, type BuildResult } from '../domain/result';
import { ACTIVITIES } from './contracts';
import { persist } from './persist';
import { nowMs, type Step } from './steps';

export interface Reply {
  readonly result: BuildResult;
  readonly messageId: string;
}

export function* answerRequest(ctx: OrchestrationContext): Step<null> {
  const { result, messageId } = ctx.df.getInput<Reply>();
  const told = yield* persist(ctx, ACTIVITIES.publishEvent, resultEvent(result, messageId, nowMs(ctx)));
  if (!told.ok) throw new Error(`The answer could not be published: ${told.failure.message}`);
  return null;
}
