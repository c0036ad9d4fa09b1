/** What the app made for pools that do not exist: suspects, each to be proved by a GET of the pool. */
import { armKey } from '../armId';
import type { AccountSheet } from './accountSheet';
import type { StoredResource } from './imageStock';
import { accountOf, poolIdIn } from './poolId';

/** A build, with its pool's growth, ends within two days; what is younger may belong to one (growth/growingLimits.ts). */
export const ORPHAN_HOURS = 48;

export interface OrphanSuspect {
  readonly poolId: string;
  readonly artifacts: readonly string[];
}

const isOld = (createdAt: string, nowMs: number): boolean => Date.parse(createdAt) + ORPHAN_HOURS * 3_600_000 <= nowMs;

/** Artifacts by the pool that they were made for; only of accounts in `sheets`, and none that any pool stands on. */
export function orphanSuspects(
  stock: readonly StoredResource[],
  sheets: readonly AccountSheet[],
  nowMs: number,
): readonly OrphanSuspect[] {
  const accounts = new Set(sheets.map(({ accountId }) => armKey(accountId)));
  const pools = new Set(
    sheets.flatMap((sheet) => sheet.pools.map(({ name }) => armKey(poolIdIn(sheet.accountId, name)))),
  );
  const stoodOn = new Set(
    sheets.flatMap(({ images }) => images.flatMap(({ id, standsOn }) => [id, ...standsOn].map(armKey))),
  );
  const isOrphan = ({ id, own }: StoredResource): boolean =>
    own !== undefined &&
    isOld(own.createdAt, nowMs) &&
    accounts.has(armKey(accountOf(own.poolId) ?? '')) &&
    !pools.has(armKey(own.poolId)) &&
    !stoodOn.has(armKey(id));
  // A definition is kept for the versions to come, and costs nothing.
  const orphans = stock.filter((one) => one.kind !== 'definition' && isOrphan(one));
  return [...Map.groupBy(orphans, ({ own }) => armKey(own?.poolId ?? ''))].map(([, artifacts]) => ({
    poolId: artifacts[0]?.own?.poolId ?? '',
    artifacts: artifacts.map(({ id }) => id),
  }));
}
