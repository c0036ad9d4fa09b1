/** The rights that one very build needs, each at the resource where it must hold. */
import { groupIdText, parseArmId } from './armId';
import { found, type BuildFacts } from './facts';
import { growsExisting } from './growsExisting';
import { routeOf } from './layout';
import type { BuildRequest } from './request';
import { RIGHTS, type Right, type RightCondition, type RightPlace } from './rights';

export interface NeededRight extends Pick<Right, 'action' | 'for' | 'role' | 'proof' | 'confirmed'> {
  /** Id of the resource, resource group or subscription. */
  readonly scopeId: string;
}

const subscriptionOf = (id: string): string => parseArmId(id)?.subscriptionId ?? '';

const PLACES: Readonly<Record<RightPlace, (request: BuildRequest, facts: BuildFacts) => readonly string[]>> = {
  machine: ({ source }) => [source.virtualMachineId],
  disk: (_, { disks }) => disks.map(({ diskId }) => diskId),
  imageGroup: ({ source, image }) => [groupIdText(subscriptionOf(source.virtualMachineId), image.resourceGroup)],
  gallery: ({ image }) => [image.galleryId],
  account: ({ pool }) => [pool.batchAccountId],
  subscription: ({ source }) => [`/subscriptions/${subscriptionOf(source.virtualMachineId)}`],
  gallerySubscription: ({ image }) => [`/subscriptions/${subscriptionOf(image.galleryId)}`],
};

const HOLDS: Readonly<Record<RightCondition, (request: BuildRequest, facts: BuildFacts) => boolean>> = {
  managedImage: (request, facts) => routeOf(request, facts) === 'gallery',
  newDefinition: (_, { definition }) => definition.read === 'missing',
  otherSubscription: ({ image, pool }) =>
    subscriptionOf(image.galleryId).toLowerCase() !== subscriptionOf(pool.batchAccountId).toLowerCase(),
  userSubscription: (_, { account }) => found(account)?.allocationMode === 'UserSubscription',
};

/** A pool that stands needs no more than to be resized, and nodes that can be made from its image. */
const isForGrowth = ({ place, proof, action }: Right): boolean =>
  proof === 'reading' || place === 'account' || (place === 'gallery' && action.endsWith('/beginGetAccess/action'));

/** What the app's identity must be allowed to do for this build, in the order of the table. */
export const rightsNeeded = (request: BuildRequest, facts: BuildFacts): readonly NeededRight[] =>
  RIGHTS.filter(
    (right) =>
      (right.when === undefined || HOLDS[right.when](request, facts)) &&
      (!growsExisting(request, facts) || isForGrowth(right)),
  ).flatMap(({ place, action, for: purpose, role, proof, confirmed }) =>
    PLACES[place](request, facts).map((scopeId) => ({ action, scopeId, for: purpose, role, proof, confirmed })),
  );
