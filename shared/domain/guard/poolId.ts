/** Ids of pools: of their account and their name, and back. */
import { childId, parseArmId, parseArmIdOf } from '../armId';

export const poolIdIn = (accountId: string, name: string): string => childId(accountId, 'pools', name);

/** Id of the Batch account that a pool is in; undefined when the id is none of a pool. */
export function accountOf(poolId: string): string | undefined {
  if (parseArmIdOf('Microsoft.Batch/batchAccounts/pools', poolId) === undefined) return undefined;
  return poolId.slice(0, poolId.toLowerCase().lastIndexOf('/pools/'));
}

/** What holds the findings about a queue; they belong to no account. */
export const QUEUES = 'queues';

/** The Batch account that a finding belongs to, by what it is about: a pool, an account, or (`queues`) a queue. */
export const holderOf = (subjectId: string): string =>
  accountOf(subjectId) ?? (parseArmId(subjectId) === undefined ? QUEUES : subjectId);
