/** The main job: one message becomes a pool, with no more calls and no more time than it takes. */
import * as z from 'zod';
import type { PoolProperties } from '../../shared/domain/request';
import { textMatching } from './matchers';
import { expectOutcome, requestFor, Story } from './story';

const resourceEvent = z.object({
  eventType: z.enum(['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess']),
  data: z.object({ operationName: z.string(), resourceUri: z.string() }),
});

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

describe('a request for a pool of 16 nodes on a VM with three disks', () => {
  it('is answered with the lineage of the pool, in an event that carries the id of the request', async () => {
    await story.send(requestFor('render-pool'));
    const told = await story.told();
    const result = expectOutcome(told.event.data, 'BuildSucceeded');

    expect(told.event).toMatchObject({ specversion: '1.0', type: 'BatchImagePools.BuildSucceeded' });
    expect(told.message.correlationId).toBe('request-render-pool');
    expect(told.message.contentType).toBe('application/cloudevents+json');
    expect(result).toMatchObject({
      requestId: 'request-render-pool',
      lineage: {
        version: '2026.1121.27000',
        virtualMachineId: textMatching(/vm-render-base$/),
        os: { snapshotId: textMatching(/render-2026-1121-27000-os$/) },
        data: [
          { lun: 0, snapshotId: textMatching(/-data0$/) },
          { lun: 1, snapshotId: textMatching(/-data1$/) },
        ],
        managedImageId: textMatching(/images\/render-2026\.1121\.27000$/),
        imageVersionId: textMatching(/galleries\/gal_render\/images\/render\/versions\/2026\.1121\.27000$/),
        poolId: textMatching(/pools\/render-pool$/),
      },
    });
  });

  it('writes to Azure once for each thing that it makes, lets the version into latest, and takes back what only carried it', () => {
    expect([...story.writes()].sort()).toEqual([
      'DELETE images/render-2026.1121.27000',
      'PATCH versions/2026.1121.27000',
      'PUT images/render',
      'PUT images/render-2026.1121.27000',
      'PUT pools/render-pool',
      'PUT snapshots/render-2026-1121-27000-data0',
      'PUT snapshots/render-2026-1121-27000-data1',
      'PUT snapshots/render-2026-1121-27000-os',
      'PUT versions/2026.1121.27000',
    ]);
    expect(story.calls().length).toBeLessThanOrEqual(100);
  });

  it('copies the three disks side by side', () => {
    const begun = story.calls().filter(({ method, path }) => method === 'PUT' && path.includes('/snapshots/'));
    expect(new Set(begun.map(({ atMs }) => atMs)).size).toBe(1);
  });

  it('takes hardly longer than Azure itself: within a tenth of the critical path', () => {
    // From local/arm/durations.ts, for disks of 64, 256 and 128 GB and 16 nodes that start, and run their start task; then
    // the version is updated, and the managed image deleted.
    const criticalMinutes = 2.5 + 2 + 1 / 3 + 20 + 7 + 1.5 + 1 / 6 + 1 / 3;
    const made = story.stack.azure.find(poolId('render-pool')) as { properties: Record<string, unknown> };
    expect(made.properties).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 16 });
    expect(story.azureMinutes()).toBeGreaterThanOrEqual(criticalMinutes);
    expect(story.azureMinutes()).toBeLessThanOrEqual(criticalMinutes * 1.1);
  });

  it('marks everything that it made with the build, the request and the pool', () => {
    const snapshot = story.stack.azure.find(computeId('snapshots/render-2026-1121-27000-os'));
    expect(snapshot).toMatchObject({
      sku: { name: 'Standard_LRS' },
      tags: { createdBy: 'batch-image-pools', 'bip-request': 'request-render-pool', 'bip-pool': poolId('render-pool') },
    });
  });

  it('asks for Gen2, x64 and SecurityType as the disks have them', () => {
    const definition = story
      .calls()
      .find(({ method, path }) => method === 'PUT' && path.endsWith('gal_render/images/render'));
    expect(definition?.body).toMatchObject({
      properties: {
        hyperVGeneration: 'V2',
        architecture: 'x64',
        osType: 'Linux',
        features: [{ name: 'SecurityType', value: 'Standard' }],
      },
    });
  });
});

describe('what Event Grid tells of it', () => {
  it('reaches queue resource-events: one event for each change, snapshots aside, as Azure writes them', async () => {
    const { active } = story.stack.broker.counts('resource-events');
    const events = await story.take('resource-events', active);
    const told = events.map(({ message }) => resourceEvent.parse(message.body));
    expect(told.map(({ data }) => data.operationName).sort()).toEqual([
      'Microsoft.Batch/batchAccounts/pools/write',
      'Microsoft.Compute/galleries/images/versions/write',
      'Microsoft.Compute/galleries/images/versions/write',
      'Microsoft.Compute/galleries/images/write',
      'Microsoft.Compute/images/delete',
      'Microsoft.Compute/images/write',
    ]);
    for (const { message } of events) {
      expect(message.applicationProperties).toMatchObject({ 'aeg-event-type': 'Notification' });
    }
  });
});

describe('the same request after it succeeded', () => {
  it('changes nothing and is answered with the same result', async () => {
    const before = story.calls().length;
    await story.send(requestFor('render-pool'));
    const told = await story.told();
    expect(expectOutcome(told.event.data, 'BuildSucceeded')).toMatchObject({
      lineage: { version: '2026.1121.27000' },
    });
    expect(story.writes(before)).toEqual([]);
  });

  it('is recognised by the pool itself when the durable history is gone', async () => {
    const before = story.calls().length;
    const response = await fetch(
      `${story.stack.host.durableUrl ?? ''}/runtime/webhooks/durabletask/instances/${await buildId()}`,
      {
        method: 'DELETE',
      },
    );
    expect(response.status).toBe(200);
    await story.send(requestFor('render-pool'));
    const result = expectOutcome(await story.result(), 'BuildSucceeded');
    expect(result).toMatchObject({ alreadyBuilt: true, lineage: { version: '2026.1121.27000' } });
    expect(story.writes(before)).toEqual([]);
  });
});

describe('another request for a pool that exists', () => {
  it('is refused, because the app never replaces a pool', async () => {
    const before = story.calls().length;
    await story.send(
      requestFor('render-pool', ({ image }) => ({ requestId: 'someone-else', image: { ...image, name: 'other' } })),
    );
    const result = expectOutcome(await story.result(), 'BuildRefused');
    expect(result.verdicts).toMatchObject([{ code: 'PoolExists', subject: 'pool.name' }]);
    expect(story.writes(before)).toEqual([]);
  });
});

describe('mode "plan"', () => {
  it('names all that a build would make, and makes none of it', async () => {
    const before = story.calls().length;
    await story.send(requestFor('planned-pool', () => ({ mode: 'plan' })));
    const result = expectOutcome(await story.result(), 'BuildPlanned');
    expect(result.creates.map(({ step, resources }) => `${step}: ${resources.length}`)).toEqual([
      'snapshots: 3',
      'image: 1',
      'version: 1',
      'pool: 1',
    ]);
    expect(story.writes(before)).toEqual([]);
  });
});

describe('a Trusted Launch VM', () => {
  it('goes from its snapshots straight to the gallery', async () => {
    const before = story.calls().length;
    await story.send(
      requestFor('trusted-pool', ({ source, image, pool }) => ({
        source: { ...source, virtualMachineId: source.virtualMachineId.replace('vm-render-base', 'vm-trusted-launch') },
        image: { ...image, name: 'trusted' },
        pool: { ...pool, properties: withSecurity(pool.properties) },
      })),
    );
    const result = expectOutcome(await story.result(), 'BuildSucceeded');
    expect('lineage' in result && result.lineage).not.toHaveProperty('managedImageId');
    expect(story.writes(before).filter((write) => /^PUT images\/trusted-/.test(write))).toEqual([]);
  });
});

/** The image is for Trusted Launch VMs alone, and so the pool must be one of them. */
const withSecurity = (properties: PoolProperties): PoolProperties => {
  const { virtualMachineConfiguration } = properties.deploymentConfiguration;
  const secured = { ...virtualMachineConfiguration, securityProfile: { securityType: 'trustedLaunch' } };
  return { ...properties, deploymentConfiguration: { virtualMachineConfiguration: secured } };
};

async function buildId(): Promise<string> {
  const response = await fetch(`${story.stack.host.durableUrl ?? ''}/runtime/webhooks/durabletask/instances`);
  const instances = (await response.json()) as { instanceId: string }[];
  return instances.find(({ instanceId }) => instanceId.startsWith('build-'))?.instanceId ?? '';
}

const poolId = (name: string): string =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-batch/providers/Microsoft.Batch/batchAccounts/batchrender/pools/${name}`;

const computeId = (path: string): string =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-images/providers/Microsoft.Compute/${path}`;
