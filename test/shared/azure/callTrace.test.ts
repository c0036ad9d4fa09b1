/** What Azure sees of a trace: each call, by whatever client, carries the id of the activity that makes it. */
import { callArm, readBatch } from '../../../shared/azure/armCall';
import { newTally, withTrace, type CallTrace } from '../../../shared/azure/callTrace';
import { snapshotClient } from '../../../shared/azure/computeResources';
import { poolClient } from '../../../shared/azure/poolResources';
import { SUBSCRIPTION } from '../../local/arm/localAzure';
import { startCloud, type Cloud } from './cloud';
import { poolSpec, snapshotSpec } from './specs';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images?api-version=2021-04-01`;
const ONE = '11111111-1111-8111-8111-111111111111';
const OTHER = '22222222-2222-8222-8222-222222222222';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const traceOf = (correlationId: string): CallTrace => ({
  correlationId,
  tally: newTally(),
  eventSent: () => undefined,
});
const correlationIds = () => cloud.newCalls().map(({ correlationId }) => correlationId);
const look = () => callArm(cloud.arm, 'look', { method: 'GET', url: GROUP });

it('reads, writes and raw calls carry the id', async () => {
  const trace = traceOf(ONE);
  await withTrace(trace, async () => {
    await snapshotClient(cloud.arm).see(snapshotSpec());
    await snapshotClient(cloud.arm).put(snapshotSpec());
    await poolClient(cloud.arm).put(poolSpec());
    await look();
  });
  const ids = correlationIds();
  expect(new Set(ids)).toEqual(new Set([ONE]));
  expect(trace.tally).toEqual({ armCalls: ids.length, batchCalls: 0, throttled: 0 });
});

it('activities that run side by side keep their ids apart', async () => {
  const [one, other] = [traceOf(ONE), traceOf(OTHER)];
  const looks = (times: number) => async () => {
    for (let nth = 0; nth < times; nth += 1) await look();
  };
  await Promise.all([withTrace(one, looks(3)), withTrace(other, looks(2))]);
  expect(correlationIds().toSorted()).toEqual([ONE, ONE, ONE, OTHER, OTHER]);
  expect([one.tally.armCalls, other.tally.armCalls]).toEqual([3, 2]);
});

it('a call of no activity is Azure’s to name', async () => {
  await look();
  expect(correlationIds()).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

it('throttled calls are counted, by a client’s own pipeline, too', async () => {
  cloud.azure.faults.add({ kind: 'answer', status: 429, code: 'TooManyRequests', times: 2 });
  const trace = traceOf(ONE);
  await withTrace(trace, async () => {
    await look();
    await snapshotClient(cloud.arm).see(snapshotSpec());
    await look();
  });
  expect(trace.tally).toEqual({ armCalls: 3, batchCalls: 0, throttled: 2 });
});

it('calls to the data plane of Batch carry it, too, and are counted by themselves', async () => {
  const trace = traceOf(ONE);
  const { accountEndpoint: endpoint = '' } = await cloud.batch.batchAccountOperations.get('rg-batch', 'batchrender');
  correlationIds();
  await withTrace(trace, () => readBatch(cloud.arm, 'list images', { endpoint, path: '/supportedimages' }));
  expect(correlationIds()).toEqual([ONE]);
  expect(trace.tally).toEqual({ armCalls: 0, batchCalls: 1, throttled: 0 });
});
