/** When the pool's VM size is not to be had, or the image does not run on it. */
import * as fc from 'fast-check';
import type { VmSize } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Disk } from '../../../../shared/domain/machine';
import { vmSizeRules } from '../../../../shared/domain/preflight/vmSizeRules';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';

const { there, missing, forbidden } = given;
const SUBJECT = 'pool.properties.vmSize';
const says = (message: string): readonly Said[] => [[SUBJECT, message]];

const size = (changes: Partial<VmSize>): BuildFacts => given.facts({ vmSizes: there([given.vmSize(changes)]) });
const osDisk = (disk: Partial<Disk>, changes: Partial<VmSize> = {}): BuildFacts =>
  given.facts({ vmSizes: there([given.vmSize(changes)]), disks: [there(given.osDisk(disk))] });

/** The given size, when Azure does not say this of it. */
function sizeWithout(key: Exclude<keyof VmSize, 'name' | 'family'>): BuildFacts {
  const said = given.vmSize();
  Reflect.deleteProperty(said, key);
  return given.facts({ vmSizes: there([said]) });
}

const sizesUnread = {
  when: 'VM sizes may not be listed',
  facts: given.facts({ vmSizes: forbidden }),
  says: [SUBJECT, given.couldNotCheck('VM sizes that Batch offers')] as const,
};
const machineUnread = {
  when: 'the VM may not be read',
  facts: given.facts({ machine: forbidden }),
  says: ['source.virtualMachineId', given.couldNotCheck(`VM ${given.VM}`)] as const,
  severity: 'refuse' as const,
};
const diskUnread = {
  when: 'the OS disk may not be read',
  facts: given.facts({ disks: [forbidden] }),
  says: ['source.virtualMachineId', given.couldNotCheck(`disk ${given.diskId('os')}`)] as const,
  severity: 'refuse' as const,
};

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(given.STARTED_AT_MS + days * DAY_MS).toISOString();
const withSecurity = (securityType: string) =>
  given.request({
    pool: {
      properties: given.poolProperties({
        deploymentConfiguration: { virtualMachineConfiguration: { securityProfile: { securityType } } },
      }),
    },
  });
const withPoolDisks = (count: number) =>
  given.request({
    pool: {
      properties: given.poolProperties({
        deploymentConfiguration: {
          virtualMachineConfiguration: { dataDisks: Array.from({ length: count }, (_, lun) => ({ lun: 40 + lun })) },
        },
      }),
    },
  });
const definitionWith = (...diskControllers: readonly string[]): BuildFacts => ({
  ...osDisk({ diskControllers: ['SCSI', 'NVMe'] }, { diskControllers: ['NVMe'] }),
  definition: there(given.definition({ diskControllers })),
});

testRules(vmSizeRules, {
  VmSizeNotOffered: {
    pass: [{ when: 'it is offered, in another case of letters' }],
    fail: [
      {
        when: 'Batch does not list it',
        facts: given.facts({ vmSizes: there([]) }),
        says: says(
          'Azure Batch does not offer the VM size STANDARD_D4DS_V5 in the region of the Batch account (westeurope).',
        ),
      },
      {
        when: 'the account may not be read either',
        facts: given.facts({ vmSizes: there([]), account: forbidden }),
        says: says('Azure Batch does not offer the VM size STANDARD_D4DS_V5 in the region of the Batch account.'),
      },
    ],
    unknown: [sizesUnread],
  },
  VmSizeSupportEnded: {
    pass: [
      { when: 'no end is known' },
      { when: 'it ends tomorrow', facts: size({ supportEndsOn: inDays(1) }) },
      { when: 'the end is no date', facts: size({ supportEndsOn: 'soon' }) },
    ],
    fail: [
      {
        when: 'it ends now',
        facts: size({ supportEndsOn: inDays(0) }),
        says: says('Azure Batch stopped supporting the VM size STANDARD_D4DS_V5 on 2026-03-04.'),
      },
    ],
    unknown: [sizesUnread],
  },
  VmSizeSupportEnds: {
    pass: [
      { when: 'no end is known' },
      { when: 'it ends in more than 180 days', facts: size({ supportEndsOn: inDays(180.1) }) },
      { when: 'it has ended', facts: size({ supportEndsOn: inDays(0) }) },
    ],
    fail: [
      {
        when: 'it ends in 180 days',
        facts: size({ supportEndsOn: inDays(180) }),
        says: says('Azure Batch supports the VM size STANDARD_D4DS_V5 until 2026-08-31 only.'),
      },
    ],
    unknown: [sizesUnread],
  },
  VmFamilyRetired: {
    pass: [
      { when: 'the series stays' },
      { when: 'the series has a newer one of nearly the same name', facts: size({ family: 'standardLSv2Family' }) },
      { when: 'the size is not offered', facts: given.facts({ vmSizes: there([]) }) },
    ],
    fail: (
      [
        ['standardDFamily', 'D'],
        ['standardDSFamily', 'Ds'],
        ['standardDv2Family', 'Dv2'],
        ['STANDARDDSV2FAMILY', 'Dsv2'],
        ['standardLsFamily', 'Ls'],
        ['standardHBrsv2Family', 'HBv2'],
        ['standardHCSFamily', 'HC'],
        ['standardNPSFamily', 'NP'],
      ] as const
    ).map(([family, series]) => ({
      when: `the series is ${series}`,
      facts: size({ family }),
      says: says(`The VM size Standard_D4ds_v5 belongs to the ${series} series (${family}), which Azure is retiring.`),
    })),
    unknown: [sizesUnread],
  },
  NoTempDisk: {
    pass: [{ when: 'it has one' }, { when: 'it does not say', facts: sizeWithout('tempDiskMb') }],
    fail: [
      {
        when: 'it has none',
        facts: size({ tempDiskMb: 0 }),
        says: says(
          "The VM size Standard_D4ds_v5 has no temporary disk: Azure Batch puts the node's root directory on the OS disk.",
        ),
      },
    ],
    unknown: [sizesUnread],
  },
  SizeWithoutTrustedLaunch: {
    pass: [
      { when: 'the pool asks for no security type', facts: size({ trustedLaunch: false }) },
      { when: 'the size has Trusted Launch', request: withSecurity('trustedLaunch') },
      {
        when: 'the size does not say',
        request: withSecurity('trustedLaunch'),
        facts: sizeWithout('trustedLaunch'),
      },
      {
        when: 'the size is confidential',
        request: withSecurity('confidentialVM'),
        facts: size({ confidential: 'SNP' }),
      },
    ],
    fail: [
      {
        when: 'the size has no Trusted Launch',
        request: withSecurity('TrustedLaunch'),
        facts: size({ trustedLaunch: false }),
        says: says(
          "The pool's securityType is trustedLaunch, but the VM size Standard_D4ds_v5 has no Trusted Launch VMs.",
        ),
      },
      {
        when: 'the size is not confidential',
        request: withSecurity('confidentialVM'),
        says: says(
          "The pool's securityType is confidentialVM, but the VM size Standard_D4ds_v5 has no confidential VMs.",
        ),
      },
    ],
    unknown: [sizesUnread],
  },
  GenerationMismatch: {
    pass: [
      { when: 'the size has both' },
      { when: 'the size does not say', facts: sizeWithout('generations') },
      {
        when: 'a generation 1 image meets a generation 1 size',
        facts: osDisk({ hyperVGeneration: 'V1' }, { generations: ['V1'] }),
      },
    ],
    fail: [
      {
        when: 'the size boots the other only',
        facts: size({ generations: ['V1'] }),
        says: says('The image is of Hyper-V generation V2, but the VM size Standard_D4ds_v5 boots V1 only.'),
      },
    ],
    unknown: [sizesUnread, machineUnread, diskUnread],
  },
  ArchitectureMismatch: {
    pass: [{ when: 'both are x64' }, { when: 'the size does not say', facts: sizeWithout('architecture') }],
    fail: [
      {
        when: 'the image is for Arm64',
        facts: osDisk({ architecture: 'Arm64' }),
        says: says('The image is for Arm64, but the VM size Standard_D4ds_v5 is x64.'),
      },
    ],
    unknown: [sizesUnread, machineUnread, diskUnread],
  },
  DiskControllerMismatch: {
    pass: [
      { when: 'both have SCSI' },
      { when: 'the size does not say', facts: sizeWithout('diskControllers') },
      { when: 'nobody says, and the size has SCSI', facts: osDisk({ diskControllers: [] }) },
      {
        when: 'the image has both',
        facts: osDisk({ diskControllers: ['scsi', 'nvme'] }, { diskControllers: ['NVMe'] }),
      },
      { when: 'the definition has NVMe', facts: definitionWith('SCSI', 'NVMe') },
    ],
    fail: [
      {
        when: 'the size has NVMe only, and the OS disk does not say',
        facts: osDisk({ diskControllers: [] }, { diskControllers: ['NVMe'] }),
        says: says('The image boots with SCSI, but the VM size Standard_D4ds_v5 has NVMe only.'),
      },
      {
        when: 'the definition that is there does not list NVMe, as the OS disk does',
        facts: definitionWith(),
        says: says('The image boots with SCSI, but the VM size Standard_D4ds_v5 has NVMe only.'),
      },
      {
        when: 'the image has NVMe only',
        facts: osDisk({ diskControllers: ['NVMe'] }),
        says: says('The image boots with NVMe, but the VM size Standard_D4ds_v5 has SCSI only.'),
      },
    ],
    unknown: [
      sizesUnread,
      machineUnread,
      diskUnread,
      {
        when: 'the definition may not be read',
        facts: given.facts({ definition: forbidden }),
        says: ['image.name', given.couldNotCheck('image definition render')],
        severity: 'refuse',
      },
    ],
  },
  TooManyDataDisks: {
    pass: [
      { when: 'image and pool have as many as the size takes', request: withPoolDisks(6) },
      { when: 'the size does not say', request: withPoolDisks(60), facts: sizeWithout('maxDataDisks') },
    ],
    fail: [
      {
        when: 'they have one more',
        request: withPoolDisks(7),
        says: says('The image has 2 data disks and the pool adds 7, but the VM size Standard_D4ds_v5 takes at most 8.'),
      },
      {
        when: 'the image alone has more',
        facts: size({ maxDataDisks: 1 }),
        says: says('The image has 2 data disks and the pool adds 0, but the VM size Standard_D4ds_v5 takes at most 1.'),
      },
    ],
    unknown: [sizesUnread, machineUnread],
  },
});

describe('data disks', () => {
  const spoken = (ofImage: number, ofPool: number): boolean => {
    const facts = given.facts({ machine: there(given.machineWithDisks(ofImage)), definition: missing });
    const rule = vmSizeRules.find(({ code }) => code === 'TooManyDataDisks');
    return rule?.check(given.aCase({ request: withPoolDisks(ofPool), facts })).length === 1;
  };

  it('never fit when one less did not', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (ofImage, ofPool) => {
        fc.pre(spoken(ofImage, ofPool));
        expect(spoken(ofImage + 1, ofPool)).toBe(true);
        expect(spoken(ofImage, ofPool + 1)).toBe(true);
      }),
    );
  });
});
