/** The layout of a build: which ids its resources have, and where they stand; names only, nothing about how they are made. */
import { childId, groupIdText, parseArmId } from './armId';
import { diskOf, found, type BuildFacts } from './facts';
import { managedImageName, poolIdOf, snapshotName } from './names';
import type { BuildRequest, ImageRoute } from './request';

export interface DiskCopy {
  readonly diskId: string;
  readonly snapshotId: string;
}

/** The lineage of a pool, as ids: what it stands on, down to the VM. */
export interface Layout {
  readonly version: string;
  readonly location: string;
  readonly virtualMachineId: string;
  readonly os: DiskCopy;
  readonly data: readonly (DiskCopy & { readonly lun: number })[];
  /** Undefined on route `direct`: the version is then made from the snapshots. */
  readonly managedImageId?: string;
  readonly imageDefinitionId: string;
  readonly imageVersionId: string;
  readonly poolId: string;
}

/** What keeps the VM from becoming a managed image (virtual-machines/capture-image-resource); undefined when nothing does. */
export function notForManagedImage(facts: BuildFacts): string | undefined {
  const machine = found(facts.machine);
  const disk = diskOf(facts, machine?.osDisk.diskId);
  const security = [disk?.securityType, machine?.securityType].find(
    (type) => type !== undefined && type !== 'Standard',
  );
  if (security !== undefined) return `its security type is ${security}`;
  return disk?.architecture === 'Arm64' ? 'its architecture is Arm64' : undefined;
}

/** The request's route, or the one that fits the VM. */
export const routeOf = ({ image }: BuildRequest, facts: BuildFacts): ImageRoute =>
  image.route ?? (notForManagedImage(facts) === undefined ? 'gallery' : 'direct');

/** Lays out a build of image version `version`; undefined when the VM is not there or has no managed OS disk. */
export function layOut(request: BuildRequest, facts: BuildFacts, version: string): Layout | undefined {
  const machine = found(facts.machine);
  const subscription = parseArmId(request.source.virtualMachineId)?.subscriptionId;
  if (!machine?.osDisk.diskId || subscription === undefined) return undefined;
  const { name, galleryId, resourceGroup } = request.image;
  const compute = `${groupIdText(subscription, resourceGroup)}/providers/Microsoft.Compute`;
  const snapshotId = (disk: 'os' | number): string => childId(compute, 'snapshots', snapshotName(name, version, disk));
  const imageDefinitionId = childId(galleryId, 'images', name);
  const managedImage =
    routeOf(request, facts) === 'gallery'
      ? { managedImageId: childId(compute, 'images', managedImageName(name, version)) }
      : {};
  return {
    version,
    location: machine.location,
    virtualMachineId: machine.id,
    os: { diskId: machine.osDisk.diskId, snapshotId: snapshotId('os') },
    data: machine.dataDisks.flatMap(({ lun, diskId }) =>
      diskId === undefined ? [] : [{ lun, diskId, snapshotId: snapshotId(lun) }],
    ),
    ...managedImage,
    imageDefinitionId,
    imageVersionId: childId(imageDefinitionId, 'versions', version),
    poolId: poolIdOf(request),
  };
}
