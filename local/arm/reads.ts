/** Reads: one resource, a list, what is no resource, and the status of a long operation. */
import { ArmError, notSupported } from './armError';
import type { Site } from './kind';
import { showOperation, statusOf } from './operation';
import { missing, requireSubscription } from './parents';
import { etagOf, USUAL_RETRY_AFTER_SECONDS, type Asked, type Desk, type Reply } from './replies';
import type { Reading } from './reading';
import { parseResourceId, regionOf, RESOURCE_GROUP } from './resourceId';
import { checkApiVersion, checkQuery, missingApiVersion, type Route } from './route';
import { showResource } from './state';
import { REGIONS } from './vmSizes';

type ItemRoute = Extract<Route, { to: 'item' }>;

export function getItem({ kind, id }: ItemRoute, asked: Asked, desk: Desk): Reply {
  const query = asked.url.searchParams;
  checkApiVersion(query, kind);
  checkQuery(query, kind.queries?.get ?? []);
  const site = desk.store.site();
  const stored = site.find(id.key);
  if (stored === undefined) throw missing(kind, id, site);
  return { status: 200, body: showResource(stored, site, query), headers: etagOf(stored) };
}

export function list({ kind, under }: Extract<Route, { to: 'list' }>, asked: Asked, desk: Desk): Reply {
  const { url, method } = asked;
  if (method !== 'GET') throw notSupported(`${method} ${url.pathname}`);
  checkApiVersion(url.searchParams, kind);
  checkQuery(url.searchParams, kind.queries?.list ?? []);
  const site = desk.store.site();
  const prefix = `${under.toLowerCase()}/`;
  requireHolder(under, site);
  const items = site
    .ofType(kind.type)
    .filter((stored) => stored.key.startsWith(prefix))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((stored) => showResource(stored, site));
  return { status: 200, body: kind.page?.({ query: url.searchParams, items, url }) ?? { value: items } };
}

/** A list under nothing is not an empty list. */
function requireHolder(under: string, site: Site): void {
  const id = parseResourceId(under);
  if (id === undefined) requireSubscription(under.split('/')[2] ?? '', site);
  else if (site.find(under) === undefined) {
    const code = id.type === RESOURCE_GROUP ? 'ResourceGroupNotFound' : 'ParentResourceNotFound';
    throw new ArmError(404, code, `The parent resource '${under}' could not be found.`);
  }
}

/** Sizes, quotas in use, permissions and the like. */
export function read({ reading, at }: Extract<Route, { to: 'reading' }>, asked: Asked, desk: Desk): Reply {
  const { url, method } = asked;
  if (method !== 'GET') throw notSupported(`${method} ${url.pathname}`);
  const apiVersion = checkApiVersion(url.searchParams, reading);
  checkQuery(url.searchParams, reading.queries);
  const site = desk.store.site();
  requireSubscription(at['subscription'] ?? '', site);
  if (at['location'] !== undefined) requireRegion(at['location'], reading);
  return { status: 200, body: reading.answer({ at, url, apiVersion, site, world: desk.world }) };
}

/** ARM itself refuses a region that it does not know. */
function requireRegion(location: string, { type, apiVersions }: Reading): void {
  if (REGIONS.includes(regionOf(location))) return;
  throw new ArmError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${location}' and API version ` +
      `'${apiVersions.join(', ')}' for type '${type.slice(type.indexOf('/') + 1)}'. ` +
      `The supported locations are '${REGIONS.join(', ')}'.`,
  );
}

/** The URL of azure-asyncoperation answers 200 with a status; a location answers 202 until it is over. */
export function watch(route: Extract<Route, { operationId: string }>, asked: Asked, desk: Desk): Reply {
  const { searchParams } = asked.url;
  if (asked.method !== 'GET') throw notSupported(`${asked.method} ${asked.url.pathname}`);
  if (searchParams.get('api-version') === null) throw missingApiVersion();
  checkQuery(searchParams, ['monitor']);
  const operation = desk.store.operation(route.operationId);
  if (operation === undefined) {
    throw new ArmError(404, 'NotFound', `The operation '${route.operationId}' was not found.`);
  }
  const { nowMs } = desk.store.site();
  const retry = { 'retry-after': String(USUAL_RETRY_AFTER_SECONDS) };
  const status = statusOf(operation, nowMs);
  const byLocation = route.to === 'poolOperation' || searchParams.get('monitor') === 'true';
  if (!byLocation) {
    return { status: 200, body: showOperation(operation, nowMs), headers: status === 'InProgress' ? retry : {} };
  }
  if (status === 'InProgress') return { status: 202, headers: { ...retry, location: asked.url.href } };
  if (operation.failure !== undefined) throw new ArmError(409, operation.failure.code, operation.failure.message);
  return { status: operation.verb === 'action' ? 200 : 204 };
}
