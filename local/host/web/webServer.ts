/** The host's one HTTP server: the app's routes, web hooks and the admin API. */

import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpExchange } from './httpExchange';
import { readExchange, writeJson } from './httpExchange';

export type Answer = (exchange: HttpExchange) => Promise<void>;

/** The first endpoint that knows the path answers; methods are its own affair. */
export interface Endpoint {
  readonly knows: (exchange: HttpExchange) => boolean;
  readonly answer: Answer;
}

interface Options {
  readonly endpoints: () => readonly Endpoint[];
  readonly track: (work: () => Promise<void>) => Promise<void>;
  readonly onFailure: (message: string) => void;
}

export class WebServer {
  readonly #server: Server;

  constructor({ endpoints, track, onFailure }: Options) {
    this.#server = createServer((request, response) => {
      void track(async () => {
        try {
          const exchange = await readExchange(request, response);
          const endpoint = endpoints().find(({ knows }) => knows(exchange));
          if (endpoint) await endpoint.answer(exchange);
          else
            writeJson(response, 404, { error: `Nothing listens on ${request.method ?? ''} ${exchange.url.pathname}.` });
        } catch (error) {
          onFailure(
            `${request.method ?? ''} ${request.url ?? ''}: ${error instanceof Error ? error.message : String(error)}`,
          );
          if (!response.headersSent) response.writeHead(500);
          response.end();
        }
      });
    });
  }

  /** Answers with the origin. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${portOf(this.#server.address())}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port.');
  return address.port;
}
