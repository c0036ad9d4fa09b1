/** Azure on a bad day: throttling, server errors and broken connections on every kind of call. */
import type { FaultRule } from '../../local/arm/faults';
import { expectOutcome, POOL_REFUSED, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());
afterEach(() => story.stack.azure.faults.clear());

/** Every kind of call that a build makes. */
const CALLS: readonly { readonly method: string; readonly path: string | RegExp }[] = [
  { method: 'GET', path: '/virtualMachines/' },
  { method: 'GET', path: '/disks/' },
  { method: 'GET', path: /\/batchAccounts\/[^/]+$/i },
  { method: 'GET', path: /\/galleries\/[^/]+$/i },
  { method: 'GET', path: /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i },
  { method: 'GET', path: '/snapshots/' },
  { method: 'GET', path: '/Microsoft.Compute/images/' },
  { method: 'GET', path: /\/galleries\/[^/]+\/images\/[^/]+$/i },
  { method: 'GET', path: '/versions/' },
  { method: 'GET', path: '/pools/' },
  { method: 'PUT', path: '/snapshots/' },
  { method: 'PUT', path: '/Microsoft.Compute/images/' },
  { method: 'PUT', path: /\/galleries\/[^/]+\/images\/[^/]+$/i },
  { method: 'PUT', path: '/versions/' },
  { method: 'PUT', path: '/pools/' },
];

type Weather = FaultRule extends infer Rule ? (Rule extends FaultRule ? Omit<Rule, 'method' | 'path'> : never) : never;

const WEATHERS: readonly { readonly label: string; readonly weather: Weather; readonly minMinutes?: number }[] = [
  {
    label: '429 with Retry-After 480 s',
    weather: { kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterSeconds: 480 },
    minMinutes: 8,
  },
  { label: '500', weather: { kind: 'answer', status: 500, code: 'InternalServerError', times: 2 } },
  { label: '503 without a code', weather: { kind: 'answer', status: 503 } },
  { label: 'a connection reset before the request took effect', weather: { kind: 'reset', times: 2 } },
  { label: 'a connection reset after the request took effect', weather: { kind: 'reset', afterwards: true } },
  { label: 'a 500 although the request took effect', weather: { kind: 'answer', status: 500, afterwards: true } },
];

describe.each(WEATHERS)('$label on every kind of call', ({ label, weather, minMinutes = 0 }) => {
  it('does not stop the build, and makes nothing twice', async () => {
    const [callsBefore, startMs] = [story.calls().length, story.clock.nowMs()];
    const before = story.resources();
    for (const call of CALLS) story.stack.azure.faults.add({ ...weather, ...call });
    const name = label.replace(/\W+/g, '-');
    await story.send(requestFor(name, ({ image }) => ({ image: { ...image, name } })));
    expectOutcome(await story.result(48), 'BuildSucceeded');

    // 412 is how Azure says that the pool is there.
    const effective = story
      .calls(callsBefore)
      .filter(({ method, status }) => method === 'PUT' && ((status > 0 && status < 400) || 'afterwards' in weather))
      .filter(({ status }) => status !== 412);
    expect(new Set(effective.map(({ path }) => path)).size).toBe(7);
    expect(effective).toHaveLength(7);
    expect(story.resources().length).toBe(before.length + 6);
    expect((story.clock.nowMs() - startMs) / 60_000).toBeGreaterThan(31 + minMinutes);
  });
});

describe('the same weather while a failed build is taken back', () => {
  it('delays the undo and does not stop it', async () => {
    const before = story.resources();
    const { faults } = story.stack.azure;
    faults.add(POOL_REFUSED);
    for (const path of ['/snapshots/', '/Microsoft.Compute/images/', '/versions/']) {
      faults.add({ kind: 'answer', method: 'DELETE', path, status: 429, retryAfterSeconds: 480 });
      faults.add({ kind: 'reset', method: 'DELETE', path, afterwards: true });
      faults.add({ kind: 'answer', method: 'DELETE', path, status: 500, times: 2 });
    }
    await story.send(requestFor('stormy-undo'));
    expect(expectOutcome(await story.result(48), 'BuildFailed')).toMatchObject({ left: [] });
    expect(story.resources()).toEqual(before);
  });
});
