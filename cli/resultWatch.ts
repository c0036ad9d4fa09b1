/** Watches queue `image-pool-events` for the result of one request by peeking: nothing is taken from its consumers. */
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { IMAGE_POOL_EVENTS } from '../functions/queues';
import { cloudEvent, type ResultEvent } from './receiveEvent';

const LOOK_EVERY_MS = 500;
const PAGE = 100;

export class ResultWatch {
  readonly #client: ServiceBusClient;
  readonly #receiver: ServiceBusReceiver;

  private constructor(client: ServiceBusClient) {
    this.#client = client;
    this.#receiver = client.createReceiver(IMAGE_POOL_EVENTS);
  }

  /** Begins behind the events that are there already: they answer earlier requests. */
  static async open(connectionString: string): Promise<ResultWatch> {
    const options = { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } };
    const watch = new ResultWatch(new ServiceBusClient(connectionString, options));
    while ((await watch.#page()).length > 0);
    return watch;
  }

  /** The next event that answers the request, however long it takes. */
  async answerTo(requestId: string): Promise<ResultEvent> {
    for (;;) {
      const answer = (await this.#page()).find(({ correlationId }) => correlationId === requestId);
      if (answer) return cloudEvent.parse(answer.body);
      await delay(LOOK_EVERY_MS);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** The receiver goes on from where its last peek ended. */
  #page(): Promise<ServiceBusReceivedMessage[]> {
    return this.#receiver.peekMessages(PAGE);
  }
}
