/** Snoozes that messages asked for, in Table storage: one entity for each pool and code. */
import * as z from 'zod';
import { armKey } from '../domain/armId';
import { isFindingCode } from '../domain/guard/finding';
import { holderOf } from '../domain/guard/poolId';
import type { Snooze } from '../domain/guard/snooze';
import { digest } from '../domain/names';
import { succeed, type Outcome } from '../domain/outcome';
import { attempt } from './failure';
import type { Storage } from './storage';

const TABLE = 'ImagePoolSnoozes';

export interface SnoozesTable {
  /** Every snooze of the pools of an account, ended ones as well. */
  ofAccount(accountId: string): Promise<Outcome<readonly Snooze[]>>;
  /** The last word on a pool and code stands. */
  put(snooze: Snooze): Promise<Outcome<null>>;
}

const stored = z
  .object({ poolId: z.string(), code: z.string(), until: z.string(), reason: z.string().default('') })
  .transform(({ poolId, code, until, reason }): Snooze => ({
    poolId,
    ...(isFindingCode(code) ? { code } : {}),
    until,
    ...(reason === '' ? {} : { reason }),
  }));

const partitionOf = (accountId: string): string => digest(armKey(accountId));

export function createSnoozesTable(storage: Storage): SnoozesTable {
  return {
    ofAccount: (accountId) =>
      attempt(`read the snoozes of ${accountId}`, async () => {
        const table = await storage.table(TABLE);
        const snoozes: Snooze[] = [];
        const query = { filter: `PartitionKey eq '${partitionOf(accountId)}'` };
        for await (const entity of table.listEntities({ queryOptions: query })) snoozes.push(stored.parse(entity));
        return snoozes;
      }),
    put: async ({ poolId, code = '', until, reason = '' }) => {
      const written = await attempt(`write the snooze of ${poolId}`, async () => {
        const table = await storage.table(TABLE);
        const partitionKey = partitionOf(holderOf(poolId));
        const rowKey = `${digest(armKey(poolId))}-${code}`;
        await table.upsertEntity({ partitionKey, rowKey, poolId, code, until, reason }, 'Replace');
      });
      return written.ok ? succeed(null) : written;
    },
  };
}
