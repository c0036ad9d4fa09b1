/** The allow-list: which subscriptions and resource groups the app may be asked to touch. */
import { groupIdText, parseArmId } from './armId';
import type { BuildRequest } from './request';
import { homeId, sourceField, sourceId, taggedSource } from './source';

/** A whole subscription, or one resource group of it. */
export interface Scope {
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
}

const GROUP_ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/?$/i;
const PATH = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(?:\/|$)/i;
const SUBSCRIPTION = /^(?:\/subscriptions\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

/** Reads one entry of the allow-list: a subscription id, or the id of a resource group. */
export function parseScope(text: string): Scope | undefined {
  const group = GROUP_ID.exec(text.trim());
  if (group?.[1] && group[2]) return { subscriptionId: group[1], resourceGroup: group[2] };
  const subscriptionId = SUBSCRIPTION.exec(text.trim())?.[1];
  return subscriptionId === undefined ? undefined : { subscriptionId };
}

function covers(scope: Scope, subscriptionId: string, resourceGroup: string): boolean {
  if (scope.subscriptionId.toLowerCase() !== subscriptionId.toLowerCase()) return false;
  return scope.resourceGroup === undefined || scope.resourceGroup.toLowerCase() === resourceGroup.toLowerCase();
}

/**
 * True when the resource, resource group or subscription that this path of Azure Resource Manager names is on the list.
 * A subscription's own questions (its locations, sizes, quotas) may be asked when any part of it is on the list.
 */
export function isAllowed(path: string, scopes: readonly Scope[]): boolean {
  const [, subscriptionId = '', resourceGroup] = PATH.exec(path) ?? [];
  if (resourceGroup !== undefined) return scopes.some((scope) => covers(scope, subscriptionId, resourceGroup));
  return scopes.some((scope) => scope.subscriptionId.toLowerCase() === subscriptionId.toLowerCase());
}

/** Each resource that the source names; VHDs by their storage account. */
function namedBySource(source: BuildRequest['source']) {
  const tagged = taggedSource(source);
  const numbered =
    tagged.kind === 'snapshots'
      ? { list: 'dataSnapshots', parts: tagged.dataSnapshots ?? [] }
      : { list: 'dataDisks', parts: tagged.kind === 'disks' ? (tagged.dataDisks ?? []) : [] };
  return [
    tagged.kind === 'vhd'
      ? { field: 'source.storageAccountId', place: parseArmId(tagged.storageAccountId) }
      : { field: sourceField(source), place: parseArmId(sourceId(source)) },
    ...numbered.parts.map(({ id }, index) => ({
      field: `source.${numbered.list}.${index}.id`,
      place: parseArmId(id),
    })),
  ];
}

/** Every field of the request that points outside the allow-list, each with a sentence. */
export function outsideScope(request: BuildRequest, scopes: readonly Scope[]): readonly string[] {
  const { source, image, pool } = request;
  const home = parseArmId(homeId(source));
  const touched = [
    ...namedBySource(source),
    { field: 'image.resourceGroup', place: home && { ...home, resourceGroup: image.resourceGroup } },
    { field: 'image.galleryId', place: parseArmId(image.galleryId ?? '') },
    ...(image.regions ?? []).map(({ diskEncryptionSetId = '' }, index) => ({
      field: `image.regions.${index}.diskEncryptionSetId`,
      place: parseArmId(diskEncryptionSetId),
    })),
    { field: 'pool.batchAccountId', place: parseArmId(pool.batchAccountId) },
  ];
  return touched.flatMap(({ field, place }) =>
    place && !scopes.some((scope) => covers(scope, place.subscriptionId, place.resourceGroup))
      ? [`${field}: ${groupIdText(place.subscriptionId, place.resourceGroup)} is not on the app's allow-list`]
      : [],
  );
}
