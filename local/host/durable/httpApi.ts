/** The durable HTTP API: which request does what, and what it is answered (HttpApiHandler.cs of the extension). */
import type { Client } from './client';
import { isDone, type Instance } from './instance';
import { instanceLinks, type HubAddress } from './links';
import { Refusal } from './refusal';
import { page, select, statusPayload } from './statusPayload';

export interface ApiRequest {
  readonly method: string;
  /** Decoded segments behind /durabletask/ or /runtime/webhooks/durabletask/. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly url: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Call {
  readonly client: Client;
  readonly address: HubAddress;
  readonly request: ApiRequest;
  /** The path segments that the route names with a colon, in order. */
  readonly args: readonly string[];
}

type Route = readonly [method: string, path: string, answer: (call: Call) => ApiAnswer];

const ACCEPTED: ApiAnswer = { status: 202 };

/** Segments compare regardless of case; `:x` matches one segment, `:x*` matches the rest of the path. */
const ROUTES: readonly Route[] = [
  ['POST', 'orchestrators/:function', start],
  ['POST', 'orchestrators/:function/:id*', start],
  ['GET', 'instances', list],
  ['DELETE', 'instances', purgeBy],
  ['GET', 'instances/:id', status],
  ['DELETE', 'instances/:id', purge],
  ['POST', 'instances/:id/raiseEvent/:event', raiseEvent],
  ['POST', 'instances/:id/terminate', act((client, id, { query }) => client.terminate(id, query.get('reason') ?? ''))],
  ['POST', 'instances/:id/suspend', act((client, id) => client.suspend(id))],
  ['POST', 'instances/:id/resume', act((client, id) => client.resume(id))],
  ['POST', 'instances/:id/rewind', act((client, id) => client.rewind(id))],
  ['POST', 'instances/:id/restart', restart],
  ['GET', 'entities/:rest*', noEntities],
  ['POST', 'entities/:rest*', noEntities],
  ['DELETE', 'entities/:rest*', noEntities],
];

export function answer(client: Client, address: HubAddress, request: ApiRequest): ApiAnswer {
  try {
    for (const [method, path, reply] of ROUTES) {
      const args = request.method === method ? match(path.split('/'), request.path) : undefined;
      if (args !== undefined) return reply({ client, address, request, args });
    }
    return { status: 404 };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { Message: error.message } };
    throw error;
  }
}

function match(pattern: readonly string[], path: readonly string[]): string[] | undefined {
  const rest = pattern.at(-1)?.endsWith('*') === true;
  if (rest ? path.length < pattern.length : path.length !== pattern.length) return undefined;
  const args: string[] = [];
  for (const [index, segment] of pattern.entries()) {
    const found = (segment.endsWith('*') ? path.slice(index).join('/') : path[index]) ?? '';
    if (segment.startsWith(':')) args.push(found);
    else if (segment.toLowerCase() !== found.toLowerCase()) return undefined;
  }
  return args;
}

function start({ client, address, request, args: [name = '', instanceId] }: Call): ApiAnswer {
  const version = request.query.get('version') ?? undefined;
  return started(address, client.start({ name, instanceId, input: parseJson(request.body), version }));
}

function started(address: HubAddress, instanceId: string): ApiAnswer {
  const links = instanceLinks(address, instanceId);
  const headers = { location: links['statusQueryGetUri'] ?? '', 'retry-after': '10' };
  return { status: 202, body: links, headers };
}

function parseJson(body: string): unknown {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Invalid JSON content');
  }
}

function list({ client, request: { query, headers } }: Call): ApiAnswer {
  const { items, continuation } = page(select(client.list(), query), query, headers['x-ms-continuation-token']);
  const body = items.map((instance) => statusPayload(instance, query));
  return { status: 200, body, headers: continuation === undefined ? {} : { 'x-ms-continuation-token': continuation } };
}

function purgeBy({ client, request: { query } }: Call): ApiAnswer {
  if (Number.isNaN(Date.parse(query.get('createdTimeFrom') ?? ''))) {
    return { status: 400, body: "Please provide value for 'createdTimeFrom' parameter." };
  }
  const gone = select(client.list(), query).filter(isDone);
  for (const { instanceId } of gone) client.purge(instanceId);
  return gone.length === 0 ? { status: 404 } : { status: 200, body: { instancesDeleted: gone.length } };
}

function status({ client, request: { query, url }, args: [id = ''] }: Call): ApiAnswer {
  const instance = client.get(id);
  const body = statusPayload(instance, query);
  if (!isDone(instance)) return { status: 202, body, headers: { location: url, 'retry-after': '5' } };
  return { status: failsLoudly(instance, query) ? 500 : 200, body };
}

function failsLoudly(instance: Instance, query: URLSearchParams): boolean {
  return instance.status === 'Failed' && query.get('returnInternalServerErrorOnFailure') === 'true';
}

function purge({ client, args: [id = ''] }: Call): ApiAnswer {
  client.purge(id);
  return { status: 200, body: { instancesDeleted: 1 } };
}

function raiseEvent({ client, request: { headers, body }, args: [id = '', name = ''] }: Call): ApiAnswer {
  client.get(id);
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(400, 'Only application/json request content is supported');
  }
  client.raiseEvent(id, name, parseJson(body));
  return ACCEPTED;
}

function act(action: (client: Client, instanceId: string, request: ApiRequest) => void): Route[2] {
  return ({ client, request, args: [id = ''] }) => {
    action(client, id, request);
    return ACCEPTED;
  };
}

function restart({ client, address, request: { query }, args: [id = ''] }: Call): ApiAnswer {
  return started(address, client.restart(id, query.get('restartWithNewInstanceId')?.toLowerCase() !== 'false'));
}

function noEntities(): ApiAnswer {
  throw new Refusal(501, 'Durable entities are not supported by the local durable backend.');
}
