/** The activities of a pool that grows: each may run twice, and a resize is not sent into another one. */
import { createGrowthActivities } from '../../../shared/activities/growthActivities';
import type { ResizeAnswer, ResizeOrder } from '../../../shared/domain/growth/growthJob';
import type { Outcome } from '../../../shared/domain/outcome';
import { poolClient } from '../../../shared/azure/poolResources';
import * as given from '../../local/arm/given';
import { failureIn, startCloud, valueOf, writesOf, type Cloud } from '../azure/cloud';
import { POOL_ID, poolSpec } from '../azure/specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  const image = await given.publishedImage(cloud);
  const virtualMachineConfiguration = { imageReference: { id: image }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' };
  const properties = { ...poolSpec().properties, deploymentConfiguration: { virtualMachineConfiguration } };
  valueOf(await poolClient(cloud.arm).put(poolSpec({ properties })));
  cloud.pass(60);
  cloud.newCalls();
});
afterEach(() => cloud.close());

const ORDER: ResizeOrder = { poolId: POOL_ID, targets: { dedicated: 8, spot: 0 }, resizeTimeoutMinutes: 30 };
const activities = (): ReturnType<typeof createGrowthActivities> => createGrowthActivities(cloud.arm);
const resize = (order = ORDER): Promise<Outcome<ResizeAnswer>> => activities().resizePool(order);
const newWrites = (): readonly string[] => writesOf(cloud.newCalls()).map(({ method, path }) => `${method} ${path}`);
const lookNow = async () => valueOf(await activities().lookAtPool(POOL_ID));

describe('a resize', () => {
  it('is one PATCH; a second try finds the pool busy and sends nothing', async () => {
    const { etag = '' } = await lookNow();
    expect(valueOf(await resize({ ...ORDER, etag }))).toEqual({ state: 'begun' });
    expect(newWrites()).toEqual([`PATCH ${POOL_ID}`]);
    expect(valueOf(await resize({ ...ORDER, etag }))).toEqual({ state: 'busy' });
    expect(newWrites()).toEqual([]);
    cloud.pass(60);
    expect((await lookNow()).nodes).toEqual({ dedicated: 8, spot: 0 });
  });

  it('whose answer was lost is found to be under way', async () => {
    cloud.azure.faults.add({ kind: 'reset', method: 'PATCH', afterwards: true });
    expect(failureIn(await resize()).kind).toBe('unavailable');
    expect(valueOf(await resize())).toEqual({ state: 'busy' });
    expect(newWrites()).toHaveLength(1);
  });

  it('whose answer was lost until it had ended is not sent again, by the etag of its look', async () => {
    const { etag = '' } = await lookNow();
    cloud.azure.faults.add({ kind: 'reset', method: 'PATCH', afterwards: true });
    expect(failureIn(await resize({ ...ORDER, etag })).kind).toBe('unavailable');
    cloud.pass(60);
    expect(failureIn(await resize({ ...ORDER, etag }))).toMatchObject({ status: 412 });
    expect((await lookNow()).allocationState).toBe('Steady');
  });

  it('finds a pool busy that someone else began to resize between look and PATCH', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 409, code: 'PoolBeingResized', method: 'PATCH' });
    expect(valueOf(await resize())).toEqual({ state: 'busy' });
  });

  const patch = (scaleSettings: object): Promise<unknown> =>
    cloud.batch.poolOperations.update('rg-batch', 'batchrender', 'render-pool', { scaleSettings });

  it('keeps what else the pool says of its size', async () => {
    await patch({ fixedScale: { targetDedicatedNodes: 4, nodeDeallocationOption: 'TaskCompletion' } });
    cloud.pass(60);
    valueOf(await resize({ ...ORDER, resizeTimeoutMinutes: 30.5 }));
    expect(cloud.azure.find(POOL_ID)).toMatchObject({
      properties: {
        scaleSettings: {
          fixedScale: { targetDedicatedNodes: 8, nodeDeallocationOption: 'TaskCompletion', resizeTimeout: 'PT1830S' },
        },
      },
    });
  });

  it('is not sent to a pool that was given a formula since the look', async () => {
    await patch({ autoScale: { formula: '$TargetDedicatedNodes = 4;' } });
    cloud.pass(60);
    cloud.newCalls();
    expect(valueOf(await resize())).toEqual({ state: 'busy' });
    expect(newWrites()).toEqual([]);
  });

  it('does not write when it cannot look', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', method: 'GET' });
    expect(failureIn(await resize()).kind).toBe('forbidden');
    expect(newWrites()).toEqual([]);
  });

  it('of a pool that is gone is a failure', async () => {
    cloud.azure.deleteBehindTheBack(POOL_ID);
    expect(failureIn(await resize()).kind).toBe('notFound');
    expect(newWrites()).toEqual([]);
  });
});

it('looking, diagnosing and counting change nothing, and answer the same again', async () => {
  const { lookAtPool, diagnosePool, countNodes } = activities();
  for (const read of [lookAtPool, diagnosePool, countNodes]) {
    const first: unknown = valueOf<unknown>(await read(POOL_ID));
    expect(valueOf<unknown>(await read(POOL_ID))).toEqual(first);
    // They pass through the durable history.
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  }
  expect(newWrites()).toEqual([]);
});
