/** Rules on the VM itself: what is installed on it, and in which state it is. */
import { found } from '../facts';
import { sourceKind } from '../source';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

/** Power states in which the VM may write to its disks; others, and states that no source names, are taken as still. */
const AT_WORK: readonly string[] = ['running', 'starting'];

function extensions(given: Case): readonly Remark[] {
  const machine = found(given.facts.machine);
  if (!machine) return [];
  return machine.extensions.map(({ name, type }) => ({
    subject: subjectOf(given),
    message: `The VM extension ${name} (type ${type}) is installed on ${machine.id}.`,
  }));
}

function running(given: Case): readonly Remark[] {
  const machine = found(given.facts.machine);
  const state = machine?.powerState?.toLowerCase();
  if (!machine || state === undefined || !AT_WORK.includes(state)) return [];
  const disks = 1 + machine.dataDisks.length;
  const risk =
    disks === 1
      ? 'what it is writing while its disk is copied may be missing in the image, or half written'
      : `its ${disks} disks are copied one by one, and the copies do not show one and the same moment`;
  return [{ subject: subjectOf(given), message: `The VM ${machine.id} is ${state}: ${risk}.` }];
}

function encryptionAtHost(given: Case): readonly Remark[] {
  const machine = found(given.facts.machine);
  if (!machine?.encryptionAtHost) return [];
  return [
    {
      subject: subjectOf(given),
      message: `The VM ${machine.id} has encryption at host, which an image does not carry: the nodes of the pool do not have it from there.`,
    },
  ];
}

export const machineRules: readonly Rule[] = [
  {
    code: 'ExtensionsInstalled',
    severity: 'refuse',
    source: 'article, point 8; batch/batch-sig-images',
    why: 'An extension that comes with the image gets in the way of the Batch node agent, and nodes become unusable.',
    how: 'extensions that the VM lists (`resources`), and those that its agent reports in the instance view',
    needs: ['machine'],
    remedy:
      'Remove each extension (az vm extension delete), install what it did by other means, and generalize the VM again.',
    check: extensions,
  },
  {
    code: 'VmRunning',
    severity: 'warn',
    source: 'virtual-machines/snapshot-copy-managed-disk; virtual-machines/image-version',
    why: 'A disk that is written to while it is copied gives an image that nobody has tested.',
    how: '`PowerState/…` among the statuses of the instance view',
    needs: ['machine'],
    remedy: 'Deallocate the VM (az vm deallocate), then send the request again.',
    appliesTo: ({ source }) => sourceKind(source) === 'virtualMachine',
    check: running,
  },
  {
    code: 'EncryptionAtHostOnSource',
    severity: 'warn',
    source: 'rest/api/compute/virtual-machines/get, securityProfile.encryptionAtHost',
    why: 'Encryption at host is a setting of a VM, not of its disks; no page says that Batch takes images of such VMs.',
    how: '`securityProfile.encryptionAtHost` of the VM',
    needs: ['machine'],
    remedy:
      'Nothing, if the nodes need it not; else set securityProfile.encryptionAtHost in the virtualMachineConfiguration of pool.properties.',
    check: encryptionAtHost,
  },
];
