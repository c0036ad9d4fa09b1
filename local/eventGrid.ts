/** Event Grid's delivery of resource events to a Service Bus queue: as its subscription filters them, or by hand. */
import { randomUUID } from 'node:crypto';
import type { ResourceEvent } from './arm/events';
import type { Broker } from './bus/broker';
import type { PlainMessage } from './bus/wireMessage';
import type { EventSubscription } from './eventSubscription';

/** Delivers as an event subscription with a queue as its endpoint does (event-grid/includes/message-headers). */
export function deliverTo(
  broker: Broker,
  queueName: string,
  subscription: EventSubscription,
): (event: ResourceEvent) => void {
  return (event) => {
    if (!subscription.delivers(event)) return;
    broker.put(queueName, {
      body: JSON.stringify(event),
      messageId: event.id,
      applicationProperties: headersOf(event),
    });
  };
}

const headersOf = (event: ResourceEvent): Record<string, string> => ({
  'aeg-subscription-name': 'LOCAL',
  'aeg-delivery-count': '0',
  'aeg-event-type': 'Notification',
  'aeg-data-version': event.dataVersion,
  'aeg-metadata-version': event.metadataVersion,
  'aeg-output-event-id': event.id,
});

/** The same event in the other schema that a subscription can ask for (event-grid/cloud-event-schema). */
export const cloudEvent = ({ id, topic, subject, eventType, eventTime, data }: ResourceEvent): object => ({
  id,
  source: topic,
  subject,
  type: eventType,
  time: eventTime,
  data,
  specversion: '1.0',
});

export interface Form {
  readonly schema?: 'EventGridSchema' | 'CloudEventSchemaV1_0';
  /**
   * One message for each event, whose body is JSON data, text (an AMQP string) or bytes (an AMQP binary); or, as an
   * `array`, one message with all of them as JSON data.
   */
  readonly as?: 'object' | 'array' | 'string' | 'bytes';
  /** None when left out. */
  readonly contentType?: string;
  /** Left out, every message has one of its own, so that the queue does not drop a copy as a duplicate. */
  readonly messageId?: string;
}

const bodiesOf = (events: readonly object[], as: Form['as']): readonly Pick<PlainMessage, 'body' | 'section'>[] => {
  const texts = (as === 'array' ? [events] : events).map((content) => JSON.stringify(content));
  if (as === 'string') return texts.map((body) => ({ body, section: 'value' }));
  if (as === 'bytes') return texts.map((text) => ({ body: Buffer.from(text), section: 'value' }));
  return texts.map((body) => ({ body }));
};

/** Puts events on a queue in the given order and form, past every filter; the same ones as often as it is called. */
export function putEvents(broker: Broker, queueName: string, events: readonly ResourceEvent[], form: Form = {}): void {
  const { schema = 'EventGridSchema', as = 'object', contentType, messageId } = form;
  const shaped = schema === 'EventGridSchema' ? events : events.map(cloudEvent);
  for (const body of bodiesOf(shaped, as)) {
    broker.put(queueName, {
      ...body,
      messageId: messageId ?? randomUUID(),
      ...(contentType === undefined ? {} : { contentType }),
    });
  }
}
