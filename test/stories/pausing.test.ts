/** A pause by the host's own switches: what comes waits, what is under way goes on, and all that waited is done after. */
import { requestFor, Story, type Told } from './story';

/** As parameter `paused` of infra/main.bicep sets them. */
const PAUSED = {
  'AzureWebJobs.imageBuildRequested.Disabled': 'true',
  'AzureWebJobs.resourceChanged.Disabled': 'true',
  'AzureWebJobs.auditDue.Disabled': 'true',
  'AzureWebJobs.historyDue.Disabled': 'true',
};

const DAY_MS = 24 * 3_600_000;

let story: Story;
beforeAll(async () => (story = await Story.begin({ withGuard: true })));
afterAll(() => story.end());

/** The host is lost and comes back, as after any change of its settings. */
async function restart(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await story.stack.killHost();
  await story.stack.startHost(settings);
}

const inShort = ({ event }: Told): string => {
  const finding = (event.data as unknown as { readonly code?: string }).code;
  const subject = event.subject.split('/').at(-1) ?? '';
  return [event.type, ...(finding === undefined ? [] : [finding]), subject].join(' ');
};

const waiting = () => {
  const { broker } = story.stack;
  return {
    requests: broker.counts('image-build-requests'),
    changes: broker.counts('resource-events'),
    events: broker.counts('image-pool-events').active,
  };
};

it('a build that is under way when the pause begins ends as it would have', async () => {
  await story.send(requestFor('under-way'));
  await story.timeline.until(() => story.writes().length > 0, { azureHours: 1 });
  await restart(PAUSED);
  expect((await story.told()).event).toMatchObject({ type: 'BatchImagePools.BuildSucceeded' });
});

it('a request and an event wait for a day, undelivered, and no audit comes', async () => {
  await story.timeline.settle();
  await story.send(requestFor('later'));
  const version = story.resources().find((id) => id.includes('/images/render/versions/')) ?? '';
  story.stack.azure.deleteBehindTheBack(version);
  const [callsBefore, untilMs] = [story.calls().length, story.clock.nowMs() + DAY_MS];
  await story.timeline.settle();
  await story.timeline.advanceTo(untilMs);
  await story.timeline.settle();

  expect(story.calls(callsBefore)).toEqual([]);
  const { requests, changes, events } = waiting();
  expect(requests).toMatchObject({ active: 1, locked: 0, deadLettered: 0 });
  expect(changes).toMatchObject({ locked: 0, deadLettered: 0 });
  expect(changes.active).toBeGreaterThan(0);
  expect(events).toBe(0);
});

it('both are carried out once the switches are gone', async () => {
  await restart();
  const told = [...(await story.events(1))];
  while (!told.some(({ event }) => event.subject.endsWith('/later'))) told.push(...(await story.events(1)));
  expect(told.map(inShort)).toEqual(
    expect.arrayContaining([
      'BatchImagePools.FindingOpened ImageVersionMissing under-way',
      'BatchImagePools.BuildSucceeded later',
    ]),
  );
  expect(told.find(({ event }) => event.subject.endsWith('/later'))?.message.correlationId).toBe('request-later');
  const { requests, changes } = waiting();
  expect({ requests, changes }).toMatchObject({
    requests: { active: 0, deadLettered: 0 },
    changes: { active: 0, deadLettered: 0 },
  });
});
