/** Looks at pools that a change may concern, and at some of them once more. */
import type { OrchestrationContext } from 'durable-functions';
import type { Changes } from '../domain/guard/audit';
import type { ResourceChange } from '../domain/guard/change';
import { GUARD_ACTIVITIES, type Guarded, type PoolsToGuard } from './contracts';
import { persistAll } from './persist';
import { nowMs, sleepUntil, type Step } from './steps';

const POOLS_AT_A_TIME = 8;

/** An event may come before Azure's own reads know of what it tells; by then they do. */
const LATE_READS_MS = 120_000;

/** A result, and a log, name so many. */
export const MOST_FAILURES = 20;

/** The orchestration of a part of the pools, when they are many. */
export function* guardPools(ctx: OrchestrationContext): Step<Guarded> {
  return yield* lookAtAll(ctx, ctx.df.getInput<PoolsToGuard>());
}

export function* lookAtAll(ctx: OrchestrationContext, { change, toldAtMs, poolIds }: PoolsToGuard): Step<Guarded> {
  const lateMs = toldAtMs + LATE_READS_MS;
  const isLate = nowMs(ctx) >= lateMs;
  const first = yield* check(ctx, change, poolIds);
  // Something may have come back while it was looked at: what was opened is looked at once more.
  const again = yield* check(ctx, change, first.opened);
  // And what seemed to miss nothing right after a deletion.
  const inDoubt = change.verb === 'deleted' && !isLate ? first.quiet : [];
  if (inDoubt.length > 0) yield* sleepUntil(ctx, lateMs);
  const late = yield* check(ctx, change, inDoubt);
  return sumOf(poolIds.length, [first, again, late]);
}

const sumOf = (pools: number, looks: readonly Checked[]): Guarded => ({
  pools,
  opened: looks.reduce((total, { changes }) => total + changes.opened, 0),
  resolved: looks.reduce((total, { changes }) => total + changes.resolved, 0),
  failures: toTell(looks.flatMap(({ failures }) => failures)),
});

export const toTell = (failures: readonly string[]): readonly string[] =>
  [...new Set(failures)].slice(0, MOST_FAILURES);

interface Checked {
  readonly changes: Changes;
  /** Pools with a finding that was opened. */
  readonly opened: readonly string[];
  /** Pools that were looked at, and have none. */
  readonly quiet: readonly string[];
  readonly failures: readonly string[];
}

function* check(
  ctx: OrchestrationContext,
  { verb, resourceId, by }: ResourceChange,
  poolIds: readonly string[],
): Step<Checked> {
  const cause = verb === 'deleted' ? { cause: { resourceId, by } } : {};
  const inputs = poolIds.map((poolId) => ({ poolId, nowMs: nowMs(ctx), ...cause }));
  const answers = yield* persistAll(ctx, GUARD_ACTIVITIES.checkPool, inputs, POOLS_AT_A_TIME);
  const looks = answers.flatMap((answer, index) =>
    answer.ok ? [{ ...answer.value, poolId: poolIds[index] ?? '' }] : [],
  );
  return {
    changes: {
      opened: looks.reduce((total, { opened }) => total + opened, 0),
      resolved: looks.reduce((total, { resolved }) => total + resolved, 0),
    },
    opened: looks.filter(({ opened }) => opened > 0).map(({ poolId }) => poolId),
    quiet: looks.filter(({ opened }) => opened === 0).map(({ poolId }) => poolId),
    failures: answers.flatMap((answer) => (answer.ok ? [] : [answer.failure.message])),
  };
}
