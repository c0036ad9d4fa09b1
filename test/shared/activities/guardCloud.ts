/** The guard's activities in front of the local Azure: simulator, Azurite and broker; an audit is a call of one after the other. */
import { ServiceBusClient } from '@azure/service-bus';
import { Broker, connectionString } from '../../../local/bus/broker';
import { QUEUES } from '../../../local/queues';
import { Storage } from '../../../local/storage';
import { createGuardActivities } from '../../../shared/activities/guardActivities';
import { createEventBus } from '../../../shared/azure/eventBus';
import { auditIdOf, auditResult, type AuditSummary } from '../../../shared/domain/guard/audit';
import type { FindingTold } from '../../../shared/domain/guard/findingEvent';
import type { GuardPolicy } from '../../../shared/domain/guard/poolCase';
import type { CloudEvent } from '../../../shared/domain/resultEvent';
import type { GuardHandlers } from '../../../shared/orchestrators/contracts';
import { startCloud, valueOf, type Cloud } from '../azure/cloud';

export const EVENTS = 'image-pool-events';

export interface GuardCloud extends Cloud {
  readonly guard: GuardHandlers;
  readonly broker: Broker;
  readonly storage: Storage;
  /** The same on another process: nothing remembered. */
  anotherGuard(): GuardHandlers;
  /** What was told since the last time of asking, as `FindingOpened ImageMissing pool`. */
  told(): Promise<readonly string[]>;
  findings(): Promise<readonly CloudEvent<FindingTold>[]>;
}

export interface GuardCloudOptions {
  readonly world?: unknown;
  readonly policy?: Partial<GuardPolicy>;
}

const POLICY: GuardPolicy = { imageEndDays: 30, supportEndDays: 90, mostUnusablePercent: 20 };

export async function startGuardCloud({ world, policy }: GuardCloudOptions = {}): Promise<GuardCloud> {
  const [cloud, storage] = await Promise.all([startCloud(world === undefined ? {} : { world }), Storage.start()]);
  const broker = new Broker({ clock: cloud.clock, queues: QUEUES });
  const address = { connectionString: connectionString(await broker.listen()) };
  const bus = createEventBus(address, EVENTS);
  const anotherGuard = (): GuardHandlers =>
    createGuardActivities({
      arm: cloud.arm,
      bus,
      busAddress: address,
      storage: { connectionString: storage.connectionString },
      policy: { ...POLICY, ...policy },
      queues: ['image-build-requests', 'resource-events'],
    });
  const client = new ServiceBusClient(address.connectionString);
  const findings = async (): Promise<readonly CloudEvent<FindingTold>[]> => {
    const { active } = broker.counts(EVENTS);
    const receiver = client.createReceiver(EVENTS, { receiveMode: 'receiveAndDelete' });
    const messages = active === 0 ? [] : await receiver.receiveMessages(active);
    await receiver.close();
    return messages.map(({ body }) => body as CloudEvent<FindingTold>);
  };
  return {
    ...cloud,
    ...{ guard: anotherGuard(), broker, storage, anotherGuard, findings },
    told: async () =>
      (await findings())
        .map(({ type, subject, data }) => `${type.split('.')[1] ?? ''} ${data.code} ${subject.split('/').at(-1) ?? ''}`)
        .toSorted(),
    close: async () => {
      await bus.close();
      await client.close();
      await Promise.all([broker.close(), storage.stop(), cloud.close()]);
    },
  };
}

/** What the orchestrator does, in its order, without its patience. */
export async function auditWith(cloud: GuardCloud, guard: GuardHandlers = cloud.guard): Promise<AuditSummary> {
  cloud.pass(1 / 60);
  const nowMs = cloud.clock.nowMs();
  const auditId = auditIdOf(nowMs);
  const discovery = valueOf(await guard.discoverAccounts({}));
  const { next } = valueOf(await guard.takeStock({ auditId, part: 0, query: 0 }));
  if (next !== undefined) throw new Error('A small world fits one part.');
  const accounts = [];
  for (const account of discovery.accounts) {
    const job = { auditId, account, stockParts: 1, agents: discovery.agents, nowMs };
    accounts.push(valueOf(await guard.auditAccountPools(job)));
  }
  const read = accounts.map(({ accountId: id, pools }) => ({ id, read: pools !== undefined }));
  const whole = valueOf(await guard.auditWhole({ auditId, stockParts: 1, stockIsWhole: true, accounts: read, nowMs }));
  const times = { startedAtMs: nowMs, endedAtMs: nowMs };
  return valueOf(await guard.fileReport(auditResult({ auditId, ...times, discovery, stockGaps: [], accounts, whole })));
}
