/** Microsoft.Compute/images: managed images made from snapshots or disks. */
import { z } from 'zod';
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import { diskFacts } from './disks';
import { minutesToMs } from './durations';
import type { ResourceKind, Site, Stored, WritePlan, WriteRequest } from './kind';
import { regionOf } from './resourceId';
import { objectAt, readBody, subResource, tags } from './schema';
import { isDeepStrictEqual } from 'node:util';
import { provisioningState } from './state';

const disk = {
  snapshot: subResource.optional(),
  managedDisk: subResource.optional(),
  blobUri: z.string().optional(),
  caching: z.enum(['None', 'ReadOnly', 'ReadWrite']).default('None'),
  diskSizeGB: z.int().max(1023).optional(),
  storageAccountType: z
    .enum(['Standard_LRS', 'Premium_LRS', 'StandardSSD_LRS', 'Premium_ZRS', 'StandardSSD_ZRS'])
    .default('Standard_LRS'),
  diskEncryptionSet: subResource.optional(),
};

const osDisk = z.strictObject({
  ...disk,
  osType: z.enum(['Linux', 'Windows']),
  osState: z.enum(['Generalized', 'Specialized']),
});
const dataDisk = z.strictObject({ ...disk, lun: z.int().min(0).max(63) });

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  properties: z.strictObject({
    sourceVirtualMachine: subResource.optional(),
    storageProfile: z
      .strictObject({ osDisk, dataDisks: z.array(dataDisk).default([]), zoneResilient: z.boolean().default(false) })
      .optional(),
    hyperVGeneration: z.enum(['V1', 'V2']).optional(),
  }),
});

type ImageInput = z.infer<typeof body>;
type ImageDisk = z.infer<typeof dataDisk> | z.infer<typeof osDisk>;

const SOURCES = ['Microsoft.Compute/snapshots', 'Microsoft.Compute/disks'];

function sourceOf(imageDisk: ImageDisk, path: string, location: string, site: Site): Stored {
  if (imageDisk.blobUri !== undefined) throw notSupported('managed images from VHD blobs');
  const given = [imageDisk.snapshot?.id, imageDisk.managedDisk?.id].filter((id) => id !== undefined);
  const [id] = given;
  if (id === undefined || given.length > 1) {
    throw invalidComputeParameter(path, `Exactly one of snapshot, managedDisk and blobUri must be given at '${path}'.`);
  }
  const source = site.find(id);
  if (source === undefined || !SOURCES.includes(source.kind.type)) {
    throw new ArmError(404, 'NotFound', `Resource ${id.split('/').at(-1) ?? ''} is not found.`, { target: path });
  }
  const state = provisioningState(source, site.nowMs);
  if (state !== 'Succeeded') {
    throw new ArmError(
      409,
      'Conflict',
      `The source '${source.id}' is in provisioning state '${state}', not 'Succeeded'.`,
    );
  }
  if (diskFacts(source).region !== regionOf(location)) {
    throw invalidComputeParameter(path, `The source '${source.id}' is not in the image's location '${location}'.`);
  }
  return source;
}

/** Trusted Launch (packer#13189), confidential and Arm64 sources go to a gallery only (capture-image-resource.yml). */
function refuseUncapturable(source: Stored): void {
  const { securityType, architecture } = diskFacts(source);
  if (securityType !== 'Standard') {
    const type = securityType.startsWith('ConfidentialVM') ? 'ConfidentialVM' : 'TrustedLaunch';
    const message = `Creation of managed images are not supported for virtual machine with ${type} security type.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (architecture === 'Arm64') {
    throw new ArmError(409, 'OperationNotAllowed', 'Creation of managed images is not supported for Arm64 sources.');
  }
}

interface Sources {
  readonly os: Stored;
  readonly data: readonly Stored[];
}

function sourcesOf(input: ImageInput, site: Site): Sources {
  const profile = input.properties.storageProfile;
  if (input.properties.sourceVirtualMachine !== undefined) throw notSupported('managed images from virtual machines');
  if (profile === undefined) {
    throw invalidComputeParameter('storageProfile', "Required parameter 'storageProfile' is missing (null).");
  }
  const luns = profile.dataDisks.map((item) => item.lun);
  if (new Set(luns).size < luns.length) {
    throw invalidComputeParameter('dataDisks', 'Data disk LUNs must be unique; a lun is used more than once.');
  }
  const at = (item: ImageDisk, path: string): Stored => sourceOf(item, path, input.location, site);
  const os = at(profile.osDisk, 'osDisk');
  const data = profile.dataDisks.map((item, index) => at(item, `dataDisks[${index}]`));
  for (const source of [os, ...data]) refuseUncapturable(source);
  return { os, data };
}

function put(request: WriteRequest): WritePlan {
  const input = readBody(body, request.input, 'compute');
  const { site, existing } = request;
  if (existing !== undefined) {
    if (!isDeepStrictEqual(objectAt(existing.input, 'properties'), input.properties)) {
      const message = "Changing property 'storageProfile' is not allowed.";
      throw new ArmError(409, 'PropertyChangeNotAllowed', message, { target: 'storageProfile' });
    }
    const durationMs = request.slowed(minutesToMs(site.durations.updateMinutes));
    return { input, properties: existing.properties, durationMs };
  }
  const sources = sourcesOf(input, site);
  const profile = input.properties.storageProfile;
  const sized = <T extends ImageDisk>(item: T, source: Stored | undefined): T => ({
    ...item,
    diskSizeGB: item.diskSizeGB ?? (source && diskFacts(source).sizeGb),
  });
  return {
    input,
    properties: {
      storageProfile: {
        ...profile,
        osDisk: profile && sized(profile.osDisk, sources.os),
        dataDisks: profile?.dataDisks.map((item, index) => sized(item, sources.data[index])),
      },
      hyperVGeneration: input.properties.hyperVGeneration ?? diskFacts(sources.os).generation ?? 'V1',
    },
    durationMs: request.slowed(minutesToMs(site.durations.imageMinutes)),
  };
}

export const images: ResourceKind = {
  type: 'Microsoft.Compute/images',
  apiVersions: ['2026-04-01', '2026-03-01', '2025-04-01', '2024-11-01', '2024-07-01'],
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
  operations: 'operations',
  upperCasesResourceGroup: true,
  name: /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/,
  put,
  patch: z.strictObject({ tags: tags.optional() }),
  remove: (_, site) => ({ durationMs: minutesToMs(site.durations.deleteMinutes) }),
};
