/** What of the things made on the way goes again when the pool has proved its image, and what stays. */
import type { Layout } from './layout';
import type { BuildRequest } from './request';
import { TAG } from './names';
import type { ResourceSpec, Spec, Tags } from './resources';
import { sourceKind } from './source';

/** Pools need a managed image, a version of mode `Shallow` its source, and what they were made from (article, point 21). */
const needsSources = ({ image }: BuildRequest, { route }: Layout): boolean =>
  route === 'managedImage' || image.replicationMode === 'Shallow';

/** An image that only carried the disks into the gallery goes, unless the request keeps it. */
const letsImageGo = (request: BuildRequest, layout: Layout): boolean =>
  layout.route === 'gallery' &&
  sourceKind(request.source) !== 'managedImage' &&
  !needsSources(request, layout) &&
  request.image.keep?.managedImage !== true;

/** True when the build makes snapshots; others are not its own to let go. */
const copiesDisks = ({ os }: Layout): boolean => os?.diskId !== undefined && os.snapshotId !== undefined;

/** Snapshots stay, because the version can be made anew from nothing else, unless the request lets them go. */
const letsSnapshotsGo = (request: BuildRequest, layout: Layout): boolean =>
  request.image.keep?.snapshots === false && !needsSources(request, layout) && copiesDisks(layout);

/**
 * What the version's tags say of its sources, so that the guard does not miss what went on purpose, and knows what to
 * watch instead of a managed image that went: the snapshots that it was made from.
 */
export function sourceMarks(request: BuildRequest, layout: Layout): Tags {
  const snapshots = letsSnapshotsGo(request, layout);
  const gone = [...(letsImageGo(request, layout) ? ['image'] : []), ...(snapshots ? ['snapshots'] : [])];
  if (gone.length === 0) return {};
  const kept = copiesDisks(layout) && !snapshots ? { [TAG.kept]: 'snapshots' } : {};
  return { [TAG.letGo]: gone.join(','), ...kept };
}

/** Of all that a build made, what goes when the pool stands. */
export function letGo(request: BuildRequest, layout: Layout, made: readonly Spec[]): readonly ResourceSpec[] {
  const image = letsImageGo(request, layout);
  const snapshots = letsSnapshotsGo(request, layout);
  return made.flatMap((spec): readonly ResourceSpec[] => {
    if (spec.kind === 'image') return image ? [spec] : [];
    return spec.kind === 'snapshot' && snapshots ? [spec] : [];
  });
}
