/** SDK models become domain types here: the VM, disks and snapshots, image definitions and pools. */
import type { Pool } from '@azure/arm-batch';
import type { Disk as SdkDisk, GalleryImage, Snapshot, VirtualMachine, VirtualMachineImage } from '@azure/arm-compute';
import type { ExistingPool, PoolInUse } from '../domain/account';
import type { ImageDefinition, KnownDefinition } from '../domain/gallery';
import type {
  Architecture,
  AttachedDisk,
  BaseImage,
  Disk,
  HyperVGeneration,
  InstalledExtension,
  Machine,
  PurchasePlan,
} from '../domain/machine';
import type { ImageIdentifier } from '../domain/request';
import { sightPool } from '../domain/poolSighting';
import { optional } from './optional';
import { poolMetadata, poolState } from './poolResources';
import { isDeleting } from './resourceClient';

export function purchasePlan(
  plan: VirtualMachine['plan'] | SdkDisk['purchasePlan'] | GalleryImage['purchasePlan'] | VirtualMachineImage['plan'],
): PurchasePlan | undefined {
  if (!plan?.name || !plan.publisher || !plan.product) return undefined;
  return { name: plan.name, publisher: plan.publisher, product: plan.product };
}

const attached = (disk: {
  readonly managedDisk?: { readonly id?: string };
  readonly vhd?: { readonly uri?: string };
}): AttachedDisk => ({ ...optional('diskId', disk.managedDisk?.id), ...optional('vhdUri', disk.vhd?.uri) });

/** Generation 1 is what a disk without the property has (virtual-machines/generation-2). */
export const generation = (value: string | undefined): HyperVGeneration => (value === 'V2' ? 'V2' : 'V1');

export const architecture = (value: string | undefined): Architecture => (value === 'Arm64' ? 'Arm64' : 'x64');

/** `SCSI, NVMe` as a list. */
export const listed = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What a VM says that it was made from. */
function baseOfMachine(image: (VirtualMachine['storageProfile'] & object)['imageReference']): BaseImage | undefined {
  if (image?.publisher && image.offer && image.sku) {
    const { publisher, offer, sku, exactVersion, version } = image;
    const exact = exactVersion ?? (version === 'latest' ? undefined : version);
    return { from: 'marketplace', image: { publisher, offer, sku, ...optional('version', exact) } };
  }
  const id = image?.id ?? image?.sharedGalleryImageId ?? image?.communityGalleryImageId;
  return id === undefined ? undefined : { from: 'customImage', id };
}

/** The Marketplace's ids are no resource ids: they have no resource group (azure-cli#17599). */
const MARKETPLACE_ID =
  /\/publishers\/([^/]+)\/artifacttypes\/vmimage\/offers\/([^/]+)\/skus\/([^/]+)(?:\/versions\/([^/]+))?/i;

/** What a disk says that it was made from. */
function baseOfDisk({ creationData }: SdkDisk | Snapshot): BaseImage | undefined {
  const gallery = creationData?.galleryImageReference;
  const own =
    gallery?.id ??
    gallery?.sharedGalleryImageId ??
    gallery?.communityGalleryImageId ??
    creationData?.imageReference?.id;
  if (own === undefined) return undefined;
  const [, publisher, offer, sku, version] = MARKETPLACE_ID.exec(own) ?? [];
  if (!publisher || !offer || !sku) return { from: 'customImage', id: own };
  return { from: 'marketplace', image: { publisher, offer, sku, ...optional('version', version) } };
}

/** The extensions that the VM lists, and those that only its agent reports. */
function extensionsOf(vm: VirtualMachine): readonly InstalledExtension[] {
  const listedOnes = (vm.resources ?? []).map(({ name, typePropertiesType }) => ({
    name: name ?? '',
    type: typePropertiesType ?? '',
  }));
  const reported = (vm.instanceView?.extensions ?? []).map(({ name, type }) => ({
    name: name ?? '',
    type: type?.split('.').at(-1) ?? '',
  }));
  const known = new Set(listedOnes.map(({ name }) => name.toLowerCase()));
  return [...listedOnes, ...reported.filter(({ name }) => !known.has(name.toLowerCase()))];
}

const hasStatus = (vm: VirtualMachine, wanted: string): boolean =>
  (vm.instanceView?.statuses ?? []).some(({ code }) => code?.toLowerCase() === wanted);

function powerStateOf(vm: VirtualMachine): string | undefined {
  const codes = (vm.instanceView?.statuses ?? []).map(({ code }) => code ?? '');
  return codes.find((code) => code.toLowerCase().startsWith('powerstate/'))?.split('/')[1];
}

export const marketplacePlan = (image: VirtualMachineImage): { readonly plan?: PurchasePlan } =>
  optional('plan', purchasePlan(image.plan));

export function machineFrom(id: string, vm: VirtualMachine): Machine {
  const os = vm.storageProfile?.osDisk;
  return {
    id: vm.id ?? id,
    location: vm.location,
    ...optional('vmSize', vm.hardwareProfile?.vmSize),
    osDisk: {
      ...attached(os ?? {}),
      ...optional('osType', os?.osType),
      ephemeral: os?.diffDiskSettings?.option === 'Local',
      diskEncryption: os?.encryptionSettings?.enabled === true,
    },
    dataDisks: (vm.storageProfile?.dataDisks ?? []).map((disk) => ({ lun: disk.lun, ...attached(disk) })),
    ...optional('base', baseOfMachine(vm.storageProfile?.imageReference)),
    extensions: extensionsOf(vm),
    ...optional('powerState', powerStateOf(vm)),
    ...(hasStatus(vm, 'osstate/generalized') ? { generalized: true } : {}),
    encryptionAtHost: vm.securityProfile?.encryptionAtHost === true,
    ...optional('securityType', vm.securityProfile?.securityType),
    ...optional('plan', purchasePlan(vm.plan)),
  };
}

function encryptionOf({ encryption }: SdkDisk | Snapshot): Disk['encryption'] {
  if (encryption?.type === undefined) return undefined;
  return { type: encryption.type, ...optional('diskEncryptionSetId', encryption.diskEncryptionSetId) };
}

/** What disks and snapshots have in common. */
function storedDisk(id: string, disk: SdkDisk | Snapshot): Disk {
  return {
    id: disk.id ?? id,
    location: disk.location,
    ...optional('sizeGb', disk.diskSizeGB),
    ...optional('osType', disk.osType),
    hyperVGeneration: generation(disk.hyperVGeneration),
    architecture: architecture(disk.supportedCapabilities?.architecture),
    diskControllers: listed(disk.supportedCapabilities?.diskControllerTypes),
    ...optional('base', baseOfDisk(disk)),
    diskEncryption: disk.encryptionSettingsCollection?.enabled === true,
    ...optional('encryption', encryptionOf(disk)),
    ...optional('logicalSectorBytes', disk.creationData?.logicalSectorSize),
    ...optional('networkAccessPolicy', disk.networkAccessPolicy),
    ...optional('securityType', disk.securityProfile?.securityType),
    ...optional('purchasePlan', purchasePlan(disk.purchasePlan)),
  };
}

export const diskFrom = (id: string, disk: SdkDisk): Disk => ({
  ...storedDisk(id, disk),
  ...optional('sku', disk.sku?.name),
  ...optional('maxShares', disk.maxShares),
});

/** Without the type of its storage, which is not that of the disk that it shows. */
export const snapshotFrom = (id: string, snapshot: Snapshot): Disk => storedDisk(id, snapshot);

const identifierFrom = ({ identifier }: GalleryImage): ImageIdentifier => ({
  publisher: identifier?.publisher ?? '',
  offer: identifier?.offer ?? '',
  sku: identifier?.sku ?? '',
});

export const knownDefinitionFrom = (definition: GalleryImage): KnownDefinition => ({
  name: definition.name ?? '',
  identifier: identifierFrom(definition),
});

export const featureOf = (definition: Pick<GalleryImage, 'features'>, wanted: string): string | undefined =>
  definition.features?.find(({ name }) => name === wanted)?.value;

export function definitionFrom(id: string, definition: GalleryImage): ImageDefinition {
  return {
    id: definition.id ?? id,
    osType: definition.osType ?? 'Linux',
    osState: definition.osState ?? 'Generalized',
    hyperVGeneration: generation(definition.hyperVGeneration),
    architecture: architecture(definition.architecture),
    identifier: identifierFrom(definition),
    ...optional('security', featureOf(definition, 'SecurityType')),
    diskControllers: listed(featureOf(definition, 'DiskControllerTypes')),
    ...optional('purchasePlan', purchasePlan(definition.purchasePlan)),
  };
}

export function existingPoolFrom(id: string, pool: Pool): ExistingPool {
  const image = pool.deploymentConfiguration?.virtualMachineConfiguration?.imageReference;
  const fixed = pool.scaleSettings?.fixedScale;
  const targets = pool.scaleSettings?.autoScale
    ? {}
    : { targets: { dedicated: fixed?.targetDedicatedNodes ?? 0, spot: fixed?.targetLowPriorityNodes ?? 0 } };
  return {
    id: pool.id ?? id,
    ...optional('imageId', image?.id),
    metadata: poolMetadata(pool),
    deleting: isDeleting(pool.provisioningState),
    ...optional('vmSize', pool.vmSize),
    nodes: { dedicated: pool.currentDedicatedNodes ?? 0, spot: pool.currentLowPriorityNodes ?? 0 },
    ...targets,
    sighting: sightPool(targets, poolState(pool)),
  };
}

/** A pool of a list; nodes that are being added or taken away count as if they were there. */
export function poolInUseFrom(pool: Pool): PoolInUse {
  const fixed = pool.scaleSettings?.fixedScale;
  const image = pool.deploymentConfiguration?.virtualMachineConfiguration?.imageReference;
  return {
    id: pool.id ?? '',
    vmSize: pool.vmSize ?? '',
    ...optional('imageId', image?.id),
    dedicatedNodes: Math.max(pool.currentDedicatedNodes ?? 0, fixed?.targetDedicatedNodes ?? 0),
    spotNodes: Math.max(pool.currentLowPriorityNodes ?? 0, fixed?.targetLowPriorityNodes ?? 0),
  };
}
