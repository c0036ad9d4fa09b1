/** The material of resource group rg-sources in the demo's world, by its names. */
import type { SteppedClock } from '../../../local/clock';
import { idOf, type LocalAzure } from './localAzure';

export const sourceId = (path: string): string => idOf('rg-sources', path);
export const machineId = (name: string): string => sourceId(`Microsoft.Compute/virtualMachines/${name}`);
export const sourceDiskId = (name: string): string => sourceId(`Microsoft.Compute/disks/${name}`);
export const sourceSnapshotId = (name: string): string => sourceId(`Microsoft.Compute/snapshots/${name}`);
export const sourceImageId = (name: string): string => sourceId(`Microsoft.Compute/images/${name}`);
export const sourceVersionId = (name: string, definition = 'golden'): string =>
  sourceId(`Microsoft.Compute/galleries/sources/images/${definition}/versions/${name}`);

export const STORAGE_ACCOUNT = sourceId('Microsoft.Storage/storageAccounts/stsources');
export const OS_VHD = 'https://stsources.blob.core.windows.net/vhds/golden-os.vhd';
export const DATA_VHD = 'https://stsources.blob.core.windows.net/vhds/golden-data.vhd';

/** Machine vm-golden is deallocated and prepared; Azure only has to be told so. */
export async function generalized({ compute }: Pick<LocalAzure, 'compute'>, name = 'vm-golden'): Promise<string> {
  await compute.virtualMachines.generalize('rg-sources', name);
  return machineId(name);
}

export const minutesLater = (clock: SteppedClock, minutes: number): Date => new Date(clock.nowMs() + minutes * 60_000);

/** The disk encryption set of a region. */
export const encryptionSetId = (region: string): string =>
  sourceId(`Microsoft.Compute/diskEncryptionSets/des-${region}`);
