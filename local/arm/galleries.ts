/** Microsoft.Compute/galleries: the galleries that hold image definitions. */
import { z } from 'zod';
import { ArmError, notSupported } from './armError';
import { minutesToMs } from './durations';
import type { ResourceKind, Site, Stored, WritePlan, WriteRequest } from './kind';
import { objectAt, readBody, tags } from './schema';

export const GALLERY_API_VERSIONS = ['2025-12-03', '2025-03-03', '2024-03-03'];

/** How a gallery is shared (arm-compute, SharingProfile). */
export const gallerySharing = z.strictObject({
  permissions: z.enum(['Private', 'Groups', 'Community']).optional(),
  groups: z
    .array(z.strictObject({ type: z.enum(['Subscriptions', 'AADTenants']), ids: z.array(z.string()) }))
    .optional(),
  communityGalleryInfo: z
    .strictObject({
      communityGalleryEnabled: z.boolean().optional(),
      publicNames: z.array(z.string()).default([]),
      publicNamePrefix: z.string().optional(),
      publisherUri: z.string().optional(),
      publisherContact: z.string().optional(),
      eula: z.string().optional(),
    })
    .optional(),
});

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  properties: z
    .strictObject({
      description: z.string().optional(),
      softDeletePolicy: z.strictObject({ isSoftDeleteEnabled: z.boolean().optional() }).optional(),
      sharingProfile: gallerySharing.optional(),
    })
    .default({}),
});

/** Only the world brings galleries that are shared. */
function refuseSharing({ method, input }: WriteRequest): void {
  const { groups, communityGalleryInfo } = objectAt(input, 'properties', 'sharingProfile');
  if (method === 'PATCH' || (groups === undefined && communityGalleryInfo === undefined)) return;
  throw notSupported('the sharing of galleries');
}

function put(request: WriteRequest): WritePlan {
  const input = readBody(body, request.input, 'compute');
  const { site, existing, id } = request;
  if (input.properties.softDeletePolicy?.isSoftDeleteEnabled === true) throw notSupported('soft delete of galleries');
  refuseSharing(request);
  const minutes = existing === undefined ? site.durations.galleryMinutes : site.durations.updateMinutes;
  return {
    input,
    properties: {
      identifier: { uniqueName: `${id.subscription}-${(id.names[0] ?? '').toUpperCase()}` },
    },
    durationMs: request.slowed(minutesToMs(minutes)),
  };
}

/** 409 while children exist, and for a moment after the last one went (azure-sdk-for-python#25506). */
export function refuseWhileNested(stored: Stored, site: Site): void {
  const lagMs = minutesToMs(site.durations.nestedDeleteLagMinutes);
  const nested = site.childrenOf(stored.id);
  if (nested.length === 0 && site.lateChildrenOf(stored.id, lagMs) === 0) return;
  const kinds = nested.map((child) => child.id).join(', ');
  const message = `Can not delete resource before nested resources are deleted. Nested resources: ${kinds || '(just deleted)'}.`;
  throw new ArmError(409, 'CannotDeleteResource', message);
}

export const galleries: ResourceKind = {
  type: 'Microsoft.Compute/galleries',
  apiVersions: GALLERY_API_VERSIONS,
  dialect: 'compute',
  body,
  readOnly: ['properties.identifier', 'properties.sharingStatus'],
  lists: ['resourceGroup', 'subscription'],
  operations: 'capsOperations',
  /** Letters, digits, underscores and periods (troubleshooting-shared-images.md). */
  name: /^[A-Za-z0-9][A-Za-z0-9_.]{0,78}[A-Za-z0-9]?$/,
  put,
  patch: z.strictObject({ tags: tags.optional(), properties: z.strictObject({ description: z.string() }).optional() }),
  remove: (stored, site) => {
    refuseWhileNested(stored, site);
    return { durationMs: minutesToMs(site.durations.deleteMinutes) };
  },
};
