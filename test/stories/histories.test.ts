/** Histories are purged after their days, and whoever asks again is still not built for twice. */
import * as z from 'zod';
import { expectBuilt, expectOutcome, requestFor, Story } from './story';

const DAY_MS = 24 * 3_600_000;

let story: Story;
beforeAll(async () => {
  story = await Story.begin({ settings: { HISTORY_DAYS: '15', 'AzureWebJobs.historyDue.Disabled': 'false' } });
});
afterAll(() => story.end());

const listed = z.array(z.object({ instanceId: z.string() }));

/** What the store remembers, by the kinds of instances. */
async function kinds(): Promise<readonly string[]> {
  const answer = await fetch(`${story.stack.host.durableUrl ?? ''}/runtime/webhooks/durabletask/instances`);
  const ids = listed.parse(await answer.json()).map(({ instanceId }) => instanceId);
  return [...new Set(ids.map((id) => id.split('-')[0] ?? ''))].sort();
}

async function pass(days: number): Promise<void> {
  await story.timeline.advanceTo(story.clock.nowMs() + days * DAY_MS);
  await story.timeline.settle();
}

it('a build is remembered for its days', async () => {
  await story.send(requestFor('long-ago'));
  expectBuilt(await story.result());
  await story.rest();
  await pass(14);
  expect(await kinds()).toEqual(['build', 'forget', 'grow']);
});

it('after them it is purged, with all that belonged to it', async () => {
  await pass(2);
  expect(await kinds()).toEqual(['forget']);
  expect(story.logged.some((line) => /forget-histories: histories purged: [1-9]/.test(line))).toBe(true);
});

it('the same request is then recognised by its pool, and nothing is built', async () => {
  const writes = story.writes().length;
  await story.send(requestFor('long-ago'));
  expect(expectOutcome(await story.result(), 'BuildSucceeded')).toMatchObject({ alreadyBuilt: true });
  await story.rest();
  expect(story.writes()).toHaveLength(writes);
});
