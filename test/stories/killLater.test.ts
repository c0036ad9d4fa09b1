/** The host is lost while a failed build is taken back, or while its answer is published: all is taken back, once told. */
import * as z from 'zod';
import type { BuildResult } from '../../shared/domain/result';
import { killWhen } from './killing';
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());
afterEach(() => story.stack.azure.faults.clear());

const EVENTS = 'image-pool-events';

const instanceList = z.array(
  z.object({
    instanceId: z.string(),
    runtimeStatus: z.string(),
    customStatus: z.object({ phase: z.string() }).nullish(),
  }),
);

async function instances(): Promise<z.infer<typeof instanceList>> {
  const response = await fetch(`${story.stack.host.durableUrl ?? ''}/runtime/webhooks/durabletask/instances`);
  return instanceList.parse(await response.json());
}

const REQUESTS = 'image-build-requests';

/** Also the message that a lost host had locked is then delivered again and dealt with. */
const allOver = async (): Promise<boolean> => {
  const { active, locked } = story.stack.broker.counts(REQUESTS);
  return active === 0 && locked === 0 && (await allCompleted());
};

const allCompleted = async (): Promise<boolean> =>
  (await instances()).every(({ runtimeStatus }) => runtimeStatus === 'Completed');

/** Lets everything come to its end; answers with the only result that was told. */
async function theOnlyResult(): Promise<BuildResult> {
  const [told, ...more] = await story.events(1, 24);
  await story.timeline.until(allOver, { azureHours: 24 });
  await story.timeline.settle();
  expect(more).toEqual([]);
  expect(story.stack.broker.counts(EVENTS)).toMatchObject({ active: 0, locked: 0 });
  expect(story.stack.broker.counts(REQUESTS).deadLettered).toBe(0);
  if (!told) throw new Error('No result event came.');
  return told.event.data;
}

/** A pool that no resize can help: the build fails when everything is made. */
const SHORT = { nodes: 6, code: 'AccountCoreQuotaReached' } as const;

const kindOf = (id: string): string => id.split('/').at(-2) ?? '';

/** Calls since the first DELETE after call `from`; -1 before it. */
function callsOfUndo(from: number): number {
  const calls = story.calls(from);
  const first = calls.findIndex(({ method }) => method === 'DELETE');
  return first < 0 ? -1 : calls.length - first;
}

/** The undo of a whole build makes some thirty calls, its first DELETE being number 1. */
const UNDO_KILLS: readonly (readonly number[])[] = [
  [1, 3, 8],
  [2, 5, 15],
  [4, 10, 20],
];

describe.each(UNDO_KILLS.map((kills, index) => ({ build: index + 1, kills })))(
  'failed build $build, with the host killed after calls $kills of its undo',
  ({ build, kills }) => {
    it('is taken back as a whole, each thing once, and told once', async () => {
      const [before, callsBefore] = [story.resources(), story.calls().length];
      const name = `undone-${build}`;
      story.stack.azure.faults.add({ kind: 'shortAllocation', method: 'PUT', path: `/pools/${name}`, ...SHORT });
      await story.send(requestFor(name, ({ image }) => ({ image: { ...image, name } })));
      for (const count of kills) await killWhen(story, () => callsOfUndo(callsBefore) >= count);

      const result = expectOutcome(await theOnlyResult(), 'BuildFailed');
      expect(result).toMatchObject({ step: 'growth', code: 'AccountCoreQuotaReached', left: [], kept: [] });
      const kinds = ['pools', 'versions', 'images', 'images', 'snapshots', 'snapshots', 'snapshots'];
      expect(result.removed.map(kindOf)).toEqual(kinds);
      expect(story.resources()).toEqual(before);
      const deletes = story.calls(callsBefore).filter(({ method, status }) => method === 'DELETE' && status < 400);
      expect(new Set(deletes.map(({ path }) => path)).size).toBe(kinds.length);
      expect(deletes).toHaveLength(kinds.length);
    });
  },
);

interface Point {
  readonly label: string;
  readonly reached: () => boolean | Promise<boolean>;
}

const isTold = (): boolean => story.stack.broker.counts(EVENTS).active >= 1;

const POINTS: readonly Point[] = [
  {
    label: 'before the answer is published',
    reached: async () => (await instances()).some(({ customStatus }) => customStatus?.phase === 'answer'),
  },
  { label: 'when the bus has the answer and the host does not know it yet', reached: isTold },
  { label: 'after the answer is published', reached: async () => isTold() && (await allCompleted()) },
];

describe.each(POINTS)('the host killed $label', ({ label, reached }) => {
  const name = label.replace(/\W+/g, '-').slice(0, 40);
  const request = requestFor(name, ({ image }) => ({ image: { ...image, name } }));

  it('tells a success once', async () => {
    const before = story.resources();
    await story.send(request);
    await killWhen(story, reached);
    expectOutcome(await theOnlyResult(), 'BuildSucceeded');
    expect(story.resources()).toHaveLength(before.length + 6);
  });

  it('tells a failure once, with all taken back', async () => {
    const before = story.resources();
    const failing = requestFor(`failed-${name}`, ({ image }) => ({ image: { ...image, name: `failed-${name}` } }));
    story.stack.azure.faults.add({ kind: 'shortAllocation', method: 'PUT', path: '/pools/', ...SHORT });
    await story.send(failing);
    await killWhen(story, reached);
    expectOutcome(await theOnlyResult(), 'BuildFailed');
    expect(story.resources()).toEqual(before);
  });

  it('tells the answer to a repeated request once, and calls nothing', async () => {
    const callsBefore = story.calls().length;
    await story.send(request);
    await killWhen(story, async () => isTold() || (label.startsWith('before') && (await isAnswering())));
    expectOutcome(await theOnlyResult(), 'BuildSucceeded');
    expect(story.writes(callsBefore)).toEqual([]);
  });
});

const isAnswering = async (): Promise<boolean> =>
  (await instances()).some(({ runtimeStatus }) => runtimeStatus !== 'Completed');
