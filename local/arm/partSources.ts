/** Image versions from parts, a disk each: snapshots and managed disks, or VHDs in a storage account. */
import { ArmError, invalidComputeParameter } from './armError';
import { accountNameOf } from './blobs';
import { diskFacts } from './disks';
import type { Json, Site } from './kind';
import { keyOf } from './resourceId';
import { ifAny, refuseElsewhere, STORAGE, usable, type Captured, type Source } from './sourceFacts';
import type { DiskSource, VersionInput } from './versionBody';

interface Part {
  /** Equal for equal parts. */
  readonly key: string;
  readonly sizeGb: number;
  readonly source: Source;
}

const DISKS = ['Microsoft.Compute/snapshots', 'Microsoft.Compute/disks'];

export const isVhd = ({ uri, storageAccountId }: DiskSource): boolean =>
  uri !== undefined || storageAccountId !== undefined;

function diskPart(id: string, input: VersionInput, site: Site): Part {
  const stored = usable(id, DISKS, input, site);
  const { sizeGb, generation, osType, securityType } = diskFacts(stored);
  const source = { id: stored.id, kind: 'disk', generation, osType, osState: undefined, securityType } as const;
  return { key: stored.key, sizeGb, source };
}

/**
 * Both fields are needed (shared-image-galleries.md, "VHD as source"). UNCONFIRMED words of the refusals; those of a blob that
 * is not there are a managed image's (terraform-provider-azurerm#4427).
 */
function vhdPart({ uri, storageAccountId }: DiskSource, path: string, input: VersionInput, site: Site): Part {
  if (uri === undefined || storageAccountId === undefined) {
    const missing = uri === undefined ? 'uri' : 'storageAccountId';
    const message = `Required parameter '${path}.source.${missing}' is missing (null): a VHD needs both uri and storageAccountId.`;
    throw invalidComputeParameter(`${path}.source.${missing}`, message);
  }
  const account = site.find(storageAccountId);
  if (account?.kind.type !== 'Microsoft.Storage/storageAccounts') {
    const message = `The storage account '${storageAccountId}' of the gallery image version's source was not found.`;
    throw new ArmError(404, 'NotFound', message, { target: STORAGE });
  }
  if (accountNameOf(uri) !== account.key.split('/').at(-1)) {
    const message = `The uri '${uri}' is not that of a blob in the storage account '${account.id}'.`;
    throw invalidComputeParameter(`${path}.source.uri`, message);
  }
  refuseElsewhere(account.id, String(account.input['location']), input);
  const blob = site.blob(uri);
  if (blob === undefined) {
    throw invalidComputeParameter(`${path}.source.uri`, `The source blob ${uri} is not accessible.`);
  }
  const untold = { generation: undefined, osType: undefined, osState: undefined, securityType: 'Standard' };
  return { key: keyOf(uri), sizeGb: blob.sizeGb, source: { id: uri, kind: 'vhd', ...untold } };
}

function partOf(source: DiskSource = {}, path: string, input: VersionInput, site: Site): Part {
  if (isVhd(source)) return vhdPart(source, path, input, site);
  if (source.id !== undefined) return diskPart(source.id, input, site);
  throw invalidComputeParameter(path, `Required parameter '${path}.source.id' is missing (null).`);
}

/** troubleshooting-shared-images.md has the rules. */
function refuseRepeats(os: Part, data: readonly Part[], luns: readonly number[]): void {
  const keys = [os, ...data].map(({ key }) => key);
  if (new Set(luns).size < luns.length) {
    throw invalidComputeParameter(STORAGE, 'The LUNs of dataDiskImages must be unique: a lun is used more than once.');
  }
  if (new Set(keys).size === keys.length) return;
  if (os.source.kind === 'vhd' && data.some(({ key }) => key === os.key)) {
    const message = `OSDiskImage and DataDiskImage cannot point to same blob '${os.source.id}'. The sources must be unique.`;
    throw invalidComputeParameter(STORAGE, message);
  }
  throw invalidComputeParameter(STORAGE, 'The source ids of the disk images must be unique.');
}

export function fromParts(input: VersionInput, site: Site): Captured {
  const { osDiskImage, dataDiskImages = [] } = input.properties.storageProfile;
  if (osDiskImage === undefined) {
    throw invalidComputeParameter(STORAGE, `Required parameter '${STORAGE}.osDiskImage' is missing (null).`);
  }
  const at = (source: DiskSource | undefined, path: string): Part => partOf(source, `${STORAGE}.${path}`, input, site);
  const os = at(osDiskImage.source, 'osDiskImage');
  const data = dataDiskImages.map(({ source }, index) => at(source, `dataDiskImages[${index}]`));
  const luns = dataDiskImages.map(({ lun }) => lun);
  refuseRepeats(os, data, luns);
  const sized = (image: object, part: Part | undefined): Json => ({ ...image, sizeInGB: part?.sizeGb });
  return {
    source: os.source,
    disks: {
      osDiskImage: sized(osDiskImage, os),
      ...ifAny(dataDiskImages.map((image, index) => sized(image, data[index]))),
    },
  };
}
