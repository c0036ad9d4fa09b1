/** Rules on the VM's disks: that they can be copied, and that an image can be made of the copies. */
import { found, osDiskOf } from '../facts';
import type { AttachedDisk } from '../machine';
import { diskKindRules } from './diskKindRules';
import { diskSizeRules } from './diskSizeRules';
import { osTypeOf } from '../osType';
import { notForManagedImage } from '../route';
import { isExistingImage, sourceId, sourceNoun } from '../source';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

function unmanaged(given: Case): readonly Remark[] {
  const machine = found(given.facts.machine);
  if (!machine) return [];
  const disks: readonly { readonly name: string; readonly disk: AttachedDisk }[] = [
    { name: 'OS disk', disk: machine.osDisk },
    ...machine.dataDisks.map((disk) => ({ name: `data disk at LUN ${disk.lun}`, disk })),
  ];
  return disks
    .filter(({ disk }) => disk.diskId === undefined)
    .map(({ name, disk }) => ({
      subject: subjectOf(given),
      message: `The ${name} of ${machine.id} is not a managed disk${disk.vhdUri === undefined ? '' : ` but the blob ${disk.vhdUri}`}.`,
    }));
}

function ephemeral(given: Case): readonly Remark[] {
  const machine = found(given.facts.machine);
  if (!machine?.osDisk.ephemeral) return [];
  return [{ subject: subjectOf(given), message: `The OS disk of ${machine.id} is ephemeral: it cannot be copied.` }];
}

function managedImageImpossible({ request, facts }: Case): readonly Remark[] {
  const why = notForManagedImage(facts);
  const { route } = request.image;
  if (route === undefined || route === 'direct' || why === undefined) return [];
  return [
    {
      subject: 'image.route',
      message: `Azure makes no managed image of this ${sourceNoun(request.source)} (${why}), and route "${route}" goes by one.`,
    },
  ];
}

function osTypeUnknown(given: Case): readonly Remark[] {
  const { request, facts } = given;
  if (!osDiskOf(facts) || osTypeOf(request, facts) !== undefined) return [];
  const machine = found(facts.machine);
  const who = machine
    ? `Neither ${machine.id} nor its OS disk says`
    : `Neither ${sourceId(request.source)} nor the request says`;
  return [{ subject: subjectOf(given), message: `${who} which operating system it holds.` }];
}

export const managedDiskRules: readonly Rule[] = [
  {
    code: 'UnmanagedDisk',
    severity: 'refuse',
    source: 'article, point 7; batch/batch-custom-images',
    why: 'Only managed disks can be copied into snapshots.',
    how: '`managedDisk.id` of the OS disk and of each data disk of the VM',
    needs: ['machine'],
    remedy: 'Convert the VM to managed disks (az vm convert), then send the request again.',
    check: unmanaged,
  },
  {
    code: 'EphemeralOsDisk',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images',
    why: 'An ephemeral OS disk lives on its host and cannot be copied.',
    how: '`storageProfile.osDisk.diffDiskSettings.option` of the VM',
    needs: ['machine'],
    remedy: 'Prepare a VM whose OS disk is a managed disk.',
    check: ephemeral,
  },
  {
    code: 'NeedsRouteDirect',
    severity: 'refuse',
    source:
      'virtual-machines/capture-image-resource: Trusted Launch, Confidential and Arm64 VMs go by Compute Gallery only',
    why: 'Azure makes no managed image of such a VM; its snapshots go to the gallery directly.',
    how: '`securityProfile.securityType` of VM and OS disk and `supportedCapabilities.architecture` of the OS disk, when the request asks for route `gallery` or `managedImage`',
    needs: ['machine', 'disks'],
    remedy: 'Leave image.route out, or set it to "direct".',
    check: managedImageImpossible,
  },
  {
    code: 'OsTypeUnknown',
    severity: 'refuse',
    source: 'rest/api/compute/images/create-or-update, osType',
    why: 'An image must say which operating system it holds.',
    how: "`osType` of the OS disk or snapshot, of the VM's storage profile, or of the request's source",
    needs: ['machine', 'disks'],
    remedy:
      'Use a VM whose OS disk was made from an image, or set osType on the disk; of a snapshot or a loose disk, state source.osType.',
    appliesTo: ({ source }) => !isExistingImage(source),
    check: osTypeUnknown,
  },
];

export const diskRules: readonly Rule[] = [...managedDiskRules, ...diskKindRules, ...diskSizeRules];
