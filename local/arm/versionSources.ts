/** Where an image version's disks come from: one kind of source, which fits the definition. */
import { z } from 'zod';
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import type { definitionOf } from './imageDefinitions';
import type { Site } from './kind';
import { fromParts, isVhd } from './partSources';
import { keyOf, parseResourceId, regionOf } from './resourceId';
import { STORAGE, type Captured, type Source } from './sourceFacts';
import { versionBody, type DiskSource, type VersionInput } from './versionBody';
import { fromImage, fromMachine, fromVersion } from './wholeSources';

type Definition = ReturnType<typeof definitionOf>;

/** The words are those of troubleshooting-shared-images.md; of the OS state, code and words, those of azure-cli#24972. */
function refuseMismatch(source: Source, definition: Definition): void {
  const the = `The resource with id '${source.id}' has a different`;
  if (source.generation !== undefined && source.generation !== definition.generation) {
    const message = `${the} Hypervisor generation ['${source.generation}'] than the parent gallery image Hypervisor generation ['${definition.generation}'].`;
    throw invalidComputeParameter(STORAGE, message);
  }
  if (source.osType !== undefined && source.osType !== definition.osType) {
    const message = `${the} OS type ['${source.osType}'] than the parent gallery image OS type ['${definition.osType}'].`;
    throw invalidComputeParameter(STORAGE, message);
  }
  if (source.osState !== undefined && source.osState !== definition.osState) {
    const message = `${the} OS state ['${source.osState}'] than the parent gallery image OS state ['${definition.osState}'].`;
    throw new ArmError(400, 'BadRequest', message, { target: STORAGE });
  }
  // UNCONFIRMED wording: a Trusted Launch source keeps its VMGS, which a Standard definition cannot hold.
  if (source.securityType !== 'Standard' && definition.securityType === 'Standard') {
    const message =
      `The resource with id '${source.id}' has security type '${source.securityType}', ` +
      `but the parent gallery image has security type '${definition.securityType}'.`;
    throw invalidComputeParameter(STORAGE, message);
  }
}

type Profile = VersionInput['properties']['storageProfile'];

const partSources = ({ osDiskImage, dataDiskImages = [] }: Profile): DiskSource[] =>
  [osDiskImage, ...dataDiskImages].map((image) => image?.source).filter((source) => source !== undefined);

/** The kinds of source that the body has, each once. */
function waysOf(profile: Profile): string[] {
  const { source } = profile;
  const parts = partSources(profile).map((part) => (isVhd(part) ? 'vhd' : 'disk'));
  const both = partSources(profile).filter((part) => isVhd(part) && part.id !== undefined);
  const wholes = [source?.id, source?.virtualMachineId].filter((id) => id !== undefined);
  return [...wholes, ...new Set(parts), ...both.map(() => 'disk')];
}

function refuseSeveral(profile: Profile): void {
  if (waysOf(profile).length === 1) return;
  throw invalidComputeParameter(
    STORAGE,
    'The gallery artifact version source can only be specified either directly under storageProfile or within ' +
      'individual OS or data disks. One and only one source type can be provided: a user image, an image version, a ' +
      'virtual machine, snapshots and disks, or VHDs.',
  );
}

function captured(input: VersionInput, site: Site): Captured {
  const { source } = input.properties.storageProfile;
  if (source?.virtualMachineId !== undefined) return fromMachine(source.virtualMachineId, input, site);
  if (source?.id === undefined) return fromParts(input, site);
  const type = parseResourceId(source.id)?.type.toLowerCase() ?? '';
  if (type === 'microsoft.compute/virtualmachines') {
    throw notSupported('a virtual machine as source.id of an image version: give it as source.virtualMachineId');
  }
  return type.startsWith('microsoft.compute/galleries/')
    ? fromVersion(source.id, input, site)
    : fromImage(source.id, input, site);
}

/** The source and the disks of the version to be, after every check. */
export function capturedFrom(input: VersionInput, definition: Definition | undefined, site: Site): Captured {
  refuseSeveral(input.properties.storageProfile);
  if (definition !== undefined && regionOf(definition.location) !== regionOf(input.location)) {
    throw invalidComputeParameter(
      'galleryImageVersion.location',
      `The location '${input.location}' of the gallery image version differs from the gallery image's '${definition.location}'.`,
    );
  }
  const found = captured(input, site);
  if (definition !== undefined) refuseMismatch(found.source, definition);
  return found;
}

/** What never changes of a version: what its disks were made from. Disks without a source only tell what became of it. */
export function sourceKeys(profile: unknown): readonly string[] {
  const { source, osDiskImage, dataDiskImages = [] } = versionBody.shape.properties.shape.storageProfile.parse(profile);
  const parts = [{ lun: 'os', ...osDiskImage }, ...dataDiskImages];
  const given = parts.filter((part) => part.source !== undefined);
  const keyOfDisk = ({ id, uri, storageAccountId }: DiskSource = {}): string =>
    [id, uri, storageAccountId].map((part) => keyOf(part ?? '')).join(' ');
  const wholes = [source?.id, source?.virtualMachineId].map((id) => keyOf(id ?? ''));
  return [...wholes, ...given.map(({ lun, source: disk }) => `${lun} ${keyOfDisk(disk)}`)];
}

const cached = z.looseObject({ lun: z.int().optional(), hostCaching: z.string().default('None') });
const cachedDisks = z.looseObject({ osDiskImage: cached.optional(), dataDiskImages: z.array(cached).default([]) });

/** The host caching of each disk that a storage profile names, by LUN. */
export function cachingsOf(profile: unknown): (readonly [disk: string, caching: string])[] {
  const { osDiskImage, dataDiskImages } = cachedDisks.parse(profile);
  const os = osDiskImage === undefined ? [] : [osDiskImage];
  return [...os, ...dataDiskImages].map(({ lun, hostCaching }) => [String(lun ?? 'os'), hostCaching] as const);
}
