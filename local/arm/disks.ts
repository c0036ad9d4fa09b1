/** Microsoft.Compute/disks: managed disks, which the world brings and the simulator never changes. */
import { z } from 'zod';
import type { Json, ResourceKind, Stored } from './kind';
import { regionOf } from './resourceId';
import { json, tags } from './schema';

const properties = z.strictObject({
  osType: z.enum(['Linux', 'Windows']).optional(),
  hyperVGeneration: z.enum(['V1', 'V2']).optional(),
  creationData: z.strictObject({
    createOption: z.string(),
    imageReference: json.optional(),
    galleryImageReference: json.optional(),
    sourceResourceId: z.string().optional(),
    sourceUri: z.string().optional(),
    storageAccountId: z.string().optional(),
    logicalSectorSize: z.int().optional(),
    securityDataUri: z.string().optional(),
  }),
  diskSizeGB: z.int().positive(),
  diskSizeBytes: z.int().optional(),
  diskIOPSReadWrite: z.int().optional(),
  diskMBpsReadWrite: z.int().optional(),
  diskState: z.enum(['Unattached', 'Attached', 'Reserved', 'Frozen', 'ActiveSAS', 'ActiveSASFrozen']),
  encryption: json.optional(),
  encryptionSettingsCollection: json.optional(),
  maxShares: z.int().optional(),
  networkAccessPolicy: z.string().optional(),
  publicNetworkAccess: z.string().optional(),
  dataAccessAuthMode: z.string().optional(),
  purchasePlan: json.optional(),
  securityProfile: json.optional(),
  supportedCapabilities: json.optional(),
  supportsHibernation: z.boolean().optional(),
  tier: z.string().optional(),
  timeCreated: z.string().optional(),
  uniqueId: z.string().optional(),
});

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  managedBy: z.string().optional(),
  managedByExtended: z.array(z.string()).optional(),
  sku: z.strictObject({ name: z.string(), tier: z.string().optional() }),
  zones: z.array(z.string()).optional(),
  properties,
});

export const disks: ResourceKind = {
  type: 'Microsoft.Compute/disks',
  apiVersions: ['2026-03-02', '2025-01-02', '2024-03-02'],
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
};

/** What copies of a disk take over from it; the same names in disks and snapshots. */
const INHERITED = [
  'osType',
  'hyperVGeneration',
  'purchasePlan',
  'securityProfile',
  'supportedCapabilities',
  'supportsHibernation',
  'encryption',
];

const facts = z.object({
  location: z.string(),
  properties: z.looseObject({
    diskSizeGB: z.int().default(0),
    uniqueId: z.string().default(''),
    hyperVGeneration: z.enum(['V1', 'V2']).optional(),
    osType: z.enum(['Linux', 'Windows']).optional(),
    securityProfile: z.looseObject({ securityType: z.string().optional() }).optional(),
    supportedCapabilities: z.looseObject({ architecture: z.string().optional() }).optional(),
  }),
});

export interface DiskFacts {
  readonly region: string;
  readonly sizeGb: number;
  readonly uniqueId: string;
  readonly generation: 'V1' | 'V2' | undefined;
  /** A data disk has none. */
  readonly osType: 'Linux' | 'Windows' | undefined;
  /** `Standard` when the disk does not say. */
  readonly securityType: string;
  readonly architecture: string;
  readonly inherited: Json;
}

/** What a disk or a snapshot is like. */
export function diskFacts(stored: Stored): DiskFacts {
  const own: Json = stored.input;
  const merged = { ...json.parse(own['properties']), ...stored.properties };
  const { location, properties: found } = facts.parse({ ...own, properties: merged });
  return {
    region: regionOf(location),
    sizeGb: found.diskSizeGB,
    uniqueId: found.uniqueId,
    generation: found.hyperVGeneration,
    osType: found.osType,
    securityType: found.securityProfile?.securityType ?? 'Standard',
    architecture: found.supportedCapabilities?.architecture ?? 'x64',
    inherited: Object.fromEntries(Object.entries(found).filter(([name, value]) => INHERITED.includes(name) && value)),
  };
}
