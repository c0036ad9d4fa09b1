/** A build that fails says where and why, and leaves nothing behind unless it was asked to. */
import type { FaultRule } from '../../local/arm/faults';
import type { BuildStep } from '../../shared/domain/buildSteps';
import { textMatching, textWith } from './matchers';
import { expectOutcome, POOL_REFUSED, requestFor, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());
afterEach(() => story.stack.azure.faults.clear());

interface Failing {
  readonly label: string;
  readonly step: BuildStep;
  /** Whose time it counts to, when it is made beside something else. */
  readonly beside?: BuildStep;
  readonly fault: FaultRule;
  readonly code: string;
  readonly message: string;
  /** Kinds of resources that stood when it failed, in the order in which they go. */
  readonly removed: readonly string[];
}

const SNAPSHOTS = ['snapshots', 'snapshots', 'snapshots'];

const FAILING: readonly Failing[] = [
  {
    label: 'a snapshot cannot be copied',
    step: 'snapshots',
    fault: {
      kind: 'failOperation',
      method: 'PUT',
      path: '-data0',
      code: 'InternalDiskError',
      message: 'The copy broke.',
    },
    code: 'InternalDiskError',
    message: 'The copy broke.',
    removed: ['images', ...SNAPSHOTS],
  },
  {
    label: 'a snapshot is refused outright',
    step: 'snapshots',
    fault: {
      kind: 'answer',
      method: 'PUT',
      path: '-data1',
      status: 409,
      code: 'OperationNotAllowed',
      message: 'Over quota.',
    },
    code: 'OperationNotAllowed',
    message: 'Over quota.',
    removed: ['snapshots', 'snapshots'],
  },
  {
    label: 'the managed image cannot be made',
    step: 'image',
    fault: {
      kind: 'failOperation',
      method: 'PUT',
      path: 'Microsoft.Compute/images/',
      code: 'ImageBroken',
      message: 'No image.',
    },
    code: 'ImageBroken',
    message: 'No image.',
    removed: ['images', 'images', ...SNAPSHOTS],
  },
  {
    label: 'the image definition is refused',
    step: 'definition',
    beside: 'snapshots',
    fault: {
      kind: 'answer',
      method: 'PUT',
      path: /galleries\/[^/]+\/images\/[^/]+$/,
      status: 400,
      code: 'BadDefinition',
      message: 'No.',
    },
    code: 'BadDefinition',
    message: 'No.',
    removed: SNAPSHOTS,
  },
  {
    label: 'the version cannot be replicated',
    step: 'version',
    fault: {
      kind: 'failOperation',
      method: 'PUT',
      path: '/versions/',
      code: 'ReplicationFailed',
      message: 'Region is full.',
    },
    code: 'ReplicationFailed',
    message: 'Region is full.',
    removed: ['versions', 'images', 'images', ...SNAPSHOTS],
  },
  {
    label: 'the pool is refused',
    step: 'pool',
    fault: {
      kind: 'answer',
      method: 'PUT',
      path: '/pools/',
      status: 409,
      code: 'PoolQuotaReached',
      message: 'Too many pools.',
    },
    code: 'PoolQuotaReached',
    message: 'Too many pools.',
    removed: ['versions', 'images', 'images', ...SNAPSHOTS],
  },
  {
    label: 'the pool becomes steady with fewer nodes than it was asked for',
    step: 'growth',
    fault: {
      kind: 'shortAllocation',
      method: 'PUT',
      path: '/pools/',
      nodes: 6,
      code: 'AccountCoreQuotaReached',
      message: 'No cores.',
    },
    code: 'AccountCoreQuotaReached',
    message: '10 of its 16 nodes',
    removed: ['pools', 'versions', 'images', 'images', ...SNAPSHOTS],
  },
  {
    label: 'the pool never becomes steady',
    step: 'growth',
    fault: { kind: 'stuck', method: 'PUT', path: '/pools/' },
    code: 'ResizeStuck',
    message: '0 of its 16 nodes',
    removed: ['pools', 'versions', 'images', 'images', ...SNAPSHOTS],
  },
];

const kindOf = (id: string): string => id.split('/').at(-2) ?? '';
const poolNameFor = (label: string): string => label.replace(/\W+/g, '-').slice(0, 50);

describe.each(FAILING)('when $label', ({ label, step, beside = step, fault, code, message, removed }) => {
  it('says the step with Azure’s code and message, and takes everything back', async () => {
    const before = story.resources();
    story.stack.azure.faults.add(fault);
    await story.send(requestFor(poolNameFor(label)));
    const result = expectOutcome(await story.result(), 'BuildFailed');

    expect(result).toMatchObject({ step, code, message: textWith(message), left: [], kept: [] });
    expect(result.timings.at(-1)).toMatchObject({ step: beside });
    expect(result.removed.map(kindOf)).toEqual([...removed]);
    expect(story.resources()).toEqual(before);
  });

  it('leaves and lists everything when the request says keepOnFailure', async () => {
    const before = story.resources();
    story.stack.azure.faults.add(fault);
    await story.send(
      requestFor(`kept-${poolNameFor(label)}`, ({ image }) => ({
        keepOnFailure: true,
        image: { ...image, name: `kept-${poolNameFor(label)}` },
      })),
    );
    const result = expectOutcome(await story.result(), 'BuildFailed');

    const added = story.resources().filter((id) => !before.includes(id));
    expect(result).toMatchObject({ step, code, removed: [], left: [] });
    expect([...result.kept].map((id) => id.toLowerCase()).sort()).toEqual(added);
    expect(added.map(kindOf).sort()).toEqual([...removed].sort());
  });
});

describe('what the undo cannot take away', () => {
  it('is named with the reason, and the rest goes', async () => {
    story.stack.azure.faults.add(POOL_REFUSED);
    story.stack.azure.faults.add({
      kind: 'answer',
      method: 'DELETE',
      path: '-data0',
      status: 409,
      code: 'ScopeLocked',
      message: 'A lock forbids it.',
      times: 1_000,
    });
    await story.send(requestFor('locked-pool'));
    const result = expectOutcome(await story.result(), 'BuildFailed');
    expect(result.left).toEqual([{ id: textMatching(/-data0$/), why: textWith('ScopeLocked: A lock forbids it.') }]);
    expect(result.removed).toHaveLength(5);
  });
});

describe('a resource of that name that someone else made', () => {
  it('is never touched', async () => {
    const image = story.stack.azure.ids().find((id) => /galleries\/gal_render$/i.test(id));
    const before = story.resources();
    story.stack.azure.faults.add({ kind: 'reset', method: 'PUT', path: '-os', afterwards: true });
    await story.send(requestFor('reset-pool'));
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(image).toBeDefined();
    expect(story.resources().length).toBe(before.length + 6);
  });
});
