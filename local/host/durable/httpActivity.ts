/** The activity behind callHttp; it reaches loopback only, because the local stack must not touch the real world. */
import { httpRequestSchema } from './protocol';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Takes and answers JSON text, as every activity does. */
export async function runHttpActivity(input: string | undefined): Promise<string> {
  const { method, uri, headers, content, tokenSource } = httpRequestSchema.parse(JSON.parse(input ?? 'null'));
  const url = new URL(uri);
  if (!LOOPBACK.has(url.hostname)) {
    throw new Error(`callHttp reaches loopback only in the local stack, not ${url.origin}; call it from an activity.`);
  }
  if (tokenSource !== undefined && tokenSource !== null) {
    throw new Error(`callHttp with a tokenSource is not supported by the local durable backend (${url.href}).`);
  }
  const response = await fetch(url, { method, headers: headers ?? {}, body: content ?? null });
  return JSON.stringify({
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content: await response.text(),
  });
}
