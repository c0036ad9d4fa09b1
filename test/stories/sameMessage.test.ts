/** Messages are delivered more than once, and people send things twice: one pool is one build. */
import { textWith } from './matchers';
import type { BuildRequest } from '../../shared/domain/request';
import { expectOutcome, POOL_REFUSED, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

describe('the same message ten times at once', () => {
  it('makes one set of writes and one result', async () => {
    const request = requestFor('tenfold');
    await Promise.all(Array.from({ length: 10 }, () => story.send(request)));
    const told = await story.events();
    await story.rest();
    expect(told.map(({ event }) => event.type)).toEqual(['BatchImagePools.BuildSucceeded']);
    expect(story.writes()).toHaveLength(9);
    expect(story.stack.broker.counts('image-pool-events').active).toBe(0);
    expect(story.stack.broker.counts('image-build-requests')).toMatchObject({ active: 0, locked: 0, deadLettered: 0 });
  });
});

describe('another request for the pool while one runs', () => {
  it('is refused as BuildInProgress, and the first one is unharmed', async () => {
    await story.send(requestFor('contested'));
    await story.timeline.step();
    const other = requestFor('contested', ({ image }) => ({
      requestId: 'latecomer',
      image: { ...image, name: 'other' },
    }));
    await story.send(other);

    const refused = await story.told();
    expect(refused.message.correlationId).toBe('latecomer');
    expect(expectOutcome(refused.event.data, 'BuildRefused')).toMatchObject({
      reason: 'BuildInProgress',
      message: textWith('request request-contested'),
    });

    const first = await story.told();
    expect(first.message.correlationId).toBe('request-contested');
    expectOutcome(first.event.data, 'BuildSucceeded');
    expect(story.resources().filter((id) => id.includes('/images/other'))).toEqual([]);
  });

  it('is refused, too, when both arrive in the same instant: exactly one of them builds', async () => {
    await Promise.all([
      story.send(requestFor('raced', () => ({ requestId: 'racer-one' }))),
      story.send(requestFor('raced', () => ({ requestId: 'racer-two' }))),
    ]);
    const told = await story.events(2);
    expect(told.map(({ event }) => event.type).sort()).toEqual([
      'BatchImagePools.BuildRefused',
      'BatchImagePools.BuildSucceeded',
    ]);
    expect(told.map(({ message }) => message.correlationId).sort()).toEqual(['racer-one', 'racer-two']);
  });
});

describe('a request whose build failed', () => {
  it('is built when it is sent again', async () => {
    story.stack.azure.faults.add(POOL_REFUSED);
    await story.send(requestFor('second-try'));
    expectOutcome(await story.result(), 'BuildFailed');
    await story.send(requestFor('second-try'));
    expectOutcome(await story.result(), 'BuildSucceeded');
  });
});

describe('two pools on one new image, asked for in the same instant', () => {
  it('are both built, on a version of their own and one definition', async () => {
    const onImage = ({ image }: BuildRequest) => ({ image: { ...image, name: 'shared-image' } });
    await Promise.all(['twin-a', 'twin-b', 'twin-c'].map((name) => story.send(requestFor(name, onImage))));
    const told = await story.events(3);
    const versions = told.map(({ event }) => {
      const result = expectOutcome(event.data, 'BuildSucceeded');
      return result.lineage?.version;
    });
    expect(new Set(versions).size).toBe(3);
    const made = story.resources().filter((id) => id.includes('shared-image'));
    expect(made.filter((id) => id.includes('/snapshots/'))).toHaveLength(9);
    expect(made.filter((id) => /\/galleries\/[^/]+\/images\/[^/]+$/.test(id))).toHaveLength(1);
    expect(made.filter((id) => id.includes('/versions/'))).toHaveLength(3);
  });

  it('leave each other’s work alone when one of them fails', async () => {
    const onImage = ({ image }: BuildRequest) => ({ image: { ...image, name: 'contended-image' } });
    story.stack.azure.faults.add({
      kind: 'answer',
      method: 'PUT',
      path: '/pools/doomed',
      status: 400,
      code: 'Bad',
      message: 'Bad.',
    });
    await Promise.all(['doomed', 'spared'].map((name) => story.send(requestFor(name, onImage))));
    const told = await story.events(2);
    const results = new Map(told.map(({ event }) => [event.subject.split('/').at(-1), event.data]));
    expectOutcome(results.get('spared') ?? unheard(), 'BuildSucceeded');
    expectOutcome(results.get('doomed') ?? unheard(), 'BuildFailed');
    const made = story.resources().filter((id) => id.includes('contended-image'));
    expect(made.filter((id) => id.includes('/snapshots/'))).toHaveLength(3);
    expect(made.filter((id) => id.includes('/versions/'))).toHaveLength(1);
  });
});

function unheard(): never {
  throw new Error('A result is missing.');
}
