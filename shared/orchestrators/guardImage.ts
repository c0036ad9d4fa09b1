/** The guard: what changed, which pools stand on it, and whether they still can. */
import type { OrchestrationContext } from 'durable-functions';
import { armKey } from '../domain/armId';
import { isPool, type ResourceChange } from '../domain/guard/change';
import { accountOf } from '../domain/guard/poolId';
import { succeed, type Outcome } from '../domain/outcome';
import { awaitAudit } from './awaitAudit';
import { GUARD_ACTIVITIES, type PoolsChecked } from './contracts';
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

/** An account, and what changed of what its pools may stand on. */
interface Concern {
  readonly accountId: string;
  readonly changes: readonly ResourceChange[];
}

export function* guardImage(ctx: OrchestrationContext): Step<Guarded> {
  const changes = ctx.df.getInput<readonly ResourceChange[]>();
  const toldAtMs = nowMs(ctx);
  const openedSince = new Date(toldAtMs).toISOString();
  const concerned = yield* concerns(ctx, changes);
  if (!concerned.ok) return ended(ctx, { ...NOTHING, failures: [notKnown(changes, concerned.failure.message)] });

  const isLate = nowMs(ctx) >= toldAtMs + LATE_READS_MS;
  const first = yield* check(ctx, concerned.value);
  // What was opened may have come back while it was looked at, and the event that told so found nothing to resolve.
  const opening = concernsIn(first, ({ opened }) => opened > 0);
  const second = yield* check(ctx, opening, openedSince);
  // And right after a deletion, what seemed to miss nothing may miss it now.
  const inDoubt = isLate ? [] : deletionsIn(concernsIn(first, ({ opened, pools }) => opened < pools));
  if (inDoubt.length > 0) yield* sleepUntil(ctx, toldAtMs + LATE_READS_MS);
  const third = yield* check(ctx, inDoubt);

  return ended(ctx, guardedBy(first, second, third));
}

const NOTHING: Guarded = { pools: 0, opened: 0, resolved: 0, failures: [] };

function notKnown(changes: readonly ResourceChange[], why: string): string {
  const [first, ...others] = changes.map(({ resourceId }) => resourceId);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `Nobody knows which pools stand on ${first ?? 'nothing'}${more}: ${why}`;
}

/** Accounts with pools that the changes may concern: of pools their own; of anything else the last audit knows. */
function* concerns(ctx: OrchestrationContext, changes: readonly ResourceChange[]): Step<Outcome<readonly Concern[]>> {
  if (changes.every(({ resourceId }) => isPool(resourceId))) return succeed(ownAccounts(changes));
  // Before the first audit nobody knows what stands on what.
  return yield* awaitAudit(ctx, () => lookUp(ctx, changes));
}

function ownAccounts(changes: readonly ResourceChange[]): readonly Concern[] {
  const byAccount = Map.groupBy(changes, ({ resourceId }) => armKey(accountOf(resourceId) ?? ''));
  return [...byAccount.values()].map((own) => ({ accountId: accountOf(own[0]?.resourceId ?? '') ?? '', changes: own }));
}

function* lookUp(
  ctx: OrchestrationContext,
  changes: readonly ResourceChange[],
): Step<Outcome<readonly Concern[] | null>> {
  const answer = yield* persist(ctx, GUARD_ACTIVITIES.findDependents, changes);
  if (!answer.ok) return answer;
  if (!answer.value.known) return succeed(null);
  return succeed(
    answer.value.accounts.map(({ accountId, changes: places }) => ({
      accountId,
      changes: changes.filter((_, place) => places.includes(place)),
    })),
  );
}

type Checked = readonly { readonly concern: Concern; readonly outcome: Outcome<PoolsChecked> }[];

const concernsIn = (checked: Checked, isMeant: (one: PoolsChecked) => boolean): readonly Concern[] =>
  checked.flatMap(({ concern, outcome }) => (outcome.ok && isMeant(outcome.value) ? [concern] : []));

const deletionsIn = (all: readonly Concern[]): readonly Concern[] =>
  all
    .map(({ accountId, changes }) => ({ accountId, changes: changes.filter(({ verb }) => verb === 'deleted') }))
    .filter(({ changes }) => changes.length > 0);

function* check(ctx: OrchestrationContext, all: readonly Concern[], openedSince?: string): Step<Checked> {
  const since = openedSince === undefined ? {} : { openedSince };
  const inputs = all.map((concern) => ({ ...concern, nowMs: nowMs(ctx), ...since }));
  const outcomes = yield* persistAll(ctx, GUARD_ACTIVITIES.checkPools, inputs, ACCOUNTS_AT_A_TIME);
  return all.flatMap((concern, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [{ concern, outcome }];
  });
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
