/** Rules on what kind of disks the VM has, and on what becomes of its data disks on the nodes. */
import { dataLunsOf, disksWithNames } from '../facts';
import type { Disk } from '../machine';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

/** Disk types that a gallery image cannot hold, by their usual names. */
const UNSUPPORTED_TYPES: Readonly<Record<string, string>> = {
  ultrassd_lrs: 'an Ultra disk',
  premiumv2_lrs: 'a Premium SSD v2 disk',
};

/** Of gallery images; Ultra and Premium SSD v2 disks may have sectors of 4,096 bytes instead. */
const SECTOR_BYTES = 512;

/** One remark for each disk of which `what` says something. */
const remarks = (given: Case, what: (disk: Disk) => string | undefined): readonly Remark[] =>
  disksWithNames(given.facts).flatMap(({ name, disk }) => {
    const said = what(disk);
    return said === undefined ? [] : [{ subject: subjectOf(given), message: `The ${name} (${disk.id}) ${said}.` }];
  });

const unsupportedType = (given: Case): readonly Remark[] =>
  remarks(given, ({ sku = '' }) => {
    const kind = UNSUPPORTED_TYPES[sku.toLowerCase()];
    return kind === undefined ? undefined : `is ${kind} (${sku}), which a gallery image cannot hold`;
  });

const largeSectors = (given: Case): readonly Remark[] =>
  remarks(given, ({ logicalSectorBytes = SECTOR_BYTES }) =>
    logicalSectorBytes > SECTOR_BYTES
      ? `has sectors of ${logicalSectorBytes} bytes; an image holds disks with sectors of ${SECTOR_BYTES} bytes`
      : undefined,
  );

const shared = (given: Case): readonly Remark[] =>
  remarks(given, ({ maxShares = 1 }) =>
    maxShares > 1 ? `may be attached to ${maxShares} VMs at once, and another VM may be writing to it` : undefined,
  );

const deniesAccess = (given: Case): readonly Remark[] =>
  remarks(given, ({ networkAccessPolicy }) =>
    networkAccessPolicy === 'DenyAll'
      ? 'has network access policy DenyAll, and no page says whether Azure still copies it into an image'
      : undefined,
  );

function notMounted({ request, facts }: Case): readonly Remark[] {
  const count = dataLunsOf(facts).length;
  if (count === 0 || request.pool.properties['startTask'] !== undefined) return [];
  const disks = count === 1 ? 'a data disk' : `${count} data disks`;
  return [
    {
      subject: 'pool.properties.startTask',
      message: `Each node gets ${disks} from the image, and the pool has no start task that could mount ${count === 1 ? 'it' : 'them'}.`,
    },
  ];
}

export const diskKindRules: readonly Rule[] = [
  {
    code: 'UnsupportedDiskType',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images; virtual-machines/disks-incremental-snapshots',
    why: 'A gallery takes Premium SSD, Standard SSD and Standard HDD disks only.',
    how: '`sku.name` of each disk',
    needs: ['machine', 'disks'],
    remedy: 'Move its content to a Premium SSD or Standard SSD disk, then send the request again.',
    check: unsupportedType,
  },
  {
    code: 'SectorSize4096',
    severity: 'refuse',
    source: 'rest/api/compute/disks/get, creationData.logicalSectorSize; virtual-machines/disks-incremental-snapshots',
    why: 'Disks with sectors of 4,096 bytes are of another format, which images do not have.',
    how: '`creationData.logicalSectorSize` of each disk',
    needs: ['machine', 'disks'],
    remedy: `Move its content to a disk with sectors of ${SECTOR_BYTES} bytes; the size of sectors cannot be changed.`,
    check: largeSectors,
  },
  {
    code: 'SharedDisk',
    severity: 'warn',
    source: 'rest/api/compute/disks/get, maxShares',
    why: 'A snapshot of a disk that several VMs write to may show a state that none of them can use.',
    how: '`maxShares` of each disk',
    needs: ['machine', 'disks'],
    remedy: 'Deallocate or detach the other VMs first, or copy the data to a disk of its own.',
    check: shared,
  },
  {
    code: 'DiskNetworkAccess',
    severity: 'warn',
    source: 'rest/api/compute/disks/get, networkAccessPolicy',
    why: 'A disk that denies all network access may not let itself be copied.',
    how: '`networkAccessPolicy` of each disk',
    needs: ['machine', 'disks'],
    remedy: 'If Azure refuses the copy, set the policy to AllowAll or AllowPrivate for the build.',
    check: deniesAccess,
  },
  {
    code: 'DataDisksNeedMounting',
    severity: 'note',
    source: 'article, point 9; batch/batch-custom-images',
    why: 'Data disks of an image are attached to each node, but nothing mounts them.',
    how: 'data disks of the source, and `startTask` of `pool.properties`',
    needs: ['machine', 'disks'],
    remedy: 'Partition and format the data disks on the VM, and mount them by LUN in a start task or at boot.',
    check: notMounted,
  },
];
