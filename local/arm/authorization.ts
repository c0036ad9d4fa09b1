/** Refuses what the caller was not granted: the action of the request, and those on what its body refers to. */
import { ArmError } from './armError';
import { requireSubscription } from './parents';
import type { Asked, Desk } from './replies';
import { linkedPermissions, type Permission } from './linkedPermissions';
import { RESOURCE_GROUP } from './resourceId';
import type { Route as AnyRoute } from './route';

/** Of a request that is authorized as a whole. */
type Route = Exclude<AnyRoute, { to: 'graph' }>;

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
  const isWrite = route.to === 'item' && VERBS[asked.method] === 'write';
  const all = isWrite ? linkedPermissions(route.kind.type, asked.body) : [];
  const linked = all.find((permission) => !grants.allows(permission.action, permission.scope));
  if (linked === undefined) return;
  throw new ArmError(
    403,
    'LinkedAuthorizationFailed',
    `${client} has permission to perform action '${action}' on scope '${scope}'; however, it does not have ` +
      `permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.scope}' (respectively) ` +
      'or the linked scope(s) are invalid.',
  );
}
