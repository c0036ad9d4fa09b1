/** All activities of the guard, by the names and types of the contracts. */
import type { Arm } from '../azure/clients';
import { createDeadLetterQueues } from '../azure/deadLetters';
import type { BusAddress, EventBus } from '../azure/eventBus';
import { createFindingsTable } from '../azure/findingsTable';
import { createGuardFiles } from '../azure/guardFiles';
import { createSnoozesTable } from '../azure/snoozesTable';
import { createStorage, type StorageAddress } from '../azure/storage';
import type { GuardPolicy } from '../domain/guard/poolCase';
import type { GuardHandlers } from '../orchestrators/contracts';
import { createAuditActivities } from './auditActivities';
import { createFindingLedger } from './findingLedger';
import type { GuardTools } from './guardTools';
import { createPoolGuard } from './poolGuard';

export interface GuardPlaces {
  readonly arm: Arm;
  readonly bus: EventBus;
  readonly busAddress: BusAddress;
  readonly storage: StorageAddress;
  readonly policy: GuardPolicy;
  /** Queues that the app reads, and looks into the dead letters of. */
  readonly queues: readonly string[];
}

export function createGuardActivities({ arm, bus, busAddress, storage, policy, queues }: GuardPlaces): GuardHandlers {
  const opened = createStorage(storage);
  const tools: GuardTools = {
    ...{ arm, bus, policy, queues },
    ledger: createFindingLedger(createFindingsTable(opened), bus),
    snoozes: createSnoozesTable(opened),
    files: createGuardFiles(opened),
    deadLetters: createDeadLetterQueues(busAddress),
  };
  return { ...createAuditActivities(tools), ...createPoolGuard(tools) };
}
