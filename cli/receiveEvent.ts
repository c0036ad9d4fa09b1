/** Takes one result event from queue `image-pool-events`, as a consumer would, and checks its envelope. */
import { ServiceBusClient } from '@azure/service-bus';
import * as z from 'zod';
import { IMAGE_POOL_EVENTS } from '../functions/queues';
import type { BuildResult } from '../shared/domain/result';

const PATIENCE_MS = 10_000;

/** The result events of the app, as any consumer may read them. */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().regex(/^BatchImagePools\./),
  subject: z.string(),
  time: z.iso.datetime(),
  data: z.custom<BuildResult>((value) => z.object({ outcome: z.string() }).safeParse(value).success),
});

export type ResultEvent = z.infer<typeof cloudEvent>;
export type ReceivedEvent = ResultEvent & { readonly correlationId: string };

export async function receiveEvent(connectionString: string): Promise<ReceivedEvent> {
  const client = new ServiceBusClient(connectionString);
  try {
    const receiver = client.createReceiver(IMAGE_POOL_EVENTS);
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: PATIENCE_MS });
    if (!message) throw new Error(`No result event came within ${PATIENCE_MS / 1000} s.`);
    await receiver.completeMessage(message);
    return { ...cloudEvent.parse(message.body), correlationId: String(message.correlationId) };
  } finally {
    await client.close();
  }
}
