/** The image behind a pool's imageReference: what nodes in a region would be made from. */
import { definitionOf } from './imageDefinitions';
import type { Place, Site, Stored } from './kind';
import { managedImageAt } from './managedImages';
import type { ImageReference } from './poolBody';
import { isReplicatedTo } from './replication';
import { parentOf, parseResourceId } from './resourceId';
import { objectAt } from './schema';
import { parsePublishedId, publishedGallery } from './sharedGalleries';
import { provisioningState } from './state';

const VERSION = 'microsoft.compute/galleries/images/versions';
const DEFINITION = 'microsoft.compute/galleries/images';

export interface FoundImage {
  readonly key: string;
  readonly generation: string;
  readonly securityType: string;
  readonly osState: string;
}

const partsOf = (stored: Stored): number[] => (stored.id.split('/').at(-1) ?? '').split('.').map(Number);

function newestFirst(a: Stored, b: Stored): number {
  const [before, after] = [partsOf(a), partsOf(b)];
  return before.reduce((order, part, index) => order || (after[index] ?? 0) - part, 0);
}

function latest(definition: Stored, region: string, site: Site): Stored | undefined {
  return site
    .childrenOf(definition.id)
    .filter((version) => objectAt(version.input, 'properties', 'publishingProfile')['excludeFromLatest'] !== true)
    .filter((version) => isReplicatedTo(version, region, site.nowMs))
    .toSorted(newestFirst)[0];
}

function galleryImage(id: string, { region }: Place, site: Site): FoundImage | undefined {
  const stored = site.find(id);
  if (stored === undefined) return undefined;
  const version = stored.kind.type.toLowerCase() === DEFINITION ? latest(stored, region, site) : stored;
  if (version?.kind.type.toLowerCase() !== VERSION) return undefined;
  if (provisioningState(version, site.nowMs) === 'Deleting') return undefined;
  const definition = site.find(parentOf(version.key));
  if (definition === undefined || !isReplicatedTo(version, region, site.nowMs)) return undefined;
  return { key: version.key, ...definitionOf(definition) };
}

function publishedImage(id: string, place: Place, site: Site): FoundImage | undefined {
  const parsed = parsePublishedId(id);
  const gallery = parsed && publishedGallery(parsed, place, site);
  if (parsed === undefined || gallery === undefined) return undefined;
  const definition = `${gallery.id}/images/${parsed.image}`;
  const named = parsed.version === undefined ? definition : `${definition}/versions/${parsed.version}`;
  return galleryImage(named, place, site);
}

function managedImage(id: string, { region }: Place, site: Site): FoundImage | undefined {
  const image = site.managedImagePools === 'taken' ? managedImageAt(id, site) : undefined;
  if (image?.region !== region || !image.isWhole) return undefined;
  return { key: image.key, generation: image.generation, securityType: 'Standard', osState: 'Generalized' };
}

/** Whether the reference is to an image of somebody's own, which can be gone. */
export const isCustom = ({ id, sharedGalleryImageId, communityGalleryImageId }: ImageReference): boolean =>
  (id ?? sharedGalleryImageId ?? communityGalleryImageId) !== undefined;

/** What nodes at the place would be made from, or undefined when there is nothing to be had. */
export function findImage(reference: ImageReference, place: Place, site: Site): FoundImage | undefined {
  const { id, sharedGalleryImageId, communityGalleryImageId } = reference;
  const published = sharedGalleryImageId ?? communityGalleryImageId;
  if (published !== undefined) return publishedImage(published, place, site);
  if (id === undefined) return undefined;
  const isManaged = parseResourceId(id)?.type.toLowerCase() === 'microsoft.compute/images';
  return isManaged ? managedImage(id, place, site) : galleryImage(id, place, site);
}
