/** What pools stand on goes away behind their backs: found by event and by audit, told once, resolved once. */
import { STRANGER, resourceEvent, type ResourceEvent } from '../../local/arm/events';
import { putEvents } from '../../local/eventGrid';
import { bigVersionId, bigWorld } from '../../local/bigWorld';
import { audit, findingsNow, inShort } from './guardWords';
import { textMatching } from './matchers';
import { Story } from './story';

/** Version n carries pools n and n + 6, except that pools 0 and 10 follow the newest version, which is 5. */
const world = bigWorld({ accounts: 3, poolsPerAccount: 4, versions: 6 });

let story: Story;
beforeAll(async () => {
  story = await Story.begin({ withGuard: true, world });
});
afterAll(() => story.end());

const DEFINITION = bigVersionId(0).slice(0, bigVersionId(0).indexOf('/versions/'));
const GROUP = bigVersionId(0).slice(0, bigVersionId(0).indexOf('/providers/'));

const azure = () => story.stack.azure;

it('a first audit finds nothing wrong', async () => {
  const { summary, findings } = await audit(story);
  expect(summary).toMatchObject({
    status: 'green',
    coverage: { scopes: 1, accounts: 3, accountsRead: 3, pools: 12, poolsInDoubt: 0, gaps: [] },
    open: { critical: 0, warning: 0, info: 0 },
  });
  expect(findings).toEqual([]);
});

/** Takes something away, and then brings it back; what is told in between and after. */
async function comingAndGoing(
  id: string,
): Promise<{ readonly gone: readonly string[]; readonly back: readonly string[] }> {
  azure().deleteBehindTheBack(id);
  const gone = inShort(await findingsNow(story));
  azure().restoreBehindTheBack(id);
  return { gone, back: inShort(await findingsNow(story)) };
}

const event = (verb: 'delete' | 'write', resourceId: string, type: string): ResourceEvent =>
  resourceEvent({
    verb,
    resourceId,
    type,
    method: verb === 'delete' ? 'DELETE' : 'PUT',
    url: `https://management.azure.com${resourceId}`,
    correlationId: 'a3f1c2d4-0000-4000-8000-000000000001',
    atMs: story.clock.nowMs(),
    by: STRANGER,
  });

const versionEvent = (verb: 'delete' | 'write', index: number): ResourceEvent =>
  event(verb, bigVersionId(index), 'Microsoft.Compute/galleries/images/versions');

describe('an image version that is deleted', () => {
  it('is a finding on each of its pools as soon as the event is there, with proof and author', async () => {
    azure().deleteBehindTheBack(bigVersionId(1));
    const before = story.clock.nowMs();
    const told = await findingsNow(story);
    expect(story.clock.nowMs()).toBe(before);
    expect(inShort(told)).toEqual(['opened ImageVersionMissing pool-00001', 'opened ImageVersionMissing pool-00007']);
    expect(told[0]?.finding).toMatchObject({
      severity: 'critical',
      message: `The image version ${bigVersionId(1)} does not exist.`,
      evidence: [{ asked: `GET ${bigVersionId(1)}`, answered: '404' }],
      by: { objectId: STRANGER.objectId, correlationId: textMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(JSON.stringify(told)).not.toContain('@');
  });

  it('is not told again by the audits that follow', async () => {
    for (let times = 1; times <= 2; times += 1) {
      const { summary, findings } = await audit(story);
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({ status: 'findings', open: { critical: 2 }, opened: 0, resolved: 0 });
    }
  });

  it('resolves each finding once when it comes back', async () => {
    azure().restoreBehindTheBack(bigVersionId(1));
    expect(inShort(await findingsNow(story))).toEqual([
      'resolved ImageVersionMissing pool-00001',
      'resolved ImageVersionMissing pool-00007',
    ]);
    expect((await audit(story)).summary).toMatchObject({ status: 'green', opened: 0, resolved: 0 });
  });

  it('is found by the next audit when its event is lost, and its return as well', async () => {
    azure().deleteBehindTheBack(bigVersionId(2), { silently: true });
    expect(await findingsNow(story)).toEqual([]);
    // Resource Graph still lists it for a while: what it shows is not yet what is there.
    await story.timeline.advanceTo(story.clock.nowMs() + 3_600_000);
    const opened = ['opened ImageVersionMissing pool-00002', 'opened ImageVersionMissing pool-00008'];
    const found = await audit(story);
    expect(inShort(found.findings)).toEqual(opened);
    azure().restoreBehindTheBack(bigVersionId(2), { silently: true });
    const { summary, findings } = await audit(story);
    expect(inShort(findings)).toEqual(opened.map((text) => text.replace('opened', 'resolved')));
    expect(summary).toMatchObject({ status: 'green', resolved: 2 });
  });

  it('opens nothing when it was made again before its event came', async () => {
    azure().deleteBehindTheBack(bigVersionId(3), { silently: true });
    azure().restoreBehindTheBack(bigVersionId(3), { silently: true });
    putEvents(story.stack.broker, 'resource-events', [versionEvent('delete', 3)]);
    expect(await findingsNow(story)).toEqual([]);
  });

  it('is one finding for a hundred events that are repeated, shuffled and mixed with older ones', async () => {
    azure().deleteBehindTheBack(bigVersionId(3), { silently: true });
    const [gone, back] = [versionEvent('delete', 3), versionEvent('write', 3)];
    for (let copies = 1; copies <= 50; copies += 1) {
      putEvents(story.stack.broker, 'resource-events', copies % 2 === 0 ? [gone, back] : [back, gone]);
    }
    const opened = ['opened ImageVersionMissing pool-00003', 'opened ImageVersionMissing pool-00009'];
    expect(inShort(await findingsNow(story))).toEqual(opened);
    azure().restoreBehindTheBack(bigVersionId(3));
    expect(inShort(await findingsNow(story))).toEqual(opened.map((text) => text.replace('opened', 'resolved')));
  });

  it.each([
    { schema: 'CloudEventSchemaV1_0', as: 'object', contentType: 'application/cloudevents+json' },
    { schema: 'CloudEventSchemaV1_0', as: 'bytes' },
    { schema: 'EventGridSchema', as: 'array', contentType: 'application/json' },
    { schema: 'EventGridSchema', as: 'string' },
  ] as const)('is found whatever its event looks like: $schema as $as', async (form) => {
    azure().deleteBehindTheBack(bigVersionId(4), { silently: true });
    putEvents(story.stack.broker, 'resource-events', [versionEvent('delete', 4)], form);
    expect(inShort(await findingsNow(story))).toEqual(['opened ImageVersionMissing pool-00004']);
    azure().restoreBehindTheBack(bigVersionId(4));
    expect(inShort(await findingsNow(story))).toEqual(['resolved ImageVersionMissing pool-00004']);
  });
});

describe('what holds many images', () => {
  const EVERY_POOL = Array.from({ length: 12 }, (_, pool) => {
    const code = pool % 10 === 0 ? 'LatestVersionMissing' : 'ImageVersionMissing';
    return `${code} pool-${String(pool).padStart(5, '0')}`;
  }).toSorted();

  it.each([
    { what: 'a definition', id: DEFINITION },
    { what: 'a gallery', id: DEFINITION.slice(0, DEFINITION.indexOf('/images/')) },
    { what: 'a resource group, whose parts have no events of their own', id: GROUP },
  ])('$what: all pools are found when it goes, and resolved when it comes back', async ({ id }) => {
    const { gone, back } = await comingAndGoing(id);
    expect(gone).toEqual(EVERY_POOL.map((text) => `opened ${text}`));
    expect(back).toEqual(EVERY_POOL.map((text) => `resolved ${text}`));
  });
});

it('a pool that follows the newest version goes on with the one before, and with none is a finding', async () => {
  azure().deleteBehindTheBack(bigVersionId(5));
  expect(inShort(await findingsNow(story))).toEqual([
    'opened ImageVersionMissing pool-00005',
    'opened ImageVersionMissing pool-00011',
  ]);
  for (const index of [0, 1, 2, 3, 4]) azure().deleteBehindTheBack(bigVersionId(index));
  const told = inShort(await findingsNow(story));
  expect(told.filter((text) => text.includes('Latest'))).toEqual([
    'opened LatestVersionMissing pool-00000',
    'opened LatestVersionMissing pool-00010',
  ]);
  for (const index of [0, 1, 2, 3, 4, 5]) azure().restoreBehindTheBack(bigVersionId(index));
  expect((await findingsNow(story)).every(({ did }) => did === 'resolved')).toBe(true);
  expect((await audit(story)).summary).toMatchObject({ status: 'green' });
});

describe('a pool', () => {
  const POOL = (index: number): string =>
    azure()
      .ids()
      .find((id) => id.endsWith(`/pools/pool-0000${index}`)) ?? '';

  it('takes its findings with it when it goes', async () => {
    azure().deleteBehindTheBack(bigVersionId(1));
    await findingsNow(story);
    const { gone } = await comingAndGoing(POOL(1));
    expect(gone).toEqual(['resolved ImageVersionMissing pool-00001']);
    azure().restoreBehindTheBack(bigVersionId(1));
    await findingsNow(story);
  });

  it('is not told of while a message has it snoozed, and is when that has ended', async () => {
    const until = new Date(story.clock.nowMs() + 2 * 3_600_000).toISOString();
    await story.send({ mode: 'snooze', poolId: POOL(2), until, reason: 'known' });
    await findingsNow(story);
    azure().deleteBehindTheBack(bigVersionId(2));
    expect(inShort(await findingsNow(story))).toEqual(['opened ImageVersionMissing pool-00008']);
    expect((await audit(story)).summary).toMatchObject({ open: { critical: 1 }, snoozed: 1 });
    await story.timeline.advanceTo(Date.parse(until) + 1);
    const later = await audit(story);
    expect(inShort(later.findings)).toEqual(['opened ImageVersionMissing pool-00002']);
    azure().restoreBehindTheBack(bigVersionId(2));
    expect(await findingsNow(story)).toHaveLength(2);
  });
});

describe('a delivery that cannot be used', () => {
  it('is dead-lettered with the reason, and the next audit says that it waits', async () => {
    story.stack.broker.put('resource-events', { body: '{"id":', messageId: 'broken' });
    await findingsNow(story);
    expect(story.stack.broker.counts('resource-events')).toMatchObject({ active: 0, deadLettered: 1 });
    const { findings } = await audit(story);
    expect(inShort(findings)).toEqual(['opened DeadLetters resource-events']);
    expect(findings[0]?.finding.message).toContain('UnusableEvent');
    await story.take('resource-events', 1, 'deadLetter');
    expect(inShort((await audit(story)).findings)).toEqual(['resolved DeadLetters resource-events']);
  });

  it('is the only one of its batch that is, and what came with it is looked at', async () => {
    azure().deleteBehindTheBack(bigVersionId(3));
    story.stack.broker.put('resource-events', { body: 'not JSON', messageId: 'broken in a batch' });
    azure().deleteBehindTheBack(bigVersionId(4));
    const findings = inShort(await findingsNow(story));
    expect(findings.filter((one) => one.includes('ImageVersionMissing')).toSorted()).toEqual([
      'opened ImageVersionMissing pool-00003',
      'opened ImageVersionMissing pool-00004',
      'opened ImageVersionMissing pool-00009',
    ]);
    expect(story.stack.broker.counts('resource-events')).toMatchObject({ active: 0, locked: 0, deadLettered: 1 });
    await story.take('resource-events', 1, 'deadLetter');
    for (const version of [3, 4]) azure().restoreBehindTheBack(bigVersionId(version));
    await findingsNow(story);
  });

  it('a notice about the subscription itself is passed over', async () => {
    const body = JSON.stringify({
      id: 'v',
      topic: '/subscriptions/x',
      subject: '',
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      eventTime: '2026-11-21T08:00:00Z',
      dataVersion: '2',
      metadataVersion: '1',
      data: { validationCode: 'c' },
    });
    story.stack.broker.put('resource-events', { body, messageId: 'validation' });
    await findingsNow(story);
    expect(story.stack.broker.counts('resource-events')).toMatchObject({ active: 0, deadLettered: 0 });
  });
});
