/** Answers that take time: how long, by which clock, and what the record of calls shows of it. */
import { setImmediate } from 'node:timers/promises';
import { PacedClock } from '../../../local/clock';
import { accountId, ask, diskId, startLocalAzure, START_MS, type LocalAzure } from './localAzure';

let local: LocalAzure;
afterEach(() => local.close());

const look = (path: string): Promise<number> =>
  ask(local, 'GET', `${path}?api-version=2024-07-01`).then(({ status }) => status);

/** Turns the event loop until so many requests have come. */
async function arrived(count: number): Promise<void> {
  while (local.azure.calls.length < count || !local.azure.isIdle()) await setImmediate();
}

test('an answer waits for the clock, and requests side by side wait together', async () => {
  local = await startLocalAzure({ latencyMs: 100 });
  const answered: number[] = [];
  const asked = [look(accountId('batchrender')), look(accountId('batchnorth'))].map((answer) =>
    answer.then((status) => answered.push(status)),
  );
  await arrived(2);
  local.clock.advanceTo(START_MS + 99);
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  expect(answered).toEqual([]);
  expect(local.azure.isIdle()).toBe(true);
  local.clock.advanceTo(START_MS + 100);
  await Promise.all(asked);
  expect(answered).toEqual([200, 200]);
  expect(local.azure.calls.map(({ startedMs, atMs }) => [startedMs, atMs])).toEqual([
    [START_MS, START_MS + 100],
    [START_MS, START_MS + 100],
  ]);
});

test('what is asked has happened before its answer comes', async () => {
  local = await startLocalAzure({ latencyMs: 100 });
  local.azure.deleteBehindTheBack(diskId('osdisk-gen1'));
  const answer = look(accountId('batchrender'));
  await arrived(1);
  local.azure.deleteBehindTheBack(accountId('batchrender'));
  local.clock.advanceTo(START_MS + 100);
  expect(await answer).toBe(200);
});

test('a clock that runs needs no help', async () => {
  const clock = PacedClock.startingNow(50);
  local = await startLocalAzure({ clock, latencyMs: 1000 });
  expect(await look(accountId('batchrender'))).toBe(200);
  const [call] = local.azure.calls;
  expect((call?.atMs ?? 0) - (call?.startedMs ?? 0)).toBe(1000);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(call?.atMs ?? Infinity);
});

test('without latency answers come at once, and the control door never waits', async () => {
  local = await startLocalAzure({ latencyMs: 100, controlDoor: true });
  expect((await ask(local, 'GET', '/_control/calls')).status).toBe(200);
  await local.close();
  local = await startLocalAzure();
  expect(await look(accountId('batchrender'))).toBe(200);
  expect(local.azure.calls).toEqual([expect.objectContaining({ startedMs: START_MS, atMs: START_MS })]);
});
