/** Finds out what an ARM path names: an item, a list, an action, or an operation's status. */
import { ArmError, notSupported } from './armError';
import { kindOf } from './catalog';
import type { ListScope, ResourceKind } from './kind';
import type { Reading, ReadingAsked } from './reading';
import { READINGS } from './readings';
import { parseResourceId, type ResourceId } from './resourceId';

export type Route =
  | { readonly to: 'item'; readonly kind: ResourceKind; readonly id: ResourceId }
  | { readonly to: 'action'; readonly kind: ResourceKind; readonly id: ResourceId; readonly action: string }
  | { readonly to: 'list'; readonly kind: ResourceKind; readonly scope: ListScope; readonly under: string }
  | { readonly to: 'reading'; readonly reading: Reading; readonly at: ReadingAsked['at'] }
  | { readonly to: 'graph' }
  | OperationRoute;

interface OperationRoute {
  readonly to: 'operation' | 'poolOperation';
  readonly operationId: string;
  /** The subscription, or the Batch account. */
  readonly scope: string;
  readonly permission: string;
}

const OPERATION =
  /^(\/subscriptions\/[^/]+)\/providers\/microsoft\.compute\/locations\/[^/]+\/(operations|diskoperations|capsoperations)\/([^/]+)$/i;
const POOL_OPERATION =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.batch\/batchaccounts\/[^/]+)\/pooloperationresults\/([^/]+)$/i;
const SUBSCRIPTION_LIST = /^(\/subscriptions\/[^/]+)\/(?:providers\/([^/]+\/[^/]+)|(resourcegroups))$/i;
const RESOURCE_GRAPH = /^\/providers\/Microsoft\.ResourceGraph\/resources$/i;
const GROUP_LIST = /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\/providers\/([^/]+\/[^/]+)$/i;

function listAt(path: string): Route | undefined {
  const [, subscription, type, groups] = SUBSCRIPTION_LIST.exec(path) ?? [];
  if (subscription !== undefined) {
    const kind = kindOf(groups === undefined ? (type ?? '') : 'Microsoft.Resources/resourceGroups');
    return kind && listOf(kind, 'subscription', subscription);
  }
  const [, group, groupType] = GROUP_LIST.exec(path) ?? [];
  if (group !== undefined) {
    const kind = kindOf(groupType ?? '');
    return kind && listOf(kind, 'resourceGroup', group);
  }
  const parent = path.slice(0, path.lastIndexOf('/'));
  const id = parseResourceId(parent);
  const kind = id && kindOf(`${id.type}/${path.slice(path.lastIndexOf('/') + 1)}`);
  return kind && listOf(kind, 'parent', parent);
}

function listOf(kind: ResourceKind, scope: ListScope, under: string): Route | undefined {
  return kind.lists.includes(scope) ? { to: 'list', kind, scope, under } : undefined;
}

function itemAt(path: string): Route | undefined {
  const id = parseResourceId(path);
  const kind = id && kindOf(id.type);
  return id && kind && { to: 'item', kind, id };
}

function actionAt(path: string): Route | undefined {
  const id = parseResourceId(path.slice(0, path.lastIndexOf('/')));
  const kind = id && kindOf(id.type);
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const action = Object.keys(kind?.actions ?? {}).find((known) => known.toLowerCase() === name);
  return id && kind && action !== undefined ? { to: 'action', kind, id, action } : undefined;
}

function graphAt(path: string): Route | undefined {
  return RESOURCE_GRAPH.test(path) ? { to: 'graph' } : undefined;
}

function operationAt(path: string): Route | undefined {
  const [, subscription, segment = '', operationId] = OPERATION.exec(path) ?? [];
  if (subscription !== undefined && operationId !== undefined) {
    const permission = `Microsoft.Compute/locations/${segment}/read`;
    return { to: 'operation', operationId, scope: subscription, permission };
  }
  const [, account, resultId] = POOL_OPERATION.exec(path) ?? [];
  if (account === undefined || resultId === undefined) return undefined;
  const permission = 'Microsoft.Batch/batchAccounts/poolOperationResults/read';
  return { to: 'poolOperation', operationId: resultId, scope: account, permission };
}

function readingAt(path: string): Route | undefined {
  for (const reading of READINGS) {
    const found = reading.path.exec(path);
    if (found === null) continue;
    const parts = Object.entries(found.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)] as const);
    return { to: 'reading', reading, at: Object.fromEntries(parts) };
  }
  return undefined;
}

/** Where a request goes; a path that the simulator does not know is said to be so, never "not found". */
export function routeOf(method: string, path: string): Route {
  const bare = path.replace(/\/+$/, '');
  const route =
    method === 'POST'
      ? (graphAt(bare) ?? actionAt(bare))
      : (operationAt(bare) ?? readingAt(bare) ?? itemAt(bare) ?? listAt(bare));
  if (route === undefined) throw notSupported(`${method} ${path}`);
  return route;
}

/** The api-version parameter, which Azure demands and checks by type. */
export function checkApiVersion(query: URLSearchParams, kind: Pick<ResourceKind, 'type' | 'apiVersions'>): string {
  const version = query.get('api-version');
  if (version === null || version === '') throw missingApiVersion();
  if (kind.apiVersions.includes(version)) return version;
  const type = kind.type.slice(kind.type.indexOf('/') + 1);
  throw new ArmError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for API version '${version}' for type '${type}'. ` +
      `The supported api-versions are '${kind.apiVersions.join(', ')}'.`,
  );
}

export function missingApiVersion(): ArmError {
  const message = 'The api-version query parameter (?api-version=) is required for all requests.';
  return new ArmError(400, 'MissingApiVersionParameter', message);
}

/** Any other parameter that the type does not have is refused, not ignored. */
export function checkQuery(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (name === 'api-version' || known.includes(name)) continue;
    throw notSupported(`the query parameter '${name}' here`);
  }
}
