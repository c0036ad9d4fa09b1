/** Passes a request on to the durable backend and its answer back, so that the app has one public address. */

import { request as send } from 'node:http';
import type { HttpExchange } from './httpExchange';
import { headersOf } from './httpExchange';

export const DURABLE_PATH = '/runtime/webhooks/durabletask';

/** Of this hop alone. */
const OWN_HEADERS = new Set(['host', 'connection', 'transfer-encoding', 'content-length']);

export function passOn({ request, response, url, body }: HttpExchange, origin: string): Promise<void> {
  const passed = Object.entries(headersOf(request)).filter(([name]) => !OWN_HEADERS.has(name));
  return new Promise((resolve, reject) => {
    const target = new URL(url.pathname + url.search, origin);
    const forwarded = send(target, {
      method: request.method,
      headers: { ...Object.fromEntries(passed), 'content-length': body.length },
    });
    forwarded.once('error', reject);
    forwarded.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('end', resolve);
      answer.once('error', reject);
    });
    forwarded.end(body);
  });
}
