/** A snooze by message, as the durable-functions executor runs it. */
import { snoozeFindings } from '../../../shared/orchestrators/snoozeFindings';
import { rejects } from '../../given/azure';
import { ACCOUNT, POOL } from '../../given/build';
import { daysFromNow, NOW_MS } from '../../given/guard';
import { guardAzure, type GuardTwists } from '../../given/guardAzure';
import { runToEnd } from './executor';
import { expectToReplay } from './replaying';

const snooze = { poolId: POOL, code: 'ImageEnds', until: daysFromNow(7), reason: 'We move next week.' };
const run = (twists: GuardTwists = {}) =>
  runToEnd(snoozeFindings, { input: snooze, startAtMs: NOW_MS, activities: guardAzure(twists) });

it('is written as it was asked for, and the pool looked at, so that what is open goes to sleep', async () => {
  const ended = await run();
  expect(ended.steps).toMatchObject([
    { name: 'snoozePool', input: snooze },
    { name: 'checkPools', input: { accountId: ACCOUNT, changes: [{ verb: 'written', resourceId: POOL }] } },
  ]);
  expect(ended).toMatchObject({ status: 'Completed', result: null });
});

it('is written again while the store is away', async () => {
  const ended = await run({ snoozePool: (_, { nth }) => (nth < 3 ? rejects({ kind: 'unavailable' }) : undefined) });
  expect(ended.steps.map(({ name }) => name)).toEqual(['snoozePool', 'snoozePool', 'snoozePool', 'checkPools']);
  expect(ended.status).toBe('Completed');
  await expectToReplay(snoozeFindings, snooze, ended);
});

it('fails with the reason when it cannot be written', async () => {
  const ended = await run({ snoozePool: () => rejects({ message: 'The store is away.' }) });
  expect(ended.status).toBe('Failed');
  expect(ended.result).toContain('The snooze could not be written: The store is away.');
});

it('is written though the pool cannot be looked at: the next audit does', async () => {
  const breaks = () => {
    throw new Error('A bug.');
  };
  for (const checkPools of [() => rejects(), breaks]) {
    expect(await run({ checkPools })).toMatchObject({ status: 'Completed', result: null });
  }
});
