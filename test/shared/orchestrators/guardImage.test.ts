/** The guard as the durable-functions executor runs it: which pools are looked at after a change, when, and how often. */
import * as z from 'zod';
import type { ResourceChange } from '../../../shared/domain/guard/change';
import { fail, succeed } from '../../../shared/domain/outcome';
import { CHILDREN, type Guarded } from '../../../shared/orchestrators/contracts';
import { guardImage } from '../../../shared/orchestrators/guardImage';
import { guardPools } from '../../../shared/orchestrators/guardPools';
import { failure, rejects, throttled } from '../../given/azure';
import { ACCOUNT, POOL } from '../../given/build';
import * as given from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd, type Ended, type Run } from './executor';
import { expectToReplay } from './replaying';

const guard = (change: ResourceChange, twists: GuardTwists = {}, run: Partial<Run> = {}): Promise<Ended> =>
  runToEnd(guardImage, {
    input: change,
    startAtMs: given.NOW_MS,
    activities: guardAzure(twists),
    children: { [CHILDREN.guardPools.name]: guardPools },
    ...run,
  });

const pools = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, nth) => given.poolIn(ACCOUNT, `pool-${nth}`));
const standing = (...poolIds: readonly string[]): GuardTwists => ({
  findDependents: () => succeed({ known: true, poolIds }),
});
const nothing = { opened: 0, resolved: 0 };

const checkSchema = z.object({ poolId: z.string(), nowMs: z.number(), cause: z.unknown().optional() });
const checksOf = ({ steps }: Ended) =>
  steps.flatMap(({ name, atMs, input }) => (name === 'checkPool' ? [{ atMs, ...checkSchema.parse(input) }] : []));
const nameOf = (poolId: string): string => poolId.split('/').at(-1) ?? '';
/** `0 pool-1`: when, in seconds, and which. */
const told = (ended: Ended): readonly string[] =>
  checksOf(ended).map(({ atMs, poolId }) => `${(atMs - given.NOW_MS) / 1_000} ${nameOf(poolId)}`);
const resultOf = ({ result }: Ended): Guarded =>
  z
    .object({ pools: z.number(), opened: z.number(), resolved: z.number(), failures: z.array(z.string()) })
    .parse(result);

const deleted = given.change();
const written = given.change({ verb: 'written' });

describe('a change', () => {
  it('to what nobody stands on ends at once', async () => {
    const ended = await guard(deleted);
    expect(ended.steps.map(({ name }) => name)).toEqual(['findDependents']);
    expect(resultOf(ended)).toEqual({ pools: 0, ...nothing, failures: [] });
  });

  it('to a pool concerns that pool: nobody has to be asked', async () => {
    const ended = await guard(given.change({ verb: 'written', resourceId: POOL }));
    expect(ended.steps.map(({ name }) => name)).toEqual(['checkPool']);
    expect(checksOf(ended)).toMatchObject([{ poolId: POOL, nowMs: given.NOW_MS }]);
  });

  it('that was a deletion is the cause of what is found', async () => {
    const [first] = checksOf(await guard(deleted, standing(POOL)));
    expect(first?.cause).toEqual({ resourceId: deleted.resourceId, by: given.AUTHOR });
  });

  it('that made or brought something back is the cause of nothing', async () => {
    const ended = await guard(written, standing(POOL));
    expect(checksOf(ended).map(({ cause }) => cause)).toEqual([undefined]);
  });

  it('concerns all pools that stand on it, eight at a time', async () => {
    const ended = await guard(written, standing(...pools(10)));
    const seconds = told(ended).map((line) => line.split(' ')[0]);
    expect(seconds).toEqual(['1', '1', '1', '1', '1', '1', '1', '1', '2', '2']);
    expect(resultOf(ended).pools).toBe(10);
  });
});

describe('a second look', () => {
  it('is taken at once at what was opened: it may have come back', async () => {
    const ended = await guard(deleted, {
      ...standing(POOL),
      checkPool: (_, { nth }) => succeed(nth === 1 ? { opened: 1, resolved: 0 } : { opened: 0, resolved: 1 }),
    });
    expect(told(ended)).toEqual(['1 render-pool', '2 render-pool']);
    expect(resultOf(ended)).toEqual({ pools: 1, opened: 1, resolved: 1, failures: [] });
  });

  it('is taken two minutes after a deletion at what seemed to miss nothing: reads may be late', async () => {
    const ended = await guard(deleted, {
      ...standing(...pools(2)),
      checkPool: ({ poolId }, { nth }) =>
        succeed({ opened: nth === 3 || nameOf(poolId) === 'pool-1' ? 1 : 0, resolved: 0 }),
    });
    expect(told(ended)).toEqual(['1 pool-0', '1 pool-1', '2 pool-1', '120 pool-0']);
  });

  it('is not taken after something was made', async () => {
    expect(told(await guard(written, standing(...pools(2))))).toEqual(['1 pool-0', '1 pool-1']);
  });

  it('is not taken at pools that could not be looked at', async () => {
    const ended = await guard(deleted, { ...standing(POOL), checkPool: () => rejects({ message: 'No.' }) });
    expect(told(ended)).toEqual(['1 render-pool']);
    expect(resultOf(ended)).toEqual({ pools: 1, ...nothing, failures: ['No.'] });
    expect(ended.log.join('\n')).toContain('not checked: No.');
  });

  it('has its own time, so that the ledger knows which look came last', async () => {
    const ended = await guard(deleted, { ...standing(POOL), checkPool: () => succeed({ opened: 1, resolved: 0 }) });
    const [first, second] = checksOf(ended);
    expect(second?.nowMs).toBeGreaterThan(first?.nowMs ?? Infinity);
  });
});

describe('before the first audit has ended', () => {
  const NEVER: GuardTwists = { findDependents: () => succeed({ known: false, poolIds: [] }) };

  it('one is asked for, and waited for', async () => {
    const ended = await guard(deleted, {
      findDependents: (_, { nth }) => succeed({ known: nth > 3, poolIds: nth > 3 ? [POOL] : [] }),
    });
    expect(ended.steps.map(({ name }) => name)).toEqual([
      ...['findDependents', 'requestAudit', 'findDependents', 'requestAudit', 'findDependents', 'requestAudit'],
      ...['findDependents', 'checkPool', 'checkPool'],
    ]);
    expect(resultOf(ended).pools).toBe(1);
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

  it('for one pool does not keep the others from being looked at', async () => {
    const ended = await guard(written, {
      ...standing(...pools(3)),
      checkPool: ({ poolId }) => {
        if (nameOf(poolId) === 'pool-1') throw new Error('A bug.');
        return succeed({ opened: 1, resolved: 0 });
      },
    });
    expect(ended.status).toBe('Completed');
    expect(resultOf(ended).failures.join()).toContain('A bug.');
    expect(new Set(checksOf(ended).map(({ poolId }) => nameOf(poolId))).size).toBe(3);
  });

  it('passes: throttled pools are looked at when Azure says, by a timer', async () => {
    const ended = await guard(written, {
      ...standing(POOL),
      checkPool: (_, { nth }) => (nth === 1 ? fail(throttled(480_000)) : undefined),
    });
    expect(told(ended)).toEqual(['1 render-pool', '482 render-pool']);
    expect(resultOf(ended).failures).toEqual([]);
  });

  it('in many ways is told in some', async () => {
    const ended = await guard(written, {
      ...standing(...pools(60)),
      checkPool: ({ poolId }) => fail(failure({ message: `No ${nameOf(poolId)}.` })),
    });
    expect(resultOf(ended)).toMatchObject({
      pools: 60,
      failures: Array.from({ length: 20 }, (_, nth) => `No pool-${nth}.`),
    });
  });
});

describe('many pools', () => {
  const opensAll: GuardTwists = { ...standing(...pools(350)), checkPool: () => succeed({ opened: 1, resolved: 0 }) };

  it('are looked at in parts, each with a history of its own', async () => {
    const ended = await guard(written, opensAll);
    expect(resultOf(ended)).toEqual({ pools: 350, opened: 700, resolved: 0, failures: [] });
    expect(new Set(checksOf(ended).map(({ poolId }) => poolId)).size).toBe(350);
    expect(ended.history.length).toBeLessThan(40);
  });

  it('are looked at no more than sixteen at a time', async () => {
    const ended = await guard(written, opensAll);
    const perMoment = Map.groupBy(checksOf(ended), ({ atMs }) => atMs);
    expect(Math.max(...[...perMoment.values()].map((checks) => checks.length))).toBeLessThanOrEqual(16);
  });

  it('that are looked at late enough are not looked at again', async () => {
    const ended = await guard(deleted, standing(...pools(350)), { activityMs: 10_000 });
    const counts = Map.groupBy(checksOf(ended), ({ poolId }) => nameOf(poolId));
    expect([counts.get('pool-0')?.length, counts.get('pool-349')?.length]).toEqual([2, 1]);
  });

  it('keep their other parts when one has pools that break', async () => {
    const ended = await guard(written, {
      ...standing(...pools(250)),
      checkPool: ({ poolId }) => {
        if (nameOf(poolId) === 'pool-5') throw new Error('A bug.');
        return undefined;
      },
    });
    expect(resultOf(ended)).toMatchObject({ pools: 250, failures: [expect.stringContaining('A bug.')] });
  });
});

describe('replayed at every point, it does the same', () => {
  it.each<{ label: string; change: ResourceChange; twists: GuardTwists }>([
    {
      label: 'a deletion',
      change: deleted,
      twists: {
        ...standing(...pools(3)),
        checkPool: ({ poolId }) => succeed({ opened: nameOf(poolId) === 'pool-1' ? 1 : 0, resolved: 0 }),
      },
    },
    {
      label: 'a first audit',
      change: deleted,
      twists: { findDependents: (_, { nth }) => succeed({ known: nth > 4, poolIds: [POOL] }) },
    },
    { label: 'many pools', change: written, twists: standing(...pools(250)) },
    {
      label: 'failures',
      change: written,
      twists: { ...standing(...pools(3)), checkPool: (_, { nth }) => (nth < 5 ? fail(throttled(30_000)) : undefined) },
    },
  ])('$label', async ({ change, twists }) => {
    await expectToReplay(guardImage, change, await guard(change, twists));
    await expectToReplay(guardImage, change, await guard(change, twists, { arrival: 'oneByOne' }));
  });
});
