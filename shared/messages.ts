/** The build request, as a schema. */
import * as z from 'zod';
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
    requestId: requestIdText
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

/** Reads a build request; every bad field is named, never only the first. */
export const parseBuildRequest = (body: unknown): Parsed<BuildRequest> => parseMessage(buildRequestSchema, body);
