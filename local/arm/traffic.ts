/** What goes in and out of every server of the simulator: faults strike it, latency slows it, and it is recorded. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Cancel, Clock } from '../clock';
import { ArmError } from './armError';
import { Faults, type Effects } from './faults';
import type { Reply } from './replies';
import { correlationIdOf, readJson, writeReply } from './wire';

/** A request that was dealt with; status 0 means that it got no answer: its connection was reset, or left hanging. */
export interface ArmCall {
  readonly method: string;
  /** On a Batch account's own server it begins with `/_batch/` and the account's name. */
  readonly path: string;
  readonly query: string;
  readonly status: number;
  /** When it came. */
  readonly startedMs: number;
  /** When its answer goes out: later by the latency. */
  readonly atMs: number;
  readonly body?: unknown;
  /** The one that was sent, or that it was given. */
  readonly correlationId: string;
}

export type NoAnswer = 'reset' | 'hang';

/** A request as it came, with what the faults do to it. */
export interface Arrival {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly correlationId: string;
  readonly effects: Effects;
}

/** What stands behind one server. */
export interface Behind {
  /** Goes before the path in the record, and in what faults match. */
  readonly pathPrefix: string;
  origin(): string;
  carryOut(arrival: Arrival): Reply | NoAnswer;
  /** A refusal in the words of this server. */
  refusal(error: ArmError): Reply;
  /** The header in which a caller names what its calls have in common. */
  readonly correlationHeader: string;
  headers(asked: Asked, nowMs: number): Readonly<Record<string, string>>;
  /** A request that is none of Azure's: answered at once, not recorded. */
  aside?(method: string, url: URL, body: unknown): Reply | undefined;
}

export type Asked = Omit<Arrival, 'effects'>;

interface Outcome {
  readonly reply: Reply | NoAnswer;
  readonly isAside?: true;
}

export class Traffic {
  readonly faults = new Faults();
  readonly calls: ArmCall[] = [];
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #waiting = new Set<Cancel>();
  #answering = 0;

  constructor(clock: Clock, latencyMs: number) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  /** True when no request is worked on; one that was left hanging is not, nor one whose answer waits for the clock. */
  isIdle(): boolean {
    return this.#answering === 0;
  }

  server(tls: { readonly key: string; readonly cert: string }, behind: Behind): Server {
    return createServer(tls, (request, response) => void this.#serve(request, response, behind));
  }

  /** Gives up what still waits for the clock. */
  close(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse, behind: Behind): Promise<void> {
    this.#answering += 1;
    try {
      await this.#answer(request, response, behind);
    } finally {
      this.#answering -= 1;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, behind: Behind): Promise<void> {
    const startedMs = this.#clock.nowMs();
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', behind.origin());
    const correlationId = correlationIdOf(request, behind.correlationHeader);
    const asked: Asked = { method, url, headers: request.headers, body: undefined, correlationId };
    const read = await readJson(request).then(
      (body) => ({ asked: { ...asked, body }, failed: undefined }),
      (error: unknown) => ({ asked, failed: refusalOf(error, behind) }),
    );
    const { reply, isAside } = read.failed === undefined ? this.#outcome(read.asked, behind) : { reply: read.failed };
    const send = (): void => {
      const nowMs = this.#clock.nowMs();
      if (reply === 'reset') response.destroy();
      else if (reply !== 'hang') {
        writeReply(response, reply, nowMs, behind.headers(asked, nowMs));
      }
    };
    if (isAside === true) {
      send();
      return;
    }
    this.#record(read.asked, startedMs, reply, behind);
    this.#later(startedMs + this.#latencyMs, send);
  }

  #record(
    { method, url, body, correlationId }: Asked,
    startedMs: number,
    reply: Reply | NoAnswer,
    behind: Behind,
  ): void {
    this.calls.push({
      method,
      path: `${behind.pathPrefix}${url.pathname}`,
      query: url.search.slice(1),
      status: typeof reply === 'string' ? 0 : reply.status,
      startedMs,
      atMs: startedMs + this.#latencyMs,
      correlationId,
      ...(body === undefined ? {} : { body }),
    });
  }

  #later(dueMs: number, send: () => void): void {
    if (this.#latencyMs === 0) {
      send();
      return;
    }
    const cancel = this.#clock.at(dueMs, () => {
      this.#waiting.delete(cancel);
      send();
    });
    this.#waiting.add(cancel);
  }

  #outcome(asked: Asked, behind: Behind): Outcome {
    try {
      const aside = behind.aside?.(asked.method, asked.url, asked.body);
      if (aside !== undefined) return { reply: aside, isAside: true };
      return { reply: this.#struck(asked, behind) };
    } catch (error) {
      return { reply: refusalOf(error, behind) };
    }
  }

  #struck(asked: Asked, behind: Behind): Reply | NoAnswer {
    const effects = this.faults.strike(asked.method, `${behind.pathPrefix}${asked.url.pathname}`);
    const { answer } = effects;
    const carriedOut = (): Reply | NoAnswer => behind.carryOut({ ...asked, effects });
    if (answer === undefined) return carriedOut();
    if (answer.afterwards === true) quietly(carriedOut);
    if (answer.kind !== 'answer') return answer.kind;
    const { status, code = 'InjectedFault', message = 'A fault was asked for.', retryAfterSeconds } = answer;
    const { body } = behind.refusal(new ArmError(status, code, message));
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return { status, body, headers };
  }
}

/** Carries out a request whose answer, good or bad, will be lost. */
function quietly(carryOut: () => unknown): void {
  try {
    carryOut();
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
  }
}

/** The answer to a request that was refused, or that broke the simulator. */
function refusalOf(error: unknown, behind: Behind): Reply {
  if (error instanceof ArmError) return behind.refusal(error);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return behind.refusal(new ArmError(500, 'LocalAzureBroke', message));
}
