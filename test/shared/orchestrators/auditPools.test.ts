/** The audit as the durable-functions executor runs it: what is read in which order, and what its end says. */
import * as z from 'zod';
import type { AuditResult, AuditSummary, WatchedAccount } from '../../../shared/domain/guard/audit';
import { fail, succeed } from '../../../shared/domain/outcome';
import { auditAccount, auditPools } from '../../../shared/orchestrators/auditPools';
import { CHILDREN } from '../../../shared/orchestrators/contracts';
import { failure, rejects, throttled } from '../../given/azure';
import { id } from '../../given/build';
import * as given from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd, type Ended, type Run } from './executor';
import { expectToReplay } from './replaying';

const audit = (twists: GuardTwists = {}, run: Partial<Run> = {}): Promise<Ended> =>
  runToEnd(auditPools, {
    input: null,
    startAtMs: given.NOW_MS,
    activities: guardAzure(twists),
    children: { [CHILDREN.auditAccount.name]: auditAccount },
    ...run,
  });

const account = (name: string): WatchedAccount => ({
  id: id('rg-batch', `Microsoft.Batch/batchAccounts/${name}`),
  region: 'westeurope',
});
const accounts = (count: number): readonly WatchedAccount[] =>
  Array.from({ length: count }, (_, nth) => account(`batch${nth}`));
const found = (all: readonly WatchedAccount[]): GuardTwists => ({
  discoverAccounts: () => succeed(given.discovery({ accounts: all })),
});
const nameOf = (accountId: string): string => accountId.split('/').at(-1) ?? '';

const summaryOf = ({ status, result }: Ended): AuditSummary => {
  expect(status).toBe('Completed');
  return z.custom<AuditSummary>((value) => z.object({ auditId: z.string() }).safeParse(value).success).parse(result);
};
/** What was handed to the report. */
const filed = (ended: Ended): AuditResult => {
  const input = ended.steps.findLast(({ name }) => name === 'fileReport')?.input;
  return z.custom<AuditResult>((value) => z.object({ coverage: z.unknown() }).safeParse(value).success).parse(input);
};
const names = ({ steps }: Ended): readonly string[] => steps.map(({ name }) => name);
const inputsOf = (ended: Ended, activity: string) =>
  ended.steps.flatMap(({ name, input }) => (name === activity ? [z.looseObject({}).parse(input)] : []));

describe('an audit', () => {
  it('finds the accounts, lists the images, reads each account, and then what they share', async () => {
    const ended = await audit(found(accounts(2)));
    expect(names(ended)).toEqual([
      ...['discoverAccounts', 'takeStock', 'auditAccountPools', 'auditAccountPools', 'auditWhole', 'fileReport'],
    ]);
    expect(summaryOf(ended)).toMatchObject({ auditId: '2026-03-04T05-06-07-000Z', status: 'green' });
    expect(filed(ended).coverage).toMatchObject({ accounts: 2, accountsRead: 2, pools: 6, gaps: [] });
  });

  it('tells each account what the audit knows, and the time at which its own part begins', async () => {
    const ended = await audit(found(accounts(10)));
    const inputs = inputsOf(ended, 'auditAccountPools');
    expect(inputs).toMatchObject(
      accounts(10).map((each) => ({
        auditId: '2026-03-04T05-06-07-000Z',
        account: each,
        stockParts: 1,
        agents: given.discovery().agents,
      })),
    );
    const times = inputs.map(({ nowMs }) => Number(nowMs));
    expect(times).toEqual(times.toSorted());
    expect(times[0]).toBeGreaterThan(given.NOW_MS);
    expect(times.at(-1)).toBeGreaterThan(times[0] ?? 0);
  });

  it('tells the part on the whole which accounts were read, and that the list is whole', async () => {
    const ended = await audit({
      ...found(accounts(2)),
      auditAccountPools: ({ account: { id: accountId } }) => (nameOf(accountId) === 'batch1' ? rejects() : undefined),
    });
    expect(inputsOf(ended, 'auditWhole')).toMatchObject([
      {
        stockIsWhole: true,
        stockParts: 1,
        accounts: [
          { id: accounts(2)[0]?.id, read: true },
          { id: accounts(2)[1]?.id, read: false },
        ],
      },
    ]);
  });

  it('shows an operator where it is', async () => {
    const { customStatuses } = await audit();
    expect(customStatuses).toMatchObject([
      { phase: 'discovery', since: given.NOW },
      { phase: 'stock' },
      { phase: 'accounts', accounts: 1 },
      { phase: 'whole', accounts: 1 },
      { phase: 'report' },
      { phase: 'done', auditId: '2026-03-04T05-06-07-000Z' },
    ]);
  });

  it('of many accounts reads eight at a time', async () => {
    const ended = await audit(found(accounts(20)));
    const perMoment = Map.groupBy(
      ended.steps.filter(({ name }) => name === 'auditAccountPools'),
      ({ atMs }) => atMs,
    );
    expect([...perMoment.values()].map((calls) => calls.length)).toEqual([8, 8, 4]);
    expect(filed(ended).coverage.accountsRead).toBe(20);
  });

  it('of an account that is named twice reads it once: a second orchestration of one id would never answer', async () => {
    const one = account('batchrender');
    const ended = await audit(found([one, { ...one, id: `${one.id.toUpperCase()}/` }]));
    expect(inputsOf(ended, 'auditAccountPools')).toHaveLength(1);
    expect(filed(ended).coverage).toMatchObject({ accounts: 1, accountsRead: 1 });
  });

  it('of no account at all comes to an end', async () => {
    const ended = await audit(found([]));
    expect(names(ended)).toEqual(['discoverAccounts', 'takeStock', 'auditWhole', 'fileReport']);
    expect(filed(ended).coverage).toMatchObject({ accounts: 0, pools: 0, gaps: [] });
  });

  it('waits by timers while an account is throttled', async () => {
    const ended = await audit({
      auditAccountPools: (_, { nth }) => (nth === 1 ? fail(throttled(1_800_000)) : undefined),
    });
    expect(ended.endedAtMs - given.NOW_MS).toBeGreaterThan(1_800_000);
    expect(filed(ended).coverage).toMatchObject({ accountsRead: 1, gaps: [] });
  });
});

const breaks = (): never => {
  throw new Error('A bug.');
};

describe('a part that fails makes the audit partial, and ends no other:', () => {
  it.each<{ what: string; twists: GuardTwists; gap: unknown; rest: object }>([
    {
      what: 'an account',
      twists: {
        ...found(accounts(3)),
        auditAccountPools: ({ account: { id: accountId } }) =>
          nameOf(accountId) === 'batch1' ? rejects({ message: 'No.' }) : undefined,
      },
      gap: { what: accounts(2)[1]?.id, why: 'No.' },
      rest: { accounts: 3, accountsRead: 2, pools: 6 },
    },
    {
      what: 'an account that breaks each time',
      twists: {
        ...found(accounts(3)),
        auditAccountPools: ({ account: { id: accountId } }) => (nameOf(accountId) === 'batch1' ? breaks() : undefined),
      },
      gap: { what: accounts(2)[1]?.id, why: expect.stringContaining('A bug.') as unknown },
      rest: { accounts: 3, accountsRead: 2, pools: 6 },
    },
    {
      what: 'the list of images',
      twists: { takeStock: () => rejects({ message: 'No list.' }) },
      gap: { what: 'the list of images (Azure Resource Graph)', why: 'No list.' },
      rest: { accounts: 1, accountsRead: 1, pools: 3 },
    },
    {
      what: 'the list of images that breaks each time',
      twists: { takeStock: breaks },
      gap: { what: 'the list of images (Azure Resource Graph)', why: expect.stringContaining('A bug.') as unknown },
      rest: { accountsRead: 1 },
    },
    {
      what: 'the accounts',
      twists: { discoverAccounts: () => rejects({ message: 'No rights.' }) },
      gap: { what: 'the Batch accounts', why: 'No rights.' },
      rest: { accounts: 0 },
    },
    {
      what: 'the accounts that break each time',
      twists: { discoverAccounts: breaks },
      gap: { what: 'the Batch accounts', why: expect.stringContaining('A bug.') as unknown },
      rest: { accounts: 0 },
    },
    {
      what: 'what all accounts share',
      twists: { auditWhole: () => rejects({ message: 'No.' }) },
      gap: { what: 'what all accounts share', why: 'No.' },
      rest: { accountsRead: 1 },
    },
    {
      what: 'what all accounts share that breaks each time',
      twists: { auditWhole: breaks },
      gap: { what: 'what all accounts share', why: expect.stringContaining('A bug.') as unknown },
      rest: { accountsRead: 1 },
    },
  ])('$what', async ({ twists, gap, rest }) => {
    const ended = await audit(twists);
    expect(names(ended).at(-1)).toBe('fileReport');
    expect(filed(ended).coverage).toMatchObject({ gaps: [gap], ...rest });
    expect(ended.status).toBe('Completed');
  });

  it('the part on the whole is told that the list is not', async () => {
    const ended = await audit({
      takeStock: (_, { nth }) =>
        nth === 1 ? succeed({ resources: 1, unreadable: 0, next: { query: 0, pauseMs: 0 } }) : rejects(),
    });
    expect(inputsOf(ended, 'auditWhole')).toMatchObject([{ stockIsWhole: false, stockParts: 1 }]);
  });

  it('a report that cannot be written fails the audit: nobody would know of it', async () => {
    const ended = await audit({ fileReport: () => rejects({ message: 'The store is away.' }) });
    expect(ended.status).toBe('Failed');
    expect(ended.result).toContain('The report of the audit could not be written: The store is away.');
  });
});

describe('replayed at every point, it does the same', () => {
  const twists: GuardTwists = {
    ...found(accounts(10)),
    takeStock: ({ part }) =>
      part < 3
        ? succeed({ resources: 1, unreadable: 0, next: { query: 0, skipToken: String(part), pauseMs: 5_000 } })
        : undefined,
    auditAccountPools: ({ account: { id: accountId } }, { nth }) => {
      if (nameOf(accountId) === 'batch1') return breaks();
      return nth < 4 ? fail(throttled(60_000)) : undefined;
    },
    auditWhole: (_, { nth }) => (nth === 1 ? fail(failure({ kind: 'unavailable' })) : undefined),
  };

  it.each(['together', 'oneByOne'] as const)('answers arriving %s', async (arrival) => {
    await expectToReplay(auditPools, null, await audit(twists, { arrival }));
  });
});
