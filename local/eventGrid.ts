/** Event Grid's delivery of resource events to a Service Bus queue: one event for each message, under a stable id. */
import type { ResourceEvent } from './arm/events';
import type { Broker } from './bus/broker';

/** Delivers as an event subscription with a queue as its endpoint does (event-grid/includes/message-headers). */
export function deliverTo(broker: Broker, queueName: string): (event: ResourceEvent) => void {
  return (event) =>
    broker.put(queueName, {
      body: JSON.stringify(event),
      messageId: event.id,
      applicationProperties: {
        'aeg-subscription-name': 'LOCAL',
        'aeg-delivery-count': '0',
        'aeg-event-type': 'Notification',
        'aeg-data-version': event.dataVersion,
        'aeg-metadata-version': event.metadataVersion,
        'aeg-output-event-id': event.id,
      },
    });
}
