/** Galleries that their owners share, with everybody or with some subscriptions, and the ids by which others name them. */
import { z } from 'zod';
import { gallerySharing } from './galleries';
import type { Place, Site, Stored } from './kind';
import { objectAt } from './schema';

export type Sharing = 'sharedGalleries' | 'communityGalleries';

export interface PublishedId {
  readonly sharing: Sharing;
  readonly gallery: string;
  readonly image: string;
  /** Undefined for the newest one. */
  readonly version: string | undefined;
}

const PUBLISHED =
  /^\/(?<sharing>shared|community)galleries\/(?<gallery>[^/]+)\/images\/(?<image>[^/]+)(?:\/versions\/(?<version>\d+\.\d+\.\d+))?$/i;

export function parsePublishedId(id: string): PublishedId | undefined {
  const { sharing, gallery, image, version } = PUBLISHED.exec(id)?.groups ?? {};
  if (sharing === undefined || gallery === undefined || image === undefined) return undefined;
  return {
    sharing: sharing.toLowerCase() === 'shared' ? 'sharedGalleries' : 'communityGalleries',
    gallery,
    image,
    version,
  };
}

const identifier = z.looseObject({ uniqueName: z.string().optional() });
const sharingOf = (gallery: Stored): z.infer<typeof gallerySharing> =>
  gallerySharing.parse(objectAt(gallery.input, 'properties', 'sharingProfile'));
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const communityInfoOf = (gallery: Stored): z.infer<typeof gallerySharing>['communityGalleryInfo'] =>
  sharingOf(gallery).communityGalleryInfo;

/** All subscriptions here are of one tenant, so a gallery that is shared with a tenant is shared with all of them. */
function isSharedWith(gallery: Stored, subscription: string): boolean {
  const { permissions, groups = [] } = sharingOf(gallery);
  if (permissions !== 'Groups') return false;
  return groups.some(({ type, ids }) => type === 'AADTenants' || ids.some((id) => isSame(id, subscription)));
}

function isPublic(gallery: Stored, name: string): boolean {
  const { permissions, communityGalleryInfo } = sharingOf(gallery);
  if (permissions !== 'Community' || communityGalleryInfo?.communityGalleryEnabled !== true) return false;
  return communityGalleryInfo.publicNames.some((known) => isSame(known, name));
}

const uniqueNameOf = (gallery: Stored): string =>
  identifier.parse(objectAt(gallery.properties, 'identifier')).uniqueName ?? '';

/** The gallery of a public name, or of a unique name that is shared with the subscription. */
export function publishedGallery(
  { sharing, gallery: name }: Pick<PublishedId, 'sharing' | 'gallery'>,
  { subscription }: Pick<Place, 'subscription'>,
  site: Site,
): Stored | undefined {
  return site.ofType('Microsoft.Compute/galleries').find((gallery) => {
    if (sharing === 'communityGalleries') return isPublic(gallery, name);
    return isSame(uniqueNameOf(gallery), name) && isSharedWith(gallery, subscription);
  });
}
