/** Microsoft.Compute/virtualMachines: prepared machines, which the world brings; only their states change. */
import { z } from 'zod';
import type { Json, ResourceKind, Site, Stored } from './kind';
import { deallocate, generalize, instanceViewOf } from './machineStates';
import { json, objectAt, subResource, tags } from './schema';

const extension = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  location: z.string(),
  tags: tags.optional(),
  properties: json,
});

const managedDisk = z.strictObject({
  id: z.string().optional(),
  storageAccountType: z.string().optional(),
  diskEncryptionSet: subResource.optional(),
  securityProfile: json.optional(),
});

const disk = {
  name: z.string().optional(),
  caching: z.string().optional(),
  createOption: z.string(),
  deleteOption: z.string().optional(),
  diskSizeGB: z.int().optional(),
  managedDisk: managedDisk.optional(),
  vhd: z.strictObject({ uri: z.string() }).optional(),
  writeAcceleratorEnabled: z.boolean().optional(),
};

const storageProfile = z.strictObject({
  imageReference: json.optional(),
  diskControllerType: z.string().optional(),
  osDisk: z.strictObject({
    ...disk,
    osType: z.enum(['Linux', 'Windows']),
    diffDiskSettings: json.optional(),
    encryptionSettings: json.optional(),
  }),
  dataDisks: z.array(z.strictObject({ ...disk, lun: z.int().min(0), toBeDetached: z.boolean().optional() })),
});

const properties = z.strictObject({
  vmId: z.string().optional(),
  timeCreated: z.string().optional(),
  hardwareProfile: json,
  storageProfile,
  osProfile: json.optional(),
  networkProfile: json.optional(),
  securityProfile: json.optional(),
  diagnosticsProfile: json.optional(),
  additionalCapabilities: json.optional(),
  availabilitySet: subResource.optional(),
  virtualMachineScaleSet: subResource.optional(),
  licenseType: z.string().optional(),
  priority: z.string().optional(),
  /** Shown only with $expand=instanceView. */
  instanceView: json,
});

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  plan: json.optional(),
  identity: json.optional(),
  zones: z.array(z.string()).optional(),
  /** The extensions, as in GET; absent when there are none. */
  resources: z.array(extension).optional(),
  properties,
});

function show(stored: Stored, { nowMs }: Site, query: URLSearchParams): Json {
  const isAsked = query.get('$expand')?.toLowerCase() === 'instanceview';
  const instanceView = isAsked ? instanceViewOf(stored, nowMs) : undefined;
  return { properties: { ...objectAt(stored.input, 'properties'), instanceView } };
}

export const virtualMachines: ResourceKind = {
  type: 'Microsoft.Compute/virtualMachines',
  apiVersions: ['2026-04-01', '2026-03-01', '2025-11-01', '2025-04-01', '2024-11-01', '2024-07-01'],
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
  queries: { get: ['$expand'] },
  operations: 'operations',
  actions: { deallocate, generalize },
  show,
};
