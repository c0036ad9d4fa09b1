/** Telling a result: once, however often the activity runs, and later when the bus is away. */
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { createBuildActivities } from '../../../shared/activities/buildActivities';
import { createArm } from '../../../shared/azure/clients';
import { createEventBus, type EventBus } from '../../../shared/azure/eventBus';
import { isPassing } from '../../../shared/domain/outcome';
import type { CloudEvent } from '../../../shared/domain/resultEvent';
import { Broker, connectionString } from '../../../local/bus/broker';
import { SteppedClock } from '../../../local/clock';
import { QUEUES } from '../../../local/queues';
import { failureIn, valueOf } from '../azure/cloud';
import { POOL_ID } from '../azure/specs';

const QUEUE = 'image-pool-events';

let broker: Broker;
let port: number;
let bus: EventBus;
beforeEach(async () => {
  broker = new Broker({ clock: new SteppedClock(Date.UTC(2026, 10, 21)), queues: QUEUES });
  port = await broker.listen();
  bus = createEventBus({ connectionString: connectionString(port) }, QUEUE);
});
afterEach(async () => {
  await bus.close();
  await broker.close();
});

const arm = createArm({
  armEndpoint: 'https://localhost:1',
  armScope: 'none',
  batchApiVersion: '2025-06-01',
  armTimeoutSeconds: 60,
  nodesPerReplica: 300,
  mostUnusablePercent: 20,
  shallowMostNodes: 10,
  managedImageApiVersion: '2019-08-01',
  batchScope: 'none',
  batchDataApiVersion: '2025-06-01',
  allowedScopes: [],
});
const publish = (event: CloudEvent): ReturnType<EventBus['publish']> =>
  createBuildActivities(arm, bus).publishEvent(event);

const refusal = (id: string): CloudEvent => ({
  specversion: '1.0',
  id,
  source: '/batch-image-pools',
  type: 'BatchImagePools.BuildRefused',
  subject: POOL_ID,
  time: '2026-11-21T08:00:00.000Z',
  datacontenttype: 'application/json',
  data: {
    requestId: 'render-16-nodes',
    correlationId: 'c0ffee00-0000-8000-8000-000000000000',
    poolId: POOL_ID,
    outcome: 'BuildRefused',
    reason: 'BuildInProgress',
    message: 'Another build of this pool is under way.',
    verdicts: [],
  },
});

async function takeAll(): Promise<readonly ServiceBusReceivedMessage[]> {
  const client = new ServiceBusClient(connectionString(port));
  const receiver = client.createReceiver(QUEUE, { receiveMode: 'receiveAndDelete' });
  const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 2_000 });
  await client.close();
  return messages;
}

it('sends the event under its own id, to be correlated by the request’s', async () => {
  expect(valueOf(await publish(refusal('event-1')))).toBeNull();
  const [message] = await takeAll();
  expect(message).toMatchObject({
    messageId: 'event-1',
    correlationId: 'render-16-nodes',
    contentType: 'application/cloudevents+json',
    subject: 'BatchImagePools.BuildRefused',
    body: refusal('event-1'),
  });
});

it('tells one event once, however often it runs', async () => {
  valueOf(await publish(refusal('event-1')));
  valueOf(await publish(refusal('event-1')));
  valueOf(await publish(refusal('event-2')));
  expect((await takeAll()).map(({ messageId }) => messageId)).toEqual(['event-1', 'event-2']);
});

// Two tries that fail become one AggregateError (core-amqp, retry), which failureOf takes for a bug and throws.
it('answers with a failure that may pass while the bus is away, and sends once it is back', async () => {
  await broker.close();
  const failure = failureIn(await publish(refusal('event-1')));
  expect(isPassing(failure)).toBe(true);
  expect(failure.message).toContain('Tried to send BatchImagePools.BuildRefused to queue image-pool-events');
  await broker.listen({ port });
  valueOf(await publish(refusal('event-1')));
  expect(broker.counts(QUEUE).active).toBe(1);
});

it('answers with a failure for good when there is no such queue', async () => {
  const lost = createEventBus({ connectionString: connectionString(port) }, 'no-such-queue');
  const failure = failureIn(await lost.publish(refusal('event-1'), 'request-1'));
  expect(failure).toMatchObject({ kind: 'rejected', code: 'MessagingEntityNotFound' });
  await lost.close();
});
