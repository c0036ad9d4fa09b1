/** Azure Resource Manager with Compute and Batch behind it, on loopback over TLS. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Clock } from '../clock';
import { ArmError } from './armError';
import { CONTROL_PATH, throughTheDoor } from './controlDoor';
import { AZURE_DURATIONS, type Durations } from './durations';
import type { ResourceEvent } from './events';
import { Faults } from './faults';
import { Herald } from './herald';
import type { Stored } from './kind';
import { interruptedBy } from './pools';
import type { Desk, Reply } from './replies';
import { carryOut } from './requests';
import { keyOf, RESOURCE_GROUP } from './resourceId';
import { showResource } from './state';
import { Store } from './store';
import { checkToken } from './token';
import { correlationIdOf, failureReply, faultReply, RateHeaders, readJson, writeReply } from './wire';
import { loadWorld } from './world';
import { closeServer, listenOnLoopback } from '../loopback';

/** A request that was dealt with; status 0 means that it got no answer: its connection was reset, or left hanging. */
export interface ArmCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly atMs: number;
  readonly body?: unknown;
}

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly world: unknown;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly emit?: (event: ResourceEvent) => void;
  readonly controlDoor?: boolean;
  readonly durations?: Partial<Durations>;
}

type NoAnswer = 'reset' | 'hang';

export class AzureSimulator {
  readonly faults = new Faults();
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #herald: Herald;
  readonly #server: Server;
  readonly #withControlDoor: boolean;
  readonly #calls: ArmCall[] = [];
  readonly #rates = new RateHeaders();
  #answering = 0;
  #origin = 'https://localhost';

  constructor(options: SimulatorOptions) {
    this.#clock = options.clock;
    this.#herald = new Herald(options.clock, options.emit ?? (() => undefined));
    this.#withControlDoor = options.controlDoor === true;
    this.#store = new Store(options.clock, { ...AZURE_DURATIONS, ...options.durations }, (_, atMs) => {
      this.#interruptResizes(atMs);
    });
    loadWorld(options.world, this.#store);
    this.#server = createServer(options.tls, (request, response) => void this.#serve(request, response));
  }

  /** Starts listening on loopback, on a free port unless one is given, and answers with the origin. */
  async listen(port = 0): Promise<string> {
    const actual = await listenOnLoopback(this.#server, port);
    this.#origin = `https://localhost:${actual}`;
    return this.#origin;
  }

  async close(): Promise<void> {
    this.#herald.close();
    await closeServer(this.#server);
  }

  get calls(): readonly ArmCall[] {
    return this.#calls;
  }

  /** True when no request is worked on; one that was left hanging is not. */
  isIdle(): boolean {
    return this.#answering === 0;
  }

  /** What GET would answer now, or undefined. */
  find(id: string): unknown {
    this.#store.settle();
    const site = this.#store.site();
    const stored = site.find(id);
    return stored === undefined ? undefined : JSON.parse(JSON.stringify(showResource(stored, site)));
  }

  /** Of everything that exists now. */
  ids(): string[] {
    this.#store.settle();
    return this.#store.all().map((stored) => stored.id);
  }

  /**
   * Deletes a resource and what it holds as somebody else would, at once and past every check. Event Grid reports it,
   * unless it is to be `silently`; of a resource group only its own deletion (child events are UNCONFIRMED).
   */
  deleteBehindTheBack(id: string, options: { silently?: boolean } = {}): void {
    this.#store.settle();
    const key = keyOf(id);
    const isInside = (stored: Stored): boolean => stored.key === key || stored.key.startsWith(`${key}/`);
    const doomed = this.#store
      .all()
      .filter(isInside)
      .toSorted((a, b) => b.key.length - a.key.length);
    const holder = doomed.find((stored) => stored.key === key);
    if (holder === undefined) throw new ArmError(404, 'ResourceNotFound', `There is no '${id}' to delete.`);
    const atMs = this.#clock.nowMs();
    for (const stored of doomed) {
      this.#store.remove(stored, atMs);
      this.#herald.forget(stored.key);
      const isTold = options.silently !== true && (holder.kind.type !== RESOURCE_GROUP || stored === holder);
      if (isTold) this.#herald.tellOfRemoval(stored, this.#origin);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#answering += 1;
    try {
      await this.#answer(request, response);
    } finally {
      this.#answering -= 1;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', this.#origin);
    const correlationId = correlationIdOf(request);
    let body: unknown;
    let reply: Reply | NoAnswer;
    try {
      body = await readJson(request);
      reply = this.#reply(request, { method, url, body, correlationId });
    } catch (error) {
      reply = failureReply(error);
    }
    const atMs = this.#clock.nowMs();
    if (!url.pathname.startsWith(CONTROL_PATH)) {
      const status = typeof reply === 'string' ? 0 : reply.status;
      const call = { method, path: url.pathname, query: url.search.slice(1), status, atMs };
      this.#calls.push(body === undefined ? call : { ...call, body });
    }
    const headers = { ...this.#rates.next(method, atMs), 'x-ms-correlation-request-id': correlationId };
    if (reply === 'reset') response.destroy();
    else if (reply !== 'hang') writeReply(response, reply, atMs, headers);
  }

  #reply(
    request: IncomingMessage,
    asked: { method: string; url: URL; body: unknown; correlationId: string },
  ): Reply | NoAnswer {
    const { method, url, body } = asked;
    this.#store.settle();
    if (url.pathname.startsWith(CONTROL_PATH)) {
      return throughTheDoor(method, url.pathname, body, this.#withControlDoor ? this : undefined);
    }
    const effects = this.faults.strike(method, url.pathname);
    const desk: Desk = { store: this.#store, announce: this.#herald.announce(asked.correlationId) };
    const carriedOut = (): Reply => {
      checkToken(request.headers.authorization);
      return carryOut({ method, url, headers: request.headers, body, effects }, desk);
    };
    const { answer } = effects;
    if (answer === undefined) return carriedOut();
    if (answer.afterwards === true) quietly(carriedOut);
    return answer.kind === 'answer' ? faultReply(answer) : answer.kind;
  }

  /** The image of a growing pool went away at `atMs`: no more nodes come. */
  #interruptResizes(atMs: number): void {
    const site = this.#store.site(atMs);
    for (const stored of this.#store.all()) {
      const resize = interruptedBy(stored, site);
      if (resize !== undefined) this.#store.put({ ...stored, resize });
    }
  }
}

/** Carries out a request whose answer, good or bad, will be lost. */
function quietly(carryOutRequest: () => unknown): void {
  try {
    carryOutRequest();
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}
