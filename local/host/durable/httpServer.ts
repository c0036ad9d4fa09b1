/** Serves the durable HTTP API on loopback. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { messageOf } from './failures';
import type { ApiAnswer, ApiRequest } from './httpApi';

const PREFIX = /^\/(durabletask|runtime\/webhooks\/durabletask)\//;

export class HttpServer {
  readonly #server: Server;

  constructor(answer: (request: ApiRequest) => ApiAnswer) {
    this.#server = createServer((incoming, response) => void serve(incoming, response, answer));
  }

  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The durable HTTP API has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: (request: ApiRequest) => ApiAnswer,
): Promise<void> {
  try {
    const request = await read(incoming);
    send(response, request === undefined ? { status: 404 } : answer(request));
  } catch (error) {
    const status = error instanceof URIError ? 400 : 500;
    send(response, {
      status,
      body: { Message: 'Something went wrong while processing your request', ExceptionMessage: messageOf(error) },
    });
  }
}

async function read(incoming: IncomingMessage): Promise<ApiRequest | undefined> {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`);
  const body = await text(incoming);
  if (!PREFIX.test(url.pathname)) return undefined;
  const segments = url.pathname.replace(PREFIX, '').split('/');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()] as const);
  return {
    method: incoming.method ?? 'GET',
    path: segments.filter((segment) => segment !== '').map(decodeURIComponent),
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body,
    url: url.href,
  };
}

function send(response: ServerResponse, { status, body, headers }: ApiAnswer): void {
  const json = body === undefined ? '' : JSON.stringify(body);
  const type = json === '' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(json), ...headers });
  response.end(json);
}
