/** The guard as the durable-functions executor runs it: in which accounts pools are looked at after a change, when, and how often. */
import * as z from 'zod';
import type { ResourceChange } from '../../../shared/domain/guard/change';
import { fail, succeed, type Outcome } from '../../../shared/domain/outcome';
import type { PoolsChecked } from '../../../shared/orchestrators/contracts';
import { guardImage } from '../../../shared/orchestrators/guardImage';
import { failure, rejects, throttled } from '../../given/azure';
import { ACCOUNT, id, POOL } from '../../given/build';
import * as given from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd, type Ended, type Run } from './executor';
import { expectToReplay } from './replaying';

const guardAll = (
  changes: readonly ResourceChange[],
  twists: GuardTwists = {},
  run: Partial<Run> = {},
): Promise<Ended> =>
  runToEnd(guardImage, { input: changes, startAtMs: given.NOW_MS, activities: guardAzure(twists), ...run });

const guard = (change: ResourceChange, twists: GuardTwists = {}, run: Partial<Run> = {}): Promise<Ended> =>
  guardAll([change], twists, run);

const account = (name: string): string => id('rg-batch', `Microsoft.Batch/batchAccounts/${name}`);
const accounts = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, nth) => account(`batch${nth}`));
const nameOf = (accountId: string): string => accountId.split('/').at(-1) ?? '';

const standing = (...accountIds: readonly string[]): GuardTwists => ({
  findDependents: (changes) => {
    const all = changes.map((_, place) => place);
    return succeed({ known: true, accounts: accountIds.map((accountId) => ({ accountId, changes: all })) });
  },
});
const checked = (changes: Partial<PoolsChecked> = {}): Outcome<PoolsChecked> =>
  succeed({ pools: 1, opened: 0, resolved: 0, ...changes });

const checkSchema = z.object({
  accountId: z.string(),
  changes: z.array(z.unknown()),
  nowMs: z.number(),
  openedSince: z.string().optional(),
});
const checksOf = ({ steps }: Ended) =>
  steps.flatMap(({ name, atMs, input }) => (name === 'checkPools' ? [{ atMs, ...checkSchema.parse(input) }] : []));
/** `1 batch0`: when, in seconds, and where; `again` when only at what was opened. */
const told = (ended: Ended): readonly string[] =>
  checksOf(ended).map(({ atMs, accountId, openedSince }) =>
    [(atMs - given.NOW_MS) / 1_000, nameOf(accountId), ...(openedSince === undefined ? [] : ['again'])].join(' '),
  );
const resultOf = ({ result }: Ended) =>
  z
    .object({ pools: z.number(), opened: z.number(), resolved: z.number(), failures: z.array(z.string()) })
    .parse(result);

const deleted = given.change();
const written = given.change({ verb: 'written' });

describe('a change', () => {
  it('to what nobody stands on ends at once', async () => {
    const ended = await guard(deleted);
    expect(ended.steps.map(({ name }) => name)).toEqual(['findDependents']);
    expect(resultOf(ended)).toEqual({ pools: 0, opened: 0, resolved: 0, failures: [] });
  });

  it('to a pool concerns its account: nobody has to be asked', async () => {
    const change = given.change({ verb: 'written', resourceId: POOL });
    const ended = await guard(change);
    expect(ended.steps.map(({ name }) => name)).toEqual(['checkPools']);
    expect(checksOf(ended)).toMatchObject([{ accountId: ACCOUNT, changes: [change], nowMs: given.NOW_MS }]);
  });

  it('is told to each account with pools that stand on it, eight at a time', async () => {
    const ended = await guard(written, standing(...accounts(10)));
    const seconds = told(ended).map((line) => line.split(' ')[0]);
    expect(seconds).toEqual(['1', '1', '1', '1', '1', '1', '1', '1', '2', '2']);
    expect(checksOf(ended).map(({ changes }) => changes)).toEqual(Array.from({ length: 10 }, () => [written]));
    expect(resultOf(ended).pools).toBe(10);
  });
});

describe('changes that came together', () => {
  const gone = given.change({ eventId: 'event-2', resourceId: given.MANAGED });
  const made = given.change({ eventId: 'event-3', verb: 'written', resourceId: given.SNAPSHOT });
  const two: GuardTwists = {
    findDependents: () =>
      succeed({
        known: true,
        accounts: [
          { accountId: account('one'), changes: [0, 1] },
          { accountId: account('two'), changes: [2] },
        ],
      }),
  };

  it('are looked up once, and each account is told of those that concern it', async () => {
    const ended = await guardAll([deleted, gone, made], { ...two, checkPools: () => checked({ opened: 1 }) });
    expect(ended.steps.filter(({ name }) => name === 'findDependents')).toHaveLength(1);
    expect(checksOf(ended).map(({ accountId, changes }) => [nameOf(accountId), changes])).toEqual([
      ...[
        ['one', [deleted, gone]],
        ['two', [made]],
      ],
      ...[
        ['one', [deleted, gone]],
        ['two', [made]],
      ],
    ]);
  });

  it('to pools of one account are one look, however they spell it', async () => {
    const changes = [POOL, `${POOL.toUpperCase()}-2`, `${account('other')}/pools/p`].map((resourceId, nth) =>
      given.change({ verb: 'written', eventId: `event-${nth}`, resourceId }),
    );
    const ended = await guardAll(changes);
    expect(checksOf(ended).map((one) => one.changes.length)).toEqual([2, 1]);
  });

  it('are looked at once more after two minutes for deletions only', async () => {
    const ended = await guardAll([deleted, gone, made], two);
    expect(told(ended)).toEqual(['1 one', '1 two', '120 one']);
    expect(checksOf(ended)[2]?.changes).toEqual([deleted, gone]);
  });

  it('are counted when nobody knows what stands on them', async () => {
    const ended = await guardAll([deleted, gone, made], { findDependents: () => rejects({ message: 'No.' }) });
    expect(resultOf(ended).failures).toEqual([
      `Nobody knows which pools stand on ${deleted.resourceId} and 2 more: No.`,
    ]);
  });

  it('replay', async () => {
    await expectToReplay(guardImage, [deleted, gone, made], await guardAll([deleted, gone, made], two));
  });
});

describe('another look', () => {
  it('is taken at once at what was opened: it may have come back', async () => {
    const ended = await guard(deleted, {
      ...standing(account('one')),
      checkPools: (_, { nth }) => (nth === 1 ? checked({ opened: 1 }) : checked({ resolved: 1 })),
    });
    expect(told(ended)).toEqual(['1 one', '2 one again']);
    expect(checksOf(ended)[1]?.openedSince).toBe(given.NOW);
    expect(resultOf(ended)).toEqual({ pools: 1, opened: 1, resolved: 1, failures: [] });
  });

  it('is taken two minutes after a deletion where something seemed to miss nothing: reads may be late', async () => {
    const ended = await guard(deleted, {
      ...standing(account('opens'), account('quiet'), account('both')),
      checkPools: ({ accountId }) =>
        checked({ opened: nameOf(accountId) === 'quiet' ? 0 : 1, pools: nameOf(accountId) === 'both' ? 2 : 1 }),
    });
    expect(told(ended)).toEqual([
      ...['1 opens', '1 quiet', '1 both', '2 opens again', '2 both again'],
      ...['120 quiet', '120 both'],
    ]);
    expect(resultOf(ended).pools).toBe(4);
  });

  it('is not taken when something was made', async () => {
    expect(told(await guard(written, standing(...accounts(2))))).toEqual(['1 batch0', '1 batch1']);
  });

  it('is not taken where nothing stood on it after all', async () => {
    const ended = await guard(deleted, { ...standing(account('one')), checkPools: () => checked({ pools: 0 }) });
    expect(told(ended)).toEqual(['1 one']);
  });

  it('is not taken where nothing could be looked at', async () => {
    const ended = await guard(deleted, { ...standing(account('one')), checkPools: () => rejects({ message: 'No.' }) });
    expect(told(ended)).toEqual(['1 one']);
    expect(resultOf(ended)).toEqual({ pools: 0, opened: 0, resolved: 0, failures: ['No.'] });
    expect(ended.log.join('\n')).toContain('not checked: No.');
  });

  it('has its own time, so that the ledger knows which look came last', async () => {
    const ended = await guard(deleted, { ...standing(account('one')), checkPools: () => checked({ opened: 1 }) });
    const [first, second] = checksOf(ended);
    expect(second?.nowMs).toBeGreaterThan(first?.nowMs ?? Infinity);
  });
});

describe('before the first audit has ended', () => {
  const known = (nth: number, from: number) =>
    succeed({ known: nth >= from, accounts: nth >= from ? [{ accountId: ACCOUNT, changes: [0] }] : [] });
  const NEVER: GuardTwists = { findDependents: (_, { nth }) => known(nth, Infinity) };

  it('one is asked for, and waited for', async () => {
    const ended = await guard(written, { findDependents: (_, { nth }) => known(nth, 4) });
    expect(ended.steps.map(({ name }) => name)).toEqual([
      ...['findDependents', 'requestAudit', 'findDependents', 'requestAudit', 'findDependents', 'requestAudit'],
      ...['findDependents', 'checkPools'],
    ]);
    expect(resultOf(ended).pools).toBe(1);
  });

  it('what is looked at late enough is not looked at again', async () => {
    const ended = await guard(deleted, { findDependents: (_, { nth }) => known(nth, 12) });
    expect(checksOf(ended)).toHaveLength(1);
  });

  it('it is waited for half a day, in a history that stays short', async () => {
    const ended = await guard(deleted, NEVER);
    expect(ended.status).toBe('Completed');
    expect(resultOf(ended).failures).toEqual([
      `Nobody knows which pools stand on ${deleted.resourceId}: No audit ended within 12 hours.`,
    ]);
    expect(ended.endedAtMs - given.NOW_MS).toBeGreaterThan(11 * given.HOUR_MS);
    expect(ended.endedAtMs - given.NOW_MS).toBeLessThan(14 * given.HOUR_MS);
    expect(ended.history.length).toBeLessThan(2_000);
  });

  it('it is waited for though it could not be asked for', async () => {
    const ended = await guard(deleted, { ...NEVER, requestAudit: () => rejects() });
    expect(ended.status).toBe('Completed');
  });
});

describe('what goes wrong', () => {
  it('when nobody can say who stands on it, it says so', async () => {
    const ended = await guard(deleted, { findDependents: () => rejects({ message: 'The store is away.' }) });
    expect(resultOf(ended).failures).toEqual([
      `Nobody knows which pools stand on ${deleted.resourceId}: The store is away.`,
    ]);
  });

  it('in one account does not keep the others from being looked at', async () => {
    const ended = await guard(written, {
      ...standing(...accounts(3)),
      checkPools: ({ accountId }) => {
        if (nameOf(accountId) === 'batch1') throw new Error('A bug.');
        return checked({ pools: 7 });
      },
    });
    expect(ended.status).toBe('Completed');
    expect(resultOf(ended)).toMatchObject({ pools: 14, failures: [expect.stringContaining('A bug.')] });
  });

  it('passes: throttled accounts are looked at when Azure says, by a timer', async () => {
    const ended = await guard(written, {
      ...standing(account('one')),
      checkPools: (_, { nth }) => (nth === 1 ? fail(throttled(480_000)) : undefined),
    });
    expect(told(ended)).toEqual(['1 one', '482 one']);
    expect(resultOf(ended).failures).toEqual([]);
  });

  it('in many ways is told in some', async () => {
    const ended = await guard(written, {
      ...standing(...accounts(60)),
      checkPools: ({ accountId }) => fail(failure({ message: `No ${nameOf(accountId)}.` })),
    });
    const { failures } = resultOf(ended);
    expect(failures).toEqual(Array.from({ length: 20 }, (_, nth) => `No batch${nth}.`));
  });
});

describe('replayed at every point, it does the same', () => {
  it.each<{ label: string; change: ResourceChange; twists: GuardTwists }>([
    {
      label: 'a deletion',
      change: deleted,
      twists: {
        ...standing(...accounts(3)),
        checkPools: ({ accountId }) => checked({ opened: nameOf(accountId) === 'batch1' ? 1 : 0 }),
      },
    },
    {
      label: 'a first audit',
      change: deleted,
      twists: {
        findDependents: (_, { nth }) => succeed({ known: nth > 4, accounts: [{ accountId: ACCOUNT, changes: [0] }] }),
      },
    },
    { label: 'many accounts', change: deleted, twists: standing(...accounts(30)) },
    {
      label: 'failures',
      change: written,
      twists: {
        ...standing(...accounts(3)),
        checkPools: (_, { nth }) => (nth < 5 ? fail(throttled(30_000)) : undefined),
      },
    },
  ])('$label', async ({ change, twists }) => {
    await expectToReplay(guardImage, [change], await guard(change, twists));
    await expectToReplay(guardImage, [change], await guard(change, twists, { arrival: 'oneByOne' }));
  });
});
