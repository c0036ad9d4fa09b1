/** Rules on what must be there, must be readable, or must not be there yet. */
import type { ExistingPool } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { fingerprint, TAG } from '../../../../shared/domain/names';
import type { BuildRequest } from '../../../../shared/domain/request';
import { existenceRules } from '../../../../shared/domain/preflight/existenceRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import * as given from '../../../given/build';
import { without } from '../../../given/without';
import { testRules, type Said } from './ruleTable';

const { ACCOUNT, DEFINITION, GALLERY, POOL, VM, couldNotCheck, diskId, forbidden, missing, there } = given;
const ruleOf = (code: string) => existenceRules.filter((rule) => rule.code === code);

const mark = { [TAG.fingerprint]: fingerprint(given.request()) };
/** The pool that the given request made, and its image version. */
const built = (changes: Partial<ExistingPool> = {}): BuildFacts => ({
  ...given.facts({ pool: there(given.existingPool({ metadata: mark, ...changes })) }),
  poolImage: there({ id: `${given.DEFINITION}/versions/2025.101.1` }),
});

const needs = (what: string): string => `${what} (it needs ${forbidden.permission}): ${forbidden.message}`;
const outside = { read: 'outside' } as const;
const definition = (changes: Parameters<typeof given.definition>[0]): BuildFacts =>
  given.facts({ definition: there(given.definition(changes)) });

const growing = (pool: Partial<BuildRequest['pool']> = {}): BuildRequest =>
  given.request({ pool: { existing: 'grow', ...pool } });
/** A pool that another request made. */
const standing = (changes: Partial<ExistingPool> = {}): BuildFacts =>
  given.facts({ pool: there(given.existingPool(changes)) });
const cannotGrow = (why: string): Said => ['pool.name', `The pool ${POOL} cannot be grown: ${why}.`];
const sizeless = without(given.existingPool(), 'vmSize');
const builtBy = (request: BuildRequest): BuildFacts => built({ metadata: { [TAG.fingerprint]: fingerprint(request) } });

/** What keeps a pool from growing; `changes` are of the request's pool, `pool` of the one that stands. */
const CANNOT_GROW: readonly {
  readonly when: string;
  readonly why: string;
  readonly changes?: Partial<BuildRequest['pool']>;
  readonly pool?: Partial<ExistingPool>;
  readonly poolImage?: BuildFacts['poolImage'];
}[] = [
  { when: 'the pool is being deleted', why: 'it is being deleted', pool: { deleting: true } },
  {
    when: 'the request brings a formula',
    why: 'the request names no number of nodes, but a formula',
    changes: { properties: given.formulaPool() },
  },
  {
    when: 'the pool runs on another definition whose name begins alike',
    why: 'it does not run on an image of definition render',
    pool: { imageId: `${DEFINITION}-old/versions/1.0.0` },
  },
  {
    when: 'its image version is gone',
    why: 'its image version is gone, so that Azure can add no nodes to it',
    poolImage: missing,
  },
  {
    when: 'its nodes are of another size',
    why: 'its nodes are of VM size STANDARD_D2S_V3, and the request asks for STANDARD_D4DS_V5',
    pool: { vmSize: 'STANDARD_D2S_V3' },
  },
  {
    when: 'it would lose dedicated nodes',
    why: 'it is set to 16 dedicated nodes, and the request asks for 15',
    changes: { properties: given.fixedScale(15, 9) },
  },
  {
    when: 'it would lose Spot nodes',
    why: 'it is set to 4 Spot nodes, and the request asks for 0',
    changes: { properties: given.fixedScale(100) },
    pool: { targets: { dedicated: 16, spot: 4 } },
  },
];

testRules(existenceRules, {
  OutsideAllowList: {
    pass: [{ when: 'everything lies within it' }],
    fail: [
      {
        when: 'a disk of the VM lies outside',
        facts: given.facts({ disks: [there(given.osDisk()), outside] }),
        says: [
          [
            'source.virtualMachineId',
            `The disk ${diskId('data-a')} lies outside of the app's allow-list, and was not read.`,
          ],
        ],
      },
    ],
  },
  ResourceMissing: {
    pass: [{ when: 'only the definition and the pool are not there yet' }],
    fail: [
      {
        when: 'the VM is not there',
        facts: given.facts({ machine: missing }),
        says: [['source.virtualMachineId', `The VM ${VM} does not exist (Azure answered 404).`]],
      },
      {
        when: 'the second data disk is not there',
        facts: given.facts({ disks: [there(given.osDisk()), there(given.disk('data-a')), missing] }),
        says: [['source.virtualMachineId', `The disk ${diskId('data-b')} does not exist (Azure answered 404).`]],
      },
      {
        when: 'account, group and gallery are not there',
        facts: given.facts({ account: missing, imageGroup: missing, gallery: missing }),
        says: [
          ['pool.batchAccountId', `The Batch account ${ACCOUNT} does not exist (Azure answered 404).`],
          ['image.resourceGroup', 'The resource group rg-images does not exist (Azure answered 404).'],
          ['image.galleryId', `The gallery ${GALLERY} does not exist (Azure answered 404).`],
        ],
      },
    ],
  },
  NoPermission: {
    pass: [{ when: 'everything may be read' }],
    fail: [
      {
        when: 'VM, definition and pool may not be read',
        facts: given.facts({ machine: forbidden, definition: forbidden, pool: forbidden }),
        says: [
          ['source.virtualMachineId', `The app may not read the ${needs(`VM ${VM}`)}`],
          ['image.name', `The app may not read the ${needs('image definition render')}`],
          ['pool.name', `The app may not read the ${needs(`pool ${POOL}`)}`],
        ],
      },
    ],
  },
  PoolExists: {
    pass: [
      { when: 'there is no such pool' },
      { when: 'the same request made it, and it is whole', facts: built() },
      { when: 'it is to grow', request: growing(), facts: standing() },
    ],
    fail: [
      {
        when: 'another request made it',
        facts: given.facts({ pool: there(given.existingPool()) }),
        says: [
          [
            'pool.name',
            `The pool ${POOL} exists already, on ${DEFINITION}/versions/2025.101.1; another request made it.`,
          ],
        ],
      },
      {
        when: 'it has no image of its own',
        facts: given.facts({
          pool: there({
            ...{ id: POOL, metadata: {}, deleting: false, nodes: { dedicated: 0, spot: 0 } },
            sighting: { state: 'ready' },
          }),
        }),
        says: [['pool.name', `The pool ${POOL} exists already; another request made it.`]],
      },
    ],
    unknown: [
      {
        when: 'the pool may not be read',
        facts: given.facts({ pool: forbidden }),
        says: ['pool.name', couldNotCheck(`pool ${POOL}`)],
        severity: 'refuse',
      },
    ],
  },
  PoolCannotGrow: {
    pass: [
      { when: 'nobody asks for it', facts: standing({ deleting: true }) },
      { when: 'there is no pool', request: growing() },
      { when: 'the pool runs on a version of the definition', request: growing(), facts: standing() },
      {
        when: 'it is not told which size the pool has',
        request: growing(),
        facts: given.facts({ pool: there(sizeless) }),
      },
      {
        when: 'the same request made it, with a formula, and it is whole',
        request: growing({ properties: given.formulaPool() }),
        facts: builtBy(growing({ properties: given.formulaPool() })),
      },
    ],
    fail: [
      ...CANNOT_GROW.map(({ when, why, changes = {}, pool = {}, poolImage }) => ({
        when,
        request: growing(changes),
        facts: { ...standing(pool), ...(poolImage === undefined ? {} : { poolImage }) },
        says: [cannotGrow(why)],
      })),
      {
        when: 'a formula scales the pool',
        request: growing(),
        facts: given.facts({ pool: there(without(given.existingPool(), 'targets')) }),
        says: [cannotGrow('a formula decides how many nodes it has')],
      },
      {
        when: 'the pool runs on an image that is no image of a gallery',
        request: growing(),
        facts: given.facts({ pool: there(without(given.existingPool(), 'imageId')) }),
        says: [cannotGrow('it does not run on an image of definition render')],
      },
    ],
    unknown: [
      {
        when: 'the pool may not be read',
        request: growing(),
        facts: given.facts({ pool: forbidden }),
        says: ['pool.name', couldNotCheck(`pool ${POOL}`)],
        severity: 'refuse',
      },
      {
        when: 'its image version may not be read',
        request: growing(),
        facts: { ...standing(), poolImage: forbidden },
        says: ['pool.name', couldNotCheck('image of the existing pool')],
      },
    ],
  },
  DefinitionDiffers: {
    pass: [
      { when: 'there is none' },
      { when: 'it fits', facts: definition({}) },
      {
        when: 'the disk does not tell its operating system',
        facts: given.facts({ definition: there(given.definition()), disks: [there(given.disk('os'))] }),
      },
      {
        when: 'the request names its identifier in another casing',
        request: given.request({
          image: { identifier: { publisher: 'Batch-Image-Pools', offer: 'RENDER', sku: 'render' } },
        }),
        facts: definition({}),
      },
    ],
    fail: [
      {
        when: 'it is for something else in every respect',
        request: given.request({ image: { identifier: { publisher: 'studio', offer: 'render', sku: 'linux' } } }),
        facts: definition({ osType: 'Windows', osState: 'Specialized', hyperVGeneration: 'V1', architecture: 'Arm64' }),
        says: [
          ...[
            ['osType', 'Windows', 'Linux'],
            ['osState', 'Specialized', 'Generalized'],
            ['hyperVGeneration', 'V1', 'V2'],
            ['architecture', 'Arm64', 'x64'],
          ].map(
            ([what = '', has = '', wants = '']) =>
              [
                'image.name',
                `The image definition render has ${what} ${has}, but the VM's OS disk has ${wants}.`,
              ] as const,
          ),
          [
            'image.name',
            'The image definition render has identifier batch-image-pools/render/render, but the request says studio/render/linux.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the definition may not be read',
        facts: given.facts({ definition: forbidden }),
        says: ['image.name', couldNotCheck('image definition render')],
        severity: 'refuse',
      },
    ],
  },
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
    expect(preflight(given.aCase({ facts }), ruleOf('PoolExists'))).toMatchObject([
      {
        subject: 'pool.name',
        message: `The pool ${given.POOL} exists already, on ${given.DEFINITION}/versions/2025.101.1; ${why}.`,
      },
    ]);
  });
});

it('a pool that the same wish made is taken as it is, whoever asks now, and for what', () => {
  const request = given.request({ requestId: 'other', mode: 'plan', keepOnFailure: true });
  expect(preflight(given.aCase({ request, facts: built() }), ruleOf('PoolExists'))).toEqual([]);
});

/** What the rule says of a definition that is there. */
const messagesOf = (facts: BuildFacts): readonly string[] =>
  preflight(given.aCase({ facts }), ruleOf('DefinitionDiffers')).map(({ message }) => message);

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
    { has: undefined, disk: 'TrustedLaunch', told: 'Standard', needs: 'TrustedLaunch' },
    { has: 'Standard', disk: 'TrustedLaunch', told: 'Standard', needs: 'TrustedLaunch' },
    {
      has: 'Standard',
      disk: 'ConfidentialVM_DiskEncryptedWithPlatformKey',
      told: 'Standard',
      needs: 'ConfidentialVM',
    },
    { has: 'TrustedLaunch', disk: undefined, told: 'TrustedLaunch', needs: 'Standard' },
    { has: 'ConfidentialVM', disk: 'Standard', told: 'ConfidentialVM', needs: 'Standard' },
  ])('$has will not do for a disk with $disk', ({ has, disk, told, needs }) => {
    expect(messagesOf(facts(has, disk))).toEqual([
      `The image definition render has SecurityType ${told}, but the VM's OS disk has ${needs}.`,
    ]);
  });
});
