/** Looking at the nodes of a pool and resizing it, with the real clients on the local Azure. */
import type { PoolLook } from '../../../shared/domain/growth/poolLook';
import type { Outcome } from '../../../shared/domain/outcome';
import type { PoolSpec } from '../../../shared/domain/resources';
import { lookAtNodes, lookFrom, sendResize } from '../../../shared/azure/poolNodes';
import { poolClient } from '../../../shared/azure/poolResources';
import * as given from '../../local/arm/given';
import { failureIn, startCloud, valueOf, writesOf, type Cloud } from './cloud';
import { POOL_ID, poolSpec } from './specs';

let cloud: Cloud;
let image: string;
beforeEach(async () => {
  cloud = await startCloud();
  image = await given.publishedImage(cloud);
});
afterEach(() => cloud.close());

/** Times of Azure, at minutes after now. */
const inMinutes = (minutes: number): string => new Date(cloud.clock.nowMs() + minutes * 60_000).toISOString();

const scaled = (scaleSettings: object): PoolSpec['properties'] => ({
  ...poolSpec().properties,
  deploymentConfiguration: {
    virtualMachineConfiguration: { imageReference: { id: image }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
  },
  scaleSettings,
});
const fixed = (dedicated: number, spot = 0): object => ({
  fixedScale: { targetDedicatedNodes: dedicated, targetLowPriorityNodes: spot, resizeTimeout: 'PT30M' },
});

async function create(scaleSettings: object): Promise<void> {
  valueOf(await poolClient(cloud.arm).put(poolSpec({ properties: scaled(scaleSettings) })));
  cloud.newCalls();
}

async function createSteady(scaleSettings: object): Promise<void> {
  await create(scaleSettings);
  cloud.pass(60);
}

const look = (): Promise<Outcome<PoolLook>> => lookAtNodes(cloud.arm, POOL_ID);
const lookNow = async (): Promise<PoolLook> => valueOf(await look());

describe('a look at a pool', () => {
  it('that grows says since when, and is a single read', async () => {
    const begunAt = inMinutes(0);
    await create(fixed(4, 2));
    cloud.pass(1);
    const { etag, ...seen } = await lookNow();
    expect(etag).toBeDefined();
    expect(seen).toEqual({
      createdAt: begunAt,
      allocationState: 'Resizing',
      allocationStateSince: begunAt,
      nodes: { dedicated: 0, spot: 0 },
      resizeStartedAt: begunAt,
      resizeTimeoutMinutes: 30,
      resizeErrors: [],
      deleting: false,
    });
    expect(cloud.newCalls().map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${POOL_ID}`]);
  });

  it('that is steady counts both kinds of nodes, and its state is younger than its resize', async () => {
    await createSteady(fixed(4, 2));
    const { allocationState, allocationStateSince, resizeStartedAt, nodes } = await lookNow();
    expect({ allocationState, nodes }).toEqual({ allocationState: 'Steady', nodes: { dedicated: 4, spot: 2 } });
    expect(Date.parse(allocationStateSince ?? '')).toBeGreaterThan(Date.parse(resizeStartedAt ?? ''));
  });

  it('whose resize ended short has its errors with all details, once it is steady', async () => {
    const details = [
      { code: 'Reason', message: 'Provider rejected' },
      { code: 'Provider Error Json', message: '{"error":{"code":"ScopeLocked","message":"A lock."}}' },
    ];
    const told = { code: 'AllocationFailed', message: 'No more.', details };
    cloud.azure.faults.add({ kind: 'shortAllocation', nodes: 1, ...told });
    await create(fixed(4));
    expect((await lookNow()).resizeErrors).toEqual([]);
    cloud.pass(60);
    expect(await lookNow()).toMatchObject({ allocationState: 'Steady', nodes: { dedicated: 3 }, resizeErrors: [told] });
  });

  it('that scales by formula says when it was evaluated', async () => {
    const begunAt = inMinutes(0);
    await createSteady({ autoScale: { formula: '$TargetDedicatedNodes = 4;' } });
    const formula = { evaluatedAt: begunAt, asksFor: { dedicated: 4, spot: 0 } };
    expect(await lookNow()).toMatchObject({ formula, nodes: { dedicated: 4 } });
  });

  it.each<{ results: string | undefined; asksFor: object | undefined }>([
    { results: '$TargetDedicatedNodes=4;$NodeDeallocationOption=requeue', asksFor: { dedicated: 4, spot: 0 } },
    { results: 'step=1;$TargetLowPriorityNodes=7;$TargetDedicatedNodes=1', asksFor: { dedicated: 1, spot: 7 } },
    { results: '$tag=1', asksFor: undefined },
    { results: undefined, asksFor: undefined },
  ])('that scales by formula asks for what the results say: $results', ({ results, asksFor }) => {
    const run = { evaluationTime: new Date(0), ...(results === undefined ? {} : { results }) };
    const scaleSettings = { autoScale: { formula: '$TargetDedicatedNodes = 4;' } };
    expect(lookFrom({ scaleSettings, autoScaleRun: run }, undefined).formula?.asksFor).toEqual(asksFor);
  });

  it('whose formula could not be evaluated has the error of that', async () => {
    cloud.azure.faults.add({ kind: 'autoScaleError', code: 'InvalidFormula', message: 'No such variable.' });
    await createSteady({ autoScale: { formula: '$TargetDedicatedNodes = 4;' } });
    expect((await lookNow()).formula?.error).toEqual({ code: 'InvalidFormula', message: 'No such variable.' });
  });

  it('that is being deleted says so', async () => {
    await createSteady(fixed(1));
    valueOf(await poolClient(cloud.arm).delete(poolSpec()));
    expect((await lookNow()).deleting).toBe(true);
  });

  it('that is not there is a failure which says which pool', async () => {
    const failure = failureIn(await look());
    expect(failure).toMatchObject({ kind: 'notFound', status: 404 });
    expect(failure.message).toContain(`Tried to read pool ${POOL_ID}`);
  });

  it('says how long Azure wants to be left alone', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterSeconds: 90 });
    expect(failureIn(await look())).toMatchObject({ kind: 'throttled', retryAfterMs: 90_000 });
  });
});

describe('a resize', () => {
  const order = { poolId: POOL_ID, targets: { dedicated: 6, spot: 3 } };
  const scaleSettings = (): unknown => {
    const pool = cloud.azure.find(POOL_ID) as { properties: { scaleSettings: unknown } };
    return pool.properties.scaleSettings;
  };

  it('states both targets and the timeout, and sets the pool in motion', async () => {
    await createSteady(fixed(4));
    expect(valueOf(await sendResize(cloud.arm, { ...order, resizeTimeoutMinutes: 45 }))).toEqual({ state: 'begun' });
    expect(scaleSettings()).toEqual({
      fixedScale: { targetDedicatedNodes: 6, targetLowPriorityNodes: 3, resizeTimeout: 'PT45M' },
    });
    expect((await lookNow()).allocationState).toBe('Resizing');
    cloud.pass(60);
    expect((await lookNow()).nodes).toEqual({ dedicated: 6, spot: 3 });
  });

  it('leaves the timeout to Azure when the order has none, and the rest of the pool as it is', async () => {
    await createSteady(fixed(4));
    valueOf(await sendResize(cloud.arm, order));
    expect(scaleSettings()).toMatchObject({ fixedScale: { resizeTimeout: 'PT15M' } });
    expect(cloud.azure.find(POOL_ID)).toMatchObject({ properties: { metadata: poolSpec().properties.metadata } });
  });

  it('rests on the look that it was decided by: a pool that changed since is not resized', async () => {
    await createSteady(fixed(4));
    const { etag = '' } = await lookNow();
    valueOf(await sendResize(cloud.arm, { ...order, etag }));
    cloud.pass(60);
    const failure = failureIn(await sendResize(cloud.arm, { ...order, targets: { dedicated: 1, spot: 0 }, etag }));
    expect(failure).toMatchObject({ kind: 'rejected', status: 412 });
    expect((await lookNow()).nodes).toEqual({ dedicated: 6, spot: 3 });
  });

  it('finds a pool busy that is being resized', async () => {
    await create(fixed(4));
    expect(valueOf(await sendResize(cloud.arm, order))).toEqual({ state: 'busy' });
  });

  it.each([
    { status: 409, code: 'PoolBeingDeleted', kind: 'conflict' },
    { status: 400, code: 'InvalidPropertyValue', kind: 'rejected' },
    { status: 403, code: 'AuthorizationFailed', kind: 'forbidden' },
  ])('that Azure refuses with $code is a failure, $kind', async ({ status, code, kind }) => {
    await createSteady(fixed(4));
    cloud.azure.faults.add({ kind: 'answer', status, code, method: 'PATCH' });
    const failure = failureIn(await sendResize(cloud.arm, order));
    expect(failure).toMatchObject({ kind, code });
    expect(failure.message).toContain(`Tried to resize pool ${POOL_ID} to 6 dedicated and 3 Spot nodes`);
    expect(writesOf(cloud.newCalls())).toHaveLength(1);
  });
});
