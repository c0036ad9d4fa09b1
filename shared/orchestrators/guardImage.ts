/** The guard: what changed, which pools stand on it, and whether they still can. */
import type { OrchestrationContext } from 'durable-functions';
import { isPool, type ResourceChange } from '../domain/guard/change';
import { succeed, type Outcome } from '../domain/outcome';
import { awaitAudit } from './awaitAudit';
import { CHILDREN, GUARD_ACTIVITIES, type Guarded } from './contracts';
import { lookAtAll, toTell } from './guardPools';
import { persist } from './persist';
import { note, nowMs, runChildren, type Step } from './steps';

/** Pools of one history: a resource group may take thousands with it, and a history is read again at every step. */
const POOLS_OF_A_PART = 100;
const PARTS_AT_A_TIME = 2;

export function* guardImage(ctx: OrchestrationContext): Step<Guarded> {
  const change = ctx.df.getInput<ResourceChange>();
  const toldAtMs = nowMs(ctx);
  const concerned = yield* dependents(ctx, change);
  if (!concerned.ok) return ended(ctx, [{ ...NOTHING, failures: [notFound(change, concerned.failure.message)] }]);
  const poolIds = concerned.value;
  if (poolIds.length <= POOLS_OF_A_PART) return ended(ctx, [yield* lookAtAll(ctx, { change, toldAtMs, poolIds })]);
  const parts = Array.from({ length: Math.ceil(poolIds.length / POOLS_OF_A_PART) }, (_, part) => ({
    instanceId: `${ctx.df.instanceId}-${part}`,
    input: { change, toldAtMs, poolIds: poolIds.slice(part * POOLS_OF_A_PART, (part + 1) * POOLS_OF_A_PART) },
  }));
  return ended(ctx, yield* runChildren(ctx, CHILDREN.guardPools, parts, PARTS_AT_A_TIME));
}

const NOTHING: Guarded = { pools: 0, opened: 0, resolved: 0, failures: [] };

const notFound = ({ resourceId }: ResourceChange, why: string): string =>
  `Nobody knows which pools stand on ${resourceId}: ${why}`;

/** A pool is concerned by what happens to itself; of anything else the last audit knows who stands on it. */
function* dependents(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[]>> {
  if (isPool(change.resourceId)) return succeed([change.resourceId]);
  // Before the first audit nobody knows what stands on what.
  return yield* awaitAudit(ctx, { look: () => lookUp(ctx, change), askAfterMs: 0 });
}

function* lookUp(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[] | null>> {
  const answer = yield* persist(ctx, GUARD_ACTIVITIES.findDependents, change);
  return answer.ok ? succeed(answer.value.known ? answer.value.poolIds : null) : answer;
}

function ended(ctx: OrchestrationContext, parts: readonly Guarded[]): Guarded {
  const sum = (count: (part: Guarded) => number): number => parts.reduce((total, part) => total + count(part), 0);
  const guarded = {
    pools: sum(({ pools }) => pools),
    opened: sum(({ opened }) => opened),
    resolved: sum(({ resolved }) => resolved),
    failures: toTell(parts.flatMap(({ failures }) => failures)),
  };
  const { pools, opened, resolved, failures } = guarded;
  note(ctx, `${ctx.df.instanceId}: ${pools} pools, ${opened} findings opened, ${resolved} resolved`);
  for (const failure of failures) note(ctx, `${ctx.df.instanceId}: not checked: ${failure}`);
  return guarded;
}
