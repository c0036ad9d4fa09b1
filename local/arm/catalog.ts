/** Every resource type that the simulator knows. */
import { batchAccounts } from './batchAccounts';
import { diskEncryptionSets } from './diskEncryptionSets';
import { disks } from './disks';
import { galleries } from './galleries';
import { imageDefinitions } from './imageDefinitions';
import { images } from './images';
import { imageVersions } from './imageVersions';
import type { ResourceKind } from './kind';
import { pools } from './pools';
import { resourceGroups } from './resourceGroups';
import { snapshots } from './snapshots';
import { storageAccounts } from './storageAccounts';
import { virtualMachines } from './virtualMachines';

export const CATALOG: readonly ResourceKind[] = [
  resourceGroups,
  virtualMachines,
  disks,
  snapshots,
  images,
  galleries,
  imageDefinitions,
  imageVersions,
  storageAccounts,
  diskEncryptionSets,
  batchAccounts,
  pools,
];

const BY_TYPE = new Map(CATALOG.map((kind) => [kind.type.toLowerCase(), kind]));

export function kindOf(type: string): ResourceKind | undefined {
  return BY_TYPE.get(type.toLowerCase());
}
