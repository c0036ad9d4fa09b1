/** HTTP as ARM speaks it: reads a request's body, writes an answer with Azure's headers. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ArmError } from './armError';
import type { Reply } from './replies';

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ArmError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  }
}

/** Requests per hour and subscription (request-limits-and-throttling.md); counted, never enforced. */
const HOURLY = { reads: 12_000, writes: 1_200, deletes: 15_000 } as const;
type Bucket = keyof typeof HOURLY;

const BUCKETS: Readonly<Record<string, Bucket>> = { PUT: 'writes', PATCH: 'writes', POST: 'writes', DELETE: 'deletes' };

/** What is left of this hour's requests, for the headers. */
export class RateHeaders {
  #hour = 0;
  readonly #used = new Map<Bucket, number>();

  next(method: string, nowMs: number): Record<string, string> {
    const hour = Math.floor(nowMs / 3_600_000);
    if (hour !== this.#hour) this.#used.clear();
    this.#hour = hour;
    const bucket = BUCKETS[method] ?? 'reads';
    const used = (this.#used.get(bucket) ?? 0) + 1;
    this.#used.set(bucket, used);
    return { [`x-ms-ratelimit-remaining-subscription-${bucket}`]: String(Math.max(0, HOURLY[bucket] - used)) };
  }
}

export const CORRELATION_HEADER = 'x-ms-correlation-request-id';

/** The correlation id that the caller sent, or a new one. */
export function correlationIdOf(request: IncomingMessage, header: string): string {
  const sent = request.headers[header];
  return typeof sent === 'string' ? sent : randomUUID();
}

/** Answers, dated by the stack's clock. */
export function writeReply(
  response: ServerResponse,
  reply: Reply,
  nowMs: number,
  more: Readonly<Record<string, string>>,
): void {
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  response.sendDate = false;
  response.writeHead(reply.status, {
    date: new Date(nowMs).toUTCString(),
    'x-ms-request-id': randomUUID(),
    'cache-control': 'no-cache',
    ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': String(Buffer.byteLength(text)),
    ...more,
    ...reply.headers,
  });
  response.end(text);
}

/** A refusal, in ARM's words. */
export function failureReply(error: ArmError): Reply {
  const challenge = { 'www-authenticate': 'Bearer authorization_uri="https://login.microsoftonline.com/common"' };
  return { status: error.status, body: error.body(), headers: error.status === 401 ? challenge : {} };
}
