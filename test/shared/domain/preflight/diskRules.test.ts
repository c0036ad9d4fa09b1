/** Whether the VM's disks can be copied, and an image be made of the copies, as a user reads it. */
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Machine } from '../../../../shared/domain/machine';
import { diskRules, managedDiskRules } from '../../../../shared/domain/preflight/diskRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules } from './ruleTable';
import { osDiskUnread, vmUnread } from './unread';

const { VM, there } = given;
const SUBJECT = 'source.virtualMachineId';

const vm = (changes: Partial<Machine>): BuildFacts => given.facts({ machine: there(given.machine(changes)) });
const gallery = given.request({ image: { route: 'gallery' } });
const impossible = (why: string) =>
  ['image.route', `Azure makes no managed image of this VM (its ${why}), and route "gallery" goes by one.`] as const;
const osDisk = without(given.machine().osDisk, 'osType');

testRules(managedDiskRules, {
  UnmanagedDisk: {
    pass: [{ when: 'all disks are managed' }],
    fail: [
      {
        when: 'the OS disk is a blob',
        facts: vm({
          osDisk: { vhdUri: 'https://st.blob.core.windows.net/vhds/os.vhd', ephemeral: false, diskEncryption: false },
        }),
        says: [
          [
            SUBJECT,
            `The OS disk of ${VM} is not a managed disk but the blob https://st.blob.core.windows.net/vhds/os.vhd.`,
          ],
        ],
      },
      {
        when: 'two data disks are not managed, of which one is known to be a blob',
        facts: vm({
          dataDisks: [
            { lun: 0, diskId: given.diskId('data-a') },
            { lun: 3, vhdUri: 'https://st.blob.core.windows.net/vhds/d.vhd' },
            { lun: 7 },
          ],
        }),
        says: [
          [
            SUBJECT,
            `The data disk at LUN 3 of ${VM} is not a managed disk but the blob https://st.blob.core.windows.net/vhds/d.vhd.`,
          ],
          [SUBJECT, `The data disk at LUN 7 of ${VM} is not a managed disk.`],
        ],
      },
    ],
    unknown: [vmUnread],
  },
  EphemeralOsDisk: {
    pass: [{ when: 'the OS disk is a disk of its own' }],
    fail: [
      {
        when: 'the OS disk lives on the host',
        facts: vm({ osDisk: { ...given.machine().osDisk, ephemeral: true } }),
        says: [[SUBJECT, `The OS disk of ${VM} is ephemeral: it cannot be copied.`]],
      },
    ],
    unknown: [vmUnread],
  },
  NeedsRouteDirect: {
    pass: [
      { when: 'a managed image can be made', request: gallery },
      { when: 'the VM says that its security is standard', request: gallery, facts: vm({ securityType: 'Standard' }) },
      { when: 'the route is left to the app', facts: vm({ securityType: 'TrustedLaunch' }) },
      {
        when: 'the route is direct',
        request: given.request({ image: { route: 'direct' } }),
        facts: vm({ securityType: 'TrustedLaunch' }),
      },
    ],
    fail: [
      {
        when: 'the VM has Trusted Launch',
        request: gallery,
        facts: vm({ securityType: 'TrustedLaunch' }),
        says: [impossible('security type is TrustedLaunch')],
      },
      {
        when: 'the OS disk alone tells that it is confidential',
        request: gallery,
        facts: given.facts({
          disks: [there(given.osDisk({ securityType: 'ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey' }))],
        }),
        says: [impossible('security type is ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey')],
      },
      {
        when: 'the OS disk is for Arm64',
        request: gallery,
        facts: given.facts({ disks: [there(given.osDisk({ architecture: 'Arm64' }))] }),
        says: [impossible('architecture is Arm64')],
      },
    ],
    unknown: [vmUnread, osDiskUnread],
  },
  OsTypeUnknown: {
    pass: [
      { when: 'the disk says it', facts: vm({ osDisk }) },
      { when: 'the VM alone says it', facts: given.facts({ disks: [there(given.disk('os'))] }) },
    ],
    fail: [
      {
        when: 'neither says it',
        facts: given.facts({ machine: there(given.machine({ osDisk })), disks: [there(given.disk('os'))] }),
        says: [[SUBJECT, `Neither ${VM} nor its OS disk says which operating system it holds.`]],
      },
    ],
    unknown: [vmUnread, osDiskUnread],
  },
});

it('of the disks of a usual VM, the rules say nothing', () => {
  expect(preflight(given.aCase(), diskRules)).toEqual([]);
});
