/** The guard: what changed, which pools stand on it, and whether they still can. */
import type { OrchestrationContext } from 'durable-functions';
import { isPool, type ResourceChange } from '../domain/guard/change';
import { accountOf } from '../domain/guard/poolId';
import { succeed, type Outcome } from '../domain/outcome';
import { awaitAudit } from './awaitAudit';
import { GUARD_ACTIVITIES, type PoolsCheck, type PoolsChecked } from './contracts';
import { persist, persistAll } from './persist';
import { note, nowMs, sleepUntil, type Step } from './steps';

/** As many accounts at a time; a resource group may take the images of all of them with it. */
const ACCOUNTS_AT_A_TIME = 8;

/** An event may come before Azure's own reads know of what it tells; by then they do. */
const LATE_READS_MS = 120_000;

/** A result, and a log, name so many. */
const MOST_FAILURES = 20;

interface Guarded extends PoolsChecked {
  /** What went wrong, each once, and not all when they are many. */
  readonly failures: readonly string[];
}

export function* guardImage(ctx: OrchestrationContext): Step<Guarded> {
  const change = ctx.df.getInput<ResourceChange>();
  const toldAtMs = nowMs(ctx);
  const openedSince = new Date(toldAtMs).toISOString();
  const concerned = yield* dependents(ctx, change);
  if (!concerned.ok) return ended(ctx, { ...NOTHING, failures: [notKnown(change, concerned.failure.message)] });

  const isLate = nowMs(ctx) >= toldAtMs + LATE_READS_MS;
  const first = yield* check(ctx, concerned.value, { change });
  // What was opened may have come back while it was looked at, and the event that told so found nothing to resolve.
  const second = yield* check(
    ctx,
    accountsIn(first, ({ opened }) => opened > 0),
    { change, openedSince },
  );
  // And right after a deletion, what seemed to miss nothing may miss it now.
  const inDoubt = change.verb === 'deleted' && !isLate ? accountsIn(first, ({ opened, pools }) => opened < pools) : [];
  if (inDoubt.length > 0) yield* sleepUntil(ctx, toldAtMs + LATE_READS_MS);
  const third = yield* check(ctx, inDoubt, { change });

  return ended(ctx, guardedBy(first, second, third));
}

const NOTHING: Guarded = { pools: 0, opened: 0, resolved: 0, failures: [] };

const notKnown = ({ resourceId }: ResourceChange, why: string): string =>
  `Nobody knows which pools stand on ${resourceId}: ${why}`;

/** Accounts with pools that the change may concern: of a pool its own; of anything else the last audit knows. */
function* dependents(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[]>> {
  if (isPool(change.resourceId)) return succeed([accountOf(change.resourceId) ?? '']);
  // Before the first audit nobody knows what stands on what.
  return yield* awaitAudit(ctx, () => lookUp(ctx, change));
}

function* lookUp(ctx: OrchestrationContext, change: ResourceChange): Step<Outcome<readonly string[] | null>> {
  const answer = yield* persist(ctx, GUARD_ACTIVITIES.findDependents, change);
  return answer.ok ? succeed(answer.value.known ? answer.value.accountIds : null) : answer;
}

type Checked = readonly { readonly accountId: string; readonly outcome: Outcome<PoolsChecked> }[];

const accountsIn = (checked: Checked, isMeant: (one: PoolsChecked) => boolean): readonly string[] =>
  checked.flatMap(({ accountId, outcome }) => (outcome.ok && isMeant(outcome.value) ? [accountId] : []));

function* check(
  ctx: OrchestrationContext,
  accountIds: readonly string[],
  about: Pick<PoolsCheck, 'change' | 'openedSince'>,
): Step<Checked> {
  const inputs = accountIds.map((accountId) => ({ accountId, nowMs: nowMs(ctx), ...about }));
  const outcomes = yield* persistAll(ctx, GUARD_ACTIVITIES.checkPools, inputs, ACCOUNTS_AT_A_TIME);
  return outcomes.map((outcome, index) => ({ accountId: accountIds[index] ?? '', outcome }));
}

function guardedBy(first: Checked, ...others: readonly Checked[]): Guarded {
  const all = [...first, ...others.flat()];
  const sum = (checked: Checked, of: keyof PoolsChecked): number =>
    checked.reduce((total, { outcome }) => total + (outcome.ok ? outcome.value[of] : 0), 0);
  const failures = all.flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.failure.message]));
  return {
    pools: sum(first, 'pools'),
    opened: sum(all, 'opened'),
    resolved: sum(all, 'resolved'),
    failures: [...new Set(failures)].slice(0, MOST_FAILURES),
  };
}

function ended(ctx: OrchestrationContext, guarded: Guarded): Guarded {
  const { pools, opened, resolved, failures } = guarded;
  note(ctx, `${ctx.df.instanceId}: pools: ${pools}, findings opened: ${opened}, resolved: ${resolved}`);
  for (const failure of failures) note(ctx, `${ctx.df.instanceId}: not checked: ${failure}`);
  return guarded;
}
