/** Keeps the findings of a pool from being told for a while, because a message asks for it. */
import type { OrchestrationContext } from 'durable-functions';
import type { Snooze } from '../domain/guard/snooze';
import { GUARD_ACTIVITIES } from './contracts';
import { persist } from './persist';
import { type Step } from './steps';

export function* snoozeFindings(ctx: OrchestrationContext): Step<null> {
  const done = yield* persist(ctx, GUARD_ACTIVITIES.snoozePool, ctx.df.getInput<Snooze>());
  if (!done.ok) throw new Error(`The snooze could not be written: ${done.failure.message}`);
  return null;
}
