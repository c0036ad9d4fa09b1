/** Rules on the sizes of the VM's disks, one by one and together. */
import { disksWithNames, osDiskOf, type BuildFacts } from '../facts';
import { ADVISED_DATA_DISK_GB, MAX_DATA_DISK_GB, MAX_IMAGE_GB, MAX_MANAGED_IMAGE_DISK_GB } from '../limits';
import type { Disk } from '../machine';
import { publishes, routeOf } from '../route';
import { isExistingImage, sourceKind } from '../source';
import { nounOf, subjectOf, type Case, type Remark, type Rule } from './rule';

type SizedDisk = { readonly name: string; readonly disk: Disk; readonly sizeGb: number };

/** Disks whose size is known; that of a VHD is not. */
const sized = (facts: BuildFacts): readonly SizedDisk[] =>
  disksWithNames(facts).flatMap(({ name, disk }) =>
    disk.sizeGb === undefined ? [] : [{ name, disk, sizeGb: disk.sizeGb }],
  );

const OS_DISK = 'OS disk';

/** Data disks of more than `overGb` and of at most `upToGb`. */
const dataDisksOf = ({ facts }: Case, overGb: number, upToGb = Number.POSITIVE_INFINITY) =>
  sized(facts).filter(({ name, sizeGb }) => name !== OS_DISK && sizeGb > overGb && sizeGb <= upToGb);

const tooLarge = (given: Case): readonly Remark[] =>
  dataDisksOf(given, MAX_DATA_DISK_GB).map(({ name, disk, sizeGb }) => ({
    subject: subjectOf(given),
    message: `The ${name} (${disk.id}) has ${sizeGb} GB; a gallery takes data disks of at most ${MAX_DATA_DISK_GB} GB.`,
  }));

const large = (given: Case): readonly Remark[] =>
  dataDisksOf(given, ADVISED_DATA_DISK_GB, MAX_DATA_DISK_GB).map(({ name, disk, sizeGb }) => ({
    subject: subjectOf(given),
    message: `The ${name} (${disk.id}) has ${sizeGb} GB. One page of Azure allows data disks of an image up to ${ADVISED_DATA_DISK_GB} GB, another up to ${MAX_DATA_DISK_GB} GB.`,
  }));

function imageTooLarge(given: Case): readonly Remark[] {
  const sizeGb = sized(given.facts).reduce((sum, disk) => sum + disk.sizeGb, 0);
  if (sizeGb <= MAX_IMAGE_GB || given.request.image.replicationMode === 'Shallow') return [];
  return [
    {
      subject: subjectOf(given),
      message: `The disks of the ${nounOf(given)} have ${sizeGb} GB together; an image version that is replicated in full has at most ${MAX_IMAGE_GB} GB.`,
    },
  ];
}

/** True when the build makes a managed image. */
const makesManagedImage = ({ request, facts }: Case): boolean =>
  ['gallery', 'managedImage'].includes(routeOf(request, facts)) && sourceKind(request.source) !== 'managedImage';

function tooLargeForManagedImage(given: Case): readonly Remark[] {
  if (!makesManagedImage(given) || !osDiskOf(given.facts)) return [];
  return sized(given.facts)
    .filter(
      ({ name, sizeGb }) => sizeGb > MAX_MANAGED_IMAGE_DISK_GB && (name === OS_DISK || sizeGb <= MAX_DATA_DISK_GB),
    )
    .map(({ name, disk, sizeGb }) => ({
      subject: subjectOf(given),
      message: `The ${name} (${disk.id}) has ${sizeGb} GB; a managed image, by which route "${given.request.image.route ?? 'gallery'}" goes, has disks of at most ${MAX_MANAGED_IMAGE_DISK_GB} GB.`,
    }));
}

const sizeUnknown = (given: Case): readonly Remark[] =>
  disksWithNames(given.facts)
    .filter(({ disk }) => disk.sizeGb === undefined)
    .map(({ name, disk }) => ({
      subject: subjectOf(given),
      message: `How large the ${name} (${disk.id}) is could not be read, so its size was not checked.`,
    }));

export const diskSizeRules: readonly Rule[] = [
  {
    code: 'DiskTooLarge',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: "exceeds the max size 2048 supported"',
    why: 'A gallery cannot replicate larger data disks, and says so only after the copying.',
    how: `size of each data disk, at most ${MAX_DATA_DISK_GB} GB`,
    needs: ['machine', 'disks'],
    remedy: `Move the data to disks of at most ${ADVISED_DATA_DISK_GB} GB, or keep it outside of the image.`,
    appliesTo: publishes,
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
    appliesTo: publishes,
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
    appliesTo: publishes,
    check: imageTooLarge,
  },
  {
    code: 'DiskTooLargeForManagedImage',
    severity: 'refuse',
    source: 'rest/api/compute/images/create-or-update, diskSizeGB',
    why: 'A managed image has smaller disks than a gallery takes; route "direct" makes none.',
    how: `size of each disk, at most ${MAX_MANAGED_IMAGE_DISK_GB} GB, when the request asks for route "gallery" or "managedImage"; left to itself the app takes "direct"`,
    needs: ['machine', 'disks'],
    remedy: 'Set image.route to "direct": the image version is then made from the snapshots.',
    check: tooLargeForManagedImage,
  },
  {
    code: 'DiskSizeUnknown',
    severity: 'note',
    state: 'unknown',
    source: 'virtual-machines/azure-compute-gallery, "Limits"; rest/api/compute/images/create-or-update, diskSizeGB',
    why: 'Azure Resource Manager does not tell how large a VHD is; a disk that is too large fails half-way.',
    how: 'size of each disk, where it is told',
    needs: [],
    remedy: `See that each VHD has at most ${MAX_MANAGED_IMAGE_DISK_GB} GB, or use route "direct", and all together at most ${MAX_IMAGE_GB} GB.`,
    appliesTo: ({ source }) => !isExistingImage(source),
    check: sizeUnknown,
  },
];
