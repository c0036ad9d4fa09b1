/** The layout of a build: which ids its resources have, and where they stand; names only, nothing about how they are made. */
import { childId } from './armId';
import { found, sourceLocation, type BuildFacts } from './facts';
import { imageGroupId, managedImageName, poolIdOf, snapshotName } from './names';
import type { BuildRequest } from './request';
import { routeOf, type BuildRoute } from './route';
import { isExistingImage, sourceId, taggedSource } from './source';

/** Where a disk of the image comes from; each as far as there is one. */
export interface DiskOrigin {
  readonly diskId?: string;
  readonly snapshotId?: string;
  readonly vhdUri?: string;
}

/** `imageReference` of the pool. */
export type PoolImage =
  { readonly id: string } | { readonly communityGalleryImageId: string } | { readonly sharedGalleryImageId: string };

/** The lineage of a pool, as ids: what it stands on, down to the source. */
export interface Layout {
  /** What the names of the build derive from; of an image version that it makes, the name. */
  readonly version: string;
  readonly location: string;
  readonly route: BuildRoute;
  /** What the request names as the source. */
  readonly source: string;
  readonly virtualMachineId?: string;
  /** Undefined when the source is an image already. */
  readonly os?: DiskOrigin;
  readonly data: readonly (DiskOrigin & { readonly lun: number })[];
  /** Undefined where none is used: on route `direct`, and for images of a gallery. */
  readonly managedImageId?: string;
  readonly imageDefinitionId?: string;
  readonly imageVersionId?: string;
  readonly image: PoolImage;
  readonly poolId: string;
}

type Disks = Pick<Layout, 'virtualMachineId' | 'os' | 'data'>;

type SnapshotId = (disk: 'os' | number) => string;

/** Of a VM or of loose disks: each disk, copied into a snapshot or taken as it is. */
function attachedDisks({ disks }: BuildFacts, snapshotId: SnapshotId | undefined): Disks | undefined {
  const copy = (diskId: string, disk: 'os' | number): DiskOrigin => ({
    diskId,
    ...(snapshotId === undefined ? {} : { snapshotId: snapshotId(disk) }),
  });
  const os = disks.find(({ lun }) => lun === undefined);
  if (!os) return undefined;
  const data = disks.flatMap(({ diskId, lun }) => (lun === undefined ? [] : [{ lun, ...copy(diskId, lun) }]));
  return { os: copy(os.diskId, 'os'), data };
}

function disksOf({ source }: BuildRequest, facts: BuildFacts, snapshotId: SnapshotId): Disks | undefined {
  const tagged = taggedSource(source);
  switch (tagged.kind) {
    case 'virtualMachine':
    case 'generalizedVm': {
      const disks = attachedDisks(facts, tagged.kind === 'virtualMachine' ? snapshotId : undefined);
      return disks && { virtualMachineId: found(facts.machine)?.id ?? sourceId(source), ...disks };
    }
    case 'disks':
      return attachedDisks(facts, snapshotId);
    case 'snapshots': {
      const data = (tagged.dataSnapshots ?? []).map(({ lun, id }) => ({ lun, snapshotId: id }));
      return { os: { snapshotId: tagged.osSnapshotId }, data };
    }
    case 'vhd': {
      const data = (tagged.dataVhds ?? []).map(({ lun, uri }) => ({ lun, vhdUri: uri }));
      return { os: { vhdUri: tagged.vhdUri }, data };
    }
    default:
      return { data: [] };
  }
}

type Images = Pick<Layout, 'managedImageId' | 'imageDefinitionId' | 'imageVersionId' | 'image'>;

/** The images that a build makes, or that it is given on the way. */
function madeImages({ source, image }: BuildRequest, route: BuildRoute, version: string): Images {
  const tagged = taggedSource(source);
  const compute = `${imageGroupId({ source, image })}/providers/Microsoft.Compute`;
  const managedImageId =
    tagged.kind === 'managedImage'
      ? tagged.managedImageId
      : childId(compute, 'images', managedImageName(image.name, version));
  if (route === 'managedImage') return { managedImageId, image: { id: managedImageId } };
  const imageDefinitionId = childId(image.galleryId ?? '', 'images', image.name);
  const imageVersionId = childId(imageDefinitionId, 'versions', version);
  const by = route === 'gallery' ? { managedImageId } : {};
  return { ...by, imageDefinitionId, imageVersionId, image: { id: imageVersionId } };
}

/** The image that is there already; undefined when it was not found. */
function existingImage({ source }: BuildRequest, facts: BuildFacts): Images | undefined {
  const tagged = taggedSource(source);
  const known = found(facts.sourceImage);
  if (!known) return undefined;
  switch (tagged.kind) {
    case 'communityImage':
      return { image: { communityGalleryImageId: tagged.communityGalleryImageId } };
    case 'sharedImage':
      return { image: { sharedGalleryImageId: tagged.sharedGalleryImageId } };
    case 'galleryDefinition': {
      const imageDefinitionId = tagged.galleryImageDefinitionId;
      const id = tagged.track === 'latest' ? imageDefinitionId : known.id;
      return { imageDefinitionId, imageVersionId: known.id, image: { id } };
    }
    default: {
      const imageDefinitionId = known.id.split('/').slice(0, -2).join('/');
      return { imageDefinitionId, imageVersionId: known.id, image: { id: known.id } };
    }
  }
}

/** Lays out a build with names of `version`; undefined when the source was not found, or has no OS disk to take. */
export function layOut(request: BuildRequest, facts: BuildFacts, version: string): Layout | undefined {
  const { source, image } = request;
  const route = routeOf(request, facts);
  const compute = `${imageGroupId({ source, image })}/providers/Microsoft.Compute`;
  const disks = disksOf(request, facts, (disk) =>
    childId(compute, 'snapshots', snapshotName(image.name, version, disk)),
  );
  const images = isExistingImage(source) ? existingImage(request, facts) : madeImages(request, route, version);
  const location = sourceLocation(facts) ?? (isExistingImage(source) ? found(facts.account)?.location : undefined);
  if (!disks || !images || location === undefined) return undefined;
  return { version, location, route, source: sourceId(source), ...disks, ...images, poolId: poolIdOf(request) };
}
