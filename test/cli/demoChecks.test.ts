/** What the demo checks of itself: nothing to say after a build as it should be, a sentence for each deviation. */
import { deviations } from '../../cli/demoChecks';
import { createGrowthActivities } from '../../shared/activities/growthActivities';
import { createResourceActivities } from '../../shared/activities/resourceActivities';
import { snapshotClient } from '../../shared/azure/computeResources';
import type { ResourceSpec } from '../../shared/domain/resources';
import { diskId, imageId, snapshotId } from '../local/arm/localAzure';
import { only, startCloud, valueOf, type Cloud } from '../shared/azure/cloud';
import {
  dataSnapshotSpec,
  definitionSpec,
  imageSpec,
  POOL_ID,
  poolSpec,
  snapshotSpec,
  versionSpec,
} from '../shared/azure/specs';

type Event = Parameters<typeof deviations>[0];

const event = (changes: Partial<Event> = {}): Event => ({
  specversion: '1.0',
  id: 'event-1',
  source: '/batch-image-pools',
  type: 'BatchImagePools.BuildSucceeded',
  subject: POOL_ID,
  time: '2026-11-21T08:40:00.000Z',
  correlationId: 'render-16-nodes',
  data: {
    requestId: 'render-16-nodes',
    correlationId: 'c0ffee00-0000-8000-8000-000000000000',
    poolId: POOL_ID,
    outcome: 'BuildSucceeded',
    alreadyBuilt: true,
    imageId: versionSpec().id,
  },
  ...changes,
});

const scaleSettings = { fixedScale: { targetDedicatedNodes: 600, resizeTimeout: 'PT30M' } };
const cacheSnapshot = snapshotSpec({ id: snapshotId('cache'), sourceDiskId: diskId('datadisk-render-cache') });
const BUILD: readonly ResourceSpec[] = [
  snapshotSpec(),
  dataSnapshotSpec(),
  cacheSnapshot,
  imageSpec(),
  definitionSpec(),
  versionSpec(),
  poolSpec({ properties: { ...poolSpec().properties, scaleSettings } }),
];

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

/** Makes what the demo makes, as the app does. */
async function make(specs: readonly ResourceSpec[]): Promise<void> {
  for (const spec of specs) {
    valueOf(only(await createResourceActivities(cloud.arm).beginResources([spec])));
    cloud.pass(30);
  }
}

/** The same with its version in latest, its image gone, and its pool resized until it has all nodes. */
async function build(): Promise<void> {
  cloud.azure.faults.add({ kind: 'mostPerResize', nodes: 280 });
  await make(BUILD);
  const activities = createResourceActivities(cloud.arm);
  valueOf(only(await activities.beginResources([{ kind: 'release', id: versionSpec().id }])));
  valueOf(await activities.removeResource(imageSpec()));
  for (let resizes = 0; resizes < 2; resizes += 1) {
    const order = { poolId: POOL_ID, targets: { dedicated: 600, spot: 0 } };
    valueOf(await createGrowthActivities(cloud.arm).resizePool(order));
    cloud.pass(30);
  }
}

it('a build as it should be has no deviation', async () => {
  await build();
  expect(deviations(event(), cloud.azure)).toEqual([]);
});

it.each<{ label: string; event: Event; says: string }>([
  {
    label: 'another outcome',
    event: event({ type: 'BatchImagePools.BuildFailed' }),
    says: 'the result is BatchImagePools.BuildFailed',
  },
  {
    label: 'a correlation id that is not the request’s',
    event: event({ correlationId: 'another' }),
    says: 'the correlation id is not the request id',
  },
  {
    label: 'a pool that is not there',
    event: event({ subject: `${POOL_ID}-2` }),
    says: 'the pool does not have its 600 nodes',
  },
])('$label is a deviation', async ({ event: told, says }) => {
  await build();
  expect(deviations(told, cloud.azure)).toEqual([says]);
});

it.each<{ label: string; act: () => Promise<unknown>; says: string }>([
  {
    label: 'a snapshot too many',
    act: async () => snapshotClient(cloud.arm).put(snapshotSpec({ id: snapshotId('more') })),
    says: '4 × PUT (snapshot) instead of 3',
  },
  {
    label: 'an image too many',
    act: () => make([imageSpec({ id: imageId('more') })]),
    says: '2 × PUT (managed image) instead of 1',
  },
  {
    label: 'a deletion',
    act: async () => snapshotClient(cloud.arm).delete(snapshotSpec()),
    says: '1 writes that a build does not need',
  },
  {
    label: 'too many calls',
    act: async () => {
      for (let more = 0; more < 300; more += 1) await snapshotClient(cloud.arm).see(snapshotSpec());
    },
    says: '321 calls to Azure, more than 300',
  },
])('$label is a deviation', async ({ act, says }) => {
  await build();
  await act();
  expect(deviations(event(), cloud.azure)).toEqual([says]);
});

it('a build that stopped half way says all that it did not make', async () => {
  await make(BUILD.slice(0, 3));
  expect(deviations(event(), cloud.azure)).toEqual([
    '0 × PUT (managed image) instead of 1',
    '0 × PUT (image definition) instead of 1',
    '0 × PUT (image version) instead of 1',
    '0 × PUT (pool) instead of 1',
    '0 × PATCH (resize) instead of 2',
    '0 × PATCH (way into latest) instead of 1',
    '0 × DELETE (managed image that is let go) instead of 1',
    'the pool does not have its 600 nodes',
  ]);
});
