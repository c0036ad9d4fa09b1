/** Sends result events to the queue, each under its own id, so that the bus drops a second telling. */
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { succeed, type Outcome } from '../domain/outcome';
import type { CloudEvent } from '../domain/resultEvent';
import { attempt } from './failure';

/** Where the bus is: a namespace reached with the app's identity, or a connection string (local stack only). */
export type BusAddress = { readonly fullyQualifiedNamespace: string } | { readonly connectionString: string };

export interface EventBus {
  publish(event: CloudEvent): Promise<Outcome<null>>;
  close(): Promise<void>;
}

/** An unreachable bus is the orchestrator's to wait for; the SDK tries once more, at once. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 10_000 };

export function createEventBus(address: BusAddress, queueName: string): EventBus {
  let opened: { client: ServiceBusClient; sender: ServiceBusSender } | undefined;
  const sender = (): ServiceBusSender => {
    if (!opened) {
      const client = connect(address);
      opened = { client, sender: client.createSender(queueName) };
    }
    return opened.sender;
  };
  return {
    publish: async (event) => {
      const sent = await attempt(`send ${event.type} to queue ${queueName}`, () =>
        sender().sendMessages({
          body: event,
          contentType: 'application/cloudevents+json',
          messageId: event.id,
          correlationId: event.data.requestId,
          subject: event.type,
        }),
      );
      return sent.ok ? succeed(null) : sent;
    },
    close: async () => {
      await opened?.client.close();
      opened = undefined;
    },
  };
}

function connect(address: BusAddress): ServiceBusClient {
  const options = { retryOptions: RETRY_OPTIONS };
  return 'connectionString' in address
    ? new ServiceBusClient(address.connectionString, options)
    : new ServiceBusClient(address.fullyQualifiedNamespace, new DefaultAzureCredential(), options);
}
