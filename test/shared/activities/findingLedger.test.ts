/** The ledger in real Table storage and on a real bus: one problem is told once, whoever enters it, and whatever breaks in between. */
import { ServiceBusClient } from '@azure/service-bus';
import { Broker, connectionString } from '../../../local/bus/broker';
import { SteppedClock } from '../../../local/clock';
import { QUEUES } from '../../../local/queues';
import { Storage } from '../../../local/storage';
import { createFindingLedger, type Entry, type FindingLedger } from '../../../shared/activities/findingLedger';
import { createEventBus, type EventBus } from '../../../shared/azure/eventBus';
import { createFindingsTable, type FindingsTable, type KnownFindings } from '../../../shared/azure/findingsTable';
import { createStorage } from '../../../shared/azure/storage';
import type { FindingCode } from '../../../shared/domain/guard/finding';
import { seen, judged } from '../../../shared/domain/guard/poolCase';
import { failureIn, valueOf } from '../azure/cloud';

const QUEUE = 'image-pool-events';
const ACCOUNT = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acc';
const START_MS = Date.parse('2026-11-21T08:00:00Z');

let storage: Storage;
let broker: Broker;
let port: number;
let bus: EventBus;
let table: FindingsTable;
let ledger: FindingLedger;
let pools = 0;
beforeAll(async () => {
  storage = await Storage.start();
  broker = new Broker({ clock: new SteppedClock(START_MS), queues: QUEUES });
  port = await broker.listen();
  bus = createEventBus({ connectionString: connectionString(port) }, QUEUE);
  table = createFindingsTable(createStorage({ connectionString: storage.connectionString }));
  ledger = createFindingLedger(table, bus);
});
afterAll(async () => {
  await bus.close();
  await broker.close();
  await storage.stop();
});

const newPool = (): string => `${ACCOUNT}/pools/pool-${(pools += 1)}`;

const entry = (
  subjectId: string,
  is: 'seen' | 'clear',
  atMs = START_MS,
  code: FindingCode = 'ImageMissing',
): Entry => ({
  subjectId,
  judgement:
    is === 'clear'
      ? { code, is }
      : judged(code, seen('It is gone.', { asked: 'GET it', answered: '404', at: new Date(atMs).toISOString() })),
  occasion: { nowMs: atMs },
});

const known = async (): Promise<KnownFindings> => valueOf(await table.ofHolder(ACCOUNT));
const enter = async (...entries: readonly Entry[]) => valueOf(await ledger.enter(entries, await known()));

/** Types of the events that wait, with the message ids by which the bus knows them. */
async function told(): Promise<readonly string[]> {
  const { active } = broker.counts(QUEUE);
  if (active === 0) return [];
  const client = new ServiceBusClient(connectionString(port));
  const receiver = client.createReceiver(QUEUE, { receiveMode: 'receiveAndDelete' });
  const messages = await receiver.receiveMessages(active);
  await client.close();
  return messages.map(({ subject }) => subject ?? '');
}

const recordOf = async (subjectId: string) =>
  [...valueOf(await table.ofSubject(subjectId)).values()].map(({ record }) => record);

it('opens once, is updated quietly, resolves once, and opens again', async () => {
  const pool = newPool();
  expect(await enter(entry(pool, 'seen'))).toEqual({ opened: 1, resolved: 0 });
  expect(await enter(entry(pool, 'seen', START_MS + 1_000))).toEqual({ opened: 0, resolved: 0 });
  expect(await recordOf(pool)).toMatchObject([
    { state: 'open', firstSeen: '2026-11-21T08:00:00.000Z', lastSeen: '2026-11-21T08:00:01.000Z' },
  ]);
  expect(await enter(entry(pool, 'clear', START_MS + 2_000))).toEqual({ opened: 0, resolved: 1 });
  expect(await enter(entry(pool, 'clear', START_MS + 3_000))).toEqual({ opened: 0, resolved: 0 });
  expect(await enter(entry(pool, 'seen', START_MS + 4_000))).toEqual({ opened: 1, resolved: 0 });
  expect(await recordOf(pool)).toMatchObject([{ state: 'open', openings: 2 }]);
  expect(await told()).toEqual(
    ['FindingOpened', 'FindingResolved', 'FindingOpened'].map((type) => `BatchImagePools.${type}`),
  );
});

it('an event and an audit that find it at the same time tell it once', async () => {
  const pool = newPool();
  const before = await known();
  const changes = await Promise.all(
    [0, 1, 2, 3].map(async () => valueOf(await ledger.enter([entry(pool, 'seen')], before))),
  );
  expect(changes.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
  expect(await told()).toEqual(['BatchImagePools.FindingOpened']);
  expect(await recordOf(pool)).toMatchObject([{ openings: 1, untold: 'nothing' }]);
});

it('a reading that is out of date opens nothing a second time', async () => {
  const pool = newPool();
  const before = await known();
  await enter(entry(pool, 'seen'));
  expect(valueOf(await ledger.enter([entry(pool, 'seen', START_MS + 1)], before))).toEqual({ opened: 0, resolved: 0 });
  expect(await told()).toEqual(['BatchImagePools.FindingOpened']);
});

it('what could not be told is told by the next who looks, even one that learns nothing new', async () => {
  const pool = newPool();
  const silent: EventBus = {
    publish: () => Promise.resolve({ ok: false, failure: { kind: 'unavailable', code: 'Down', message: 'Down.' } }),
    close: () => Promise.resolve(),
  };
  const broken = createFindingLedger(table, silent);
  expect(failureIn(await broken.enter([entry(pool, 'seen')], await known()))).toMatchObject({ code: 'Down' });
  expect(await told()).toEqual([]);
  expect(await recordOf(pool)).toMatchObject([{ state: 'open', untold: 'opened' }]);
  const unknown: Entry = {
    subjectId: pool,
    judgement: { code: 'ImageMissing', is: 'unknown', why: '403' },
    occasion: { nowMs: START_MS + 1_000 },
  };
  await enter(unknown);
  expect(await told()).toEqual(['BatchImagePools.FindingOpened']);
  await enter(unknown);
  expect(await told()).toEqual([]);
});

describe('while the bus is away', () => {
  const silent: EventBus = {
    publish: () => Promise.resolve({ ok: false, failure: { kind: 'unavailable', code: 'Down', message: 'Down.' } }),
    close: () => Promise.resolve(),
  };
  const enterUntold = async (...entries: readonly Entry[]) =>
    failureIn(await createFindingLedger(table, silent).enter(entries, await known()));

  it('what opens and resolves is told in that order later, each once', async () => {
    const pool = newPool();
    await enterUntold(entry(pool, 'seen'));
    await enterUntold(entry(pool, 'clear', START_MS + 1_000));
    await enterUntold(entry(pool, 'seen', START_MS + 2_000));
    expect(await enter(entry(pool, 'seen', START_MS + 3_000))).toEqual({ opened: 0, resolved: 0 });
    expect(await told()).toEqual(
      ['FindingOpened', 'FindingResolved', 'FindingOpened'].map((type) => `BatchImagePools.${type}`),
    );
    expect(await recordOf(pool)).toMatchObject([{ state: 'open', openings: 2, untold: 'nothing' }]);
    await enter(entry(pool, 'seen', START_MS + 4_000));
    expect(await told()).toEqual([]);
  });

  it('the end of a finding is not lost that comes back snoozed', async () => {
    const pool = newPool();
    const snoozed = entry(pool, 'seen', START_MS + 2_000);
    const occasion = { ...snoozed.occasion, snoozedUntil: new Date(START_MS + 60_000).toISOString() };
    await enter(entry(pool, 'seen'));
    await enterUntold(entry(pool, 'clear', START_MS + 1_000));
    await enterUntold({ ...snoozed, occasion });
    await told();
    await enter({ ...snoozed, occasion });
    expect(await told()).toEqual(['BatchImagePools.FindingResolved']);
    expect(await recordOf(pool)).toMatchObject([{ state: 'snoozed', openings: 2, untold: 'nothing' }]);
  });
});

it('hundreds are updated together, and one of them that somebody else changed is not lost', async () => {
  const many = Array.from({ length: 230 }, newPool);
  expect(await enter(...many.map((pool) => entry(pool, 'seen')))).toEqual({ opened: 230, resolved: 0 });
  expect(await told()).toHaveLength(230);
  const before = await known();
  await enter(entry(many[0] ?? '', 'clear', START_MS + 1_000));
  expect(await told()).toHaveLength(1);
  const changes = valueOf(
    await ledger.enter(
      many.map((pool) => entry(pool, 'seen', START_MS + 2_000)),
      before,
    ),
  );
  // The first was resolved meanwhile, and is seen again.
  expect(changes).toEqual({ opened: 1, resolved: 0 });
  expect(await told()).toEqual(['BatchImagePools.FindingOpened']);
  const records = [...(await known()).values()].filter(({ record }) => many.includes(record.subjectId));
  expect(new Set(records.map(({ record }) => record.lastSeen))).toEqual(new Set(['2026-11-21T08:00:02.000Z']));
});

it('lists what is not resolved, and what was resolved since an instant; forgets the resolved ones after their time', async () => {
  const [open, gone] = [newPool(), newPool()];
  await enter(entry(open, 'seen'), entry(gone, 'seen'));
  await enter(entry(gone, 'clear', START_MS + 60_000));
  const at = new Date(START_MS + 60_000).toISOString();
  const ids = (records: readonly { readonly subjectId: string }[]) => records.map(({ subjectId }) => subjectId);
  expect(ids(valueOf(await table.unresolved()))).toContain(open);
  expect(ids(valueOf(await table.unresolved()))).not.toContain(gone);
  expect(ids(valueOf(await table.resolvedSince(at)))).toEqual([gone]);
  valueOf(await table.forgetResolved(at));
  expect(await recordOf(gone)).toHaveLength(1);
  valueOf(await table.forgetResolved(new Date(START_MS + 60_001).toISOString()));
  expect(await recordOf(gone)).toEqual([]);
  expect(await recordOf(open)).toHaveLength(1);
});

it('keeps findings about queues apart from those of accounts', async () => {
  const queue: Entry = {
    ...entry('image-build-requests', 'seen'),
    judgement: entry('', 'seen', START_MS, 'DeadLetters').judgement,
  };
  valueOf(await ledger.enter([queue], valueOf(await table.ofHolder('queues'))));
  expect(valueOf(await table.ofHolder('queues')).size).toBe(1);
  expect([...(await known()).values()].some(({ record }) => record.code === 'DeadLetters')).toBe(false);
});

it('answers with a failure that passes while storage is away', async () => {
  const away = createFindingsTable(
    createStorage({
      connectionString:
        'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;',
    }),
  );
  expect(failureIn(await away.ofHolder(ACCOUNT))).toMatchObject({ kind: 'unavailable' });
});
