/** Puts a build request on the queue, as a pipeline would. */
import { IMAGE_BUILD_REQUESTS } from '../functions/queues';
import { openBus } from './bus';

/** Sends one message to `image-build-requests`; the bus drops a second one with the same id. */
export async function sendRequest(connectionString: string, request: unknown, messageId: string): Promise<void> {
  const client = openBus(connectionString);
  try {
    const sender = client.createSender(IMAGE_BUILD_REQUESTS);
    await sender.sendMessages({ body: request, messageId, contentType: 'application/json' });
  } finally {
    await client.close();
  }
}
