/** What a resource needs above it, and how Azure says that something is not there. */
import { ArmError } from './armError';
import type { ResourceKind, Site } from './kind';
import { parentOf, RESOURCE_GROUP, type ResourceId } from './resourceId';

const groupOf = (id: ResourceId): string => `/subscriptions/${id.subscription}/resourceGroups/${id.resourceGroup}`;

/** A subscription is there when it has a resource group. */
export function isKnownSubscription(subscription: string, site: Site): boolean {
  const prefix = `/subscriptions/${subscription.toLowerCase()}/`;
  return site.ofType(RESOURCE_GROUP).some((group) => group.key.startsWith(prefix));
}

export function requireSubscription(subscription: string, site: Site): void {
  if (isKnownSubscription(subscription, site)) return;
  throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
}

function missingAbove(kind: ResourceKind, id: ResourceId, site: Site): ArmError | undefined {
  requireSubscription(id.subscription, site);
  if (site.find(groupOf(id)) === undefined) {
    return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${id.resourceGroup}' could not be found.`);
  }
  const parent = parentOf(id.key);
  if (id.names.length < 2 || site.find(parent) !== undefined) return undefined;
  const type = kind.type.slice(kind.type.indexOf('/') + 1);
  const message = `Failed to perform the operation on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`;
  return new ArmError(404, 'ParentResourceNotFound', message);
}

/** The answer to a request for what does not exist, which names the highest thing that is missing. */
export function missing(kind: ResourceKind, id: ResourceId, site: Site): ArmError {
  const above = missingAbove(kind, id, site);
  if (above !== undefined) return above;
  if (kind.type.endsWith('/pools')) return new ArmError(404, 'PoolNotFound', 'The specified pool does not exist.');
  const [namespace, ...types] = kind.type.split('/');
  const path = types.map((type, index) => `${type}/${id.names[index] ?? ''}`).join('/');
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${namespace ?? ''}/${path}' under resource group '${id.resourceGroup}' was not found. ` +
      'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
}

export function requireParents(kind: ResourceKind, id: ResourceId, site: Site): void {
  const above = missingAbove(kind, id, site);
  if (above !== undefined) throw above;
}
