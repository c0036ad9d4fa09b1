/** Rows that leave a rule unknown: what many rules need, and the app may not read. */
import * as given from '../../../given/build';

const { there, forbidden } = given;
const VM_FIELD = 'source.virtualMachineId';

export const vmUnread = {
  when: 'the VM may not be read',
  facts: given.facts({ machine: forbidden }),
  says: [VM_FIELD, given.couldNotCheck(`VM ${given.VM}`)],
  severity: 'refuse',
} as const;

export const osDiskUnread = {
  when: 'the OS disk may not be read',
  facts: given.facts({ disks: [forbidden] }),
  says: [VM_FIELD, given.couldNotCheck(`disk ${given.diskId('os')}`)],
  severity: 'refuse',
} as const;

export const dataDiskUnread = {
  when: 'a data disk may not be read',
  facts: given.facts({ disks: [there(given.osDisk()), forbidden] }),
  says: [VM_FIELD, given.couldNotCheck(`disk ${given.diskId('data-a')}`)],
  severity: 'refuse',
} as const;
