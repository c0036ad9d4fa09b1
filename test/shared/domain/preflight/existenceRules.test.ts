/** When a pool that is there is not the one that is asked for, and when a definition that is there will not do. */
import type { BuildFacts, ExistingPool } from '../../../../shared/domain/facts';
import { fingerprint, TAG } from '../../../../shared/domain/names';
import { preflight, RULES } from '../../../../shared/domain/preflight/preflight';
import * as given from '../../../given/build';

const { there, missing, forbidden } = given;
const ruleOf = (code: string) => RULES.filter((rule) => rule.code === code);

const mark = { [TAG.fingerprint]: fingerprint(given.request()) };
/** The pool that the given request made, and its image version. */
const built = (changes: Partial<ExistingPool> = {}): BuildFacts => ({
  ...given.facts({ pool: there(given.existingPool({ metadata: mark, ...changes })) }),
  poolImage: there({ id: `${given.DEFINITION}/versions/2025.101.1` }),
});

/** The pool that the given request made, with what is wrong with it now, and why it is then in the way. */
const NOT_THE_POOL: readonly { label: string; facts: BuildFacts; why: string }[] = [
  { label: 'is being deleted', facts: built({ deleting: true }), why: 'it is being deleted' },
  { label: 'lost its image version', facts: { ...built(), poolImage: missing }, why: 'its image version is gone' },
  {
    label: 'runs on a version that may not be read',
    facts: { ...built(), poolImage: forbidden },
    why: 'the app may not read its image version',
  },
  {
    label: 'runs on no version of a gallery',
    facts: given.facts({ pool: built().pool }),
    why: 'it does not run on an image version',
  },
  {
    label: 'waits for nodes',
    facts: built({ sighting: { state: 'underway', progress: '7 of 16 nodes' } }),
    why: 'it has not all of its nodes (7 of 16 nodes)',
  },
  {
    label: 'waits for nobody knows what',
    facts: built({ sighting: { state: 'underway' } }),
    why: 'it has not all of its nodes (resizing)',
  },
  {
    label: 'got no nodes',
    facts: built({
      sighting: { state: 'failed', code: 'AllocationFailed', message: 'The pool is steady at 3 of 4 nodes' },
    }),
    why: 'The pool is steady at 3 of 4 nodes',
  },
];

describe.each(NOT_THE_POOL)('a pool that the same request made, and that $label', ({ facts, why }) => {
  it('is in the way', () => {
    expect(preflight({ request: given.request(), facts }, ruleOf('PoolExists'))).toMatchObject([
      {
        subject: 'pool.name',
        message: `The pool ${given.POOL} exists already, on ${given.DEFINITION}/versions/2025.101.1; ${why}.`,
      },
    ]);
  });
});

it('a pool that the same wish made is taken as it is, whoever asks now, and for what', () => {
  const request = given.request({ requestId: 'other', mode: 'plan', keepOnFailure: true });
  expect(preflight({ request, facts: built() }, ruleOf('PoolExists'))).toEqual([]);
});

/** What the rule says of a definition that is there. */
const messagesOf = (facts: BuildFacts): readonly string[] =>
  preflight({ request: given.request(), facts }, ruleOf('DefinitionDiffers')).map(({ message }) => message);

describe('the SecurityType of a definition', () => {
  const facts = (has: string | undefined, disk: string | undefined): BuildFacts =>
    given.facts({
      definition: there(given.definition(has === undefined ? {} : { security: has })),
      disks: [there(given.osDisk(disk === undefined ? {} : { securityType: disk }))],
    });

  it.each([
    { has: undefined, disk: undefined },
    { has: undefined, disk: 'Standard' },
    { has: 'Standard', disk: undefined },
    { has: 'TrustedLaunchSupported', disk: undefined },
    { has: 'TrustedLaunchSupported', disk: 'Standard' },
    { has: 'ConfidentialVMSupported', disk: 'Standard' },
    { has: 'TrustedLaunchAndConfidentialVmSupported', disk: 'Standard' },
    { has: 'TrustedLaunchSupported', disk: 'TrustedLaunch' },
    { has: 'TrustedLaunchAndConfidentialVmSupported', disk: 'TrustedLaunch' },
    { has: 'TrustedLaunch', disk: 'TrustedLaunch' },
    { has: 'ConfidentialVMSupported', disk: 'ConfidentialVM_DiskEncryptedWithPlatformKey' },
    { has: 'ConfidentialVM', disk: 'ConfidentialVM_DiskEncryptedWithPlatformKey' },
  ])('$has will do for a disk with $disk', ({ has, disk }) => {
    expect(messagesOf(facts(has, disk))).toEqual([]);
  });

  it.each([
    { has: undefined, disk: 'TrustedLaunch', told: 'Standard', needs: 'TrustedLaunchSupported' },
    { has: 'Standard', disk: 'TrustedLaunch', told: 'Standard', needs: 'TrustedLaunchSupported' },
    {
      has: 'Standard',
      disk: 'ConfidentialVM_DiskEncryptedWithPlatformKey',
      told: 'Standard',
      needs: 'ConfidentialVMSupported',
    },
    { has: 'TrustedLaunch', disk: undefined, told: 'TrustedLaunch', needs: 'Standard' },
    { has: 'ConfidentialVM', disk: 'Standard', told: 'ConfidentialVM', needs: 'Standard' },
  ])('$has will not do for a disk with $disk', ({ has, disk, told, needs }) => {
    expect(messagesOf(facts(has, disk))).toEqual([
      `The image definition render has SecurityType ${told}, but the VM's OS disk has ${needs}.`,
    ]);
  });
});

describe('the purchase plan of a definition', () => {
  const plan = (name: string) => ({ purchasePlan: { name, publisher: 'vendor', product: 'renderer' } });
  it.each([
    { label: 'the same', has: plan('pro'), needs: plan('pro'), told: undefined },
    { label: 'none', has: {}, needs: plan('pro'), told: ['none', 'vendor/renderer/pro'] },
    { label: 'one too many', has: plan('pro'), needs: {}, told: ['vendor/renderer/pro', 'none'] },
    { label: 'another', has: plan('free'), needs: plan('pro'), told: ['vendor/renderer/free', 'vendor/renderer/pro'] },
  ])('is compared with that of the disk: $label', ({ has, needs, told }) => {
    const definition = there(given.definition(has));
    const facts = given.facts({ definition, disks: [there(given.osDisk(needs))] });
    const [first = '', second = ''] = told ?? [];
    const message = `The image definition render has purchase plan ${first}, but the VM's OS disk has ${second}.`;
    expect(messagesOf(facts)).toEqual(told === undefined ? [] : [message]);
  });
});
