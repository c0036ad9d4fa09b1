/** Customer-managed keys of an image version's replicas: which disk encryption sets a region may name, and must. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import { DISK_ENCRYPTION_SET } from './diskEncryptionSets';
import type { Json, Site } from './kind';
import { keyOf, parseResourceId, regionOf } from './resourceId';
import type { Source } from './sourceFacts';
import type { Encryption, VersionInput } from './versionBody';

const PATH = 'galleryArtifactVersion.properties.publishingProfile.targetRegions.encryption';

interface Key {
  /** The disk, as the refusals name it. */
  readonly disk: string;
  readonly lun?: number;
  readonly path: string;
  readonly id: string;
}

interface Region {
  readonly name: string;
  readonly encryption: Encryption;
  readonly keys: readonly Key[];
}

function keysOf({ osDiskImage, dataDiskImages = [] }: Encryption): Key[] {
  const os = {
    disk: `'${PATH}.osDiskImage.diskEncryptionSetId'`,
    path: `${PATH}.osDiskImage`,
    id: osDiskImage?.diskEncryptionSetId,
  };
  const data = dataDiskImages.map(({ lun, diskEncryptionSetId: id }) => ({
    ...{ disk: `'LUN ${lun}'`, lun, path: `${PATH}.dataDiskImages`, id },
  }));
  return [os, ...data].flatMap(({ id, ...rest }) => (id === undefined ? [] : [{ ...rest, id }]));
}

function regionsIn(input: VersionInput): Region[] {
  const { targetRegions = [] } = input.properties.publishingProfile;
  return targetRegions.map(({ name, encryption = {} }) => ({
    name: regionOf(name),
    encryption,
    keys: keysOf(encryption),
  }));
}

/** All words but those about the region are troubleshooting-shared-images.md's; the codes are UNCONFIRMED. */
function refuseKey({ id, path }: Key, region: string, subscription: string, site: Site): void {
  const parsed = parseResourceId(id);
  if (parsed?.type.toLowerCase() !== DISK_ENCRYPTION_SET.toLowerCase()) {
    const target = `${path}.diskEncryptionSetId`;
    throw invalidComputeParameter(target, `The value of parameter ${target} is invalid.`);
  }
  if (parsed.subscription.toLowerCase() !== subscription.toLowerCase()) {
    const message = `The disk encryption set '${id}' must be in the same subscription '${subscription}' as the gallery resource.`;
    throw invalidComputeParameter(path, message);
  }
  const found = site.find(id);
  if (found === undefined) {
    throw new ArmError(404, 'NotFound', `The disk encryption set '${id}' was not found.`, { target: path });
  }
  const location = regionOf(String(found.input['location']));
  if (location === region) return;
  const message = `The disk encryption set '${id}' is in region '${location}'; it must be in the target region '${region}'.`;
  throw invalidComputeParameter(path, message);
}

function refuseLuns({ name, encryption, keys }: Region, luns: readonly number[]): void {
  const given = (encryption.dataDiskImages ?? []).map(({ lun }) => lun);
  const twice = given.find((lun, index) => given.indexOf(lun) !== index);
  if (twice !== undefined) {
    const message = `Duplicate luns '${twice}' were specified in target region '${name}' encryption.dataDiskImages.`;
    throw invalidComputeParameter(`${PATH}.dataDiskImages`, message);
  }
  const wrong = keys.find(({ lun }) => lun !== undefined && !luns.includes(lun));
  if (wrong === undefined) return;
  const message = `An invalid lun [${wrong.lun ?? ''}] was specified in encryption.dataDiskImages. The lun must be one of the following values ['${luns.join(',')}'].`;
  throw invalidComputeParameter(`${PATH}.dataDiskImages`, message);
}

/** A disk that is encrypted in one region is so in all of them. */
function refuseGaps(regions: readonly Region[]): void {
  for (const { name, keys } of regions) {
    for (const { disk, path, id } of keys) {
      const lacking = regions.find((other) => !other.keys.some((key) => key.disk === disk));
      if (lacking === undefined) continue;
      const message = `A disk encryption set is required for disk ${disk} in target region '${lacking.name}' since disk encryption set '${id}' is used for the corresponding disk in region '${name}'.`;
      throw invalidComputeParameter(path, message);
    }
  }
}

const luns = z.array(z.looseObject({ lun: z.int() })).catch([]);
export const lunsOf = (storageProfile: Json): number[] =>
  luns.parse(storageProfile['dataDiskImages']).map(({ lun }) => lun);

interface Wanted {
  readonly input: VersionInput;
  readonly subscription: string;
  readonly luns: readonly number[];
  readonly site: Site;
}

export function checkEncryption({ input, subscription, luns: known, site }: Wanted): void {
  const regions = regionsIn(input);
  for (const region of regions) {
    if (region.encryption.osDiskImage?.securityProfile !== undefined) {
      throw notSupported('encryption of image versions for confidential machines');
    }
    for (const key of region.keys) refuseKey(key, region.name, subscription, site);
    refuseLuns(region, known);
  }
  refuseGaps(regions);
}

const isEncrypted = (input: VersionInput): boolean => regionsIn(input).some(({ keys }) => keys.length > 0);

/** "only supports encryption for VMs, disks, snapshots and managed images" (troubleshooting-shared-images.md). */
export function refuseUnencryptable(input: VersionInput, source: Source): void {
  if (!isEncrypted(input)) return;
  if (source.kind === 'version' || source.kind === 'vhd') {
    const message = `Encryption is not supported for source resource '${source.id}'. Please use a different source resource type which supports encryption or remove encryption properties.`;
    throw invalidComputeParameter(PATH, message);
  }
  if (input.properties.publishingProfile.replicationMode !== 'Shallow') return;
  // UNCONFIRMED: there is no copy that could be encrypted.
  throw invalidComputeParameter(PATH, 'A disk encryption set cannot be used with the replication mode Shallow.');
}

/** "you must create a new gallery image version with the correct settings" (the same). UNCONFIRMED words. */
export function refuseNewEncryption(input: VersionInput, before: VersionInput): void {
  const old = new Map(regionsIn(before).map(({ name, keys }) => [name, idsOf(keys)]));
  for (const { name, keys } of regionsIn(input)) {
    const known = old.get(name);
    if (known === undefined || isDeepStrictEqual(known, idsOf(keys))) continue;
    const message = `The encryption of an image version in region [${name}] cannot be changed. You must create a new gallery image version with the correct settings.`;
    throw invalidComputeParameter(PATH, message);
  }
}

const idsOf = (keys: readonly Key[]): string[] => keys.map(({ disk, id }) => `${disk} ${keyOf(id)}`);
