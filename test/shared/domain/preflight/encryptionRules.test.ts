/** What is said of encrypted disks and their keys, as a user reads it. */
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Disk, Machine } from '../../../../shared/domain/machine';
import { diskKeyRules } from '../../../../shared/domain/preflight/diskKeyRules';
import { encryptionRules } from '../../../../shared/domain/preflight/encryptionRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';
import { dataDiskUnread, vmUnread } from './unread';

const { VM, SUBSCRIPTION, OTHER_SUBSCRIPTION, there, forbidden } = given;
const SUBJECT = 'source.virtualMachineId';

const vm = (changes: Partial<Machine>): BuildFacts => given.facts({ machine: there(given.machine(changes)) });
const disks = (os: Partial<Disk>, data: Partial<Disk> = {}): BuildFacts =>
  given.facts({ disks: [there(given.osDisk(os)), there(given.disk('data-a', data))] });

const set = (subscription = SUBSCRIPTION): string =>
  given.id('rg-keys', 'Microsoft.Compute/diskEncryptionSets/set-a', subscription);
const keyed = (diskEncryptionSetId?: string): Partial<Disk> => ({
  encryption: {
    type: 'EncryptionAtRestWithCustomerKey',
    ...(diskEncryptionSetId === undefined ? {} : { diskEncryptionSetId }),
  },
});
const regions = (...names: readonly string[]) => given.request({ image: { regions: names.map((name) => ({ name })) } });

const needsKey = (name: string, disk: string, by: string): Said => [
  SUBJECT,
  `The ${name} (${given.diskId(disk)}) is encrypted with a customer-managed key${by}: it is copied only in its own region and subscription, and only while the key can be used.`,
];
const keyElsewhere = (name: string, disk: string): Said => [
  SUBJECT,
  `The ${name} (${given.diskId(disk)}) is encrypted with a customer-managed key of subscription ${OTHER_SUBSCRIPTION}, but the gallery is in subscription ${SUBSCRIPTION}.`,
];

testRules(diskKeyRules, {
  DiskEncrypted: {
    pass: [
      { when: 'nothing says so' },
      { when: 'an extension does something else', facts: vm({ extensions: [{ name: 'a', type: 'AzureDiskBackup' }] }) },
    ],
    fail: [
      {
        when: 'the OS disk and a data disk say so',
        facts: disks({ diskEncryption: true }, { diskEncryption: true }),
        says: [
          [SUBJECT, `The OS disk (${given.diskId('os')}) says that Azure Disk Encryption encrypts it.`],
          [SUBJECT, `The data disk at LUN 0 (${given.diskId('data-a')}) says that Azure Disk Encryption encrypts it.`],
        ],
      },
      {
        when: 'the VM says so of its OS disk',
        facts: vm({ osDisk: { ...given.machine().osDisk, diskEncryption: true } }),
        says: [[SUBJECT, `The VM ${VM} says that Azure Disk Encryption encrypts its OS disk.`]],
      },
      {
        when: 'an extension does it',
        facts: vm({ extensions: [{ name: 'ade', type: 'AzureDiskEncryptionForLinux' }] }),
        says: [[SUBJECT, `The VM extension ade (type AzureDiskEncryptionForLinux) encrypts disks of ${VM}.`]],
      },
    ],
    unknown: [vmUnread, dataDiskUnread],
  },
  CustomerManagedKey: {
    pass: [
      { when: 'the platform holds the keys' },
      {
        when: 'a disk does not say',
        facts: given.facts({ disks: [there(without(given.osDisk(), 'encryption'))] }),
      },
    ],
    fail: [
      {
        when: 'two disks have such a key, one of them beside that of the platform',
        facts: disks(keyed(set()), { encryption: { type: 'EncryptionAtRestWithPlatformAndCustomerKeys' } }),
        says: [
          needsKey('OS disk', 'os', ` of disk encryption set ${set()}`),
          needsKey('data disk at LUN 0', 'data-a', ''),
        ],
      },
    ],
    unknown: [vmUnread, dataDiskUnread],
  },
  CustomerManagedKeyElsewhere: {
    pass: [
      {
        when: 'the platform holds the keys, and the image goes to two regions',
        request: regions('westeurope', 'uksouth'),
      },
      { when: 'set and gallery are in one subscription, and there is one region', facts: disks(keyed(set())) },
      { when: 'the subscription is in other case', facts: disks(keyed(set().toUpperCase())) },
      {
        when: 'one region is spelt in two ways',
        request: regions('westeurope', 'West Europe'),
        facts: disks(keyed(set())),
      },
    ],
    fail: [
      {
        when: 'the set of a data disk is in another subscription',
        facts: disks(keyed(set()), keyed(set(OTHER_SUBSCRIPTION))),
        says: [keyElsewhere('data disk at LUN 0', 'data-a')],
      },
      {
        when: 'the gallery is in another subscription than the disk, which names no set',
        request: given.request({
          image: { galleryId: given.id('rg', 'Microsoft.Compute/galleries/g', OTHER_SUBSCRIPTION) },
        }),
        facts: disks(keyed()),
        says: [
          [
            SUBJECT,
            `The OS disk (${given.diskId('os')}) is encrypted with a customer-managed key of subscription ${SUBSCRIPTION}, but the gallery is in subscription ${OTHER_SUBSCRIPTION}.`,
          ],
        ],
      },
      {
        when: 'the image goes to two regions',
        request: regions('westeurope', 'uksouth'),
        facts: disks(keyed(set()), keyed(set())),
        says: [
          [
            'image.regions',
            'The image goes to westeurope, uksouth, but its source is encrypted with a customer-managed key (OS disk, data disk at LUN 0): each region needs a disk encryption set of its own, and the request names none for westeurope, uksouth.',
          ],
        ],
      },
      {
        when: 'VM and Batch account are in two regions, and no region is stated',
        facts: {
          ...disks(keyed(set())),
          account: there(given.account({ location: 'North Europe' })),
        },
        says: [
          [
            'image.regions',
            'The image goes to westeurope, northeurope, but its source is encrypted with a customer-managed key (OS disk): each region needs a disk encryption set of its own, and the request names none for westeurope, northeurope.',
          ],
        ],
      },
    ],
    unknown: [
      vmUnread,
      dataDiskUnread,
      {
        when: 'the account may not be read',
        facts: given.facts({ account: forbidden }),
        says: ['pool.batchAccountId', given.couldNotCheck(`Batch account ${given.ACCOUNT}`)],
        severity: 'refuse',
      },
    ],
  },
});

it('of a usual VM, the rules on encryption and security say nothing', () => {
  expect(preflight(given.aCase(), encryptionRules)).toEqual([]);
});
