/** Patience with many inputs at once: none of them hides or ends another, and nobody is asked faster than he wants. */
import type { OrchestrationContext } from 'durable-functions';
import * as z from 'zod';
import { fail, succeed, type Failure, type Outcome } from '../../../shared/domain/outcome';
import { GUARD_ACTIVITIES } from '../../../shared/orchestrators/contracts';
import { persistAll, persistSafely } from '../../../shared/orchestrators/persist';
import type { Step } from '../../../shared/orchestrators/steps';
import { failure, throttled } from '../../given/azure';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { NOW, NOW_MS } from '../../given/guard';
import { runToEnd, type Ended } from './executor';
import { expectToReplay } from './replaying';

type Answer = ReturnType<NonNullable<GuardTwists['snoozePool']>>;

/** Snoozes so many pools, two at a time: an activity like any other. */
function* snoozeAll(ctx: OrchestrationContext): Step<readonly Outcome<null>[]> {
  const names = ctx.df.getInput<readonly string[]>();
  const inputs = names.map((poolId) => ({ poolId, until: NOW }));
  return yield* persistAll(ctx, GUARD_ACTIVITIES.snoozePool, inputs, 2);
}

function* snoozeOne(ctx: OrchestrationContext): Step<Outcome<null>> {
  return yield* persistSafely(ctx, GUARD_ACTIVITIES.snoozePool, { poolId: ctx.df.getInput<string>(), until: NOW });
}

const run = (
  names: readonly string[],
  answer: (name: string, nth: number) => Answer,
  activityMs = 1_000,
): Promise<Ended> => {
  const calls = new Map<string, number>();
  const activities = guardAzure({
    snoozePool: ({ poolId }) => {
      const nth = (calls.get(poolId) ?? 0) + 1;
      calls.set(poolId, nth);
      return answer(poolId, nth);
    },
  });
  return runToEnd(snoozeAll, { input: names, startAtMs: NOW_MS, activities, activityMs });
};
const unavailable: Failure = failure({ kind: 'unavailable', code: 'ServerBusy' });

/** Which were called, in order, with the second at which they were. */
const inputSchema = z.object({ poolId: z.string() });
const told = ({ steps }: Ended): readonly string[] =>
  steps.map(({ atMs, input }) => `${(atMs - NOW_MS) / 1_000} ${inputSchema.parse(input).poolId}`);
const okOf = ({ result }: Ended): readonly unknown[] => (result as readonly Outcome<null>[]).map(({ ok }) => ok);

it('asks for all, so many at a time, and keeps their order', async () => {
  const ended = await run(['a', 'b', 'c', 'd', 'e'], (name) => (name === 'b' ? fail(failure()) : undefined));
  expect(told(ended)).toEqual(['0 a', '0 b', '1 c', '1 d', '2 e']);
  expect(okOf(ended)).toEqual([true, false, true, true, true]);
});

it('asks for nothing when there is nothing', async () => {
  expect(await run([], () => undefined)).toMatchObject({ status: 'Completed', result: [], steps: [] });
});

it('tries again those that failed in passing, and only those, once all have had their turn', async () => {
  const ended = await run(['a', 'b', 'c'], (name, nth) => (name !== 'b' && nth < 3 ? fail(unavailable) : undefined));
  expect(told(ended)).toEqual(['0 a', '0 b', '1 c', '7 a', '7 c', '18 a', '18 c']);
  expect(okOf(ended)).toEqual([true, true, true]);
});

it('gives up after an hour, with the last answer of each', async () => {
  const ended = await run(['a', 'b'], (name) => (name === 'a' ? fail(unavailable) : undefined));
  expect(ended.result).toEqual([{ ok: false, failure: unavailable }, succeed(null)]);
  expect(ended.endedAtMs - NOW_MS).toBeLessThanOrEqual(61 * 60_000);
});

it('is patient for an hour after the first round, however long that took', async () => {
  const names = Array.from({ length: 20 }, (_, nth) => `pool-${nth}`);
  const ended = await run(
    names,
    (name, nth) => (name === 'pool-0' && nth < 2 ? fail(unavailable) : undefined),
    600_000,
  );
  expect(okOf(ended).every((ok) => ok === true)).toBe(true);
});

it('waits before it asks for others what it was told to wait', async () => {
  const ended = await run(['a', 'b', 'c'], (name, nth) =>
    name === 'a' && nth === 1 ? fail(throttled(120_000)) : undefined,
  );
  expect(told(ended).slice(0, 3)).toEqual(['0 a', '0 b', '121 c']);
  expect(okOf(ended)).toEqual([true, true, true]);
});

it('one that breaks each time does not keep the others from their answers', async () => {
  const ended = await run(['a', 'b', 'c'], (name) => {
    if (name === 'b') throw new Error('A bug.');
    return undefined;
  });
  expect(ended.status).toBe('Completed');
  expect(okOf(ended)).toEqual([true, false, true]);
  expect(ended.result).toMatchObject([{}, { failure: { kind: 'rejected', code: 'UnexpectedFault' } }, {}]);
  expect(JSON.stringify(ended.result)).toContain('A bug.');
});

it('one that breaks, alone', async () => {
  const activities = guardAzure({
    snoozePool: () => {
      throw new Error('A bug.');
    },
  });
  const ended = await runToEnd(snoozeOne, { input: 'a', startAtMs: NOW_MS, activities });
  expect(ended.result).toMatchObject({ ok: false, failure: { code: 'UnexpectedFault' } });
});

it('replays at every point', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const ended = await run(names, (name, nth) => {
    if (name === 'd') throw new Error('A bug.');
    return name === 'a' && nth < 3 ? fail(throttled(30_000)) : undefined;
  });
  await expectToReplay(snoozeAll, names, ended);
});
