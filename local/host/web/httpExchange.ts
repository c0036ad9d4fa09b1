/** Reads HTTP requests and writes HTTP answers between node's server and the functions. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { HttpRequestData, HttpResponseData } from '../worker/typedData';

export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: Buffer;
}

export async function readExchange(request: IncomingMessage, response: ServerResponse): Promise<HttpExchange> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  return { request, response, url, body };
}

/** Several values of a header are one, joined as HTTP allows. */
export const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  );

export function httpRequestData({ request, url, body }: HttpExchange, params: Record<string, string>): HttpRequestData {
  return {
    method: request.method ?? 'GET',
    url: url.href,
    headers: headersOf(request),
    query: Object.fromEntries(url.searchParams),
    params,
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

/** A function that returned nothing answers 204. */
export function writeAnswer(response: ServerResponse, answer: HttpResponseData | undefined): void {
  if (answer?.cookies && answer.cookies.length > 0) throw new Error('This host does not support cookies in answers.');
  const { bytes, string } = answer?.body ?? {};
  const body = bytes ? Buffer.from(bytes) : Buffer.from(string ?? '');
  response.writeHead(Number(answer?.statusCode ?? (answer ? 200 : 204)), answer?.headers ?? {});
  response.end(body);
}

export function writeJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

export function writeEmpty(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers);
  response.end();
}
