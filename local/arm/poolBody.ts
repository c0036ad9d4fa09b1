/** The body of a Batch pool as a client may send it (Batch management API 2019-08-01 to 2025-06-01). */
import { z } from 'zod';
import { json, tags } from './schema';
import { durationMs } from './isoDuration';

const text = z.string().optional();
const flag = z.boolean().optional();
const identityReference = z.strictObject({ resourceId: text }).optional();
const storageAccountType = z.enum(['Standard_LRS', 'Premium_LRS', 'StandardSSD_LRS']).optional();
const caching = z.enum(['None', 'ReadOnly', 'ReadWrite']).optional();

export const imageReference = z.strictObject({
  publisher: text,
  offer: text,
  sku: text,
  version: text,
  id: text,
  sharedGalleryImageId: text,
  communityGalleryImageId: text,
});

const registry = z.strictObject({ userName: text, password: text, registryServer: text, identityReference });

const vmExtension = z.strictObject({
  name: z.string(),
  publisher: z.string(),
  type: z.string(),
  typeHandlerVersion: text,
  autoUpgradeMinorVersion: flag,
  enableAutomaticUpgrade: flag,
  settings: json.optional(),
  protectedSettings: json.optional(),
  provisionAfterExtensions: z.array(z.string()).optional(),
});

const virtualMachineConfiguration = z.strictObject({
  imageReference,
  nodeAgentSkuId: z.string().min(1),
  windowsConfiguration: z.strictObject({ enableAutomaticUpdates: flag }).optional(),
  /** "lun 0..63, unique": checked where the image's disks are known. */
  dataDisks: z
    .array(
      z.strictObject({
        lun: z.int().min(0).max(63),
        caching,
        diskSizeGB: z.int().positive(),
        storageAccountType,
        managedDisk: json.optional(),
      }),
    )
    .optional(),
  licenseType: text,
  containerConfiguration: z
    .strictObject({
      type: z.enum(['DockerCompatible', 'CriCompatible']),
      containerImageNames: z.array(z.string()).optional(),
      containerRegistries: z.array(registry).optional(),
    })
    .optional(),
  diskEncryptionConfiguration: z
    .strictObject({
      targets: z.array(z.enum(['OsDisk', 'TemporaryDisk'])).optional(),
      customerManagedKey: json.optional(),
    })
    .optional(),
  nodePlacementConfiguration: z.strictObject({ policy: z.enum(['Regional', 'Zonal']).optional() }).optional(),
  extensions: z.array(vmExtension).optional(),
  osDisk: z
    .strictObject({
      ephemeralOSDiskSettings: z.strictObject({ placement: z.literal('CacheDisk').optional() }).optional(),
      caching,
      managedDisk: z.strictObject({ storageAccountType, securityProfile: json.optional() }).optional(),
      diskSizeGB: z.int().positive().optional(),
      writeAcceleratorEnabled: flag,
    })
    .optional(),
  securityProfile: z
    .strictObject({
      securityType: z.enum(['trustedLaunch', 'confidentialVM']).optional(),
      encryptionAtHost: flag,
      uefiSettings: z.strictObject({ secureBootEnabled: flag, vTpmEnabled: flag }).optional(),
      proxyAgentSettings: json.optional(),
    })
    .optional(),
  serviceArtifactReference: z.strictObject({ id: z.string() }).optional(),
});

/** "The minimum value is 5 minutes" (arm-batch FixedScaleSettings.resizeTimeout). */
export const SHORTEST_RESIZE_TIMEOUT_MS = 5 * 60_000;

const duration = z
  .string()
  .refine((value) => durationMs(value) !== undefined, 'The value is not an ISO 8601 duration.');

const fixedScale = z.strictObject({
  resizeTimeout: duration
    .refine(
      (value) => (durationMs(value) ?? 0) >= SHORTEST_RESIZE_TIMEOUT_MS,
      'The resize timeout must be at least 5 minutes (PT5M).',
    )
    .default('PT15M'),
  targetDedicatedNodes: z.int().min(0).default(0),
  targetLowPriorityNodes: z.int().min(0).default(0),
  nodeDeallocationOption: z.enum(['Requeue', 'Terminate', 'TaskCompletion', 'RetainedData']).optional(),
});

const scaleSettings = z
  .strictObject({
    fixedScale: fixedScale.optional(),
    autoScale: z.strictObject({ formula: z.string(), evaluationInterval: duration.default('PT15M') }).optional(),
  })
  .refine((scale) => (scale.fixedScale === undefined) !== (scale.autoScale === undefined), {
    message: 'Exactly one of fixedScale and autoScale must be specified.',
  });

const networkConfiguration = z.strictObject({
  subnetId: text,
  dynamicVnetAssignmentScope: z.enum(['none', 'job']).optional(),
  endpointConfiguration: json.optional(),
  publicIPAddressConfiguration: json.optional(),
  enableAcceleratedNetworking: flag,
});

const startTask = z.strictObject({
  commandLine: text,
  resourceFiles: z.array(json).optional(),
  environmentSettings: z.array(z.strictObject({ name: z.string(), value: text })).optional(),
  userIdentity: json.optional(),
  maxTaskRetryCount: z.int().optional(),
  waitForSuccess: flag,
  containerSettings: json.optional(),
});

const properties = z.strictObject({
  displayName: z.string().max(1024).optional(),
  vmSize: z.string().regex(/^standard_[a-z]+\d+/i, 'The specified vmSize is invalid.'),
  deploymentConfiguration: z.strictObject({ virtualMachineConfiguration }),
  scaleSettings: scaleSettings.default({
    fixedScale: { resizeTimeout: 'PT15M', targetDedicatedNodes: 0, targetLowPriorityNodes: 0 },
  }),
  interNodeCommunication: z.enum(['Enabled', 'Disabled']).default('Disabled'),
  networkConfiguration: networkConfiguration.optional(),
  taskSlotsPerNode: z.int().min(1).max(256).default(1),
  taskSchedulingPolicy: z.strictObject({ nodeFillType: z.enum(['Spread', 'Pack']) }).default({ nodeFillType: 'Pack' }),
  userAccounts: z.array(json).optional(),
  metadata: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  startTask: startTask.optional(),
  certificates: z.array(json).optional(),
  applicationPackages: z
    .array(z.strictObject({ id: z.string(), version: text }))
    .max(10)
    .optional(),
  applicationLicenses: z.array(z.string()).optional(),
  mountConfiguration: z.array(json).optional(),
  targetNodeCommunicationMode: z.enum(['Default', 'Classic', 'Simplified']).optional(),
  upgradePolicy: json.optional(),
  resourceTags: tags.optional(),
});

const identity = z.strictObject({
  type: z.enum(['UserAssigned', 'None']),
  userAssignedIdentities: z.record(z.string(), json).optional(),
});

export const poolBody = z.strictObject({ identity: identity.optional(), tags: tags.optional(), properties });
export type PoolInput = z.infer<typeof poolBody>;

/** Each property of a patch replaces the whole of the pool's (batchmanagement/pool/update). */
export const poolPatch = z.strictObject({
  identity: identity.optional(),
  tags: tags.optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export type ImageReference =
  PoolInput['properties']['deploymentConfiguration']['virtualMachineConfiguration']['imageReference'];
