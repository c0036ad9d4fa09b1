/** The guard: what changed, which pools stand on it, and whether they still can. */
import type { OrchestrationContext } from 'durable-functions';
import type { Changes } from '../domain/guard/audit';
import { isPool, type ResourceChange } from '../domain/guard/change';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { GUARD_ACTIVITIES } from './contracts';
import { persist, persistAll } from './persist';
import { note, nowMs, sleepUntil, type Step } from './steps';

/** As many pools at a time; a resource group may take hundreds with it. */
const POOLS_AT_A_TIME = 8;

/** Before the first audit nobody knows what stands on what: so often, and so long, is looked whether it has ended. */
const FIRST_AUDIT_PAUSE_MS = 30_000;
const FIRST_AUDIT_LOOKS = 120;

interface Guarded extends Changes {
  readonly pools: number;
  /** What went wrong, each once. */
  readonly failures: readonly string[];
}

export function* guardImage(ctx: OrchestrationContext): Step<Guarded> {
  const change = ctx.df.getInput<ResourceChange>();

  const concerned = yield* dependents(ctx, change);
  if (!concerned.ok) return ended(ctx, { pools: 0, opened: 0, resolved: 0, failures: [concerned.failure.message] });

  const first = yield* check(ctx, change, concerned.value);
  // Something may have come back while it was looked at: what was opened is looked at once more.
  const second = yield* check(ctx, change, first.opened);

  return ended(ctx, {
    pools: concerned.value.length,
    opened: first.changes.opened + second.changes.opened,
    resolved: first.changes.resolved + second.changes.resolved,
    failures: [...new Set([...first.failures, ...second.failures])],
  });
}

/** A pool is concerned by what happens to itself; of anything else the last audit knows who stands on it. */
function* dependents(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[]>> {
  if (isPool(change.resourceId)) return succeed([change.resourceId]);
  for (let looks = 1; ; looks += 1) {
    const answer = yield* persist(ctx, GUARD_ACTIVITIES.findDependents, change);
    if (!answer.ok) return answer;
    if (answer.value.known) return succeed(answer.value.poolIds);
    if (looks === FIRST_AUDIT_LOOKS) {
      const message = `No audit has ended, so nobody knows which pools stand on ${change.resourceId}.`;
      return fail({ kind: 'rejected', code: 'NeverAudited', message });
    }
    yield* persist(ctx, GUARD_ACTIVITIES.requestAudit, {});
    yield* sleepUntil(ctx, nowMs(ctx) + FIRST_AUDIT_PAUSE_MS);
  }
}

interface Checked {
  readonly changes: Changes;
  /** Pools with a finding that was opened. */
  readonly opened: readonly string[];
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
  const values = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  return {
    changes: {
      opened: values.reduce((total, { opened }) => total + opened, 0),
      resolved: values.reduce((total, { resolved }) => total + resolved, 0),
    },
    opened: poolIds.filter((_, index) => {
      const answer = answers[index];
      return answer?.ok === true && answer.value.opened > 0;
    }),
    failures: answers.flatMap((answer) => (answer.ok ? [] : [answer.failure.message])),
  };
}

function ended(ctx: OrchestrationContext, guarded: Guarded): Guarded {
  const { pools, opened, resolved, failures } = guarded;
  note(ctx, `${ctx.df.instanceId}: ${pools} pools, ${opened} findings opened, ${resolved} resolved`);
  for (const failure of failures) note(ctx, `${ctx.df.instanceId}: not checked: ${failure}`);
  return guarded;
}
