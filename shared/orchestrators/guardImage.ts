/** The guard: what changed, which pools stand on it, and whether they still can. */
import type { OrchestrationContext } from 'durable-functions';
import { isPool, type ResourceChange } from '../domain/guard/change';
import { accountOf } from '../domain/guard/poolId';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { GUARD_ACTIVITIES, type PoolsCheck, type PoolsChecked } from './contracts';
import { persist, persistAll } from './persist';
import { note, nowMs, sleepUntil, type Step } from './steps';

/** As many accounts at a time; a resource group may take the images of all of them with it. */
const ACCOUNTS_AT_A_TIME = 8;

/** Before the first audit nobody knows what stands on what: so often, and so long, is looked whether it has ended. */
const FIRST_AUDIT_PAUSE_MS = 30_000;
const FIRST_AUDIT_LOOKS = 120;

interface Guarded extends PoolsChecked {
  /** What went wrong, each once. */
  readonly failures: readonly string[];
}

export function* guardImage(ctx: OrchestrationContext): Step<Guarded> {
  const change = ctx.df.getInput<ResourceChange>();
  const startedAtMs = nowMs(ctx);

  const concerned = yield* dependents(ctx, change);
  if (!concerned.ok) return ended(ctx, { pools: 0, opened: 0, resolved: 0, failures: [concerned.failure.message] });

  const first = yield* check(ctx, concerned.value, { change });
  // What was opened may have come back while it was looked at, and the event that told so found nothing to resolve.
  const openedSince = new Date(startedAtMs).toISOString();
  const again = first.opened > 0 ? concerned.value : [];
  const second = yield* check(ctx, again, { change, openedSince });

  return ended(ctx, {
    pools: first.pools,
    opened: first.opened + second.opened,
    resolved: first.resolved + second.resolved,
    failures: [...new Set([...first.failures, ...second.failures])],
  });
}

/** A pool is concerned by what happens to itself; of anything else the last audit knows who stands on it. */
function* dependents(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[]>> {
  if (isPool(change.resourceId)) return succeed([accountOf(change.resourceId) ?? '']);
  for (let looks = 1; ; looks += 1) {
    const answer = yield* persist(ctx, GUARD_ACTIVITIES.findDependents, change);
    if (!answer.ok) return answer;
    if (answer.value.known) return succeed(answer.value.accountIds);
    if (looks === FIRST_AUDIT_LOOKS) {
      const message = `No audit has ended, so nobody knows which pools stand on ${change.resourceId}.`;
      return fail({ kind: 'rejected', code: 'NeverAudited', message });
    }
    yield* persist(ctx, GUARD_ACTIVITIES.requestAudit, {});
    yield* sleepUntil(ctx, nowMs(ctx) + FIRST_AUDIT_PAUSE_MS);
  }
}

function* check(
  ctx: OrchestrationContext,
  accountIds: readonly string[],
  about: Pick<PoolsCheck, 'change' | 'openedSince'>,
): Step<Guarded> {
  const inputs = accountIds.map((accountId) => ({ accountId, nowMs: nowMs(ctx), ...about }));
  const answers = yield* persistAll(ctx, GUARD_ACTIVITIES.checkPools, inputs, ACCOUNTS_AT_A_TIME);
  const values = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const sum = (of: keyof PoolsChecked): number => values.reduce((total, value) => total + value[of], 0);
  return {
    pools: sum('pools'),
    opened: sum('opened'),
    resolved: sum('resolved'),
    failures: answers.flatMap((answer) => (answer.ok ? [] : [answer.failure.message])),
  };
}

function ended(ctx: OrchestrationContext, guarded: Guarded): Guarded {
  const { pools, opened, resolved, failures } = guarded;
  note(ctx, `${ctx.df.instanceId}: ${pools} pools, ${opened} findings opened, ${resolved} resolved`);
  for (const failure of failures) note(ctx, `${ctx.df.instanceId}: not checked: ${failure}`);
  return guarded;
}
