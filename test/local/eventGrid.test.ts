/** Resource events on their way to a queue, as the real client receives them: filtered, and by hand in every form. */
import { once } from 'node:events';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { create_container, type EventContext } from 'rhea';
import { resourceEvent, STRANGER, type EventVerb, type ResourceEvent } from '../../local/arm/events';
import { deliverTo, putEvents, type Form } from '../../local/eventGrid';
import { RESOURCE_EVENTS } from '../../local/eventSubscription';
import { QUEUES } from '../../local/queues';
import { bodiesOf, closeAll, getsNothing, startLoopback, take, until, type Loopback } from './bus/loopback';

const QUEUE = 'resource-events';

let bus: Loopback;
beforeEach(async () => {
  bus = await startLoopback(QUEUES);
});
afterEach(closeAll);

const about = (name: string, verb: EventVerb = 'delete', type = 'Microsoft.Compute/snapshots'): ResourceEvent =>
  resourceEvent({
    ...{ verb, type, resourceId: `/subscriptions/s/resourceGroups/rg/providers/${type}/${name}`, by: STRANGER },
    ...{ method: 'DELETE', url: 'https://localhost/', correlationId: 'c', atMs: bus.clock.nowMs() },
  });

const receive = (count: number): Promise<ServiceBusReceivedMessage[]> =>
  take(bus.client().createReceiver(QUEUE, { receiveMode: 'receiveAndDelete' }), count);

test('what the subscription wants comes once, under the id of the event; nothing else does', async () => {
  const deliver = deliverTo(bus.broker, QUEUE, RESOURCE_EVENTS);
  const wanted = about('snap');
  for (const event of [about('net', 'write', 'Microsoft.Network/virtualNetworks'), wanted, wanted]) deliver(event);
  const [message] = await receive(1);
  expect(message).toMatchObject({
    messageId: wanted.id,
    body: wanted,
    applicationProperties: { 'aeg-event-type': 'Notification', 'aeg-output-event-id': wanted.id },
  });
  expect(await getsNothing(bus.client().createReceiver(QUEUE))).toBe(true);
});

describe('by hand', () => {
  const put = (events: readonly ResourceEvent[], form?: Form): void => putEvents(bus.broker, QUEUE, events, form);

  test('events come in the order in which they were put, and as often', async () => {
    const [first, second] = [about('first'), about('second')];
    put([second, first, second]);
    put([second]);
    expect(bodiesOf(await receive(4))).toEqual([second, first, second, second]);
  });

  test('a message id makes a copy a duplicate', async () => {
    put([about('one')], { messageId: 'same' });
    put([about('two')], { messageId: 'same' });
    put([about('three')]);
    expect(bodiesOf(await receive(2))).toMatchObject([
      { subject: expect.stringMatching(/one$/) as string },
      { subject: expect.stringMatching(/three$/) as string },
    ]);
  });

  test('CloudEvents 1.0 have the same in their own fields', async () => {
    const event = about('snap');
    put([event], { schema: 'CloudEventSchemaV1_0', contentType: 'application/cloudevents+json; charset=utf-8' });
    const [message] = await receive(1);
    expect(message?.contentType).toBe('application/cloudevents+json; charset=utf-8');
    expect(message?.body).toEqual({
      ...{ specversion: '1.0', id: event.id, source: event.topic, subject: event.subject, data: event.data },
      ...{ type: 'Microsoft.Resources.ResourceDeleteSuccess', time: event.eventTime },
    });
  });

  test.each<{ as: Form['as']; bodies: (events: readonly ResourceEvent[]) => unknown[] }>([
    { as: 'object', bodies: (events) => [...events] },
    { as: 'array', bodies: (events) => [events] },
    { as: 'string', bodies: (events) => events.map((event) => JSON.stringify(event)) },
    // The client makes objects of bytes that are JSON.
    { as: 'bytes', bodies: (events) => [...events] },
  ])('a body is sent as $as, with a content type or without', async ({ as, bodies }) => {
    const events = [about('one'), about('two')];
    const wanted = bodies(events);
    for (const contentType of [undefined, 'application/json']) {
      put(events, { ...(as === undefined ? {} : { as }), ...(contentType === undefined ? {} : { contentType }) });
      const messages = await receive(wanted.length);
      expect(bodiesOf(messages)).toEqual(wanted);
      expect(messages[0]?.contentType).toBe(contentType);
    }
  });

  test('text and bytes are values on the wire, and JSON is data', async () => {
    const event = about('one');
    const text = JSON.stringify(event);
    for (const as of ['object', 'string', 'bytes'] as const) put([event], { as });
    const connection = create_container().connect({ host: '127.0.0.1', port: bus.port, reconnect: false });
    const bodies: unknown[] = [];
    connection.open_receiver(QUEUE).on('message', ({ message }: EventContext) => bodies.push(message?.body));
    await until(() => bodies.length === 3);
    connection.close();
    await once(connection, 'connection_close');
    expect(bodies).toEqual([expect.objectContaining({ content: Buffer.from(text) }), text, Buffer.from(text)]);
  });
});
