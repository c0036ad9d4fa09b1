import { World } from './world';

let world: World;
beforeAll(async () => {
  world = await World.start({ app: 'esm' });
});
afterAll(() => world.close());

describe('an app of ES modules and CommonJS files', () => {
  it('is loaded from every file that main names', () => {
    expect([...world.host.functions].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'classic', trigger: 'httpTrigger' },
      { name: 'modern', trigger: 'httpTrigger' },
    ]);
    expect(world.host.durableUrl).toBeUndefined();
  });

  it('has had its appStart hooks, and answers without a route prefix when host.json says so', async () => {
    expect(await world.post('/modern')).toEqual({ started: 'yes' });
    expect(await (await fetch(`${world.host.url}/a/b`)).text()).toBe('classic');
  });
});

describe('a host process', () => {
  it('stops when its parent asks, and answers nothing afterwards', async () => {
    await world.host.stop();
    await expect(world.host.status()).rejects.toThrow('has ended');
  });
});
