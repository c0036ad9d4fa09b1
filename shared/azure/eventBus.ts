/** Sends result events to the queue, each under its own id, so that the bus drops a second telling. */
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { succeed, type Outcome } from '../domain/outcome';
import type { CloudEvent } from '../domain/resultEvent';
import * as z from 'zod';
import { tellEventSent } from './callTrace';
import { attempt } from './failure';

/** Where the bus is: a namespace reached with the app's identity, or a connection string (local stack only). */
export type BusAddress = { readonly fullyQualifiedNamespace: string } | { readonly connectionString: string };

export interface EventBus {
  /** `correlationId` is what the receiver knows the matter by: the request's id, or the finding's. */
  publish(event: CloudEvent<unknown>, correlationId: string): Promise<Outcome<null>>;
  close(): Promise<void>;
}

const finding = z.object({ findingId: z.string(), code: z.string() });

const findingCode = (data: unknown): { readonly code?: string } => {
  const { data: known } = finding.safeParse(data);
  return known === undefined ? {} : { code: known.code };
};

/** An unreachable bus is the orchestrator's to wait for; the SDK tries once more, at once. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 10_000 };

export function createEventBus(address: BusAddress, queueName: string): EventBus {
  let opened: { client: ServiceBusClient; sender: ServiceBusSender } | undefined;
  const sender = (): ServiceBusSender => {
    if (!opened) {
      const client = connectBus(address);
      opened = { client, sender: client.createSender(queueName) };
    }
    return opened.sender;
  };
  return {
    publish: async (event, correlationId) => {
      const sent = await attempt(`send ${event.type} to queue ${queueName}`, () =>
        sender().sendMessages({
          body: event,
          contentType: 'application/cloudevents+json',
          messageId: event.id,
          correlationId,
          subject: event.type,
        }),
      );
      if (!sent.ok) return sent;
      const { type, id, subject } = event;
      tellEventSent({ type, id, subject, ...findingCode(event.data) });
      return succeed(null);
    },
    close: async () => {
      await opened?.client.close();
      opened = undefined;
    },
  };
}

export function connectBus(address: BusAddress): ServiceBusClient {
  const options = { retryOptions: RETRY_OPTIONS };
  return 'connectionString' in address
    ? new ServiceBusClient(address.connectionString, options)
    : new ServiceBusClient(address.fullyQualifiedNamespace, new DefaultAzureCredential(), options);
}
