/** Keeps the findings of a pool from being told for a while, because a message asks for it. */
import type { OrchestrationContext } from 'durable-functions';
import { poolWritten } from '../domain/guard/change';
import { accountOf } from '../domain/guard/poolId';
import type { Snooze } from '../domain/guard/snooze';
import { GUARD_ACTIVITIES } from './contracts';
import { persist, persistSafely } from './persist';
import { nowMs, type Step } from './steps';

export function* snoozeFindings(ctx: OrchestrationContext): Step<null> {
  const snooze = ctx.df.getInput<Snooze>();
  const done = yield* persist(ctx, GUARD_ACTIVITIES.snoozePool, snooze);
  if (!done.ok) throw new Error(`The snooze could not be written: ${done.failure.message}`);
  // What is open goes to sleep now; what this look cannot judge, with the next audit.
  const { poolId } = snooze;
  const change = poolWritten(poolId, ctx.df.instanceId, nowMs(ctx));
  yield* persistSafely(ctx, GUARD_ACTIVITIES.checkPools, {
    accountId: accountOf(poolId) ?? '',
    changes: [change],
    nowMs: nowMs(ctx),
  });
  return null;
}
