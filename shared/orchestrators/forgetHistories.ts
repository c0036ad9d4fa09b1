/** Purges what the durable store keeps of orchestrations that ended long ago. */
import type { OrchestrationContext } from 'durable-functions';
import { HOST_ACTIVITIES } from './contracts';
import { persistSafely } from './persist';
import { note, nowMs, type Step } from './steps';

const DAY_MS = 86_400_000;

export interface HistoryOrder {
  /** What began earlier, and has ended, goes. */
  readonly keptDays: number;
}

/** What cannot be purged today is there tomorrow. */
export function* forgetHistories(ctx: OrchestrationContext): Step<null> {
  const { keptDays } = ctx.df.getInput<HistoryOrder>();
  const createdBefore = new Date(nowMs(ctx) - keptDays * DAY_MS).toISOString();
  const purged = yield* persistSafely(ctx, HOST_ACTIVITIES.purgeHistories, { createdBefore });
  const said = purged.ok ? `histories purged: ${purged.value.purged}` : `not purged: ${purged.failure.message}`;
  note(ctx, `${ctx.df.instanceId}: ${said}`);
  return null;
}
