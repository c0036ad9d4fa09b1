/** What the host answers over HTTP, most specific first. */

import type { RegisteredFunction } from '../worker/registration';
import type { HttpRequestData, HttpResponseData } from '../worker/typedData';
import type { InvokeByEvent } from './eventGrid';
import { EVENT_GRID_PATH, takeEvents } from './eventGrid';
import type { HttpExchange } from './httpExchange';
import { httpRequestData, writeAnswer, writeEmpty, writeJson } from './httpExchange';
import { DURABLE_PATH, passOn } from './proxy';
import type { Route } from './route';
import type { Endpoint } from './webServer';

export interface HttpFunction {
  readonly name: string;
  readonly route: Route;
  /** Upper case. */
  readonly methods: readonly string[];
}

export interface WebApp {
  readonly functions: readonly RegisteredFunction[];
  readonly httpFunctions: readonly HttpFunction[];
  readonly routePrefix: string;
  readonly durableOrigin: string | undefined;
  readonly runTimer: (functionName: string) => boolean;
  readonly invokeHttp: (functionName: string, request: HttpRequestData) => Promise<HttpResponseData | undefined>;
  readonly invokeByEvent: InvokeByEvent;
}

const ADMIN_PATH = '/admin/functions';

const below = (path: string, { url }: Pick<HttpExchange, 'url'>): string | undefined => {
  const { pathname } = url;
  if (pathname.toLowerCase() === path.toLowerCase()) return '';
  return pathname.toLowerCase().startsWith(`${path.toLowerCase()}/`) ? pathname.slice(path.length + 1) : undefined;
};

export function endpointsOf(app: WebApp): Endpoint[] {
  return [
    { knows: (exchange) => below(ADMIN_PATH, exchange) === '', answer: (exchange) => listFunctions(exchange, app) },
    { knows: (exchange) => below(ADMIN_PATH, exchange) !== undefined, answer: (exchange) => runByHand(exchange, app) },
    {
      knows: (exchange) => below(EVENT_GRID_PATH, exchange) === '',
      answer: (exchange) =>
        takeEvents(exchange, { find: (name) => eventFunction(app, name), invoke: app.invokeByEvent }),
    },
    {
      knows: (exchange) => app.durableOrigin !== undefined && below(DURABLE_PATH, exchange) !== undefined,
      answer: (exchange) => passOn(exchange, app.durableOrigin ?? ''),
    },
    ...[...app.httpFunctions]
      .sort((a, b) => a.route.rank.localeCompare(b.route.rank))
      .map((each) => httpEndpoint(app, each)),
  ];
}

const sameName = (name: string) => (other: RegisteredFunction) => other.name.toLowerCase() === name.toLowerCase();

const eventFunction = ({ functions }: WebApp, name: string): string | undefined => {
  const found = functions.find(sameName(name));
  return found?.trigger.binding.type === 'eventGridTrigger' ? found.name : undefined;
};

function listFunctions({ response }: HttpExchange, { functions }: WebApp): Promise<void> {
  const listed = functions.map(({ name, metadata }) => ({
    name,
    config: { bindings: Object.values(metadata.bindings) },
  }));
  writeJson(response, 200, listed);
  return Promise.resolve();
}

/** As Azure's admin API: accepted at once, the run goes on by itself. */
function runByHand(exchange: HttpExchange, { functions, runTimer }: WebApp): Promise<void> {
  const { request, response } = exchange;
  const asked = below(ADMIN_PATH, exchange) ?? '';
  const found = functions.find(sameName(asked));
  if (!found) writeJson(response, 404, { error: `There is no function '${asked}'.` });
  else if (request.method !== 'POST') writeJson(response, 405, { error: 'POST runs the function.' });
  else if (runTimer(found.name)) writeEmpty(response, 202);
  else
    writeJson(response, 400, { error: `'${found.name}' has no timer: only timers can be run by hand on this host.` });
  return Promise.resolve();
}

function httpEndpoint(app: WebApp, { name, route, methods }: HttpFunction): Endpoint {
  const params = ({ request, url }: HttpExchange): Record<string, string> | undefined => {
    if (methods.length > 0 && !methods.includes(request.method ?? 'GET')) return undefined;
    const path = app.routePrefix === '' ? url.pathname : below(`/${app.routePrefix}`, { url });
    return path === undefined ? undefined : route.match(path.startsWith('/') ? path : `/${path}`);
  };
  return {
    knows: (exchange) => params(exchange) !== undefined,
    answer: async (exchange) => {
      const answer = await app.invokeHttp(name, httpRequestData(exchange, params(exchange) ?? {}));
      writeAnswer(exchange.response, answer);
    },
  };
}
