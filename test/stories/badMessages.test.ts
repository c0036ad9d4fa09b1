/** What cannot be used is dead-lettered at once, with a reason; the host lives on and Azure is not touched. */
import * as fc from 'fast-check';
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

const FOREIGN = '22222222-2222-4222-8222-222222222222';

interface Bad {
  readonly label: string;
  readonly body: unknown;
  readonly contentType?: string;
  readonly reasons: readonly string[];
}

const good = requestFor('never-made');

const BAD: readonly Bad[] = [
  { label: 'is not JSON', body: Buffer.from('{ "source": '), reasons: ['message: not JSON'] },
  { label: 'is empty', body: Buffer.from(''), reasons: ['message: not JSON'] },
  { label: 'is a number', body: Buffer.from('12345678901234567890'), reasons: ['message: '] },
  {
    label: 'has fields of the wrong type',
    body: { ...good, image: { ...good.image, regions: 'westeurope' }, keepOnFailure: 'yes' },
    reasons: ['image.regions: ', 'keepOnFailure: '],
  },
  {
    label: 'has fields that nobody knows',
    body: { ...good, colour: 'blue', image: { ...good.image, flavour: 1 } },
    reasons: ['colour: unknown field', 'image.flavour: unknown field'],
  },
  { label: 'lacks fields', body: { source: good.source }, reasons: ['image: ', 'pool: '] },
  {
    label: 'names a foreign subscription',
    body: {
      ...good,
      source: {
        ...good.source,
        virtualMachineId: good.source.virtualMachineId.replace(/\/subscriptions\/[^/]+/, `/subscriptions/${FOREIGN}`),
      },
    },
    reasons: [
      `source.virtualMachineId: /subscriptions/${FOREIGN}/resourceGroups/rg-render is not on the app's allow-list`,
    ],
  },
  { label: 'is 256 KiB of garbage', body: Buffer.alloc(256 * 1024, '\u0007}{"'), reasons: ['message: not JSON'] },
  {
    label: 'is XML and says so',
    body: Buffer.from('<request/>'),
    contentType: 'application/xml',
    reasons: ['message: not JSON'],
  },
];

describe('a message that', () => {
  it.each(BAD)('$label is dead-lettered at once with the reason', async ({ body, contentType, reasons }) => {
    await story.send(body, contentType);
    await story.rest();
    const [dead, ...others] = await story.deadLetters();
    expect(others).toEqual([]);
    expect(dead?.deliveryCount).toBe(0);
    expect(dead?.deadLetterReason).toBe('UnusableRequest');
    for (const reason of reasons) expect(dead?.deadLetterErrorDescription).toContain(reason);
    expect(dead?.deadLetterErrorDescription?.length).toBeLessThanOrEqual(4096);
    expect(story.calls()).toEqual([]);
  });

  it('is any JSON or text at all is dead-lettered, and the host lives on', async () => {
    const bodies = fc.oneof(
      fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    );
    const sample = fc.sample(bodies, { numRuns: 60, seed: 20261121 });
    await Promise.all(sample.map((body) => story.send(body)));
    await story.rest();
    expect(await story.deadLetters()).toHaveLength(sample.length);
    expect(story.calls()).toEqual([]);
  });
});

describe('a good request', () => {
  it.each([
    { label: 'with the wrong content type', contentType: 'text/plain', body: (text: string) => Buffer.from(text) },
    {
      label: 'with no content type that means JSON',
      contentType: 'application/octet-stream',
      body: (text: string) => Buffer.from(text),
    },
    { label: 'as a JSON string value', contentType: 'application/json', body: (text: string) => text },
  ])('$label is understood all the same', async ({ contentType, body, label }) => {
    const name = label.replace(/\W/g, '-').slice(0, 40);
    await story.send(body(JSON.stringify(requestFor(name, () => ({ mode: 'plan' })))), contentType);
    expectOutcome(await story.result(), 'BuildPlanned');
  });

  it('without the word that the VM was generalized is refused with that reason', async () => {
    await story.send(requestFor('vague', ({ source }) => ({ source: { virtualMachineId: source.virtualMachineId } })));
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts).toMatchObject([{ code: 'GeneralizedNotAsserted', subject: 'source.generalized' }]);
  });
});
