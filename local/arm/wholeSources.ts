/** Image versions from what has all of its disks: a managed image, a machine, or another image version. */
import { z } from 'zod';
import { invalidComputeParameter } from './armError';
import { definitionOf } from './imageDefinitions';
import type { Json, Site } from './kind';
import { machineFacts, type MachineFacts } from './machineFacts';
import { isGeneralized } from './machineStates';
import { parentOf } from './resourceId';
import { json, objectAt } from './schema';
import { ifAny, STORAGE, usable, type Captured } from './sourceFacts';
import type { VersionInput } from './versionBody';

const capturedDisk = z.looseObject({
  lun: z.int().optional(),
  diskSizeGB: z.int().optional(),
  caching: z.string().optional(),
});
const capturedImage = z.object({
  hyperVGeneration: z.string().optional(),
  storageProfile: z.object({
    osDisk: capturedDisk.extend({ osType: z.string().optional(), osState: z.string().optional() }),
    dataDisks: z.array(capturedDisk).default([]),
  }),
});

const diskImage = (from: z.infer<typeof capturedDisk>): Json => ({
  ...(from.lun === undefined ? {} : { lun: from.lun }),
  hostCaching: from.caching ?? 'None',
  sizeInGB: from.diskSizeGB,
});

/** From a managed image: its disks become the version's. */
export function fromImage(id: string, input: VersionInput, site: Site): Captured {
  const stored = usable(id, ['Microsoft.Compute/images'], input, site);
  const shown = { ...objectAt(stored.input, 'properties'), ...stored.properties };
  const { hyperVGeneration, storageProfile } = capturedImage.parse(shown);
  const { osDisk, dataDisks } = storageProfile;
  const { osType, osState } = osDisk;
  return {
    source: { id: stored.id, kind: 'image', generation: hyperVGeneration, osType, osState, securityType: 'Standard' },
    disks: { osDiskImage: diskImage(osDisk), ...ifAny(dataDisks.map(diskImage)) },
  };
}

/** troubleshooting-shared-images.md has these words; the code is UNCONFIRMED. */
function refuseUnfit(id: string, { isEphemeral, unmanaged, disks }: MachineFacts): void {
  const refuse = (what: string): never => {
    throw invalidComputeParameter(STORAGE, `Source virtual machine '${id}' ${what}`);
  };
  if (isEphemeral) refuse('cannot contain an ephemeral OS disk.');
  if (unmanaged !== undefined) refuse('must be created from Managed Disks.');
  const ultra = disks.find(({ storageAccountType }) => storageAccountType === 'UltraSSD_LRS');
  if (ultra !== undefined) refuse(`cannot contain disk ['${ultra.id ?? ''}'] stored in an UltraSSD account type.`);
}

/** From a machine, generalized or not: its definition has to say the same. */
export function fromMachine(id: string, input: VersionInput, site: Site): Captured {
  const stored = usable(id, ['Microsoft.Compute/virtualMachines'], input, site);
  const facts = machineFacts(stored, site);
  refuseUnfit(stored.id, facts);
  const images = facts.disks.map(({ lun, sizeGb, caching }) => diskImage({ lun, caching, diskSizeGB: sizeGb }));
  const { generation, osType, securityType } = facts;
  const osState = isGeneralized(stored) ? 'Generalized' : 'Specialized';
  return {
    source: { id: stored.id, kind: 'machine', generation, osType, osState, securityType },
    disks: { osDiskImage: images[0], ...ifAny(images.slice(1)) },
  };
}

const disksOf = z.object({
  storageProfile: z.looseObject({ osDiskImage: json, dataDiskImages: z.array(json).optional() }),
});

/** What it was made from itself is no matter of the new version. */
const withoutSource = (image: Json): Json =>
  Object.fromEntries(Object.entries(image).filter(([name]) => name !== 'source'));

/** From another version, of any gallery. UNCONFIRMED that a replica in the region would not do: its own location counts. */
export function fromVersion(id: string, input: VersionInput, site: Site): Captured {
  const stored = usable(id, ['Microsoft.Compute/galleries/images/versions'], input, site);
  const parent = site.find(parentOf(stored.key));
  const definition = parent && definitionOf(parent);
  const shown = { ...objectAt(stored.input, 'properties'), ...stored.properties };
  const { osDiskImage, dataDiskImages = [] } = disksOf.parse(shown).storageProfile;
  return {
    source: {
      id: stored.id,
      kind: 'version',
      generation: definition?.generation,
      osType: definition?.osType,
      osState: definition?.osState,
      securityType: definition?.securityType ?? 'Standard',
    },
    disks: { osDiskImage: withoutSource(osDiskImage), ...ifAny(dataDiskImages.map(withoutSource)) },
  };
}
