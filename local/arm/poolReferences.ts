/** A pool's imageReference: its one form, and what Batch refuses of it without looking for the image. */
import { invalidBatchProperty, notSupported, type ArmError } from './armError';
import { managedImageAt } from './managedImages';
import type { Place, Site } from './kind';
import type { ImageReference } from './poolBody';
import { LAST_WITH_MANAGED_IMAGES } from './poolVersions';
import { parseResourceId } from './resourceId';
import { parsePublishedId, type Sharing } from './sharedGalleries';

const PATH = 'properties.deploymentConfiguration.virtualMachineConfiguration.imageReference';
const GALLERY_TYPES = ['microsoft.compute/galleries/images/versions', 'microsoft.compute/galleries/images'];
const MANAGED_IMAGE = 'microsoft.compute/images';

export const isManagedImage = (id: string | undefined): boolean =>
  parseResourceId(id ?? '')?.type.toLowerCase() === MANAGED_IMAGE;

interface Asking {
  readonly apiVersion: string;
  /** Whether the reference itself was sent, rather than kept by a patch of something else. */
  readonly isSent: boolean;
  readonly place: Place;
  readonly site: Site;
}

const SHARINGS: Readonly<Record<'sharedGalleryImageId' | 'communityGalleryImageId', Sharing>> = {
  sharedGalleryImageId: 'sharedGalleries',
  communityGalleryImageId: 'communityGalleries',
};

/** "mutually exclusive with other properties" (arm-batch, ImageReference). */
function refuseSeveral(reference: ImageReference): void {
  const { id, version, publisher, offer, sku, sharedGalleryImageId, communityGalleryImageId } = reference;
  const isMarketplace = [publisher, offer, sku].some((part) => part !== undefined);
  const forms = Object.entries({ sharedGalleryImageId, communityGalleryImageId, id })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (forms.length > 0 && version !== undefined && !isMarketplace) {
    const reason = 'Specified property version can only have a value when publisher is set.';
    throw invalidBatchProperty(`${PATH}.version`, reason);
  }
  const [first] = forms;
  if (first !== undefined && isMarketplace) {
    const reason = `Specified property ${first} cannot be combined with publisher, offer and sku.`;
    throw invalidBatchProperty(`${PATH}.${first}`, reason);
  }
  if (first !== undefined && forms.length > 1) {
    const reason = `Specified property ${first} cannot be combined with ${forms.slice(1).join(' and ')}.`;
    throw invalidBatchProperty(`${PATH}.${first}`, reason);
  }
  if (forms.length === 1 || [publisher, offer, sku].every((part) => part !== undefined)) return;
  throw invalidBatchProperty(PATH, 'Either id, or publisher, offer and sku must be specified.');
}

/** bicep-registry-modules#6560: an id that is no ARM id. UNCONFIRMED words. */
function refusePublished(reference: ImageReference): void {
  for (const name of ['sharedGalleryImageId', 'communityGalleryImageId'] as const) {
    const id = reference[name];
    if (id === undefined) continue;
    if (id.toLowerCase().endsWith('/versions/latest')) throw notSupported(`versions/latest in ${name}`);
    if (parsePublishedId(id)?.sharing === SHARINGS[name]) continue;
    const form = `/${SHARINGS[name]}/{gallery}/images/{image}/versions/{version}`;
    throw invalidBatchProperty(`${PATH}.${name}`, `The id is not of the form ${form}, or that without its version.`);
  }
}

export function checkReference(reference: ImageReference, asking: Asking): void {
  refuseSeveral(reference);
  refusePublished(reference);
  const { id } = reference;
  if (id === undefined) return;
  if (isManagedImage(id)) refuseManagedImage(id, asking);
  else if (!GALLERY_TYPES.includes(parseResourceId(id)?.type.toLowerCase() ?? '')) {
    const reason = 'The id is not that of an image version or an image definition of a gallery.';
    throw invalidBatchProperty(`${PATH}.id`, reason);
  }
}

/**
 * Pools from managed images were retired on 31 March 2026 (batch-custom-image-pools-to-azure-compute-gallery-migration-guide).
 * UNCONFIRMED: what the service answers since; this is the shape of its other refusals.
 */
const retired = (id: string): ArmError =>
  invalidBatchProperty(
    `${PATH}.id`,
    `'${id}' is a managed image. Custom image pools from managed images were retired on 31 March 2026; ` +
      'use an Azure Compute Gallery image.',
  );

/** "must be in the same region and subscription as the Azure Batch account" (arm-batch of 2019-08-01). UNCONFIRMED words. */
function refuseManagedImage(id: string, { apiVersion, isSent, place, site }: Asking): void {
  if (site.managedImagePools === 'refused') throw retired(id);
  if (!isSent) return;
  if (apiVersion > LAST_WITH_MANAGED_IMAGES) {
    const reason = `'${id}' is a managed image, which is supported only up to API version ${LAST_WITH_MANAGED_IMAGES}.`;
    throw invalidBatchProperty(`${PATH}.id`, reason);
  }
  const image = managedImageAt(id, site);
  const isElsewhere = image !== undefined && image.region !== place.region;
  if (parseResourceId(id)?.subscription.toLowerCase() === place.subscription && !isElsewhere) return;
  const reason = `'${id}' must be in the same region and subscription as the Azure Batch account.`;
  throw invalidBatchProperty(`${PATH}.id`, reason);
}
