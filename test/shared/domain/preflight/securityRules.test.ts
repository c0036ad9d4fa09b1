/** What is said of the security types of OS disk, definition and pool, as a user reads it. */
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { Disk } from '../../../../shared/domain/machine';
import type { ImageDefinition } from '../../../../shared/domain/gallery';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { securityRules } from '../../../../shared/domain/preflight/securityRules';
import type { BuildRequest } from '../../../../shared/domain/request';
import { securityFeature } from '../../../../shared/domain/securityFeature';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';
import { osDiskUnread, vmUnread } from './unread';

const { there, forbidden } = given;
const CONFIGURATION = 'pool.properties.deploymentConfiguration.virtualMachineConfiguration';
const TYPE = `${CONFIGURATION}.securityProfile.securityType`;
const GUEST_STATE_ONLY = 'ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey';

const asking = (securityType: unknown, more: object = {}): BuildRequest =>
  given.request({
    pool: {
      properties: given.poolProperties({
        deploymentConfiguration: { virtualMachineConfiguration: { securityProfile: { securityType }, ...more } },
      }),
    },
  });

const disk = (changes: Partial<Disk>): BuildFacts => given.facts({ disks: [there(given.osDisk(changes))] });
const definition = (security: string, changes: Partial<ImageDefinition> = {}, os: Partial<Disk> = {}): BuildFacts => ({
  ...disk(os),
  definition: there(given.definition({ security, ...changes })),
});

const definitionUnread = {
  when: 'the definition may not be read',
  request: asking('trustedLaunch'),
  facts: given.facts({ definition: forbidden }),
  says: ['image.name', given.couldNotCheck('image definition render')],
  severity: 'refuse',
} as const;
const accountUnread = {
  when: 'the account may not be read',
  facts: given.facts({ account: forbidden }),
  says: ['pool.batchAccountId', given.couldNotCheck(`Batch account ${given.ACCOUNT}`)],
  severity: 'refuse',
} as const;

const differs = (asks: string, has: string, isFor: string): Said => [
  TYPE,
  `The pool asks for ${asks}, but the image definition render has SecurityType ${has}, which is for ${isFor} alone.`,
];

const [TL, CVM] = ['trustedLaunch', 'confidentialVM'];
const FITS: readonly (readonly [feature: string, asked: string | undefined])[] = [
  ['Standard', undefined],
  ['TrustedLaunchSupported', undefined],
  ['TrustedLaunchSupported', TL],
  ['TrustedLaunch', TL],
  ['TrustedLaunch', 'TrustedLaunch'],
  ['ConfidentialVMSupported', undefined],
  ['ConfidentialVMSupported', CVM],
  ['ConfidentialVM', CVM],
  ['TrustedLaunchAndConfidentialVmSupported', undefined],
  ['TrustedLaunchAndConfidentialVMSupported', TL],
  ['TrustedLaunchAndConfidentialVmSupported', CVM],
  ['SomethingNew', TL],
];

testRules(securityRules, {
  PoolSecurityMismatch: {
    pass: [
      { when: 'nothing special is asked of a usual VM' },
      ...FITS.map(([feature, asked]) => ({
        when: `${feature} is used with ${asked ?? 'no securityType'}`,
        request: asking(asked),
        facts: definition(feature),
      })),
      { when: 'only encryption at host is asked for', request: asking(undefined) },
      { when: 'the pool asks for what Batch does not have, or for no text', request: asking(7) },
      { when: 'the app makes the definition', request: asking(TL), facts: disk({ securityType: 'TrustedLaunch' }) },
      {
        when: 'the app makes it for a confidential VM',
        request: asking(CVM),
        facts: disk({ securityType: GUEST_STATE_ONLY }),
      },
    ],
    fail: [
      {
        when: 'the definition is for Trusted Launch only',
        facts: definition('TrustedLaunch'),
        says: [differs('no securityType', 'TrustedLaunch', 'trustedLaunch')],
      },
      {
        when: 'the definition is for confidential VMs only',
        request: asking(TL),
        facts: definition('ConfidentialVM'),
        says: [differs('securityType trustedLaunch', 'ConfidentialVM', 'confidentialVM')],
      },
      {
        when: 'the definition has no feature',
        request: asking(TL),
        facts: given.facts({ definition: there(given.definition()) }),
        says: [differs('securityType trustedLaunch', 'Standard', 'no securityType')],
      },
      {
        when: 'the definition serves two other types',
        request: asking(CVM),
        facts: definition('TrustedLaunchSupported'),
        says: [differs('securityType confidentialVM', 'TrustedLaunchSupported', 'no securityType or trustedLaunch')],
      },
      {
        when: 'the app makes the definition, of a VM with standard security',
        request: asking(TL),
        says: [differs('securityType trustedLaunch', securityFeature(undefined), 'no securityType')],
      },
      {
        when: 'the definition is of generation 1',
        request: asking(TL),
        facts: definition('TrustedLaunchSupported', { hyperVGeneration: 'V1' }),
        says: [
          [
            TYPE,
            'The pool asks for securityType trustedLaunch, but the images of render are of generation V1, and it takes V2.',
          ],
        ],
      },
      {
        when: 'the disk is of generation 1, and the app makes the definition',
        request: asking(CVM),
        facts: disk({ hyperVGeneration: 'V1' }),
        says: [
          [
            TYPE,
            'The pool asks for securityType confidentialVM, but the images of render are of generation V1, and it takes V2.',
          ],
        ],
      },
    ],
    unknown: [vmUnread, osDiskUnread, definitionUnread],
  },
  DefinitionForGuestState: {
    pass: [
      { when: 'the VM has standard security' },
      { when: 'the disk says so', facts: definition('TrustedLaunchSupported', {}, { securityType: 'Standard' }) },
      { when: 'the definition is for them', facts: definition('TrustedLaunch', {}, { securityType: 'TrustedLaunch' }) },
      {
        when: 'the definition differs anyway, which is said elsewhere',
        facts: definition('Standard', {}, { securityType: 'TrustedLaunch' }),
      },
    ],
    fail: [
      {
        when: 'the definition is for generic images, and the disk for Trusted Launch',
        facts: definition('TrustedLaunchSupported', {}, { securityType: 'TrustedLaunch' }),
        says: [
          [
            'image.name',
            `The OS disk (${given.diskId('os')}) has security type TrustedLaunch. For images from its snapshots Azure names SecurityType TrustedLaunch; the image definition render has TrustedLaunchSupported.`,
          ],
        ],
      },
      {
        when: 'the definition is for generic images, and the disk for a confidential VM',
        facts: definition('ConfidentialVMSupported', {}, { securityType: GUEST_STATE_ONLY }),
        says: [
          [
            'image.name',
            `The OS disk (${given.diskId('os')}) has security type ${GUEST_STATE_ONLY}. For images from its snapshots Azure names SecurityType ConfidentialVM; the image definition render has ConfidentialVMSupported.`,
          ],
        ],
      },
    ],
    unknown: [vmUnread, osDiskUnread, definitionUnread],
  },
  ConfidentialDisk: {
    pass: [
      { when: 'the VM is not confidential', facts: disk({ securityType: 'TrustedLaunch' }) },
      { when: 'only its guest state is encrypted', facts: disk({ securityType: GUEST_STATE_ONLY }) },
      { when: 'its firmware keeps no state', facts: disk({ securityType: 'ConfidentialVM_NonPersistedTPM' }) },
    ],
    fail: ['Platform', 'Customer'].map((holder) => ({
      when: `the disk is encrypted too, with a key of the ${holder}`,
      facts: disk({ securityType: `ConfidentialVM_DiskEncryptedWith${holder}Key` }),
      says: [
        [
          'source.virtualMachineId',
          `The OS disk (${given.diskId('os')}) is encrypted for its confidential VM alone (ConfidentialVM_DiskEncryptedWith${holder}Key).`,
        ],
      ] as const,
    })),
    unknown: [vmUnread, osDiskUnread],
  },
  ConfidentialRegions: {
    pass: [
      { when: 'there is one region', facts: disk({ securityType: GUEST_STATE_ONLY }) },
      {
        when: 'the VM is not confidential',
        facts: { ...disk({ securityType: 'TrustedLaunch' }), account: there(given.account({ location: 'uksouth' })) },
      },
    ],
    fail: [
      {
        when: 'the account is in another region than the confidential VM',
        facts: { ...disk({ securityType: GUEST_STATE_ONLY }), account: there(given.account({ location: 'uksouth' })) },
        says: [
          [
            'image.regions',
            'The image goes to westeurope, uksouth, but that of a confidential VM stays in its own region.',
          ],
        ],
      },
    ],
    unknown: [vmUnread, osDiskUnread, accountUnread],
  },
  ConfidentialEncryptionMissing: {
    pass: [
      { when: 'the pool asks for Trusted Launch', request: asking(TL) },
      {
        when: 'the pool says it',
        request: asking(CVM, {
          osDisk: { managedDisk: { securityProfile: { securityEncryptionType: 'VMGuestStateOnly' } } },
        }),
      },
    ],
    fail: [{}, { osDisk: { managedDisk: null } }].map((more) => ({
      when: `the pool says nothing of it beside ${JSON.stringify(more)}`,
      request: asking(CVM, more),
      says: [
        [
          `${CONFIGURATION}.osDisk.managedDisk.securityProfile.securityEncryptionType`,
          'The pool asks for confidential VMs, but does not say how their OS disks are encrypted.',
        ],
      ] as const,
    })),
  },
});

it.each(['TrustedLaunch', GUEST_STATE_ONLY])('a pool may ask for the security type of the VM: %s', (securityType) => {
  const request = asking(securityType.startsWith('Confidential') ? CVM : TL);
  const refused = preflight(given.aCase({ request, facts: disk({ securityType }) }), securityRules)
    .filter(({ severity, code }) => severity === 'refuse' && code !== 'ConfidentialEncryptionMissing')
    .map(({ code }) => code);
  expect(refused).toEqual([]);
});
