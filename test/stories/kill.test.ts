/** The host is lost, as a machine is lost, at twenty points of a build: nothing is lost, nothing is made twice. */
import * as fc from 'fast-check';
import { killAfter } from './killing';
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

const BUILDS = 4;
const KILLS_EACH = 5;

/** Numbers of ARM calls after which the host dies; a build makes some eighty. */
const points = fc.sample(
  fc.uniqueArray(fc.integer({ min: 1, max: 78 }), { minLength: KILLS_EACH, maxLength: KILLS_EACH }),
  { numRuns: BUILDS, seed: 4711 },
);

describe.each(points.map((kills, index) => ({ build: index + 1, kills: [...kills].sort((a, b) => a - b) })))(
  'build $build, with the host killed after calls $kills',
  ({ build, kills }) => {
    it('ends with one pool, one definition, one version, three snapshots and one result, and the managed image gone', async () => {
      const [callsBefore, before] = [story.calls().length, story.resources()];
      const name = `killed-${build}`;
      await story.send(requestFor(name, ({ image }) => ({ image: { ...image, name } })));
      for (const count of kills) await killAfter(story, callsBefore, count);
      const told = await story.events(1, 24);
      await story.rest();

      expect(told.map(({ event }) => event.type)).toEqual(['BatchImagePools.BuildSucceeded']);
      const result = expectOutcome(told[0]?.event.data ?? fail(), 'BuildSucceeded');
      expect(result.requestId).toBe(`request-${name}`);
      const made = story.resources().filter((id) => !before.includes(id));
      expect(made.map((id) => id.split('/').at(-2)).sort()).toEqual([
        'images',
        'pools',
        'snapshots',
        'snapshots',
        'snapshots',
        'versions',
      ]);
      const puts = story.calls(callsBefore).filter(({ method }) => method === 'PUT');
      expect(puts).toHaveLength(7);
      expect(story.stack.broker.counts('image-pool-events').active).toBe(0);
    });
  },
);

function fail(): never {
  throw new Error('No result event came.');
}
