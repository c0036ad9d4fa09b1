/** The app's events on queue `image-pool-events`, taken as a consumer would, with the instants at which they came. */
import { ServiceBusClient } from '@azure/service-bus';
import * as z from 'zod';
import { SteppedClock } from '../local/clock';
import type { Stack } from '../local/stack';
import { Timeline } from '../local/timeline';
import { setTimeout as delay } from 'node:timers/promises';

const QUEUE = 'image-pool-events';
const LOOK_EVERY_MS = 10;
const PATIENCE_HOURS = 24;

const event = z.looseObject({ type: z.string(), subject: z.string(), data: z.looseObject({}) });

export interface Told {
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** On the stack's clock. */
  readonly atMs: number;
}

export const waiting = ({ broker }: Stack): number => broker.counts(QUEUE).active;

/** Lets time pass, by steps or by itself, until so many events wait. */
export async function untilWaiting(stack: Stack, count: number, patienceMs = Infinity): Promise<void> {
  if (stack.clock instanceof SteppedClock) {
    await new Timeline(stack).until(() => waiting(stack) >= count, { azureHours: PATIENCE_HOURS });
    return;
  }
  const startedMs = performance.now();
  while (waiting(stack) < count) {
    if (performance.now() - startedMs > patienceMs) {
      throw new Error(`${waiting(stack)} of ${count} events came within ${patienceMs / 1_000} s.`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Takes all events that wait. */
export async function takeEvents(stack: Stack): Promise<readonly Told[]> {
  const client = new ServiceBusClient(stack.environment['SERVICE_BUS'] ?? '');
  try {
    const receiver = client.createReceiver(QUEUE, { receiveMode: 'receiveAndDelete' });
    const taken: Told[] = [];
    for (let left = waiting(stack); left > 0; left = waiting(stack)) {
      for (const { body, enqueuedTimeUtc } of await receiver.receiveMessages(left)) {
        taken.push({ ...event.parse(body), atMs: enqueuedTimeUtc?.getTime() ?? 0 });
      }
    }
    return taken;
  } finally {
    await client.close();
  }
}

/** Takes the one event that waits, and throws with all of it when it is not of the type. */
export async function expectOne(stack: Stack, type: string): Promise<Told> {
  const [told] = await takeEvents(stack);
  if (told?.type === `BatchImagePools.${type}`) return told;
  throw new Error(`Expected ${type}, got ${JSON.stringify(told, null, 2)}`);
}
