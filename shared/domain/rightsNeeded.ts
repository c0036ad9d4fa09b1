/** The rights that one very build needs, each at the resource where it must hold. */
import { parseArmId, parseArmIdOf } from './armId';
import { found, type BuildFacts } from './facts';
import { growsExisting } from './growsExisting';
import { imageGroupId } from './names';
import type { BuildRequest } from './request';
import { RIGHTS, type Right } from './rights';
import type { RightCondition, RightPlace } from './rights/rightGroup';
import { routeOf, type BuildRoute } from './route';
import { homeId, isExistingImage, sourceKind, type SourceKind } from './source';

export interface NeededRight extends Pick<Right, 'action' | 'for' | 'role' | 'proof' | 'confirmed'> {
  /** Id of the resource, resource group or subscription. */
  readonly scopeId: string;
}

const subscriptionOf = (id: string): string => parseArmId(id)?.subscriptionId ?? '';

type Asked = (request: BuildRequest, facts: BuildFacts) => readonly string[];

const ifAny = (id: string | undefined): readonly string[] => (id === undefined ? [] : [id]);

/** The disks or snapshots that the source names, or that its VM has. */
const parts =
  (type: string): Asked =>
  (_, { disks }) =>
    disks.flatMap(({ diskId }) => (parseArmIdOf(type, diskId) ? [diskId] : []));

/** The source's own id, when it is of this type. */
const sourceOf =
  (type: string): Asked =>
  ({ source }) =>
    parseArmIdOf(type, homeId(source)) ? [homeId(source)] : [];

const PLACES: Readonly<Record<RightPlace, Asked>> = {
  askedScope: (_, { rights }) => rights.map(({ id }) => id),
  machine: sourceOf('Microsoft.Compute/virtualMachines'),
  disk: parts('Microsoft.Compute/disks'),
  snapshot: parts('Microsoft.Compute/snapshots'),
  storageAccount: sourceOf('Microsoft.Storage/storageAccounts'),
  managedImage: sourceOf('Microsoft.Compute/images'),
  imageGroup: (request) => (isExistingImage(request.source) ? [] : [imageGroupId(request)]),
  encryptionSet: (_, { encryptionSets }) => encryptionSets.map(({ id }) => id),
  gallery: ({ image }) => ifAny(image.galleryId),
  account: ({ pool }) => [pool.batchAccountId],
  subscription: ({ pool }) => [`/subscriptions/${subscriptionOf(pool.batchAccountId)}`],
  gallerySubscription: ({ image }) =>
    image.galleryId === undefined ? [] : [`/subscriptions/${subscriptionOf(image.galleryId)}`],
};

const isKind =
  (...kinds: readonly SourceKind[]) =>
  ({ source }: BuildRequest): boolean =>
    kinds.includes(sourceKind(source));

const isRoute =
  (...routes: readonly BuildRoute[]) =>
  (request: BuildRequest, facts: BuildFacts): boolean =>
    routes.includes(routeOf(request, facts));

const publishes = isRoute('gallery', 'direct');

const HOLDS: Readonly<Record<RightCondition, (request: BuildRequest, facts: BuildFacts) => boolean>> = {
  copiesDisks: isKind('virtualMachine', 'disks'),
  makesManagedImage: (request, facts) =>
    isRoute('gallery', 'managedImage')(request, facts) && !isKind('managedImage')(request),
  generalizes: ({ source }) => 'generalize' in source && source.generalize === true,
  capturesVm: (request, facts) => isKind('generalizedVm')(request) && isRoute('direct')(request, facts),
  direct: isRoute('direct'),
  publishes,
  newDefinition: (request, facts) => publishes(request, facts) && facts.definition?.read === 'missing',
  usesGallery: ({ image }) => image.galleryId !== undefined,
  otherSubscription: ({ image, pool }) =>
    image.galleryId !== undefined &&
    subscriptionOf(image.galleryId).toLowerCase() !== subscriptionOf(pool.batchAccountId).toLowerCase(),
  userSubscription: (_, { account }) => found(account)?.allocationMode === 'UserSubscription',
  communityImage: isKind('communityImage'),
  sharedImage: isKind('sharedImage'),
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
