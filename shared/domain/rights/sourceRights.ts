/** Rights on what an image is made from: VMs, disks, snapshots, VHDs, managed images. */
import type { RightGroup } from './rightGroup';
import { BUILD, COMPUTE, SURVEY } from './groups';

/** Of roles that Azure has built in, none is smaller. */
const VM_ROLE = 'Virtual Machine Contributor';

export const SOURCE_RIGHTS: readonly RightGroup[] = [
  { ...SURVEY, place: 'machine', actions: [`${COMPUTE}/virtualMachines/read`], for: 'survey: the VM' },
  {
    ...SURVEY,
    place: 'machine',
    actions: [`${COMPUTE}/virtualMachines/instanceView/read`],
    for: 'survey: whether the VM runs, and its extensions',
    confirmed: false,
  },
  {
    ...BUILD,
    place: 'machine',
    actions: [`${COMPUTE}/virtualMachines/deallocate/action`, `${COMPUTE}/virtualMachines/generalize/action`],
    for: 'deallocating and generalizing the VM',
    role: VM_ROLE,
    when: 'generalizes',
  },
  {
    // virtual-machines/shared-image-galleries, "RBAC Permissions required": write on a VM that a version is made from.
    ...BUILD,
    place: 'machine',
    actions: [`${COMPUTE}/virtualMachines/write`],
    for: 'an image version straight from the VM',
    role: VM_ROLE,
    when: 'capturesVm',
  },
  { ...SURVEY, place: 'disk', actions: [`${COMPUTE}/disks/read`], for: 'survey: each disk' },
  {
    ...BUILD,
    confirmed: false,
    place: 'disk',
    actions: [`${COMPUTE}/disks/beginGetAccess/action`],
    for: 'copying the disk into a snapshot',
    role: 'Disk Backup Reader',
    when: 'copiesDisks',
  },
  { ...SURVEY, place: 'snapshot', actions: [`${COMPUTE}/snapshots/read`], for: 'survey: each snapshot of the source' },
  {
    // virtual-machines/shared-image-galleries, "RBAC Permissions required": contributor on a snapshot that a version is made from.
    ...BUILD,
    place: 'snapshot',
    actions: [`${COMPUTE}/snapshots/write`],
    for: 'an image version straight from the snapshot',
    role: 'Disk Snapshot Contributor',
    when: 'direct',
  },
  {
    ...SURVEY,
    place: 'storageAccount',
    actions: ['Microsoft.Storage/storageAccounts/read'],
    for: 'survey: the storage account of VHDs',
  },
  {
    // virtual-machines/shared-image-galleries, "RBAC Permissions required".
    ...BUILD,
    place: 'storageAccount',
    actions: ['Microsoft.Storage/storageAccounts/listKeys/action'],
    for: 'an image version straight from VHDs',
    role: 'Storage Account Key Operator Service Role',
    when: 'direct',
  },
  {
    ...SURVEY,
    place: 'managedImage',
    actions: [`${COMPUTE}/images/read`],
    for: 'survey: the managed image that is the source',
  },
];
