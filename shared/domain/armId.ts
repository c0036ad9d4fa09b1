/** ARM resource ids: read, written and compared as Azure Resource Manager does. */

export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Provider and nested types, such as `Microsoft.Compute/galleries/images`. */
  readonly type: string;
  /** One name for each nested type, outermost first. */
  readonly names: readonly string[];
}

/** The last name of an id: the resource's own. */
export const armName = (id: ArmId): string => id.names.at(-1) ?? '';

/**
 * An id becomes a URL, in which `..`, `\\`, `?`, `#` and `%` would lead elsewhere than the id says; no name has them
 * (azure-resource-manager/management/resource-name-rules).
 */
const isPlain = (part: string): boolean => /^[\p{L}\p{N}_.()-]+$/u.test(part) && !/^\.+$/.test(part);

/** Reads a resource id; undefined when the text is not one. Case is kept, a trailing slash is not. */
export function parseArmId(text: string): ArmId | undefined {
  const parts = text.trim().replace(/\/+$/, '').split('/');
  const [lead, subscriptions, subscriptionId, groups, resourceGroup, providers, namespace, ...rest] = parts;
  const shaped =
    lead === '' &&
    subscriptions?.toLowerCase() === 'subscriptions' &&
    groups?.toLowerCase() === 'resourcegroups' &&
    providers?.toLowerCase() === 'providers';
  if (!shaped || !subscriptionId || !resourceGroup || !namespace) return undefined;
  if (rest.length < 2 || rest.length % 2 !== 0) return undefined;
  if (![subscriptionId, resourceGroup, namespace, ...rest].every(isPlain)) return undefined;
  const types = rest.filter((_, index) => index % 2 === 0);
  const names = rest.filter((_, index) => index % 2 === 1);
  return { subscriptionId, resourceGroup, type: [namespace, ...types].join('/'), names };
}

/** Reads an id of exactly this type (any case); undefined otherwise. */
export function parseArmIdOf(type: string, text: string): ArmId | undefined {
  const id = parseArmId(text);
  return id?.type.toLowerCase() === type.toLowerCase() ? id : undefined;
}

/** Writes an id in the usual casing of its fixed words. */
export function armIdText(id: ArmId): string {
  const [namespace, ...types] = id.type.split('/');
  const path = types.map((type, index) => `/${type}/${id.names[index] ?? ''}`).join('');
  return `${groupIdText(id.subscriptionId, id.resourceGroup)}/providers/${namespace ?? ''}${path}`;
}

export const groupIdText = (subscriptionId: string, resourceGroup: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

/** A resource nested in `parent`, such as an image definition in its gallery. */
export const childId = (parent: string, type: string, name: string): string => `${parent}/${type}/${name}`;

/**
 * The form in which two ids of one resource are equal text: Azure answers with other casings than it was asked with
 * (resource groups in upper case, `resourcegroups`), and some tools add a trailing slash.
 */
export const armKey = (id: string): string => id.trim().replace(/\/+$/, '').toLowerCase();

export const sameArmId = (one: string, other: string): boolean => armKey(one) === armKey(other);

/** Regions are shown as `West Europe` and as `westeurope`; both name one region. */
export const regionKey = (region: string): string => region.toLowerCase().replace(/\s+/g, '');
