/** What the activities of the guard work with. */
import type { Arm } from '../azure/clients';
import type { DeadLetterQueues } from '../azure/deadLetters';
import type { EventBus } from '../azure/eventBus';
import type { GuardFiles } from '../azure/guardFiles';
import type { SnoozesTable } from '../azure/snoozesTable';
import type { FindingCode } from '../domain/guard/finding';
import type { GuardPolicy } from '../domain/guard/poolCase';
import { snoozedUntil, type Snooze } from '../domain/guard/snooze';
import type { WatchedPool } from '../domain/guard/watchedPool';
import type { FindingLedger } from './findingLedger';

export interface GuardTools {
  readonly arm: Arm;
  readonly bus: EventBus;
  readonly ledger: FindingLedger;
  readonly snoozes: SnoozesTable;
  readonly files: GuardFiles;
  readonly deadLetters: DeadLetterQueues;
  readonly policy: GuardPolicy;
  /** Queues that the app reads. */
  readonly queues: readonly string[];
}

/** Pools that are looked at side by side, by one activity. */
export const POOLS_AT_A_TIME = 8;

/** The part of an occasion that differs with the pool and the code. */
export function snoozing(
  pool: Pick<WatchedPool, 'id' | 'snoozedUntil'>,
  code: FindingCode,
  snoozes: readonly Snooze[],
): { readonly snoozedUntil?: string } {
  const until = snoozedUntil(pool, code, snoozes);
  return until === undefined ? {} : { snoozedUntil: until };
}
