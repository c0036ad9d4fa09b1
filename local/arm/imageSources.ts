/** Where a managed image's disks come from, and what Azure refuses about them. */
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import { accountNameOf, storageAccountNamed } from './blobs';
import { diskFacts, type DiskFacts } from './disks';
import type { ImageDisk, ImageInput } from './imageBody';
import type { Json, Site, Stored } from './kind';
import { machineFacts } from './machineFacts';
import { isGeneralized } from './machineStates';
import { regionOf } from './resourceId';
import { provisioningState } from './state';

interface Origin {
  readonly sizeGb: number;
  readonly generation: DiskFacts['generation'];
}

const SOURCES = ['Microsoft.Compute/snapshots', 'Microsoft.Compute/disks'];

function refuseUnready(source: Stored, site: Site): void {
  const state = provisioningState(source, site.nowMs);
  if (state === 'Succeeded') return;
  const message = `The source '${source.id}' is in provisioning state '${state}', not 'Succeeded'.`;
  throw new ArmError(409, 'Conflict', message);
}

const elsewhere = (path: string, source: string, location: string): ArmError =>
  invalidComputeParameter(path, `The source '${source}' is not in the image's location '${location}'.`);

function diskOrigin(id: string, path: string, location: string, site: Site): Origin {
  const source = site.find(id);
  if (source === undefined || !SOURCES.includes(source.kind.type)) {
    throw new ArmError(404, 'NotFound', `Resource ${id.split('/').at(-1) ?? ''} is not found.`, { target: path });
  }
  refuseUnready(source, site);
  const facts = diskFacts(source);
  if (facts.region !== regionOf(location)) throw elsewhere(path, source.id, location);
  refuseUncapturable(facts);
  return facts;
}

/** The words of a blob that is not there: terraform-provider-azurerm#4427. UNCONFIRMED: those about the region. */
function blobOrigin(uri: string, path: string, location: string, site: Site): Origin {
  const account = storageAccountNamed(accountNameOf(uri), site.ofType('Microsoft.Storage/storageAccounts'));
  const blob = site.blob(uri);
  if (account === undefined || blob === undefined) {
    throw invalidComputeParameter('disks', `The source blob ${uri} is not accessible.`);
  }
  if (regionOf(String(account.input['location'])) !== regionOf(location)) throw elsewhere(path, uri, location);
  return { sizeGb: blob.sizeGb, generation: undefined };
}

function originOf(disk: ImageDisk, path: string, location: string, site: Site): Origin {
  const { snapshot, managedDisk, blobUri } = disk;
  if ([snapshot, managedDisk, blobUri].filter((given) => given !== undefined).length !== 1) {
    throw invalidComputeParameter(path, `Exactly one of snapshot, managedDisk and blobUri must be given at '${path}'.`);
  }
  if (blobUri !== undefined) return blobOrigin(blobUri, path, location, site);
  return diskOrigin(snapshot?.id ?? managedDisk?.id ?? '', path, location, site);
}

/** Trusted Launch (packer#13189), confidential and Arm64 sources go to a gallery only (capture-image-resource.yml). */
function refuseUncapturable({ securityType, architecture }: Pick<DiskFacts, 'securityType' | 'architecture'>): void {
  if (securityType !== 'Standard') {
    const type = securityType.startsWith('ConfidentialVM') ? 'ConfidentialVM' : 'TrustedLaunch';
    const message = `Creation of managed images are not supported for virtual machine with ${type} security type.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (architecture === 'Arm64') {
    throw new ArmError(409, 'OperationNotAllowed', 'Creation of managed images is not supported for Arm64 sources.');
  }
}

/** The disks of an image to be, after every check, and its generation. */
export function capturedImage(input: ImageInput, site: Site): Json {
  const { sourceVirtualMachine, storageProfile } = input.properties;
  if (sourceVirtualMachine !== undefined && storageProfile !== undefined) {
    throw notSupported('a storageProfile beside the sourceVirtualMachine of a managed image');
  }
  return sourceVirtualMachine === undefined
    ? fromDisks(input, site)
    : fromMachine(sourceVirtualMachine.id, input, site);
}

function fromDisks({ location, properties }: ImageInput, site: Site): Json {
  const profile = properties.storageProfile;
  if (profile === undefined) {
    throw invalidComputeParameter('storageProfile', "Required parameter 'storageProfile' is missing (null).");
  }
  const luns = profile.dataDisks.map((item) => item.lun);
  if (new Set(luns).size < luns.length) {
    throw invalidComputeParameter('dataDisks', 'Data disk LUNs must be unique; a lun is used more than once.');
  }
  const isBlob = profile.osDisk.blobUri !== undefined;
  if (isBlob && properties.hyperVGeneration === undefined) {
    // "If the source is a blob, then we need the user to specify the value" (arm-compute, Image.hyperVGeneration).
    throw invalidComputeParameter('hyperVGeneration', "Required parameter 'hyperVGeneration' is missing (null).");
  }
  const sized = <T extends ImageDisk>(disk: T, path: string): { disk: T; origin: Origin } => {
    const origin = originOf(disk, path, location, site);
    return { disk: { ...disk, diskSizeGB: disk.diskSizeGB ?? origin.sizeGb }, origin };
  };
  const os = sized(profile.osDisk, 'osDisk');
  const dataDisks = profile.dataDisks.map((item, index) => sized(item, `dataDisks[${index}]`).disk);
  return {
    storageProfile: { ...profile, osDisk: os.disk, dataDisks },
    hyperVGeneration: properties.hyperVGeneration ?? os.origin.generation ?? 'V1',
  };
}

/** "You can't create an image from a VM that isn't generalized" in other words; UNCONFIRMED which. */
function refuseSpecialized(machine: Stored): void {
  if (isGeneralized(machine)) return;
  const message = `The virtual machine '${machine.id}' is not generalized: an image can only be created from a generalized virtual machine.`;
  throw new ArmError(409, 'OperationNotAllowed', message);
}

function fromMachine(id: string, { location, properties }: ImageInput, site: Site): Json {
  const machine = site.find(id);
  if (machine?.kind.type !== 'Microsoft.Compute/virtualMachines') {
    const target = 'sourceVirtualMachine';
    throw new ArmError(404, 'NotFound', `Resource ${id.split('/').at(-1) ?? ''} is not found.`, { target });
  }
  refuseUnready(machine, site);
  const facts = machineFacts(machine, site);
  if (facts.region !== regionOf(location)) throw elsewhere('sourceVirtualMachine', machine.id, location);
  if (facts.isEphemeral) throw notSupported('managed images of machines with an ephemeral OS disk');
  if (facts.unmanaged !== undefined) throw notSupported('managed images of machines with unmanaged disks');
  const ultra = facts.disks.find(({ storageAccountType: type }) => /^(Ultra|PremiumV2)/i.test(type));
  if (ultra !== undefined) throw notSupported(`managed images of machines with ${ultra.storageAccountType} disks`);
  refuseUncapturable(facts);
  refuseSpecialized(machine);
  const disks = facts.disks.map(({ lun, id: diskId, sizeGb, caching, storageAccountType }) => ({
    ...(lun === undefined ? { osType: facts.osType, osState: 'Generalized' } : { lun }),
    ...(diskId === undefined ? {} : { managedDisk: { id: diskId } }),
    ...{ diskSizeGB: sizeGb, caching, storageAccountType },
  }));
  return {
    storageProfile: { osDisk: disks[0], dataDisks: disks.slice(1), zoneResilient: false },
    hyperVGeneration: properties.hyperVGeneration ?? facts.generation ?? 'V1',
  };
}
