/** Asks the app for the plan of a request, and tells the answer to this question from all others. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusClient } from '@azure/service-bus';
import { IMAGE_BUILD_REQUESTS } from '../functions/queues';
import { fingerprint, requestIdOf } from '../shared/domain/names';
import type { BuildRequest } from '../shared/domain/request';
import type { BuildResult } from '../shared/domain/result';
import { resultEvent } from '../shared/domain/resultEvent';
import { openBus } from './bus';
import { QueueTail } from './queueTail';
import type { ResultEvent } from './receiveEvent';
import { LOOK_EVERY_MS, ResultWatch } from './resultWatch';
import { sendRequest } from './sendRequest';

export type PlanReply =
  | { readonly came: 'answer'; readonly result: BuildResult }
  /** The app cannot use the request, and says why. */
  | { readonly came: 'deadLetter'; readonly reason: string }
  | { readonly came: 'nothing' };

/** A plan that is answered to someone else has ended for sure after so long. */
const JOINED_ENDS_WITHIN_MS = 2_000;

export class PlanQuestion {
  readonly #address: string;
  readonly #request: BuildRequest;
  readonly #client: ServiceBusClient;
  readonly #results: ResultWatch;
  readonly #deadLetters: QueueTail;
  readonly #messageIds: string[] = [];

  private constructor(
    address: string,
    request: BuildRequest,
    watched: { readonly client: ServiceBusClient; readonly results: ResultWatch; readonly deadLetters: QueueTail },
  ) {
    this.#address = address;
    this.#request = { ...request, mode: 'plan' };
    this.#client = watched.client;
    this.#results = watched.results;
    this.#deadLetters = watched.deadLetters;
  }

  /** Watches for answers from now on; asks nothing yet. */
  static async about(request: BuildRequest, address: string): Promise<PlanQuestion> {
    const client = openBus(address);
    const receiver = client.createReceiver(IMAGE_BUILD_REQUESTS, { subQueueType: 'deadLetter' });
    const deadLetters = await QueueTail.open(receiver);
    return new PlanQuestion(address, request, { client, deadLetters, results: await ResultWatch.open(address) });
  }

  async ask(): Promise<void> {
    const messageId = randomUUID();
    this.#messageIds.push(messageId);
    await sendRequest(this.#address, this.#request, messageId);
  }

  async reply(withinMs: number): Promise<PlanReply> {
    const endMs = Date.now() + withinMs;
    for (let others = 0; Date.now() < endMs;) {
      const answers = await this.#results.answersTo(requestIdOf(this.#request));
      const mine = answers.find((event) => this.#isMine(event));
      if (mine) return { came: 'answer', result: mine.data };
      const reason = await this.#whyUnusable();
      if (reason !== undefined) return { came: 'deadLetter', reason };
      if (answers.length > others) {
        // The same plan, asked for by someone else at the same time, swallows a question: its answer goes to them.
        others = answers.length;
        await delay(JOINED_ENDS_WITHIN_MS);
        await this.ask();
      }
      await delay(LOOK_EVERY_MS);
    }
    return { came: 'nothing' };
  }

  async close(): Promise<void> {
    await Promise.all([this.#results.close(), this.#client.close()]);
  }

  /** An answer's id derives from the message that it answers (resultEvent.ts). */
  #isMine({ id, data }: ResultEvent): boolean {
    const asked = fingerprint(this.#request);
    return this.#messageIds.some((messageId) => resultEvent(data, { messageId, fingerprint: asked }, 0).id === id);
  }

  async #whyUnusable(): Promise<string | undefined> {
    const dead = (await this.#deadLetters.look()).find(({ messageId }) => this.#messageIds.includes(String(messageId)));
    if (!dead) return undefined;
    return [dead.deadLetterReason, dead.deadLetterErrorDescription].filter((part) => part !== undefined).join(': ');
  }
}
