/** Which other pools take their nodes from the image of a build, or from that of a pool that is grown. */
import type { ExistingPool, PoolInUse, SharingPool } from './account';
import { armKey, childId, sameArmId } from './armId';
import { found, type Fact } from './facts';
import type { KnownVersion, SourceImage } from './gallery';
import { definitionIdOf, poolIdOf } from './names';
import type { BuildRequest } from './request';
import { isExistingImage } from './source';
import { newestOf } from './versionOrder';

interface Surveyed {
  readonly request: BuildRequest;
  readonly pool: Fact<ExistingPool>;
  /** Of the request's image definition. */
  readonly versions: Fact<readonly KnownVersion[]> | undefined;
  /** The image that the request names as its source. */
  readonly sourceImage: Fact<SourceImage> | undefined;
}

/** Batch documents the definition's own id only; what it does with `versions/latest` is not known. */
const namesOfNewest = (definition: string): readonly string[] => [
  definition,
  childId(definition, 'versions', 'latest'),
];

/** The image that exists and that the pool of the request will run on, or runs on; undefined when it is still to be made. */
function standingImage({ request, pool, sourceImage }: Surveyed): string | undefined {
  if (request.pool.existing === 'grow') return found(pool)?.imageId;
  const runsOnSource = isExistingImage(request.source) || request.image.route === 'managedImage';
  return runsOnSource ? found(sourceImage)?.id : undefined;
}

/** Ids by which pools name one image: its version, the definition when that is its newest, or both. */
function namesOfImage(surveyed: Surveyed): readonly string[] {
  const definition = definitionIdOf(surveyed.request);
  const own = standingImage(surveyed);
  if (definition === undefined) return own === undefined ? [] : [own];
  const newest = namesOfNewest(definition);
  // The version that a build makes becomes the newest, and no pool can name it yet.
  if (own === undefined) return newest;
  const known = found(surveyed.versions);
  const name = known && newestOf(known);
  const newestId = name === undefined ? undefined : childId(definition, 'versions', name);
  if (newest.map(armKey).includes(armKey(own))) return [...newest, ...(newestId === undefined ? [] : [newestId])];
  // While it is not known which one is the newest, it may be this one.
  const isNewest = known === undefined || (newestId !== undefined && sameArmId(newestId, own));
  return isNewest ? [own, ...newest] : [own];
}

const lastName = (id: string): string => armKey(id).slice(armKey(id).lastIndexOf('/') + 1);

/**
 * The same, and the names of versions that were made from the same snapshots or images: to Batch they are one image
 * (article, point 17).
 */
function namesOfKin(surveyed: Surveyed): readonly string[] {
  const names = namesOfImage(surveyed);
  const known = found(surveyed.versions) ?? [];
  const isNamed = ({ name }: KnownVersion): boolean => names.some((id) => lastName(id) === name.toLowerCase());
  const sources = new Set(known.filter(isNamed).flatMap(({ sourceIds = [] }) => sourceIds.map(armKey)));
  const kin = known.filter(({ sourceIds = [] }) => sourceIds.some((id) => sources.has(armKey(id))));
  const definition = definitionIdOf(surveyed.request);
  if (definition === undefined) return names;
  const newest = newestOf(known);
  return [
    ...names,
    ...kin.map(({ name }) => childId(definition, 'versions', name)),
    ...(kin.some(({ name }) => name === newest) ? namesOfNewest(definition) : []),
  ];
}

/** Of the pools of an account, those that share the image with the pool of the request. */
export function sharingPools(pools: readonly PoolInUse[], surveyed: Surveyed): readonly SharingPool[] {
  const names = namesOfKin(surveyed).map(armKey);
  const own = poolIdOf(surveyed.request);
  return pools
    .filter(({ id, imageId }) => !sameArmId(id, own) && imageId !== undefined && names.includes(armKey(imageId)))
    .map(({ id, dedicatedNodes, spotNodes }) => ({ id, dedicatedNodes, spotNodes }));
}
