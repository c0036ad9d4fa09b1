/** Capacity that is partial and comes and goes, every error of a resize, and resizes that begin late. */
import type { Pool } from '@azure/arm-batch';
import * as given from './given';
import { accountId, ask, definitionId, refusalOf, startLocalAzure, START_MS, type LocalAzure } from './localAzure';

let local: LocalAzure;
let image: string;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
  image = await given.publishedImage(local);
});
afterEach(() => local.close());

const create = (name: string, body: Pool): Promise<Pool> =>
  local.batch.poolOperations.create('rg-batch', 'batchrender', name, body);
const look = (name: string): Promise<Pool> => local.batch.poolOperations.get('rg-batch', 'batchrender', name);
const resize = (name: string, targetDedicatedNodes: number, resizeTimeout = 'PT30M'): Promise<Pool> =>
  local.batch.poolOperations.update('rg-batch', 'batchrender', name, {
    scaleSettings: { fixedScale: { targetDedicatedNodes, targetLowPriorityNodes: 0, resizeTimeout } },
  });
const nodesOf = async (name: string): Promise<number | undefined> => (await look(name)).currentDedicatedNodes;
const errorsOf = async (name: string): Promise<unknown[]> => (await look(name)).resizeOperationStatus?.errors ?? [];

/** Adds a rule as another program would. */
async function arm(rule: object): Promise<void> {
  expect((await ask(local, 'POST', '/_control/faults', { body: rule })).status).toBe(204);
}

describe('at most so many nodes per resize', () => {
  test('holds for the creation and for every resize after it, and each ends Steady with the error', async () => {
    await arm({ kind: 'mostPerResize', nodes: 280, path: '/pools/' });
    await create('p', given.aPool(image, 600));
    const seen: unknown[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      if (tries > 0) await resize('p', 600);
      local.pass(30);
      const pool = await look('p');
      seen.push([pool.allocationState, pool.currentDedicatedNodes, pool.resizeOperationStatus?.errors?.[0]?.code]);
    }
    expect(seen).toEqual([
      ['Steady', 280, 'AllocationFailed'],
      ['Steady', 560, 'AllocationFailed'],
      ['Steady', 600, undefined],
    ]);
  });

  test('counts dedicated and low-priority nodes together', async () => {
    await arm({ kind: 'mostPerResize', nodes: 5 });
    const scaleSettings = { fixedScale: { targetDedicatedNodes: 4, targetLowPriorityNodes: 3 } };
    await create('p', given.aPool(image, 0, { scaleSettings }));
    local.pass(20);
    expect(await look('p')).toMatchObject({ currentDedicatedNodes: 2, currentLowPriorityNodes: 3 });
  });

  test('ends after its times', async () => {
    await arm({ kind: 'mostPerResize', nodes: 1, times: 1 });
    await create('p', given.aPool(image, 4));
    local.pass(20);
    await resize('p', 4);
    local.pass(20);
    expect(await nodesOf('p')).toBe(4);
  });

  test('leaves a resize that makes the pool smaller alone', async () => {
    await create('p', given.aPool(image, 4));
    local.pass(20);
    await arm({ kind: 'mostPerResize', nodes: 0 });
    await resize('p', 2);
    local.pass(20);
    expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 2 });
    expect(await errorsOf('p')).toEqual([]);
  });

  test('with AllocationTimedOut the resize lasts as long as its timeout', async () => {
    await arm({ kind: 'mostPerResize', nodes: 2, code: 'AllocationTimedOut' });
    await create('p', given.aPool(image, 4));
    local.pass(29);
    expect(await look('p')).toMatchObject({ allocationState: 'Resizing', currentDedicatedNodes: 2 });
    local.pass(1);
    expect(await errorsOf('p')).toMatchObject([{ code: 'AllocationTimedOut' }]);
  });
});

test('there is no capacity before an instant, and then there is', async () => {
  const at = new Date(local.clock.nowMs() + 3 * 60 * 60_000).toISOString();
  await arm({ kind: 'noCapacityUntil', at });
  await create('p', given.aPool(image, 4));
  for (let tries = 0; tries < 2; tries += 1) {
    local.pass(5);
    expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 0 });
    expect(JSON.stringify(await errorsOf('p'))).toContain('insufficient capacity');
    await resize('p', 4);
  }
  local.clock.advanceTo(Date.parse(at));
  await resize('p', 4);
  local.pass(20);
  expect(await nodesOf('p')).toBe(4);
});

test('a limit that takes no node away leaves no error beside one that does', async () => {
  await arm([
    { kind: 'noCapacityUntil', at: '2027-01-01T00:00:00Z', code: 'BatchOutOfCapacity' },
    { kind: 'mostPerResize', nodes: 2 },
    { kind: 'shortAllocation', nodes: 1 },
  ]);
  await create('p', given.aPool(image, 4));
  local.pass(5);
  expect(await errorsOf('p')).toMatchObject([{ code: 'BatchOutOfCapacity' }]);
});

const CODES = [
  'AccountCoreQuotaReached',
  'AccountLowPriorityCoreQuotaReached',
  'AccountSpotCoreQuotaReached',
  'AccountVMSeriesCoreQuotaReached',
  'AllocationFailed',
  'AllocationTimedOut',
  'AllocationTimedout',
  'ResizeStopped',
  'RemoveNodesFailed',
  'CommunicationEnabledPoolReachedMaxVMCount',
  'DependentResourceNotFound',
  'DiskEncryptionFailure',
  'FailedIdentityOperation',
  'IncompatibleVMSize',
  'MissingPublisherPropertyInMarketPlacePlan',
  'OverconstrainedAllocationRequestError',
  'UnsupportedVMSize',
  'BatchOutOfCapacity',
  'Unknown',
];

test.each(CODES)('a resize can end with %s, in words', async (code) => {
  await arm({ kind: 'shortAllocation', nodes: 1, code });
  await create('p', given.aPool(image, 2));
  local.pass(30);
  expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 1 });
  const errors = await errorsOf('p');
  expect(errors).toMatchObject([{ code }]);
  expect(JSON.stringify(errors)).toMatch(/"message":"\w+ \w+/);
  expect(JSON.stringify(errors)).not.toContain('could not be resized');
});

const REASONS: { reason: string; told: RegExp }[] = [
  { reason: 'capacity', told: /insufficient capacity/ },
  { reason: 'imageNotFound', told: /^The specified image is not found$/ },
  { reason: 'internalError', told: /internal error/ },
  { reason: 'subnetDelegation', told: /subnet has delegation/ },
  { reason: 'marketplaceEligibility', told: /marketplace purchase eligibility/ },
  { reason: 'scopeLocked', told: /"code":"ScopeLocked"/ },
  { reason: 'generationMismatch', told: /"code":"BadRequest".*Hypervisor Generation/ },
  { reason: 'trustedLaunchOnly', told: /'TrustedLaunch' security type/ },
  { reason: 'providerInternalError', told: /"code":"InternalServerError"/ },
  { reason: 'networkingInternalError', told: /"code":"NetworkingInternalOperationError"/ },
];

test.each(REASONS)('AllocationFailed can say $reason', async ({ reason, told }) => {
  await arm({ kind: 'mostPerResize', nodes: 1, reason });
  await create('p', given.aPool(image, 2));
  local.pass(30);
  const [error] = (await look('p')).resizeOperationStatus?.errors ?? [];
  expect(error).toMatchObject({ code: 'AllocationFailed' });
  const cause = error?.details?.find(({ code }) => code === 'Provider Error Json') ?? error?.details?.[0];
  expect(cause?.message).toMatch(told);
});

test('details may be given word for word', async () => {
  const details = [{ code: 'Provider Error Json', message: '{"error":{"code":"SkuNotAvailable","message":"No."}}' }];
  await arm({ kind: 'shortAllocation', nodes: 1, details, message: 'Short.' });
  await create('p', given.aPool(image, 2));
  local.pass(30);
  expect(await errorsOf('p')).toEqual([{ code: 'AllocationFailed', message: 'Short.', details }]);
});

test.each([
  { kind: 'shortAllocation', nodes: 1, reason: 'moonPhase' },
  { kind: 'noCapacityUntil', at: 'tomorrow' },
  { kind: 'badNodes', state: 'unusable' },
  { kind: 'badNodes', state: 'unusable', nodes: 1, share: 0.5 },
])('the control door refuses %j', async (rule) => {
  expect(await ask(local, 'POST', '/_control/faults', { body: rule })).toMatchObject({ status: 400 });
});

test('pools on one image have 2,500 dedicated nodes at most together', async () => {
  const newer = await given.version(local, 'def', '2.0.0', given.aVersion('snap'));
  const pool = (imageId: string, targetDedicatedNodes: number): Pool =>
    given.aPool(imageId, 0, {
      vmSize: 'Standard_F2s_v2',
      scaleSettings: { fixedScale: { targetDedicatedNodes, resizeTimeout: 'PT60M' } },
    });
  await create('first', pool(definitionId('def'), 2400));
  local.pass(60);
  expect(await nodesOf('first')).toBe(2400);
  await create('second', pool(newer, 200));
  await create('other', pool(image, 200));
  local.pass(60);
  expect(await nodesOf('second')).toBe(100);
  expect(await errorsOf('second')).toMatchObject([{ code: 'AllocationFailed' }]);
  expect(await nodesOf('other')).toBe(200);
});

describe('a resize that begins late', () => {
  beforeEach(async () => {
    await arm({ kind: 'shortAllocation', nodes: 2 });
    await create('p', given.aPool(image, 4));
    local.pass(20);
    await arm({ kind: 'lateResize', minutes: 1, method: 'PATCH', path: '/pools/p' });
  });

  const past = ({ allocationState, allocationStateTransitionTime, resizeOperationStatus }: Pool): object => ({
    allocationState,
    allocationStateTransitionTime,
    resizeOperationStatus,
  });

  test('shows the old state, errors and times until then', async () => {
    const before = await look('p');
    expect(before.resizeOperationStatus?.errors).toHaveLength(1);
    const answered = await resize('p', 4);
    local.pass(0.9);
    expect([past(answered), past(await look('p'))]).toEqual([past(before), past(before)]);
    expect((await look('p')).etag).not.toBe(before.etag);
    local.pass(0.1);
    const begun = await look('p');
    expect(begun.allocationState).toBe('Resizing');
    expect(begun.resizeOperationStatus?.errors).toBeUndefined();
    expect(begun.allocationStateTransitionTime).toEqual(new Date(local.clock.nowMs()));
    local.pass(20);
    expect(await look('p')).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 4 });
  });

  test('takes no other target, and says so', async () => {
    await resize('p', 4);
    expect(await refusalOf(resize('p', 8))).toMatchObject({ status: 409, code: 'PoolBeingResized' });
  });
});

test('the times of a pool move with each resize, and its ETag with each write', async () => {
  const path = `${accountId('batchrender')}/pools/p?api-version=2025-06-01`;
  const seen: unknown[] = [];
  const note = async (): Promise<void> => {
    const { allocationStateTransitionTime, resizeOperationStatus } = await look('p');
    seen.push([allocationStateTransitionTime?.getTime(), resizeOperationStatus?.startTime?.getTime()]);
  };
  const startMs = local.clock.nowMs();
  expect(startMs).toBeGreaterThan(START_MS);
  const first = await create('p', given.aPool(image, 2));
  await note();
  local.pass(20);
  await note();
  const resizedMs = local.clock.nowMs();
  const second = await resize('p', 3);
  await note();
  const stoppedMs = resizedMs + 60_000;
  local.pass(1);
  await local.batch.poolOperations.stopResize('rg-batch', 'batchrender', 'p');
  await note();
  expect(seen).toEqual([
    [startMs, startMs],
    [expect.any(Number), startMs],
    [resizedMs, resizedMs],
    [stoppedMs, resizedMs],
  ]);
  expect(new Set([first.etag, second.etag, (await look('p')).etag]).size).toBe(3);
  const body = { properties: { metadata: [] } };
  const stale = await ask(local, 'PATCH', path, { body, headers: { 'if-match': first.etag ?? '' } });
  expect(stale.status).toBe(412);
});

describe('the evaluation of a formula', () => {
  const byFormula = (formula: string): Pool =>
    given.aPool(image, 0, { scaleSettings: { autoScale: { formula, evaluationInterval: 'PT15M' } } });

  test('fails when the formula is not understood, and brings no node', async () => {
    await create('p', byFormula('not a formula'));
    local.pass(10);
    const { autoScaleRun, ...pool } = await look('p');
    expect(autoScaleRun?.error).toMatchObject({ code: 'InvalidAutoScaleFormula' });
    expect(pool).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 0 });
  });

  test('fails on request', async () => {
    await arm({ kind: 'autoScaleError', code: 'AutoScalingFormulaEvaluationError', message: 'No samples.' });
    await create('p', byFormula('$TargetDedicatedNodes = 2;'));
    local.pass(10);
    expect((await look('p')).autoScaleRun?.error).toMatchObject({
      code: 'AutoScalingFormulaEvaluationError',
      message: 'No samples.',
    });
    expect(await nodesOf('p')).toBe(0);
  });
});
