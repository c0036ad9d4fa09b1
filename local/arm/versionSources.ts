/** Where an image version's disks come from, and what Azure refuses about them. */
import { z } from 'zod';
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import { diskFacts } from './disks';
import type { Json, Site, Stored } from './kind';
import { keyOf, regionOf } from './resourceId';
import { objectAt } from './schema';
import { provisioningState } from './state';
import { versionBody, type DiskSource, type VersionInput } from './versionBody';

const STORAGE = 'galleryImageVersion.properties.storageProfile';

interface Definition {
  readonly location: string;
  readonly generation: string;
  readonly securityType: string;
}

interface Source {
  readonly stored: Stored;
  readonly region: string;
  readonly generation: string | undefined;
  readonly securityType: string;
}

const capturedDisk = z.looseObject({
  lun: z.int().optional(),
  diskSizeGB: z.int().optional(),
  caching: z.string().optional(),
});
const capturedImage = z.object({
  hyperVGeneration: z.string().optional(),
  storageProfile: z.object({ osDisk: capturedDisk, dataDisks: z.array(capturedDisk).default([]) }),
});

function usable(id: string, types: readonly string[], input: VersionInput, site: Site): Stored {
  const stored = site.find(id);
  if (stored === undefined || !types.includes(stored.kind.type)) {
    const message = `The source '${id}' of the gallery image version was not found, or is not one of ${types.join(', ')}.`;
    throw new ArmError(404, 'NotFound', message, { target: STORAGE });
  }
  const state = provisioningState(stored, site.nowMs);
  if (state !== 'Succeeded') {
    const message = `The source '${stored.id}' is in provisioning state '${state}'; it must be 'Succeeded'.`;
    throw new ArmError(409, 'Conflict', message, { target: STORAGE });
  }
  const region = regionOf(String(stored.input['location']));
  if (region !== regionOf(input.location)) {
    const message = `The resource '${stored.id}' is in location '${region}', not in the gallery image version's location '${input.location}'.`;
    throw invalidComputeParameter(STORAGE, message);
  }
  return stored;
}

const ifAny = (dataDiskImages: Json[]): Json => (dataDiskImages.length === 0 ? {} : { dataDiskImages });

/** From a managed image: its disks become the version's. */
function fromImage(id: string, input: VersionInput, site: Site): { source: Source; disks: Json } {
  const stored = usable(id, ['Microsoft.Compute/images'], input, site);
  const shown = { ...objectAt(stored.input, 'properties'), ...stored.properties };
  const image = capturedImage.parse(shown);
  const disk = (from: z.infer<typeof capturedDisk>): Json => ({
    ...(from.lun === undefined ? {} : { lun: from.lun }),
    hostCaching: from.caching ?? 'None',
    sizeInGB: from.diskSizeGB,
  });
  const { osDisk, dataDisks } = image.storageProfile;
  return {
    source: {
      stored,
      region: regionOf(input.location),
      generation: image.hyperVGeneration,
      securityType: 'Standard',
    },
    disks: { osDiskImage: disk(osDisk), ...ifAny(dataDisks.map(disk)) },
  };
}

/** Straight from snapshots or disks. */
function fromDisks(input: VersionInput, site: Site): { source: Source; disks: Json } {
  const { osDiskImage, dataDiskImages = [] } = input.properties.storageProfile;
  const types = ['Microsoft.Compute/snapshots', 'Microsoft.Compute/disks'];
  const at = ({ id, uri, storageAccountId }: DiskSource = {}, path: string): Stored => {
    if (uri !== undefined || storageAccountId !== undefined) throw notSupported('image versions from VHD blobs');
    if (id === undefined)
      throw invalidComputeParameter(path, `Required parameter '${path}.source.id' is missing (null).`);
    return usable(id, types, input, site);
  };
  if (osDiskImage === undefined) {
    throw invalidComputeParameter(STORAGE, `Required parameter '${STORAGE}.osDiskImage' is missing (null).`);
  }
  const os = at(osDiskImage.source, `${STORAGE}.osDiskImage`);
  const data = dataDiskImages.map((image, index) => at(image.source, `${STORAGE}.dataDiskImages[${index}]`));
  const luns = dataDiskImages.map((image) => image.lun);
  const keys = [os, ...data].map((source) => source.key);
  if (new Set(luns).size < luns.length) {
    throw invalidComputeParameter(STORAGE, 'The LUNs of dataDiskImages must be unique: a lun is used more than once.');
  }
  if (new Set(keys).size < keys.length) {
    throw invalidComputeParameter(STORAGE, 'The source ids of the disk images must be unique.');
  }
  const sized = (image: object, source: Stored | undefined): Json => ({
    ...image,
    sizeInGB: source && diskFacts(source).sizeGb,
  });
  const facts = diskFacts(os);
  return {
    source: { stored: os, region: facts.region, generation: facts.generation, securityType: facts.securityType },
    disks: {
      osDiskImage: sized(osDiskImage, os),
      ...ifAny(dataDiskImages.map((image, index) => sized(image, data[index]))),
    },
  };
}

function refuseMismatch(source: Source, definition: Definition): void {
  if (source.generation !== undefined && source.generation !== definition.generation) {
    const message =
      `The resource with id '${source.stored.id}' has a different Hypervisor generation ['${source.generation}'] ` +
      `than the parent gallery image Hypervisor generation ['${definition.generation}'].`;
    throw invalidComputeParameter(STORAGE, message);
  }
  // UNCONFIRMED wording: a Trusted Launch source keeps its VMGS, which a Standard definition cannot hold.
  if (source.securityType !== 'Standard' && definition.securityType === 'Standard') {
    const message =
      `The resource with id '${source.stored.id}' has security type '${source.securityType}', ` +
      `but the parent gallery image has security type '${definition.securityType}'.`;
    throw invalidComputeParameter(STORAGE, message);
  }
}

/** The disks of the version to be, after every check; exactly one kind of source may be given. */
export function capturedDisks(input: VersionInput, definition: Definition | undefined, site: Site): Json {
  const { source, osDiskImage, dataDiskImages } = input.properties.storageProfile;
  if (source?.virtualMachineId !== undefined) throw notSupported('image versions straight from virtual machines');
  const fromParts = osDiskImage?.source ?? dataDiskImages?.find((image) => image.source !== undefined)?.source;
  const ways = [source?.id, fromParts].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    throw invalidComputeParameter(
      STORAGE,
      'One and only one source type can be specified for a gallery image version: storageProfile.source, ' +
        'or the sources of osDiskImage and dataDiskImages.',
    );
  }
  if (definition !== undefined && regionOf(definition.location) !== regionOf(input.location)) {
    throw invalidComputeParameter(
      'galleryImageVersion.location',
      `The location '${input.location}' of the gallery image version differs from the gallery image's '${definition.location}'.`,
    );
  }
  const found = source?.id === undefined ? fromDisks(input, site) : fromImage(source.id, input, site);
  if (definition !== undefined) refuseMismatch(found.source, definition);
  return found.disks;
}

/** What never changes of a version: what its disks were made from. Disks without a source only tell what became of it. */
export function sourceKeys(profile: unknown): readonly string[] {
  const { source, osDiskImage, dataDiskImages = [] } = versionBody.shape.properties.shape.storageProfile.parse(profile);
  const parts = [{ lun: 'os', ...osDiskImage }, ...dataDiskImages];
  const given = parts.filter((part) => part.source !== undefined);
  const keyOfDisk = ({ id, uri, storageAccountId }: DiskSource = {}): string =>
    [id, uri, storageAccountId].map((part) => keyOf(part ?? '')).join(' ');
  return [keyOf(source?.id ?? ''), ...given.map(({ lun, source: disk }) => `${lun} ${keyOfDisk(disk)}`)];
}
