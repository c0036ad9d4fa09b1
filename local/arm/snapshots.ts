/** Microsoft.Compute/snapshots: full copies of managed disks. */
import { z } from 'zod';
import { ArmError, invalidComputeParameter } from './armError';
import { minutesToMs } from './durations';
import { diskFacts } from './disks';
import type { ResourceKind, Stored, WritePlan, WriteRequest } from './kind';
import { regionOf } from './resourceId';
import { json, readBody, tags } from './schema';
import { randomUUID } from 'node:crypto';

/** SnapshotStorageAccountTypes of arm-compute's Snapshot. */
const sku = z.strictObject({
  name: z.enum(['Standard_LRS', 'Premium_LRS', 'Standard_ZRS']),
  tier: z.string().optional(),
});

const properties = z.strictObject({
  creationData: z.strictObject({
    createOption: z.enum(['Copy', 'CopyStart', 'Empty', 'Import', 'Upload']),
    sourceResourceId: z.string().optional(),
  }),
  incremental: z.boolean().default(false),
  osType: z.enum(['Linux', 'Windows']).optional(),
  hyperVGeneration: z.enum(['V1', 'V2']).optional(),
  diskSizeGB: z.int().positive().optional(),
  networkAccessPolicy: z.enum(['AllowAll', 'AllowPrivate', 'DenyAll']).default('AllowAll'),
  publicNetworkAccess: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  dataAccessAuthMode: z.enum(['AzureActiveDirectory', 'None']).optional(),
  supportedCapabilities: json.optional(),
  securityProfile: json.optional(),
  purchasePlan: json.optional(),
  encryption: json.default({ type: 'EncryptionAtRestWithPlatformKey' }),
  supportsHibernation: z.boolean().optional(),
});

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  sku: sku.default({ name: 'Standard_LRS', tier: 'Standard' }),
  properties,
});

const patch = z.strictObject({
  tags: tags.optional(),
  sku: sku.optional(),
  properties: z
    .strictObject({ networkAccessPolicy: z.enum(['AllowAll', 'AllowPrivate', 'DenyAll']), diskSizeGB: z.int() })
    .partial()
    .optional(),
});

/** Only what the app needs: a copy of a disk of the same subscription and region. */
function sourceOf(input: z.infer<typeof body>, request: WriteRequest): Stored {
  const { createOption, sourceResourceId } = input.properties.creationData;
  if (createOption !== 'Copy') {
    throw invalidComputeParameter('creationData.createOption', `Local Azure only copies disks, not '${createOption}'.`);
  }
  if (sourceResourceId === undefined) {
    throw invalidComputeParameter(
      'creationData.sourceResourceId',
      "Required parameter 'creationData.sourceResourceId' is missing (null).",
    );
  }
  const source = request.site.find(sourceResourceId);
  const foreign = !source?.key.startsWith(`/subscriptions/${request.id.subscription.toLowerCase()}/`);
  if (source === undefined || foreign || source.kind.type !== 'Microsoft.Compute/disks') {
    throw new ArmError(404, 'NotFound', `Disk ${sourceResourceId.split('/').at(-1) ?? ''} is not found.`);
  }
  if (diskFacts(source).region !== regionOf(input.location)) {
    throw invalidComputeParameter(
      'location',
      `The source disk '${source.id}' is not in the snapshot's location '${input.location}'.`,
    );
  }
  return source;
}

function put(request: WriteRequest): WritePlan {
  const input = readBody(body, request.input, 'compute');
  const { site, existing } = request;
  if (existing !== undefined) {
    const same = existing.input['properties'];
    const source = readBody(properties, same, 'compute').creationData.sourceResourceId;
    if (source?.toLowerCase() !== input.properties.creationData.sourceResourceId?.toLowerCase()) {
      throw new ArmError(409, 'PropertyChangeNotAllowed', "Changing property 'creationData' is not allowed.", {
        target: 'creationData',
      });
    }
    const durationMs = request.slowed(minutesToMs(site.durations.updateMinutes));
    return { input, properties: existing.properties, durationMs };
  }
  const disk = diskFacts(sourceOf(input, request));
  const { snapshotMinutes, snapshotMinutesPer512Gb, snapshotMaxMinutes } = site.durations;
  const minutes = Math.min(snapshotMaxMinutes, snapshotMinutes + (snapshotMinutesPer512Gb * disk.sizeGb) / 512);
  return {
    input,
    properties: {
      ...disk.inherited,
      creationData: { ...input.properties.creationData, sourceUniqueId: disk.uniqueId },
      diskSizeGB: disk.sizeGb,
      diskSizeBytes: disk.sizeGb * 2 ** 30,
      diskState: 'Unattached',
      timeCreated: new Date(site.nowMs).toISOString(),
      uniqueId: randomUUID(),
      completionPercent: 100,
    },
    durationMs: request.slowed(minutesToMs(minutes)),
  };
}

export const snapshots: ResourceKind = {
  type: 'Microsoft.Compute/snapshots',
  apiVersions: ['2026-03-02', '2025-01-02', '2024-03-02'],
  dialect: 'compute',
  body,
  readOnly: ['managedBy', 'sku.tier'].concat(
    ['creationData.sourceUniqueId', 'diskSizeBytes', 'diskState', 'timeCreated', 'uniqueId', 'completionPercent']
      .concat(['incrementalSnapshotFamilyId', 'snapshotAccessState'])
      .map((name) => `properties.${name}`),
  ),
  lists: ['resourceGroup', 'subscription'],
  operations: 'diskOperations',
  /** Names: 1 to 80 characters (learn: snapshots/create-or-update). */
  name: /^[A-Za-z0-9_.-]{1,80}$/,
  put,
  patch,
  remove: (_, site) => ({ durationMs: minutesToMs(site.durations.deleteMinutes) }),
};
