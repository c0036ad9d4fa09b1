/** Microsoft.Compute/galleries/images: image definitions, most of whose properties never change. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ArmError } from './armError';
import { minutesToMs } from './durations';
import { GALLERY_API_VERSIONS, refuseWhileNested } from './galleries';
import type { ResourceKind, Stored, WritePlan, WriteRequest } from './kind';
import { parentOf } from './resourceId';
import { json, objectAt, readBody, tags } from './schema';

const identifier = z.strictObject({
  publisher: z.string().min(1).max(128),
  offer: z.string().min(1).max(64),
  sku: z.string().min(1).max(64),
});

const changeable = {
  description: z.string().optional(),
  eula: z.string().optional(),
  privacyStatementUri: z.string().optional(),
  releaseNoteUri: z.string().optional(),
  endOfLifeDate: z.iso.datetime({ offset: true }).optional(),
  recommended: json.optional(),
  disallowed: json.optional(),
  allowUpdateImage: z.boolean().optional(),
};

const fixed = {
  osType: z.enum(['Linux', 'Windows']),
  osState: z.enum(['Generalized', 'Specialized']),
  hyperVGeneration: z.enum(['V1', 'V2']).optional(),
  identifier,
  architecture: z.enum(['x64', 'Arm64']).default('x64'),
  purchasePlan: z.strictObject({ name: z.string(), publisher: z.string(), product: z.string().optional() }).optional(),
  features: z
    .array(z.strictObject({ name: z.string(), value: z.string(), startsAtVersion: z.string().optional() }))
    .optional(),
};

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  properties: z.strictObject({ ...changeable, ...fixed }),
});

const patch = z.strictObject({
  tags: tags.optional(),
  properties: z
    .strictObject({ ...changeable, ...fixed })
    .partial()
    .optional(),
});

type Definition = z.infer<typeof body>;

const IMMUTABLE = [
  'osType',
  'osState',
  'hyperVGeneration',
  'identifier',
  'architecture',
  'purchasePlan',
  'features',
] as const;

/** From 2025-03-03 on, what does not say is Generation 2 and TrustedLaunchSupported (azure-compute-gallery.md). */
function withDefaults(input: Definition, apiVersion: string): Definition {
  const trustedByDefault = apiVersion >= '2025-03-03';
  const generation = input.properties.hyperVGeneration ?? (trustedByDefault ? 'V2' : 'V1');
  const features = input.properties.features ?? [];
  const silent = !features.some((feature) => feature.name === 'SecurityType');
  const security = { name: 'SecurityType', value: 'TrustedLaunchSupported' };
  const added = trustedByDefault && silent && generation === 'V2' ? [security] : [];
  return {
    ...input,
    properties: { ...input.properties, hyperVGeneration: generation, features: [...features, ...added] },
  };
}

function refuseChange(existing: Stored, input: Definition): void {
  const before = objectAt(existing.input, 'properties');
  for (const name of IMMUTABLE) {
    if (isDeepStrictEqual(before[name], input.properties[name])) continue;
    const target = `galleryImage.properties.${name}`;
    throw new ArmError(409, 'PropertyChangeNotAllowed', `Changing property '${target}' is not allowed.`, { target });
  }
}

const triple = (properties: unknown): string => {
  const { publisher, offer, sku } = identifier.parse(objectAt(properties, 'identifier'));
  return `${publisher}/${offer}/${sku}`.toLowerCase();
};

function put(request: WriteRequest): WritePlan {
  const { site, existing, id } = request;
  const input = withDefaults(readBody(body, request.input, 'compute'), request.apiVersion);
  if (existing !== undefined) refuseChange(existing, input);
  const siblings = site.childrenOf(parentOf(id.key)).filter((sibling) => sibling.key !== id.key);
  const twin = siblings.find((sibling) => triple(sibling.input['properties']) === triple(input.properties));
  if (twin !== undefined) {
    const message = `The gallery already has an image definition with the identifier '${triple(input.properties)}': '${twin.id}'.`;
    throw new ArmError(409, 'Conflict', message, { target: 'galleryImage.properties.identifier' });
  }
  const minutes = existing === undefined ? site.durations.definitionMinutes : site.durations.updateMinutes;
  return { input, properties: {}, durationMs: request.slowed(minutesToMs(minutes)) };
}

export const imageDefinitions: ResourceKind = {
  type: 'Microsoft.Compute/galleries/images',
  apiVersions: GALLERY_API_VERSIONS,
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['parent'],
  operations: 'capsOperations',
  /** troubleshooting-shared-images.md */
  name: /^[^_\W][\w\-.]{0,79}(?<![-.])$/,
  put,
  patch,
  remove: (stored, site) => {
    refuseWhileNested(stored, site);
    return { durationMs: minutesToMs(site.durations.deleteMinutes) };
  },
};

/** What versions need to know of their definition. */
export function definitionOf(stored: Stored): {
  readonly location: string;
  readonly generation: string;
  readonly securityType: string;
  readonly osType: string;
  readonly osState: string;
} {
  const { location, properties } = body.parse(stored.input);
  return {
    location,
    generation: properties.hyperVGeneration ?? 'V1',
    securityType: properties.features?.find((feature) => feature.name === 'SecurityType')?.value ?? 'Standard',
    osType: properties.osType,
    osState: properties.osState,
  };
}
