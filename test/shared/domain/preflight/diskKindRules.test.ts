/** What is said of the kind of the VM's disks, as a user reads it. */
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Disk } from '../../../../shared/domain/machine';
import { diskKindRules } from '../../../../shared/domain/preflight/diskKindRules';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';
import { dataDiskUnread, vmUnread } from './unread';

const { there } = given;
const SUBJECT = 'source.virtualMachineId';

/** OS disk and first data disk with these properties; the second data disk as usual. */
const disks = (os: Partial<Disk>, data: Partial<Disk> = {}): BuildFacts =>
  given.facts({ disks: [there(given.osDisk(os)), there(given.disk('data-a', data))] });

const ofOs = (says: string): Said => [SUBJECT, `The OS disk (${given.diskId('os')}) ${says}.`];
const ofData = (says: string): Said => [SUBJECT, `The data disk at LUN 0 (${given.diskId('data-a')}) ${says}.`];

const unknown = [vmUnread, dataDiskUnread];

const withData = (...luns: readonly number[]): BuildFacts =>
  given.facts({
    machine: there(given.machine({ dataDisks: luns.map((lun) => ({ lun, diskId: given.diskId(`data-${lun}`) })) })),
  });

const withoutStartTask = given.request({ pool: { properties: given.poolProperties({ startTask: undefined }) } });

const unnamedSku = without(given.disk('data-a'), 'sku');

testRules(diskKindRules, {
  UnsupportedDiskType: {
    pass: [
      ...['Standard_LRS', 'StandardSSD_ZRS', 'Premium_ZRS'].map((sku) => ({
        when: `all are ${sku}`,
        facts: disks({ sku }, { sku }),
      })),
      { when: 'a disk does not say', facts: given.facts({ disks: [there(given.osDisk()), there(unnamedSku)] }) },
    ],
    fail: [
      {
        when: 'the OS disk is Premium SSD v2 and a data disk is Ultra',
        facts: disks({ sku: 'PremiumV2_LRS' }, { sku: 'UltraSSD_LRS' }),
        says: [
          ofOs('is a Premium SSD v2 disk (PremiumV2_LRS), which a gallery image cannot hold'),
          ofData('is an Ultra disk (UltraSSD_LRS), which a gallery image cannot hold'),
        ],
      },
    ],
    unknown,
  },
  SectorSize4096: {
    pass: [{ when: 'it is not said' }, { when: 'they have 512 bytes', facts: disks({}, { logicalSectorBytes: 512 }) }],
    fail: [
      {
        when: 'a data disk has 4,096 bytes',
        facts: disks({}, { logicalSectorBytes: 4096 }),
        says: [ofData('has sectors of 4096 bytes; an image holds disks with sectors of 512 bytes')],
      },
    ],
    unknown,
  },
  SharedDisk: {
    pass: [{ when: 'it is not said' }, { when: 'it is for one VM', facts: disks({}, { maxShares: 1 }) }],
    fail: [
      {
        when: 'it is for two VMs',
        facts: disks({}, { maxShares: 2 }),
        says: [ofData('may be attached to 2 VMs at once, and another VM may be writing to it')],
      },
    ],
    unknown,
  },
  DiskNetworkAccess: {
    pass: [
      { when: 'it is not said' },
      {
        when: 'all or private networks have access',
        facts: disks({ networkAccessPolicy: 'AllowAll' }, { networkAccessPolicy: 'AllowPrivate' }),
      },
    ],
    fail: [
      {
        when: 'nobody has access',
        facts: disks({ networkAccessPolicy: 'DenyAll' }),
        says: [ofOs('has network access policy DenyAll, and no page says whether Azure still copies it into an image')],
      },
    ],
    unknown,
  },
  DataDisksNeedMounting: {
    pass: [
      { when: 'the VM has data disks, and the pool a start task' },
      { when: 'neither has any', request: withoutStartTask, facts: withData() },
    ],
    fail: [
      {
        when: 'the VM has two data disks',
        request: withoutStartTask,
        says: [
          [
            'pool.properties.startTask',
            'Each node gets 2 data disks from the image, and the pool has no start task that could mount them.',
          ],
        ],
      },
      {
        when: 'the VM has one',
        request: withoutStartTask,
        facts: withData(3),
        says: [
          [
            'pool.properties.startTask',
            'Each node gets a data disk from the image, and the pool has no start task that could mount it.',
          ],
        ],
      },
    ],
    unknown: [vmUnread],
  },
});
