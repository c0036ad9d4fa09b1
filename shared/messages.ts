/** What travels on Service Bus, as schemas: an unknown body becomes a message, or a list of all that is wrong with it. */
import * as z from 'zod';
import { parseArmIdOf } from './domain/armId';
import { ISO_DURATION } from './domain/isoDuration';
import {
  IMAGE_DEFINITION_NAME,
  MAX_OFFER_LENGTH,
  MAX_PUBLISHER_LENGTH,
  MAX_REPLICAS,
  POOL_NAME,
  RESOURCE_GROUP_NAME,
} from './domain/limits';
import { PERCENT, type BuildRequest } from './domain/request';
import { jsonOf } from './json';

const armIdOf = (type: string, example: string) =>
  z
    .string()
    // Tools write ids with a trailing slash, people with a blank; either would end up in the names of what is made.
    .overwrite((text) => text.trim().replace(/\/+$/, ''))
    .refine(
      (text) => parseArmIdOf(type, text) !== undefined,
      `must be the resource id of a ${type}, such as ${example}`,
    )
    .meta({ examples: [example] });

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

const image = z.strictObject({
  resourceGroup: z
    .string()
    .regex(RESOURCE_GROUP_NAME, 'must be the name of a resource group')
    .describe("Resource group of the snapshots and the managed image, in the VM's subscription."),
  name: z
    .string()
    .regex(IMAGE_DEFINITION_NAME, 'must be 1 to 80 letters, digits, ., _ or -, beginning with a letter or digit')
    .describe('Name of the image definition; snapshots, image and version derive theirs from it.'),
  galleryId: armIdOf('Microsoft.Compute/galleries', `${group}/Microsoft.Compute/galleries/GALLERY`),
  route: z.enum(['gallery', 'direct', 'managedImage']).optional(),
  regions: z
    .array(z.strictObject({ name: z.string().min(1), replicas: z.int().min(1).max(MAX_REPLICAS).optional() }))
    .min(1)
    .optional()
    .describe("Regions that the image is replicated to; the VM's and the Batch account's when left out."),
  osState: z.literal('Generalized').optional(),
  identifier: z
    .strictObject({
      publisher: z.string().min(1).max(MAX_PUBLISHER_LENGTH),
      offer: z.string().min(1).max(MAX_OFFER_LENGTH),
      sku: z.string().min(1).max(MAX_OFFER_LENGTH),
    })
    .optional(),
});

export const buildRequestSchema = z
  .strictObject({
    requestId: z
      .string()
      .regex(
        /^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
        'must be 1 to 128 letters, digits, . _ : -, not digits only',
      )
      .optional()
      .describe('Comes back as correlation id of the result; derived from the request when left out.'),
    mode: z.enum(['build', 'plan']).optional(),
    source: z.strictObject({
      virtualMachineId: armIdOf('Microsoft.Compute/virtualMachines', `${group}/Microsoft.Compute/virtualMachines/VM`),
      generalized: z
        .boolean()
        .optional()
        .describe('Your word that the VM was generalized; Azure cannot prove it, so anything but true is refused.'),
    }),
    image,
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
  })
  .meta({ title: 'Image build request, version 1' }) satisfies z.ZodType<BuildRequest>;

export type Parsed<T> =
  { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problems: readonly string[] };

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is required';
    return issue.expected === 'int'
      ? 'must be a whole number'
      : `must be of type ${issue.expected}, not ${kindOf(issue.input)}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  return issue.message;
}

function problemOf(issue: z.core.$ZodIssue): readonly string[] {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${field === '' ? key : `${field}.${key}`}: unknown field`);
  }
  return [`${field === '' ? 'message' : field}: ${sentenceOf(issue)}`];
}

/** No pool body comes near it; what walks over a message may call itself. */
const MOST_LEVELS = 64;

function isDeeperThan(levels: number, json: unknown): boolean {
  let layer: readonly unknown[] = [json];
  for (let depth = 0; depth <= levels; depth += 1) {
    layer = layer.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (layer.length === 0) return false;
  }
  return true;
}

/** Reads a build request; every bad field is named, never only the first. */
export function parseBuildRequest(body: unknown): Parsed<BuildRequest> {
  const parsed = jsonOf(body);
  if (!parsed) return { ok: false, problems: ['message: not JSON'] };
  if (isDeeperThan(MOST_LEVELS, parsed.json)) {
    return { ok: false, problems: [`message: nested deeper than ${MOST_LEVELS} levels`] };
  }
  const result = buildRequestSchema.safeParse(parsed.json, { reportInput: true });
  if (result.success) return { ok: true, message: result.data };
  return { ok: false, problems: [...new Set(result.error.issues.flatMap(problemOf))] };
}
