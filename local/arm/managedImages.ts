/** What a pool needs to know of a managed image: where it is, what it boots, and whether all that it was made from is there. */
import { z } from 'zod';
import { imageBody } from './imageBody';
import type { Site } from './kind';
import { regionOf } from './resourceId';
import { objectAt } from './schema';
import { provisioningState } from './state';

export interface ManagedImage {
  readonly key: string;
  readonly region: string;
  readonly generation: string;
  /**
   * "the resource used to create the managed image" has to exist for the lifetime of any pool that references the image (the
   * article, point 21). Of a machine that is UNCONFIRMED: its image goes without it.
   */
  readonly isWhole: boolean;
}

const generation = z.looseObject({ hyperVGeneration: z.string().default('V1') });

export function managedImageAt(id: string, site: Site): ManagedImage | undefined {
  const stored = site.find(id);
  if (stored?.kind.type !== 'Microsoft.Compute/images') return undefined;
  const { location, properties } = imageBody.parse(stored.input);
  const { storageProfile: profile } = properties;
  const disks = profile === undefined ? [] : [profile.osDisk, ...profile.dataDisks];
  const isThere = ({ snapshot, managedDisk, blobUri }: (typeof disks)[number]): boolean =>
    [snapshot, managedDisk].every((source) => source === undefined || site.find(source.id) !== undefined) &&
    (blobUri === undefined || site.blob(blobUri) !== undefined);
  const shown = { ...objectAt(stored.input, 'properties'), ...stored.properties };
  return {
    key: stored.key,
    region: regionOf(location),
    generation: generation.parse(shown).hyperVGeneration,
    isWhole: provisioningState(stored, site.nowMs) === 'Succeeded' && disks.every(isThere),
  };
}
