/** Snoozes: findings of a pool that are kept, and not told, until a day that somebody named. */
import { sameArmId } from '../armId';
import type { FindingCode } from './finding';

export interface Snooze {
  readonly poolId: string;
  /** Every code when left out. */
  readonly code?: FindingCode;
  /** ISO 8601. */
  readonly until: string;
  readonly reason?: string;
}

/** When the snooze of one code of a pool ends, of all that apply the last; undefined when there is none. */
export function snoozedUntil(
  pool: { readonly id: string; readonly snoozedUntil?: string },
  code: FindingCode,
  snoozes: readonly Snooze[],
): string | undefined {
  const own = snoozes.filter((one) => sameArmId(one.poolId, pool.id) && (one.code ?? code) === code);
  const ends = [...own.map(({ until }) => until), ...(pool.snoozedUntil === undefined ? [] : [pool.snoozedUntil])];
  return ends
    .filter((end) => !Number.isNaN(Date.parse(end)))
    .toSorted((one, other) => Date.parse(other) - Date.parse(one))[0];
}
