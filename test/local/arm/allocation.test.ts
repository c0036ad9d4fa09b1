/** How pools come by their nodes: growth, shortage, quotas, and images that went away. */
import type { Pool } from '@azure/arm-batch';
import { z } from 'zod';
import * as given from './given';
import { accountId, ask, definitionId, refusalOf, startLocalAzure, worldText, type LocalAzure } from './localAzure';

let local: LocalAzure;
let image: string;
beforeEach(async () => {
  local = await startLocalAzure();
  image = await given.publishedImage(local);
});
afterEach(() => local.close());

const create = (name: string, body: Pool): Promise<Pool> =>
  local.batch.poolOperations.create('rg-batch', 'batchrender', name, body);
const look = (name: string): Promise<Pool> => local.batch.poolOperations.get('rg-batch', 'batchrender', name);
const resize = (name: string, targetDedicatedNodes: number): Promise<Pool> =>
  local.batch.poolOperations.update('rg-batch', 'batchrender', name, {
    scaleSettings: { fixedScale: { targetDedicatedNodes, targetLowPriorityNodes: 0, resizeTimeout: 'PT30M' } },
  });

test('nodes come one after another, and the pool is then steady', async () => {
  await create('p', given.aPool(image, 16));
  local.pass(3);
  expect(await look('p')).toMatchObject({ allocationState: 'Resizing', currentDedicatedNodes: 0 });
  local.pass(3);
  const growing = await look('p');
  expect(growing.currentDedicatedNodes).toBeGreaterThan(0);
  expect(growing.currentDedicatedNodes).toBeLessThan(16);
  local.pass(1);
  expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 16 });
});

test('nodes go when the target is lower', async () => {
  await create('p', given.aPool(image, 16));
  local.pass(7);
  await resize('p', 4);
  local.pass(2);
  expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 4 });
});

test('a pool that is resizing takes no new target', async () => {
  await create('p', given.aPool(image, 16));
  expect(await refusalOf(resize('p', 20))).toMatchObject({ status: 409, code: 'PoolBeingResized' });
});

test('stopResize keeps what has come and says so', async () => {
  await create('p', given.aPool(image, 16));
  local.pass(6);
  const stopping = await local.batch.poolOperations.stopResize('rg-batch', 'batchrender', 'p');
  expect(stopping.allocationState).toBe('Stopping');
  local.pass(1);
  const pool = await look('p');
  expect(pool).toMatchObject({
    allocationState: 'Steady',
    resizeOperationStatus: { errors: [{ code: 'ResizeStopped' }] },
  });
  expect(pool.currentDedicatedNodes).toBe(stopping.currentDedicatedNodes);
});

test('a resize that takes longer than its timeout ends with what has come', async () => {
  const scaleSettings = { fixedScale: { targetDedicatedNodes: 1000, resizeTimeout: 'PT15M' } };
  await create('p', given.aPool(image, 0, { scaleSettings }));
  local.pass(15);
  const pool = await look('p');
  expect(pool).toMatchObject({
    allocationState: 'Steady',
    resizeOperationStatus: { errors: [{ code: 'AllocationTimedOut' }] },
  });
  expect(pool.currentDedicatedNodes).toBeGreaterThan(100);
  expect(pool.currentDedicatedNodes).toBeLessThan(1000);
});

test('a deleted image leaves nodes alone, and the next resize finds it gone', async () => {
  await create('p', given.aPool(image, 4));
  local.pass(7);
  local.azure.deleteBehindTheBack(image);
  await resize('p', 8);
  expect((await look('p')).resizeOperationStatus?.errors).toBeUndefined();
  local.pass(2);
  expect(await look('p')).toMatchObject({
    allocationState: 'Steady',
    currentDedicatedNodes: 4,
    resizeOperationStatus: {
      errors: [
        { code: 'AllocationFailed', details: [{ code: 'Reason', message: 'The specified image is not found' }] },
      ],
    },
  });
});

test('an image that is deleted while a pool grows stops the growth there', async () => {
  await create('p', given.aPool(image, 16));
  local.pass(6);
  const before = (await look('p')).currentDedicatedNodes;
  local.azure.deleteBehindTheBack(image);
  local.pass(10);
  const pool = await look('p');
  expect(pool).toMatchObject({
    allocationState: 'Steady',
    resizeOperationStatus: { errors: [{ code: 'AllocationFailed' }] },
  });
  expect(pool.currentDedicatedNodes).toBe(before);
});

test('an image without a replica in the region of the account is not found', async () => {
  await local.batch.poolOperations.create('rg-batch', 'batchnorth', 'p', given.aPool(image, 2));
  local.pass(2);
  const pool = await local.batch.poolOperations.get('rg-batch', 'batchnorth', 'p');
  expect(pool.resizeOperationStatus?.errors?.[0]?.details?.[0]?.message).toBe('The specified image is not found');
});

test('the id of a definition means its latest replicated version', async () => {
  await create('p', given.aPool(definitionId('def'), 2));
  local.pass(6);
  expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 2 });
});

test.each(['Standard_A1_v2', 'Standard_A8_v2', 'Standard_D4_v3'])(
  'a Generation 2 image does not boot on %s, which knows only Generation 1',
  async (vmSize) => {
    await create('p', given.aPool(image, 2, { vmSize }));
    local.pass(2);
    const text = JSON.stringify((await look('p')).resizeOperationStatus?.errors);
    expect(text).toContain(`The selected VM size '${vmSize.toUpperCase()}' cannot boot Hypervisor Generation '2'`);
  },
);

test('a Trusted Launch image needs a Trusted Launch pool', async () => {
  await given.snapshot(local, 'tl', given.aSnapshot('osdisk-trusted-launch'));
  const features = [{ name: 'SecurityType', value: 'TrustedLaunch' }];
  const identifier = { publisher: 'render', offer: 'base', sku: 'trusted' };
  await given.definition(local, 'trusted', given.aDefinition({ features, identifier }));
  const trusted = await given.version(local, 'trusted', '1.0.0', given.aVersion('tl'));
  await create('plain', given.aPool(trusted, 1));
  const virtualMachineConfiguration = {
    imageReference: { id: trusted },
    nodeAgentSkuId: 'batch.node.ubuntu 24.04',
    securityProfile: { securityType: 'trustedLaunch' },
  } as const;
  await create('trusted', given.aPool('', 1, { deploymentConfiguration: { virtualMachineConfiguration } }));
  local.pass(7);
  expect(JSON.stringify((await look('plain')).resizeOperationStatus?.errors)).toContain(
    "'TrustedLaunch' security type",
  );
  expect(await look('trusted')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 1 });
});

test('low-priority nodes have a quota of their own', async () => {
  const scaleSettings = {
    fixedScale: { targetDedicatedNodes: 2, targetLowPriorityNodes: 1001, resizeTimeout: 'PT60M' },
  };
  await create('p', given.aPool(image, 0, { scaleSettings }));
  local.pass(30);
  expect(await look('p')).toMatchObject({
    currentDedicatedNodes: 2,
    currentLowPriorityNodes: 1000,
    resizeOperationStatus: { errors: [{ code: 'AccountLowPriorityCoreQuotaReached' }] },
  });
});

test('nodes beyond the core quota do not come, other pools counted in', async () => {
  given.empty(local, accountId('batchrender'));
  await create('first', given.aPool(image, 100, { vmSize: 'Standard_D64s_v5' }));
  local.pass(30);
  await create('second', given.aPool(image, 100, { vmSize: 'Standard_D64s_v5' }));
  local.pass(30);
  expect(await look('second')).toMatchObject({
    currentDedicatedNodes: 25,
    resizeOperationStatus: { errors: [{ code: 'AccountCoreQuotaReached' }] },
  });
});

describe('the quota of a VM family', () => {
  const familyWorld = (enforced: boolean): unknown => {
    const world = z.looseObject({ resources: z.array(z.looseObject({ id: z.string() })) }).parse(JSON.parse(worldText));
    const family = {
      dedicatedCoreQuotaPerVMFamilyEnforced: enforced,
      dedicatedCoreQuotaPerVMFamily: [{ name: 'StandardDSv5Family', coreQuota: 40 }],
    };
    const resources = world.resources.map((resource) =>
      resource.id === accountId('batchrender')
        ? { ...resource, properties: { ...z.looseObject({}).parse(resource['properties']), ...family } }
        : resource,
    );
    return { ...world, resources };
  };

  beforeEach(async () => {
    await local.close();
    local = await startLocalAzure({ world: familyWorld(true) });
    image = await given.publishedImage(local);
  });

  test('limits its sizes, the other pools of the family counted in', async () => {
    await create('first', given.aPool(image, 4, { vmSize: 'Standard_D4s_v5' }));
    await create('second', given.aPool(image, 4, { vmSize: 'standard_d8s_v5' }));
    local.pass(7);
    expect(await look('first')).toMatchObject({ currentDedicatedNodes: 4 });
    expect(await look('second')).toMatchObject({
      currentDedicatedNodes: 3,
      resizeOperationStatus: { errors: [{ code: 'AccountVMSeriesCoreQuotaReached' }] },
    });
  });

  test('leaves a family that is not listed nothing', async () => {
    await create('p', given.aPool(image, 1, { vmSize: 'Standard_F8s_v2' }));
    local.pass(7);
    expect(await look('p')).toMatchObject({
      currentDedicatedNodes: 0,
      resizeOperationStatus: { errors: [{ code: 'AccountVMSeriesCoreQuotaReached' }] },
    });
  });

  test('is not looked at for low-priority nodes, nor for a size that is not known', async () => {
    const scaleSettings = { fixedScale: { targetLowPriorityNodes: 2, resizeTimeout: 'PT30M' } };
    await create('spot', given.aPool(image, 0, { vmSize: 'Standard_F8s_v2', scaleSettings }));
    await create('odd', given.aPool(image, 1, { vmSize: 'Standard_Z4_v9' }));
    local.pass(7);
    expect(await look('spot')).toMatchObject({ currentLowPriorityNodes: 2 });
    expect(await look('odd')).toMatchObject({ currentDedicatedNodes: 1 });
  });

  test('means nothing where it is not enforced', async () => {
    await local.close();
    local = await startLocalAzure({ world: familyWorld(false) });
    image = await given.publishedImage(local);
    await create('p', given.aPool(image, 1, { vmSize: 'Standard_F8s_v2' }));
    local.pass(7);
    expect(await look('p')).toMatchObject({ currentDedicatedNodes: 1 });
  });
});

test('a size that Batch does not offer in the region gets no nodes', async () => {
  await local.batch.poolOperations.create(
    ...(['rg-batch', 'batchnorth', 'p', given.aPool(image, 1, { vmSize: 'Standard_HB120rs_v3' })] as const),
  );
  local.pass(2);
  const pool = await local.batch.poolOperations.get('rg-batch', 'batchnorth', 'p');
  expect(pool.resizeOperationStatus?.errors).toMatchObject([{ code: 'UnsupportedVMSize' }]);
});

test('the image of a pool changes only without nodes, from API version 2024-07-01 on', async () => {
  const path = `${accountId('batchrender')}/pools/p`;
  const next = await given.version(local, 'def', '2.0.0', given.aVersion('snap'));
  const { deploymentConfiguration } = given.aPool(next);
  const body = { properties: { deploymentConfiguration } };
  const swap = (apiVersion: string): ReturnType<typeof ask> =>
    ask(local, 'PATCH', `${path}?api-version=${apiVersion}`, { body });
  await create('p', given.aPool(image, 2));
  local.pass(6);
  expect(await swap('2023-11-01')).toMatchObject({ status: 400 });
  expect(await swap('2025-06-01')).toMatchObject({ status: 409 });
  await resize('p', 0);
  local.pass(2);
  expect(await swap('2025-06-01')).toMatchObject({ status: 200, body: { properties: { deploymentConfiguration } } });
});

test('a formula that states its target is evaluated, and can be given up', async () => {
  const autoScale = { formula: '$TargetDedicatedNodes = 3;', evaluationInterval: 'PT15M' };
  await create('p', given.aPool(image, 0, { scaleSettings: { autoScale } }));
  local.pass(7);
  expect((await look('p')).autoScaleRun?.results).toContain('$TargetDedicatedNodes=3');
  const fixed = await local.batch.poolOperations.disableAutoScale('rg-batch', 'batchrender', 'p');
  expect(fixed.scaleSettings).toMatchObject({ fixedScale: { targetDedicatedNodes: 3 } });
  expect(fixed.autoScaleRun).toBeUndefined();
});
