/** Refuses what the caller was not granted: the action of the request, and those on what its body refers to. */
import { ArmError } from './armError';
import { requireSubscription } from './parents';
import type { Asked, Desk } from './replies';
import { parseResourceId, RESOURCE_GROUP } from './resourceId';
import type { Route as AnyRoute } from './route';
import { objectAt } from './schema';

/** Of a request that is authorized as a whole. */
type Route = Exclude<AnyRoute, { to: 'graph' }>;

interface Permission {
  readonly action: string;
  readonly scope: string;
}

const VERBS: Readonly<Record<string, string>> = { PUT: 'write', PATCH: 'write', DELETE: 'delete' };

/** Resource groups are operations on the subscription. */
const operationsOf = (type: string): string =>
  type === RESOURCE_GROUP ? 'Microsoft.Resources/subscriptions/resourceGroups' : type;

function permissionOf(route: Route, { method, url }: Asked): Permission {
  const path = url.pathname.replace(/\/+$/, '');
  switch (route.to) {
    case 'reading':
      return {
        action: route.reading.permission,
        scope: route.at['scope'] ?? `/subscriptions/${route.at['subscription'] ?? ''}`,
      };
    case 'operation':
    case 'poolOperation':
      return { action: route.permission, scope: route.scope };
    case 'list':
      return { action: `${operationsOf(route.kind.type)}/read`, scope: route.under };
    case 'action':
      return { action: `${route.kind.type}/${route.action}/action`, scope: path.slice(0, path.lastIndexOf('/')) };
    case 'item':
      return { action: `${operationsOf(route.kind.type)}/${VERBS[method] ?? 'read'}`, scope: path };
  }
}

const GET_ACCESS = 'Microsoft.Compute/disks/beginGetAccess/action';

/** Where a body names what its writer must also have an action on. */
const LINKED: Readonly<Record<string, { readonly action: string; readonly path: readonly string[] }>> = {
  // UNCONFIRMED for copies: the documents name it for pools and for managed images (batch-shipyard doc 63).
  'Microsoft.Compute/snapshots': { action: GET_ACCESS, path: ['properties', 'creationData', 'sourceResourceId'] },
  // batch-sig-images.md: reading the image is not enough.
  'Microsoft.Batch/batchAccounts/pools': {
    action: GET_ACCESS,
    path: ['properties', 'deploymentConfiguration', 'virtualMachineConfiguration', 'imageReference', 'id'],
  },
};

function linkedPermission(route: Route, { method, body }: Asked): Permission | undefined {
  if (route.to !== 'item' || VERBS[method] !== 'write') return undefined;
  const linked = LINKED[route.kind.type];
  const name = linked?.path.at(-1) ?? '';
  const scope = linked && objectAt(body, ...linked.path.slice(0, -1))[name];
  if (linked === undefined || typeof scope !== 'string' || parseResourceId(scope) === undefined) return undefined;
  return { action: linked.action, scope };
}

/** Throws 403 unless the grants have the request's action at its scope, and the linked one at what it refers to. */
export function authorize(route: Route, asked: Asked, desk: Desk): void {
  const { grants } = desk.world;
  const { clientId, objectId } = asked.caller;
  const { action, scope } = permissionOf(route, asked);
  requireSubscription(scope.split('/')[2] ?? '', desk.store.site());
  const client = `The client '${clientId}' with object id '${objectId}'`;
  if (!grants.allows(action, scope)) {
    throw new ArmError(
      403,
      'AuthorizationFailed',
      `${client} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is ` +
        'invalid. If access was recently granted, please refresh your credentials.',
    );
  }
  const linked = linkedPermission(route, asked);
  if (linked === undefined || grants.allows(linked.action, linked.scope)) return;
  throw new ArmError(
    403,
    'LinkedAuthorizationFailed',
    `${client} has permission to perform action '${action}' on scope '${scope}'; however, it does not have ` +
      `permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.scope}' (respectively) ` +
      'or the linked scope(s) are invalid.',
  );
}
