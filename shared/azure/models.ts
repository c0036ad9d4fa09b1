/** SDK models become domain types here. */
import type { Pool } from '@azure/arm-batch';
import type { Disk as SdkDisk, GalleryImage, VirtualMachine } from '@azure/arm-compute';
import type {
  Architecture,
  AttachedDisk,
  Disk,
  ExistingPool,
  HyperVGeneration,
  ImageDefinition,
  Machine,
  PurchasePlan,
} from '../domain/facts';
import { sightPool } from '../domain/poolSighting';
import { poolMetadata, poolState } from './poolResources';
import { isDeleting } from './resourceClient';

type Optional<K extends string, V> = Partial<Readonly<Record<K, V>>>;

/** `{ [key]: value }`, or nothing when there is no value. */
const optional = <K extends string, V>(key: K, value: V | undefined): Optional<K, V> => {
  const entry: Partial<Record<K, V>> = {};
  if (value !== undefined) entry[key] = value;
  return entry;
};

function purchasePlan(
  plan: VirtualMachine['plan'] | SdkDisk['purchasePlan'] | GalleryImage['purchasePlan'],
): PurchasePlan | undefined {
  if (!plan?.name || !plan.publisher || !plan.product) return undefined;
  return { name: plan.name, publisher: plan.publisher, product: plan.product };
}

const attached = (disk: {
  readonly managedDisk?: { readonly id?: string };
  readonly vhd?: { readonly uri?: string };
}): AttachedDisk => ({ ...optional('diskId', disk.managedDisk?.id), ...optional('vhdUri', disk.vhd?.uri) });

/** Generation 1 is what a disk without the property has (virtual-machines/generation-2). */
const generation = (value: string | undefined): HyperVGeneration => (value === 'V2' ? 'V2' : 'V1');

const architecture = (value: string | undefined): Architecture => (value === 'Arm64' ? 'Arm64' : 'x64');

export function machineFrom(id: string, vm: VirtualMachine): Machine {
  const os = vm.storageProfile?.osDisk;
  return {
    id: vm.id ?? id,
    location: vm.location,
    osDisk: {
      ...attached(os ?? {}),
      ...optional('osType', os?.osType),
      ephemeral: os?.diffDiskSettings?.option === 'Local',
    },
    dataDisks: (vm.storageProfile?.dataDisks ?? []).map((disk) => ({ lun: disk.lun, ...attached(disk) })),
    ...optional('securityType', vm.securityProfile?.securityType),
    ...optional('plan', purchasePlan(vm.plan)),
  };
}

export function diskFrom(id: string, disk: SdkDisk): Disk {
  return {
    id: disk.id ?? id,
    location: disk.location,
    sizeGb: disk.diskSizeGB ?? 0,
    ...optional('osType', disk.osType),
    hyperVGeneration: generation(disk.hyperVGeneration),
    architecture: architecture(disk.supportedCapabilities?.architecture),
    ...optional('securityType', disk.securityProfile?.securityType),
    ...optional('purchasePlan', purchasePlan(disk.purchasePlan)),
  };
}

export function definitionFrom(id: string, definition: GalleryImage): ImageDefinition {
  return {
    id: definition.id ?? id,
    osType: definition.osType ?? 'Linux',
    osState: definition.osState ?? 'Generalized',
    hyperVGeneration: generation(definition.hyperVGeneration),
    architecture: architecture(definition.architecture),
    ...optional('security', definition.features?.find(({ name }) => name === 'SecurityType')?.value),
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
    sighting: sightPool(targets, poolState(pool)),
  };
}
