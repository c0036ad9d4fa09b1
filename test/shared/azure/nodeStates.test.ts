/** Counting the nodes of a pool on the data plane of its account, with the real pipeline on the local Azure. */
import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { readAccountNodeStates, readNodeStates } from '../../../shared/azure/nodeStates';
import { poolClient } from '../../../shared/azure/poolResources';
import type { NodeStates } from '../../../shared/domain/growth/poolLook';
import type { FaultRule } from '../../../local/arm/faultRules';
import * as given from '../../local/arm/given';
import { accountId } from '../../local/arm/localAzure';
import { failureIn, startCloud, valueOf, type Cloud } from './cloud';
import { POOL_ID, poolSpec } from './specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const POOL_NAME = POOL_ID.slice(POOL_ID.lastIndexOf('/') + 1).toLowerCase();

const count = async (): Promise<NodeStates> => valueOf(await readNodeStates(cloud.arm, POOL_ID));

/** A pool of 8 dedicated nodes and 4 Spot nodes. */
async function createPool(...faults: readonly FaultRule[]): Promise<void> {
  const image = await given.publishedImage(cloud);
  for (const fault of faults) cloud.azure.faults.add(fault);
  const properties = {
    ...poolSpec().properties,
    deploymentConfiguration: {
      virtualMachineConfiguration: { imageReference: { id: image }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 8, targetLowPriorityNodes: 4, resizeTimeout: 'PT30M' } },
  };
  valueOf(await poolClient(cloud.arm).put(poolSpec({ properties })));
}

const allUsable = { total: 12, usable: 12, underway: 0, unusable: 0, startTaskFailed: 0, errors: [] };

describe('on the local Azure', () => {
  it('both kinds of nodes are counted together, by two reads when all are well', async () => {
    await createPool();
    cloud.pass(60);
    cloud.newCalls();
    expect(await count()).toEqual(allUsable);
    const paths = cloud.newCalls().map(({ path }) => path.replace(/^.*\/nodecounts$/, 'node counts'));
    expect(paths).toEqual([accountId('batchrender'), 'node counts']);
    expect(cloud.scopes.flat()).toContain('https://batch.core.windows.net/.default');
  });

  it('all pools of an account are counted at once; one connection that is cut does not matter, two do', async () => {
    await createPool();
    cloud.pass(60);
    const cut = { kind: 'reset', path: '/nodecounts' } as const;
    const endpoint = (await cloud.batch.batchAccountOperations.get('rg-batch', 'batchrender')).accountEndpoint ?? '';
    cloud.azure.faults.add(cut);
    expect(valueOf(await readAccountNodeStates(cloud.arm, endpoint)).get(POOL_NAME)).toEqual(allUsable);
    cloud.azure.faults.add({ ...cut, times: 2 });
    expect(failureIn(await readAccountNodeStates(cloud.arm, endpoint))).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    { state: 'unusable', code: 'DiskFull', message: 'There is not enough disk space on the node' },
    { state: 'startTaskFailed', code: 'FailureExitCode', message: 'The start task failed' },
  ] as const)('nodes in state $state come with what Azure says of them', async ({ state, code, message }) => {
    await createPool({ kind: 'badNodes', nodes: 3, state, code, message });
    cloud.pass(60);
    const { errors, ...counts } = await count();
    expect(counts).toEqual({ total: 12, usable: 9, underway: 0, unusable: 0, startTaskFailed: 0, [state]: 3 });
    expect(errors).toMatchObject([{ code, nodes: 3 }]);
    expect(errors[0]?.message).toContain(message);
  });

  it('different errors are told apart, the most frequent first', async () => {
    await createPool(
      { kind: 'badNodes', nodes: 1, state: 'unusable', code: 'DiskFull', message: 'Full.' },
      { kind: 'badNodes', nodes: 2, state: 'unusable', code: 'NodeNotReady', message: 'Not ready.' },
    );
    cloud.pass(60);
    expect(await count()).toMatchObject({
      unusable: 3,
      errors: [
        { code: 'NodeNotReady', message: 'Not ready.', nodes: 2 },
        { code: 'DiskFull', message: 'Full.', nodes: 1 },
      ],
    });
  });

  it('that the errors may not be read does not hide how many nodes are bad', async () => {
    await createPool({ kind: 'badNodes', nodes: 3, state: 'unusable' });
    cloud.pass(60);
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'PermissionDenied', path: '/nodes' });
    const { unusable, errors } = await count();
    expect(unusable).toBe(3);
    expect(errors).toMatchObject([{ code: 'PermissionDenied', nodes: 3 }]);
    expect(errors[0]?.message).toContain(`Tried to list the unusable nodes of ${POOL_ID}`);
  });

  it.each(['/nodecounts', '/nodes'])('is for later while Azure does not answer for %s', async (path) => {
    await createPool({ kind: 'badNodes', nodes: 3, state: 'unusable' });
    cloud.pass(60);
    cloud.azure.faults.add({ kind: 'answer', status: 503, code: 'ServerBusy', path });
    expect(failureIn(await readNodeStates(cloud.arm, POOL_ID))).toMatchObject({ kind: 'unavailable', status: 503 });
  });

  it('that the data plane refuses is a failure which says what was tried', async () => {
    await createPool();
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'PermissionDenied', path: '/nodecounts' });
    const failure = failureIn(await readNodeStates(cloud.arm, POOL_ID));
    expect(failure).toMatchObject({ kind: 'forbidden', code: 'PermissionDenied' });
    expect(failure.message).toContain(`Tried to count the nodes of ${POOL_ID}`);
  });

  it('of an account that is gone is a failure', async () => {
    cloud.azure.deleteBehindTheBack(accountId('batchrender'));
    expect(failureIn(await readNodeStates(cloud.arm, POOL_ID)).kind).toBe('notFound');
  });

  it('of a pool that is gone is a failure', async () => {
    expect(failureIn(await readNodeStates(cloud.arm, POOL_ID)).kind).toBe('notFound');
  });
});

/** What the data plane answers to each request after another, where the local Azure has no such nodes. */
async function tryFrom(...bodies: readonly unknown[]) {
  const asked: URL[] = [];
  const sendToBatch = (request: PipelineRequest) => {
    const bodyAsText = JSON.stringify(bodies[asked.length]);
    asked.push(new URL(request.url));
    return Promise.resolve({ request, status: 200, headers: createHttpHeaders(), bodyAsText });
  };
  return { outcome: await readNodeStates({ ...cloud.arm, sendToBatch }, POOL_ID), asked };
}

const countFrom = async (...bodies: readonly unknown[]) => {
  const { outcome, asked } = await tryFrom(...bodies);
  return { states: valueOf(outcome), asked };
};

const counts = (dedicated: Record<string, number>, lowPriority: Record<string, number> = {}): unknown => ({
  value: [{ poolId: 'render-pool', dedicated, lowPriority }],
});

describe('an answer of the data plane', () => {
  it('has every state in one of the sums, or in the total only', async () => {
    const usable = { idle: 1, running: 2 };
    const underway = { creating: 1, starting: 1, waitingForStartTask: 1, rebooting: 1, reimaging: 1, leavingPool: 1 };
    const apart = { offline: 5, preempted: 7, deallocated: 9 };
    const { states } = await countFrom(
      counts({ ...usable, ...underway, ...apart, unknown: 1, total: 32 }, { idle: 3, preempted: 4, total: 7 }),
    );
    expect(states).toEqual({
      ...{ total: 39, usable: 6, underway: 7, unusable: 0, startTaskFailed: 0, preempted: 11 },
      errors: [],
    });
  });

  it('is asked about this pool only, and then about bad nodes only, page after page', async () => {
    const next = 'https://elsewhere.example/pools/render-pool/nodes?$skiptoken=2';
    const node = { id: 'tvm-1', state: 'unusable', errors: [{ code: 'DiskFull', message: 'Full.' }] };
    const { accountEndpoint = '' } = await cloud.batch.batchAccountOperations.get('rg-batch', 'batchrender');
    const { states, asked } = await countFrom(
      counts({ unusable: 3, total: 3 }),
      { value: [node, node], 'odata.nextLink': next.replace('elsewhere.example', accountEndpoint) },
      { value: [node] },
    );
    expect(states.errors).toEqual([{ code: 'DiskFull', message: 'Full.', nodes: 3 }]);
    expect(asked.map(({ pathname, searchParams }) => [pathname, searchParams.get('$filter')])).toEqual([
      ['/nodecounts', "poolId eq 'render-pool'"],
      ['/pools/render-pool/nodes', "state eq 'unusable' or state eq 'starttaskfailed'"],
      ['/pools/render-pool/nodes', null],
    ]);
  });

  it('says with which exit code a start task ended, and counts an error once for each node', async () => {
    const failureInfo = { category: 'UserError', code: 'FailureExitCode', message: 'The task failed.' };
    const error = { code: 'StartTaskFailed', message: 'Its start task failed.' };
    const { states } = await countFrom(counts({ startTaskFailed: 2, total: 2 }), {
      value: [
        { id: 'tvm-1', state: 'starttaskfailed', startTaskInfo: { state: 'completed', exitCode: 7, failureInfo } },
        { id: 'tvm-2', state: 'starttaskfailed', errors: [error, error] },
      ],
    });
    expect(states.errors).toEqual([
      { code: 'FailureExitCode', message: 'The task failed. (exit code 7)', nodes: 1 },
      { code: 'StartTaskFailed', message: 'Its start task failed.', nodes: 1 },
    ]);
  });

  it('without this pool is a failure, and does not mean no nodes', async () => {
    const { outcome } = await tryFrom({ value: [] });
    expect(failureIn(outcome)).toMatchObject({ kind: 'rejected', code: 'PoolNotCounted' });
  });

  it('that is not what its documentation says is a failure', async () => {
    const { outcome } = await tryFrom({ value: [{ poolId: 'render-pool', dedicated: 'many' }] });
    expect(failureIn(outcome)).toMatchObject({ kind: 'rejected', code: 'AnswerNotUnderstood' });
  });

  it('with a different error for each of many nodes becomes the first ten', async () => {
    const nodes = Array.from({ length: 500 }, (_, index) => ({
      id: `tvm-${index}`,
      errors: [{ code: 'NodeError', message: `Node tvm-${index} has no heartbeat.` }],
    }));
    const { states } = await countFrom(counts({ unusable: 500, total: 500 }), { value: nodes });
    expect(states).toMatchObject({ unusable: 500 });
    expect(states.errors).toHaveLength(10);
  });
});
