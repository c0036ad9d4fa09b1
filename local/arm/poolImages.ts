/** The image behind a pool's imageReference: what is refused at once, and what can be allocated from. */
import { invalidBatchProperty, notSupported, type ArmError } from './armError';
import type { Site, Stored } from './kind';
import type { PoolInput } from './poolBody';
import { isReplicatedTo } from './replication';
import { parentOf, parseResourceId } from './resourceId';
import { provisioningState } from './state';
import { definitionOf } from './imageDefinitions';
import { objectAt } from './schema';

const PATH = 'properties.deploymentConfiguration.virtualMachineConfiguration.imageReference';
const VERSION = 'microsoft.compute/galleries/images/versions';
const DEFINITION = 'microsoft.compute/galleries/images';

type ImageReference =
  PoolInput['properties']['deploymentConfiguration']['virtualMachineConfiguration']['imageReference'];

/** Refuses what Batch refuses without looking at the image. */
export function checkReference(reference: ImageReference): void {
  if (reference.sharedGalleryImageId !== undefined || reference.communityGalleryImageId !== undefined) {
    throw notSupported('pools from shared or community galleries');
  }
  const { id, version, publisher, offer, sku } = reference;
  if (id === undefined) {
    if (publisher !== undefined && offer !== undefined && sku !== undefined) return;
    throw invalidBatchProperty(PATH, 'Either id, or publisher, offer and sku must be specified.');
  }
  if (version !== undefined && publisher === undefined) {
    const reason = 'Specified property version can only have a value when publisher is set.';
    throw invalidBatchProperty(`${PATH}.version`, reason);
  }
  if (publisher !== undefined || offer !== undefined || sku !== undefined) {
    throw invalidBatchProperty(`${PATH}.id`, 'Specified property id cannot be combined with publisher, offer and sku.');
  }
  const type = parseResourceId(id)?.type.toLowerCase();
  if (type === 'microsoft.compute/images') throw retired(id);
  if (type !== VERSION && type !== DEFINITION) {
    throw invalidBatchProperty(
      `${PATH}.id`,
      'The id is not that of an image version or an image definition of a gallery.',
    );
  }
}

/**
 * Pools from managed images were retired on 31 March 2026 (batch-custom-image-pools-to-azure-compute-gallery-migration-guide).
 * UNCONFIRMED: what the service answers since; this is the shape of its other refusals.
 */
function retired(id: string): ArmError {
  return invalidBatchProperty(
    `${PATH}.id`,
    `'${id}' is a managed image. Custom image pools from managed images were retired on 31 March 2026; ` +
      'use an Azure Compute Gallery image.',
  );
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

/** The version that nodes in the region would be made from, or undefined when there is none to be had. */
export function findImage(id: string, region: string, site: Site): Stored | undefined {
  const stored = site.find(id);
  if (stored === undefined) return undefined;
  const version = stored.kind.type.toLowerCase() === DEFINITION ? latest(stored, region, site) : stored;
  if (version?.kind.type.toLowerCase() !== VERSION) return undefined;
  if (provisioningState(version, site.nowMs) === 'Deleting') return undefined;
  return isReplicatedTo(version, region, site.nowMs) ? version : undefined;
}

/** What the definition of an image version says of it. */
export function definitionFor(image: Stored, site: Site): ReturnType<typeof definitionOf> | undefined {
  const definition = site.find(parentOf(image.key));
  return definition && definitionOf(definition);
}
