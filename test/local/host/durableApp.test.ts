import { World } from './world';

let world: World;
beforeAll(async () => {
  world = await World.start({ app: 'durable' });
});
afterAll(() => world.close());

const OUTPUT = {
  described: { input: { vm: 'build-7' }, instance: 'b-1' },
  shouted: 'BUILD-7',
  counted: 3,
  nothing: null,
  failure: expect.stringContaining('told to fail') as string,
};

describe('a durable app', () => {
  it('waits on the clock, outlives a kill, and ends with the values of its activities', async () => {
    expect(await world.post('/api/start/b-1')).toEqual({ id: 'b-1' });
    await world.settled();
    expect(await world.post('/api/status/b-1')).toMatchObject({ runtimeStatus: 'Running' });
    await world.host.kill();
    await world.startHost();
    await world.settled();
    await world.advance(60_000);
    await world.settled();
    expect(await world.post('/api/status/b-1')).toEqual({ runtimeStatus: 'Completed', output: OUTPUT });
  });

  it('shows the durable web hooks under its own address', async () => {
    const path = '/runtime/webhooks/durabletask/instances/b-1';
    const response = await fetch(world.host.url + path);
    expect(await response.json()).toMatchObject({ instanceId: 'b-1', runtimeStatus: 'Completed' });
    expect(world.host.durableUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('a durable client', () => {
  it('is given to an activity, which can start an orchestration', async () => {
    await world.post('/api/chain/c-1');
    await world.settled();
    expect(await world.post('/api/status/c-1')).toMatchObject({
      runtimeStatus: 'Completed',
      output: { id: 'after-c-1', runtimeStatus: expect.stringMatching(/^(Pending|Running|Completed)$/) as string },
    });
    expect(await world.post('/api/status/after-c-1')).toEqual({
      runtimeStatus: 'Completed',
      output: 'STARTED BY AN ACTIVITY',
    });
  });

  it('is given to a timer, which fires by its six fields on the stepped clock', async () => {
    const dueMs = Date.UTC(2026, 0, 6, 3, 0, 15);
    await world.advance(dueMs - 1 - world.clock.nowMs());
    await world.settled();
    expect(world.logs.filter(({ message }) => message.startsWith('started night-'))).toEqual([]);
    await world.advance(1);
    await world.logged('started night-');
    await world.settled();
    const [started] = world.logs.filter(({ message }) => message.startsWith('started night-'));
    expect(started?.time).toBe(new Date(dueMs).toISOString());
    expect(
      await world.post(`/api/status/${encodeURIComponent(started?.message.slice('started '.length) ?? '')}`),
    ).toEqual({ runtimeStatus: 'Completed', output: 'BY A TIMER' });
    expect(await world.host.status()).toEqual({ idle: true, nextDueMs: dueMs + 24 * 3_600_000 });
  });
});
