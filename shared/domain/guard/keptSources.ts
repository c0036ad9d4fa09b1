/** What an image version of the app's own still has of its sources, when some of them went on purpose. */
import { childId, groupIdText, parseArmIdOf } from '../armId';
import { snapshotName } from '../names';

/** What the version's tags say (letGo.ts). */
export interface SourceMarks {
  readonly letGo: readonly string[];
  readonly kept: readonly string[];
}

/** The snapshots of the build that made the version: their names derive from its own, their group is that of the image. */
function snapshotsOf(versionId: string, imageId: string, luns: readonly number[]): readonly string[] {
  const [, definition, version] = parseArmIdOf('Microsoft.Compute/galleries/images/versions', versionId)?.names ?? [];
  const image = parseArmIdOf('Microsoft.Compute/images', imageId);
  if (definition === undefined || version === undefined || !image) return [];
  const compute = `${groupIdText(image.subscriptionId, image.resourceGroup)}/providers/Microsoft.Compute`;
  return (['os', ...luns] as const).map((disk) =>
    childId(compute, 'snapshots', snapshotName(definition, version, disk)),
  );
}

/** The ids to watch, of those that the version names as its sources. */
export function keptSources(
  versionId: string,
  named: readonly string[],
  { letGo, kept }: SourceMarks,
  luns: readonly number[],
): readonly string[] {
  if (letGo.includes('snapshots')) return [];
  if (!letGo.includes('image')) return named;
  return kept.includes('snapshots') ? named.flatMap((imageId) => snapshotsOf(versionId, imageId, luns)) : [];
}
