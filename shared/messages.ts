/** The build request, as a schema. */
import * as z from 'zod';
import { IMAGE_FIELDS, meantSource, sourceSchema } from './buildSource';
import { parseArmId } from './domain/armId';
import { ISO_DURATION } from './domain/isoDuration';
import {
  IMAGE_DEFINITION_NAME,
  MAX_OFFER_LENGTH,
  MAX_PUBLISHER_LENGTH,
  MAX_REPLICAS,
  POOL_NAME,
  RESOURCE_GROUP_NAME,
} from './domain/limits';
import { PERCENT, REPLICA_STORAGE, type BuildRequest, type ImageRequest } from './domain/request';
import { homeId, isExistingImage, sourceField, sourceId, type BuildSource } from './domain/source';
import { canonicalJson } from './domain/names';
import { jsonOf } from './json';
import { armIdOf, parseMessage, requestIdText, type Parsed } from './parsing';

const group = '/subscriptions/ID/resourceGroups/GROUP/providers';

const nodeCount = z.int().min(0);

const ENOUGH = 'must be a whole number of nodes, or a share of the target, such as "90%"';

const fixedScale = z.looseObject({
  targetDedicatedNodes: nodeCount.optional(),
  targetLowPriorityNodes: nodeCount.optional(),
  resizeTimeout: z.string().regex(ISO_DURATION, 'must be an ISO 8601 duration, such as PT30M').optional(),
});

const poolProperties = z
  .looseObject({
    vmSize: z.string().min(1),
    deploymentConfiguration: z.looseObject({
      virtualMachineConfiguration: z.looseObject({ nodeAgentSkuId: z.string().min(1).optional() }),
    }),
    scaleSettings: z.looseObject({ fixedScale: fixedScale.optional() }).optional(),
    metadata: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  })
  .describe('The Batch Management REST body of the pool ("properties"), without imageReference: the app fills it in.');

const region = z.strictObject({
  name: z.string().min(1),
  replicas: z.int().min(1).max(MAX_REPLICAS).optional(),
  storageAccountType: z.enum(REPLICA_STORAGE).optional(),
  diskEncryptionSetId: armIdOf(
    'Microsoft.Compute/diskEncryptionSets',
    `${group}/Microsoft.Compute/diskEncryptionSets/SET`,
  )
    .optional()
    .describe('A set of that region; it encrypts the replicas there.'),
});

const image = z.strictObject({
  resourceGroup: z
    .string()
    .regex(RESOURCE_GROUP_NAME, 'must be the name of a resource group')
    .optional()
    .describe(
      "Resource group of the snapshots and the managed image, in the source's subscription; the source's own when left out.",
    ),
  name: z
    .string()
    .regex(IMAGE_DEFINITION_NAME, 'must be 1 to 80 letters, digits, ., _ or -, beginning with a letter or digit')
    .describe('Name of the image definition; snapshots, image and version derive theirs from it.'),
  galleryId: armIdOf('Microsoft.Compute/galleries', `${group}/Microsoft.Compute/galleries/GALLERY`)
    .optional()
    .describe('Required, other than on route managedImage.'),
  route: z.enum(['gallery', 'direct', 'managedImage']).optional(),
  regions: z
    .array(region)
    .min(1)
    .optional()
    .describe("Regions that the image is replicated to; the source's and the Batch account's when left out."),
  replicationMode: z.enum(['Full', 'Shallow']).optional().describe('Shallow: for tests of small pools only.'),
  endOfLifeDate: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date, such as 2027-12-31, or an instant')
    .optional(),
  excludeFromLatest: z
    .boolean()
    .optional()
    .describe('true: the version stays out of latest. Left out: it is out of latest until the pool has proved it.'),
  keep: z
    .strictObject({ snapshots: z.boolean().optional(), managedImage: z.boolean().optional() })
    .optional()
    .describe(
      'Which of the things made on the way stay when the pool stands; by default snapshots do, the managed image does not.',
    ),
  osState: z.literal('Generalized').optional(),
  identifier: z
    .strictObject({
      publisher: z.string().min(1).max(MAX_PUBLISHER_LENGTH),
      offer: z.string().min(1).max(MAX_OFFER_LENGTH),
      sku: z.string().min(1).max(MAX_OFFER_LENGTH),
    })
    .optional(),
});

/** A request as it is written: what follows from its other parts may be left out. */
export type BuildMessage = Omit<BuildRequest, 'image'> & {
  readonly image?: (Omit<ImageRequest, 'resourceGroup'> & { readonly resourceGroup?: string | undefined }) | undefined;
};

const requestSchema = <S extends z.ZodType>(source: S) =>
  z.strictObject({
    requestId: requestIdText
      .optional()
      .describe('Comes back as correlation id of the result; derived from the request when left out.'),
    mode: z.enum(['build', 'plan']).optional(),
    source,
    image: image
      .optional()
      .describe('Left out when the source is an image of a gallery already: then only the pool is made.'),
    pool: z.strictObject({
      batchAccountId: armIdOf('Microsoft.Batch/batchAccounts', `${group}/Microsoft.Batch/batchAccounts/ACCOUNT`),
      name: z.string().regex(POOL_NAME, 'must be 1 to 64 letters, digits, _ or -'),
      properties: poolProperties,
      identity: z
        .looseObject({ type: z.string() })
        .optional()
        .describe('The pool\'s managed identities, as in the REST body beside "properties".'),
      acceptAtLeast: z
        .union([z.int().min(0, ENOUGH), z.string().regex(PERCENT, ENOUGH)], ENOUGH)
        .optional()
        .describe('Nodes that are enough when the last resize has not brought all; all of them when left out.'),
      existing: z
        .enum(['refuse', 'grow'])
        .optional()
        .describe('What to do about a pool of this name that runs on the image definition already.'),
    }),
    keepOnFailure: z.boolean().optional().describe('Leave what was made where it is when the build fails.'),
    allowRetiredManagedImagePools: z
      .boolean()
      .optional()
      .describe('Send a pool straight on a managed image although Azure retired that on 31 March 2026.'),
  });

/** JSON Schema of an object that has this field. */
function having(field: string) {
  return { type: 'object', required: [field], properties: { [field]: true } };
}

/** What `togetherProblems` says, for those who check their messages with the published schema. */
const TOGETHER = {
  if: {
    ...having('source'),
    properties: { source: { anyOf: IMAGE_FIELDS.map(having) } },
  },
  then: { type: 'object', not: having('image') },
  else: {
    ...having('image'),
    properties: {
      image: {
        type: 'object',
        if: { ...having('route'), properties: { route: { const: 'managedImage' } } },
        else: having('galleryId'),
      },
    },
  },
};

export const buildRequestSchema = requestSchema(sourceSchema).meta({
  title: 'Image build request, version 1',
  ...TOGETHER,
}) satisfies z.ZodType<BuildMessage>;

/** What is wrong between fields that are each right by themselves. */
function togetherProblems({ source, image: asked, pool }: BuildMessage): readonly string[] {
  if (isExistingImage(source)) {
    // A request that was completed before says what it derived itself.
    const isDerived = asked === undefined || saysTheSame(asked, standingImage(source, pool.batchAccountId));
    return isDerived ? [] : [`image: must be left out: ${sourceField(source)} names an image that is there already`];
  }
  if (asked === undefined) return ['image: is required'];
  return asked.route === 'managedImage' || asked.galleryId !== undefined ? [] : ['image.galleryId: is required'];
}

const saysTheSame = (asked: object, standing: ImageRequest): boolean =>
  canonicalJson(asked) === canonicalJson(standing);

/** Of an image that is there: where it stands. */
function standingImage(source: BuildSource, batchAccountId: string): ImageRequest {
  const id = parseArmId(sourceId(source));
  const group = (id ?? parseArmId(batchAccountId))?.resourceGroup ?? '';
  const [gallery, definition] = id?.names ?? [];
  if (!id || gallery === undefined || definition === undefined) {
    // An id of the community's or of another tenant's gallery is no resource id: /…/NAME/images/DEFINITION/versions/…
    return { resourceGroup: group, name: sourceId(source).split('/')[4] ?? '' };
  }
  const galleryId = sourceId(source).split('/').slice(0, 9).join('/');
  return { resourceGroup: group, name: definition, galleryId };
}

/** A request with all that follows from its parts; nothing changes of one that is complete. */
export function completed({ image: asked, ...message }: BuildMessage): BuildRequest {
  const { source, pool } = message;
  if (asked === undefined) return { ...message, image: standingImage(source, pool.batchAccountId) };
  const resourceGroup = asked.resourceGroup ?? parseArmId(homeId(source))?.resourceGroup ?? '';
  const { galleryId, ...image } = asked;
  // A pool straight on a managed image has nothing to do with a gallery, whatever gallery the request names.
  if (image.route === 'managedImage') return { ...message, image: { ...image, resourceGroup } };
  return { ...message, image: { ...image, ...(galleryId === undefined ? {} : { galleryId }), resourceGroup } };
}

const parts = z.object({ source: z.unknown().optional(), image: z.unknown().optional() });

/** What is required of every request that does not say what it is about. */
const missingParts = (message: z.infer<typeof parts>): readonly string[] =>
  (['source', 'image'] as const).filter((part) => message[part] === undefined).map((part) => `${part}: is required`);

/** Reads a build request; every bad field is named, never only the first. */
export function parseBuildRequest(body: unknown): Parsed<BuildRequest> {
  const given = parts.safeParse(jsonOf(body)?.json).data;
  const meant = meantSource(given?.source);
  if ('schema' in meant) {
    const parsed = parsedBy(requestSchema(meant.schema), body);
    const lacksImage = !parsed.ok && meant.needsImage && given?.image === undefined;
    return lacksImage ? { ok: false, problems: [...new Set(['image: is required', ...parsed.problems])] } : parsed;
  }
  const rest = parseMessage(requestSchema(z.unknown()), body);
  if (given === undefined) return { ok: false, problems: rest.ok ? [meant.problem] : rest.problems };
  const problems = given.source === undefined ? missingParts(given) : [meant.problem];
  return { ok: false, problems: [...new Set([...problems, ...(rest.ok ? [] : rest.problems)])] };
}

function parsedBy(schema: z.ZodType<BuildMessage>, body: unknown): Parsed<BuildRequest> {
  const parsed = parseMessage(schema, body);
  if (!parsed.ok) return parsed;
  const problems = togetherProblems(parsed.message);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, message: completed(parsed.message) };
}
