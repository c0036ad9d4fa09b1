/** Watches queue `image-pool-events` for the result of one request by peeking: nothing is taken from its consumers. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusClient } from '@azure/service-bus';
import { IMAGE_POOL_EVENTS } from '../functions/queues';
import { openBus } from './bus';
import { QueueTail } from './queueTail';
import { cloudEvent, type ResultEvent } from './receiveEvent';

export const LOOK_EVERY_MS = 500;

export class ResultWatch {
  readonly #client: ServiceBusClient;
  readonly #events: QueueTail;

  private constructor(client: ServiceBusClient, events: QueueTail) {
    this.#client = client;
    this.#events = events;
  }

  /** Begins behind the events that are there already: they answer earlier requests. */
  static async open(connectionString: string): Promise<ResultWatch> {
    const client = openBus(connectionString);
    return new ResultWatch(client, await QueueTail.open(client.createReceiver(IMAGE_POOL_EVENTS)));
  }

  /** The events since then that answer a request of this id, whoever sent it, as they came. */
  async bodiesFor(requestId: string): Promise<readonly unknown[]> {
    const answers = (await this.#events.look()).filter(({ correlationId }) => correlationId === requestId);
    return answers.map(({ body }): unknown => body);
  }

  /** The same, of a build or a plan. */
  async answersTo(requestId: string): Promise<readonly ResultEvent[]> {
    return (await this.bodiesFor(requestId)).map((body) => cloudEvent.parse(body));
  }

  /** The next event that answers the request, however long it takes. */
  async answerTo(requestId: string): Promise<unknown> {
    for (;;) {
      const [answer] = await this.bodiesFor(requestId);
      if (answer !== undefined) return answer;
      await delay(LOOK_EVERY_MS);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
