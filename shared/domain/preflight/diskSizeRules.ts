/** Rules on the sizes of the VM's disks, one by one and together. */
import { disksWithNames, found, osDiskOf } from '../facts';
import { notForManagedImage } from '../layout';
import { ADVISED_DATA_DISK_GB, MAX_DATA_DISK_GB, MAX_IMAGE_GB, MAX_MANAGED_IMAGE_DISK_GB } from '../limits';
import type { Case, Remark, Rule } from './rule';

const SUBJECT = 'source.virtualMachineId';

const OS_DISK = 'OS disk';

/** Data disks of more than `overGb` and of at most `upToGb`. */
const dataDisksOf = ({ facts }: Case, overGb: number, upToGb = Number.POSITIVE_INFINITY) =>
  disksWithNames(facts).filter(({ name, disk }) => name !== OS_DISK && disk.sizeGb > overGb && disk.sizeGb <= upToGb);

const tooLarge = (given: Case): readonly Remark[] =>
  dataDisksOf(given, MAX_DATA_DISK_GB).map(({ name, disk }) => ({
    subject: SUBJECT,
    message: `The ${name} (${disk.id}) has ${disk.sizeGb} GB; a gallery takes data disks of at most ${MAX_DATA_DISK_GB} GB.`,
  }));

const large = (given: Case): readonly Remark[] =>
  dataDisksOf(given, ADVISED_DATA_DISK_GB, MAX_DATA_DISK_GB).map(({ name, disk }) => ({
    subject: SUBJECT,
    message: `The ${name} (${disk.id}) has ${disk.sizeGb} GB. One page of Azure allows data disks of an image up to ${ADVISED_DATA_DISK_GB} GB, another up to ${MAX_DATA_DISK_GB} GB.`,
  }));

function imageTooLarge({ facts }: Case): readonly Remark[] {
  const sizeGb = disksWithNames(facts).reduce((sum, { disk }) => sum + disk.sizeGb, 0);
  if (sizeGb <= MAX_IMAGE_GB) return [];
  return [
    {
      subject: SUBJECT,
      message: `The disks of the VM have ${sizeGb} GB together; an image version that is replicated in full has at most ${MAX_IMAGE_GB} GB.`,
    },
  ];
}

/** True when the image is known to be made by way of a managed image. */
function goesByManagedImage({ request, facts }: Case): boolean {
  if (request.image.route !== undefined) return request.image.route === 'gallery';
  return found(facts.machine) !== undefined && osDiskOf(facts) !== undefined && notForManagedImage(facts) === undefined;
}

function tooLargeForManagedImage(given: Case): readonly Remark[] {
  if (!goesByManagedImage(given)) return [];
  return disksWithNames(given.facts)
    .filter(
      ({ name, disk }) =>
        disk.sizeGb > MAX_MANAGED_IMAGE_DISK_GB && (name === OS_DISK || disk.sizeGb <= MAX_DATA_DISK_GB),
    )
    .map(({ name, disk }) => ({
      subject: SUBJECT,
      message: `The ${name} (${disk.id}) has ${disk.sizeGb} GB; a managed image, by which route "gallery" goes, has disks of at most ${MAX_MANAGED_IMAGE_DISK_GB} GB.`,
    }));
}

export const diskSizeRules: readonly Rule[] = [
  {
    code: 'DiskTooLarge',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: "exceeds the max size 2048 supported"',
    why: 'A gallery cannot replicate larger data disks, and says so only after the copying.',
    how: `size of each data disk, at most ${MAX_DATA_DISK_GB} GB`,
    needs: ['machine', 'disks'],
    remedy: `Move the data to disks of at most ${ADVISED_DATA_DISK_GB} GB, or keep it outside of the image.`,
    check: tooLarge,
  },
  {
    code: 'DiskLarge',
    severity: 'warn',
    source: 'virtual-machines/image-version against virtual-machines/troubleshooting-shared-images',
    why: 'Pages of Azure contradict each other on how large a data disk of an image may be.',
    how: `size of each data disk, at most ${ADVISED_DATA_DISK_GB} GB`,
    needs: ['machine', 'disks'],
    remedy: `Move the data to disks of at most ${ADVISED_DATA_DISK_GB} GB to be sure.`,
    check: large,
  },
  {
    code: 'ImageTooLarge',
    severity: 'refuse',
    source: 'virtual-machines/azure-compute-gallery, "Limits"',
    why: 'Only images that are not replicated in full may be larger, and those do not serve pools.',
    how: `sizes of all disks together, at most ${MAX_IMAGE_GB} GB`,
    needs: ['machine', 'disks'],
    remedy: 'Detach data disks from the VM, or move the data to smaller ones.',
    check: imageTooLarge,
  },
  {
    code: 'DiskTooLargeForManagedImage',
    severity: 'refuse',
    source: 'rest/api/compute/images/create-or-update, diskSizeGB',
    why: 'A managed image has smaller disks than a gallery takes; route "direct" makes none.',
    how: `size of each disk, at most ${MAX_MANAGED_IMAGE_DISK_GB} GB, when the route is "gallery" by request or by default`,
    needs: ['machine', 'disks'],
    remedy: 'Set image.route to "direct": the image version is then made from the snapshots.',
    check: tooLargeForManagedImage,
  },
];
