/** Resource ids: taking them apart, comparing them, and writing them the way Azure does. */

export interface ResourceId {
  /** Lower-cased and without a trailing slash: ids are equal when their keys are. */
  readonly key: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Such as `Microsoft.Compute/galleries/images`, in the case it was given. */
  readonly type: string;
  /** One name per type segment. */
  readonly names: readonly string[];
}

export const RESOURCE_GROUP = 'Microsoft.Resources/resourceGroups';

const GROUP = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)(?:\/providers\/([^/]+)\/(.+))?$/i;

/** The same key for two spellings of one id. */
export function keyOf(id: string): string {
  return id.toLowerCase().replace(/\/+$/, '');
}

/** An id taken apart, or undefined when it is not the id of a resource or a resource group. */
export function parseResourceId(id: string): ResourceId | undefined {
  const [, subscription, resourceGroup, namespace, rest] = GROUP.exec(id.replace(/\/+$/, '')) ?? [];
  if (subscription === undefined || resourceGroup === undefined) return undefined;
  const key = keyOf(id);
  if (namespace === undefined || rest === undefined) {
    return { key, subscription, resourceGroup, type: RESOURCE_GROUP, names: [resourceGroup] };
  }
  const segments = rest.split('/');
  if (segments.length % 2 !== 0 || segments.some((segment) => segment === '')) return undefined;
  const types = segments.filter((_, index) => index % 2 === 0);
  const names = segments.filter((_, index) => index % 2 === 1);
  return { key, subscription, resourceGroup, type: [namespace, ...types].join('/'), names };
}

/** The id of the resource that holds this one: a gallery for a definition, a resource group for a gallery. */
export function parentOf(id: string): string {
  const segments = id.split('/');
  const nested = segments.length > 9;
  return segments.slice(0, nested ? -2 : 5).join('/');
}

/** Writes an id with Azure's spelling of the type and the names as given. */
export function spellId(id: ResourceId, type: string, upperCaseGroup: boolean): string {
  const group = upperCaseGroup ? id.resourceGroup.toUpperCase() : id.resourceGroup;
  const root = `/subscriptions/${id.subscription}/resourceGroups/${group}`;
  if (type === RESOURCE_GROUP) return root;
  const [namespace, ...types] = type.split('/');
  const path = types.map((segment, index) => `${segment}/${id.names[index] ?? ''}`).join('/');
  return `${root}/providers/${namespace ?? ''}/${path}`;
}

/** `West Europe`, `westeurope` and `WestEurope` are one region. */
export function regionOf(location: string): string {
  return location.toLowerCase().replaceAll(' ', '');
}
