/** The body of an image version as a client may send it. */
import { z } from 'zod';
import { json, tags } from './schema';

const storageAccountType = z.enum(['Standard_LRS', 'Standard_ZRS', 'Premium_LRS', 'PremiumV2_LRS']);
/** "100 replicas per version" (azure-compute-gallery.md, Limits). */
const replicas = z.int().min(1).max(100);

const lun = z.int().min(0).max(63);

const encryption = z.strictObject({
  osDiskImage: z
    .strictObject({ diskEncryptionSetId: z.string().optional(), securityProfile: json.optional() })
    .optional(),
  dataDiskImages: z.array(z.strictObject({ lun: lun, diskEncryptionSetId: z.string().optional() })).optional(),
});
export type Encryption = z.infer<typeof encryption>;

const targetRegion = z.strictObject({
  name: z.string(),
  regionalReplicaCount: replicas.optional(),
  storageAccountType: storageAccountType.optional(),
  excludeFromLatest: z.boolean().optional(),
  encryption: encryption.optional(),
  additionalReplicaSets: z.array(json).optional(),
});

const replicationMode = z.enum(['Full', 'Shallow']);

const publishingProfile = z.strictObject({
  targetRegions: z.array(targetRegion).min(1).optional(),
  replicaCount: replicas.default(1),
  excludeFromLatest: z.boolean().default(false),
  endOfLifeDate: z.iso.datetime({ offset: true }).optional(),
  storageAccountType: storageAccountType.default('Standard_LRS'),
  replicationMode: replicationMode.default('Full'),
  targetExtendedLocations: z.array(json).optional(),
  storageAccountStrategy: z.string().optional(),
});

/** A disk or a snapshot by its id, or a VHD by its address and the account that it lies in (GalleryDiskImageSource). */
const diskSource = z.strictObject({
  id: z.string().optional(),
  uri: z.string().optional(),
  storageAccountId: z.string().optional(),
});
export type DiskSource = z.infer<typeof diskSource>;
const caching = z.enum(['None', 'ReadOnly', 'ReadWrite']);
const hostCaching = caching.default('None');
const source = z.strictObject({
  id: z.string().optional(),
  virtualMachineId: z.string().optional(),
  communityGalleryImageId: z.string().optional(),
});

const storageProfile = z.strictObject({
  source: source.optional(),
  osDiskImage: z.strictObject({ hostCaching, source: diskSource.optional() }).optional(),
  dataDiskImages: z.array(z.strictObject({ lun, hostCaching, source: diskSource.optional() })).optional(),
});

/** What is left out of a patch is not None. */
const storageProfilePatch = z.strictObject({
  source: source.optional(),
  osDiskImage: z.strictObject({ hostCaching: caching.optional(), source: diskSource.optional() }).optional(),
  dataDiskImages: z
    .array(z.strictObject({ lun, hostCaching: caching.optional(), source: diskSource.optional() }))
    .optional(),
});

const safetyProfile = z.strictObject({
  allowDeletionOfReplicatedLocations: z.boolean().optional(),
  blockDeletionBeforeEndOfLife: z.boolean().optional(),
});

export const versionBody = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  properties: z.strictObject({
    publishingProfile: publishingProfile.prefault({}),
    storageProfile,
    safetyProfile: safetyProfile.optional(),
    securityProfile: json.optional(),
    restore: z.boolean().optional(),
  }),
});

export type VersionInput = z.infer<typeof versionBody>;

/** Defaults would overwrite what is stored, so a patch has none. */
export const versionPatch = z.strictObject({
  tags: tags.optional(),
  properties: z
    .strictObject({
      publishingProfile: z
        .strictObject({
          targetRegions: z.array(targetRegion).min(1),
          replicaCount: replicas,
          excludeFromLatest: z.boolean(),
          endOfLifeDate: z.iso.datetime({ offset: true }),
          storageAccountType,
          replicationMode,
        })
        .partial(),
      storageProfile: storageProfilePatch,
      safetyProfile,
    })
    .partial()
    .optional(),
});
