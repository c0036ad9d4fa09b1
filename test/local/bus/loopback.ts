/** A broker and real Service Bus clients over loopback for one test, all closed when the test is over. */

import {
  ServiceBusClient,
  type ServiceBusClientOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusReceiverOptions,
} from '@azure/service-bus';
import { Broker, connectionString } from '../../../local/bus/broker';
import type { QueueOptions } from '../../../local/bus/queueOptions';
import { SteppedClock } from '../../../local/clock';

const open: { close(): Promise<void> }[] = [];

/** To be called in `afterEach`: clients first, then the brokers that they talk to. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0).reverse()) await one.close();
}

/** Lives until `closeAll`. */
export function keep<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

/** Some instant; the client compares it with its own clock only when it renews locks, which the tests do not let it. */
const START_MS = Date.UTC(2026, 0, 1);

export interface Loopback {
  readonly broker: Broker;
  readonly clock: SteppedClock;
  readonly port: number;
  readonly client: (options?: ServiceBusClientOptions) => ServiceBusClient;
  /** Lets time pass; the broker does at once what became due. */
  readonly pass: (ms: number) => void;
}

export async function startLoopback(
  queues: Readonly<Record<string, QueueOptions>>,
  limits: { maxMessageBytes?: number } = {},
): Promise<Loopback> {
  const clock = new SteppedClock(START_MS);
  const broker = keep(new Broker({ clock, queues, ...limits }));
  const port = await broker.listen();
  return {
    broker,
    clock,
    port,
    client: (options) =>
      keep(
        new ServiceBusClient(connectionString(port), {
          retryOptions: { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 },
          ...options,
        }),
      ),
    pass: (ms) => clock.advanceTo(clock.nowMs() + ms),
  };
}

/** Locks last exactly as long as the queue says. */
export const NO_RENEWAL: ServiceBusReceiverOptions = { maxAutoLockRenewalDurationInMs: 0 };

/** Exactly `count` messages, in as many calls as it takes. */
export async function take(
  receiver: Pick<ServiceBusReceiver, 'receiveMessages'>,
  count: number,
): Promise<ServiceBusReceivedMessage[]> {
  const taken: ServiceBusReceivedMessage[] = [];
  while (taken.length < count) {
    const more = await receiver.receiveMessages(count - taken.length, { maxWaitTimeInMs: 5_000 });
    if (more.length === 0) throw new Error(`Only ${taken.length} of ${count} messages came.`);
    taken.push(...more);
  }
  return taken;
}

export async function takeOne(
  receiver: Pick<ServiceBusReceiver, 'receiveMessages'>,
): Promise<ServiceBusReceivedMessage> {
  const [message] = await take(receiver, 1);
  if (message === undefined) throw new Error('No message came.');
  return message;
}

/** Whether a receiver gets nothing although it asks. */
export async function getsNothing(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>): Promise<boolean> {
  return (await receiver.receiveMessages(1, { maxWaitTimeInMs: 30 })).length === 0;
}

/** Waits, turn by turn of the event loop, for what other ends of a socket are about to do. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

export const bodiesOf = (messages: readonly ServiceBusReceivedMessage[]): unknown[] =>
  messages.map(({ body }): unknown => body);
