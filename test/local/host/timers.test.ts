import { Schedule } from '../../../local/host/timer/schedule';
import { START_MS, World } from './world';

describe('a schedule', () => {
  const after = Date.UTC(2026, 0, 5, 12, 0, 0); // A Monday.
  it.each([
    { text: '0 */5 * * * *', next: '2026-01-05T12:05:00.000Z' },
    { text: '*/5 * * * *', next: '2026-01-05T12:05:00.000Z' },
    { text: '30 0 9 * * 1-5', next: '2026-01-06T09:00:30.000Z' },
    { text: '0 0 0 1 JAN *', next: '2027-01-01T00:00:00.000Z' },
    { text: '0 0 0 13 * FRI', next: '2026-02-13T00:00:00.000Z' },
    { text: '0 0 0 29 2 *', next: '2028-02-29T00:00:00.000Z' },
  ])('$text comes due at $next', ({ text, next }) => {
    expect(new Date(new Schedule(text).nextMs(after)).toISOString()).toBe(next);
  });

  it.each(['* * * *', '@daily', '0 0 0 L * *', '61 * * * * *', '00:05:00', '0 0 0 ? * 1'])('refuses %s', (text) => {
    expect(() => new Schedule(text)).toThrow('is no NCRONTAB schedule');
  });
});

describe('a timer trigger', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ app: 'web', env: { SCHEDULE: '0 */5 * * * *' } });
  });
  afterAll(() => world.close());

  const ticks = (): unknown[] =>
    world.logs.flatMap(({ time, message }) =>
      message.startsWith('TICK ') ? [{ time, ...(JSON.parse(message.slice(5)) as object) }] : [],
    );

  it('runs on the clock, with the status of its schedule', async () => {
    expect(await world.host.status()).toEqual({ idle: true, nextDueMs: START_MS + 300_000 });
    await world.advance(299_999);
    expect(ticks()).toEqual([]);
    await world.advance(300_001);
    await world.logged('TICK', 2);
    expect(ticks()).toMatchObject([
      { time: '2026-01-05T12:05:00.000Z', isPastDue: false, scheduleStatus: { next: '2026-01-05T12:05:00.000Z' } },
      { time: '2026-01-05T12:10:00.000Z', isPastDue: false, scheduleStatus: { last: '2026-01-05T12:05:00.000Z' } },
    ]);
  });

  it('makes up for one run that was missed while the host was down', async () => {
    await world.settled();
    await world.host.kill();
    world.clock.advanceTo(world.clock.nowMs() + 17 * 60_000);
    await world.startHost();
    await world.logged('TICK', 3);
    await world.settled();
    expect(ticks().at(-1)).toMatchObject({ time: '2026-01-05T12:27:00.000Z', isPastDue: true });
    expect(await world.host.status()).toEqual({ idle: true, nextDueMs: Date.UTC(2026, 0, 5, 12, 30) });
  });
});
