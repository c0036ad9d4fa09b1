/** The body of an image version as a client may send it. */
import { z } from 'zod';
import { json, tags } from './schema';

const storageAccountType = z.enum(['Standard_LRS', 'Standard_ZRS', 'Premium_LRS', 'PremiumV2_LRS']);
/** "100 replicas per version" (azure-compute-gallery.md, Limits). */
const replicas = z.int().min(1).max(100);

const targetRegion = z.strictObject({
  name: z.string(),
  regionalReplicaCount: replicas.optional(),
  storageAccountType: storageAccountType.optional(),
  excludeFromLatest: z.boolean().optional(),
  encryption: json.optional(),
});

const publishingProfile = z.strictObject({
  targetRegions: z.array(targetRegion).min(1).optional(),
  replicaCount: replicas.default(1),
  excludeFromLatest: z.boolean().default(false),
  endOfLifeDate: z.iso.datetime({ offset: true }).optional(),
  storageAccountType: storageAccountType.default('Standard_LRS'),
  replicationMode: z.enum(['Full', 'Shallow']).default('Full'),
});

/** A disk or a snapshot by its id, or a VHD by its address and the account that it lies in (GalleryDiskImageSource). */
const diskSource = z.strictObject({
  id: z.string().optional(),
  uri: z.string().optional(),
  storageAccountId: z.string().optional(),
});
export type DiskSource = z.infer<typeof diskSource>;
const hostCaching = z.enum(['None', 'ReadOnly', 'ReadWrite']).default('None');

const storageProfile = z.strictObject({
  source: z.strictObject({ id: z.string().optional(), virtualMachineId: z.string().optional() }).optional(),
  osDiskImage: z.strictObject({ hostCaching, source: diskSource.optional() }).optional(),
  dataDiskImages: z
    .array(z.strictObject({ lun: z.int().min(0).max(63), hostCaching, source: diskSource.optional() }))
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
        })
        .partial(),
      storageProfile,
      safetyProfile,
    })
    .partial()
    .optional(),
});
