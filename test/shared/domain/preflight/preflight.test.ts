/** Every rule of the preflight: what breaks it, what does not, and the sentence that a user reads. */
import * as fc from 'fast-check';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { fingerprint, TAG } from '../../../../shared/domain/names';
import { preflight, RULES } from '../../../../shared/domain/preflight/preflight';
import type { BuildRequest } from '../../../../shared/domain/request';
import { refuses } from '../../../../shared/domain/verdict';
import * as given from '../../../given/build';

interface Row {
  readonly label: string;
  readonly code: string;
  readonly request?: BuildRequest;
  readonly facts?: BuildFacts;
  /** Subject and message of each remark. */
  readonly says?: readonly (readonly [subject: string, message: string])[];
}

const { VM, ACCOUNT, GALLERY, OTHER_SUBSCRIPTION, SUBSCRIPTION, there, missing, forbidden } = given;
const vmWith = (changes: Parameters<typeof given.machine>[0]): BuildFacts =>
  given.facts({ machine: there(given.machine(changes)) });
const regions = (...names: string[]): BuildRequest =>
  given.request({ image: { regions: names.map((name) => ({ name })) } });
const definition = (changes: Parameters<typeof given.definition>[0]): BuildFacts =>
  given.facts({ definition: there(given.definition(changes)) });
const elsewhere = (path: string): string => given.id('rg', path, OTHER_SUBSCRIPTION);
const imageReference = given.poolProperties({
  deploymentConfiguration: {
    virtualMachineConfiguration: { nodeAgentSkuId: 'batch.node.ubuntu 24.04', imageReference: { id: 'x' } },
  },
});
const notGeneralized =
  'The request does not say that the VM was generalized. Azure Resource Manager cannot tell, so the app takes only your word for it.';

const BROKEN: readonly Row[] = [
  {
    label: 'says nothing of generalizing',
    code: 'GeneralizedNotAsserted',
    request: given.request({ source: { generalized: undefined } }),
    says: [['source.generalized', notGeneralized]],
  },
  {
    label: 'says that the VM is not generalized',
    code: 'GeneralizedNotAsserted',
    request: given.request({ source: { generalized: false } }),
    says: [['source.generalized', notGeneralized]],
  },
  {
    label: 'asks for the retired route',
    code: 'ManagedImagePoolRetired',
    request: given.request({ image: { route: 'managedImage' } }),
    says: [['image.route', 'Azure Batch stopped taking pools straight from managed images on 31 March 2026.']],
  },
  {
    label: 'names an image for the pool',
    code: 'ImageReferenceGiven',
    request: given.request({ pool: { properties: imageReference } }),
    says: [
      [
        'pool.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference',
        'The request names an image for the pool, but the pool gets the image that this build makes.',
      ],
    ],
  },
  {
    label: 'names a VM that is not there',
    code: 'ResourceMissing',
    facts: given.facts({ machine: missing }),
    says: [['source.virtualMachineId', `The VM ${VM} does not exist (Azure answered 404).`]],
  },
  {
    label: 'names a VM whose second data disk is not there',
    code: 'ResourceMissing',
    facts: given.facts({ disks: [there(given.osDisk()), there(given.disk('data-a')), missing] }),
    says: [['source.virtualMachineId', `The disk ${given.diskId('data-b')} does not exist (Azure answered 404).`]],
  },
  {
    label: 'names an account, a group and a gallery that are not there',
    code: 'ResourceMissing',
    facts: given.facts({ account: missing, imageGroup: missing, gallery: missing }),
    says: [
      ['pool.batchAccountId', `The Batch account ${ACCOUNT} does not exist (Azure answered 404).`],
      ['image.resourceGroup', 'The resource group rg-images does not exist (Azure answered 404).'],
      ['image.galleryId', `The gallery ${GALLERY} does not exist (Azure answered 404).`],
    ],
  },
  {
    label: 'names what the app may not read',
    code: 'NoPermission',
    facts: given.facts({ machine: forbidden, definition: forbidden, pool: forbidden }),
    says: [
      ['source.virtualMachineId', `The app may not read the VM ${VM}: Azure answered 403 AuthorizationFailed.`],
      ['image.name', 'The app may not read the image definition render: Azure answered 403 AuthorizationFailed.'],
      ['pool.name', `The app may not read the pool ${given.POOL}: Azure answered 403 AuthorizationFailed.`],
    ],
  },
  {
    label: 'names a pool that is there',
    code: 'PoolExists',
    facts: given.facts({ pool: there(given.existingPool()) }),
    says: [
      [
        'pool.name',
        `The pool ${given.POOL} exists already, on ${given.DEFINITION}/versions/2025.101.1; another request made it.`,
      ],
    ],
  },
  {
    label: 'names a pool that is there without an image of its own',
    code: 'PoolExists',
    facts: given.facts({
      pool: there({ id: given.POOL, metadata: {}, deleting: false, sighting: { state: 'ready' } }),
    }),
    says: [['pool.name', `The pool ${given.POOL} exists already; another request made it.`]],
  },
  {
    label: 'names a definition for something else in every respect',
    code: 'DefinitionDiffers',
    facts: definition({ osType: 'Windows', osState: 'Specialized', hyperVGeneration: 'V1', architecture: 'Arm64' }),
    says: [
      ['osType', 'Windows', 'Linux'],
      ['osState', 'Specialized', 'Generalized'],
      ['hyperVGeneration', 'V1', 'V2'],
      ['architecture', 'Arm64', 'x64'],
    ].map(
      ([what = '', has = '', needs = '']) =>
        ['image.name', `The image definition render has ${what} ${has}, but the VM's OS disk has ${needs}.`] as const,
    ),
  },
  {
    label: 'names a VM and a gallery of another subscription',
    code: 'DifferentSubscription',
    request: given.request({
      source: { virtualMachineId: elsewhere('Microsoft.Compute/virtualMachines/vm') },
      image: { galleryId: elsewhere('Microsoft.Compute/galleries/g') },
    }),
    says: [
      [
        'source.virtualMachineId',
        `The VM is in subscription ${OTHER_SUBSCRIPTION}, the Batch account in ${SUBSCRIPTION}.`,
      ],
      [
        'image.galleryId',
        `The gallery is in subscription ${OTHER_SUBSCRIPTION}, the Batch account in ${SUBSCRIPTION}.`,
      ],
    ],
  },
  {
    label: 'names a VM in another region',
    code: 'DifferentRegion',
    facts: vmWith({ location: 'northeurope' }),
    says: [['source.virtualMachineId', 'The VM is in northeurope, the Batch account in westeurope.']],
  },
  {
    label: "leaves out the account's region",
    code: 'AccountRegionLeftOut',
    request: regions('northeurope', 'uksouth'),
    says: [['image.regions', 'The image would not be replicated to westeurope, where the Batch account is.']],
  },
  {
    label: 'lists two regions twice, in two spellings',
    code: 'RegionTwice',
    request: regions('westeurope', 'West Europe', 'uksouth', 'UK South', 'uksouth'),
    says: [
      ['image.regions', 'The region westeurope is listed more than once.'],
      ['image.regions', 'The region uksouth is listed more than once.'],
    ],
  },
  {
    label: 'names a VM with unmanaged disks',
    code: 'UnmanagedDisk',
    facts: vmWith({
      osDisk: { vhdUri: 'https://store.blob.core.windows.net/vhds/os.vhd', osType: 'Linux', ephemeral: false },
      dataDisks: [{ lun: 3 }],
    }),
    says: [
      [
        'source.virtualMachineId',
        `The OS disk of ${VM} is not a managed disk but the blob https://store.blob.core.windows.net/vhds/os.vhd.`,
      ],
      ['source.virtualMachineId', `The data disk at LUN 3 of ${VM} is not a managed disk.`],
    ],
  },
  {
    label: 'names a VM with an ephemeral OS disk',
    code: 'EphemeralOsDisk',
    facts: vmWith({ osDisk: { diskId: given.diskId('os'), osType: 'Linux', ephemeral: true } }),
    says: [['source.virtualMachineId', `The OS disk of ${VM} is ephemeral: it cannot be copied.`]],
  },
  {
    label: 'asks for a managed image of a Trusted Launch VM',
    code: 'NeedsRouteDirect',
    request: given.request({ image: { route: 'gallery' } }),
    facts: vmWith({ securityType: 'TrustedLaunch' }),
    says: [
      [
        'image.route',
        'Azure makes no managed image of this VM (its security type is TrustedLaunch), and route "gallery" goes by one.',
      ],
    ],
  },
  {
    label: 'asks for a managed image of a VM whose OS disk alone tells that it is confidential',
    code: 'NeedsRouteDirect',
    request: given.request({ image: { route: 'gallery' } }),
    facts: given.facts({
      disks: [there(given.osDisk({ securityType: 'ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey' }))],
    }),
    says: [
      [
        'image.route',
        'Azure makes no managed image of this VM (its security type is ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey), and route "gallery" goes by one.',
      ],
    ],
  },
  {
    label: 'asks for a managed image of an Arm64 VM',
    code: 'NeedsRouteDirect',
    request: given.request({ image: { route: 'gallery' } }),
    facts: given.facts({ disks: [there(given.osDisk({ architecture: 'Arm64' }))] }),
    says: [
      [
        'image.route',
        'Azure makes no managed image of this VM (its architecture is Arm64), and route "gallery" goes by one.',
      ],
    ],
  },
  {
    label: 'names a VM of an unknown operating system',
    code: 'OsTypeUnknown',
    facts: given.facts({
      machine: there(given.machine({ osDisk: { diskId: given.diskId('os'), ephemeral: false } })),
      disks: [there(given.disk('os'))],
    }),
    says: [['source.virtualMachineId', `Neither ${VM} nor its OS disk says which operating system it holds.`]],
  },
];

const ruleOf = (code: string) => RULES.filter((rule) => rule.code === code);

describe.each(BROKEN)('a request that $label', ({ code, request = given.request(), facts = given.facts(), says }) => {
  it(`is refused by ${code}, in these words`, () => {
    const verdicts = preflight({ request, facts }, ruleOf(code));
    expect(verdicts.map(({ subject, message }) => [subject, message])).toEqual(says);
    expect(refuses(preflight({ request, facts }))).toBe(true);
  });
});

const KEPT: readonly Row[] = [
  { label: 'says "direct"', code: 'ManagedImagePoolRetired', request: given.request({ image: { route: 'direct' } }) },
  { label: 'says "gallery"', code: 'ManagedImagePoolRetired', request: given.request({ image: { route: 'gallery' } }) },
  {
    label: 'leaves to the app whether the definition is made',
    code: 'ResourceMissing',
    facts: given.facts({ definition: missing, pool: missing }),
  },
  {
    label: 'was carried out before',
    code: 'PoolExists',
    facts: given.facts({
      pool: there(given.existingPool({ metadata: { [TAG.fingerprint]: fingerprint(given.request()) } })),
      poolImage: there({ id: `${given.DEFINITION}/versions/2025.101.1` }),
    }),
  },
  { label: 'names a definition that fits', code: 'DefinitionDiffers', facts: definition({}) },
  {
    label: 'names a definition, and a disk that does not tell its operating system',
    code: 'DefinitionDiffers',
    facts: given.facts({ definition: there(given.definition()), disks: [there(given.disk('os'))] }),
  },
  {
    label: 'names the subscription in another casing',
    code: 'DifferentSubscription',
    request: given.request({ pool: { batchAccountId: ACCOUNT.toUpperCase() } }),
  },
  { label: 'names a region as portals show it', code: 'DifferentRegion', facts: vmWith({ location: 'West Europe' }) },
  {
    label: "names the account's region as portals show it",
    code: 'AccountRegionLeftOut',
    request: regions('West Europe', 'uksouth'),
  },
  { label: 'names no region', code: 'AccountRegionLeftOut' },
  { label: 'lists each region once', code: 'RegionTwice', request: regions('westeurope', 'uksouth') },
  {
    label: 'leaves the route to the app for a Trusted Launch VM',
    code: 'NeedsRouteDirect',
    facts: vmWith({ securityType: 'TrustedLaunch' }),
  },
  {
    label: 'asks for a managed image of a VM with standard security',
    code: 'NeedsRouteDirect',
    request: given.request({ image: { route: 'gallery' } }),
    facts: vmWith({ securityType: 'Standard' }),
  },
  {
    label: 'names a VM whose OS disk alone tells the operating system',
    code: 'OsTypeUnknown',
    facts: vmWith({ osDisk: { diskId: given.diskId('os'), ephemeral: false } }),
  },
];

it.each(KEPT)('a request that $label keeps $code', ({ code, request = given.request(), facts = given.facts() }) => {
  expect(ruleOf(code)).toHaveLength(1);
  expect(preflight({ request, facts }, ruleOf(code))).toEqual([]);
});

describe('the preflight', () => {
  it('has nothing against the given request', () => {
    expect(preflight({ request: given.request(), facts: given.facts() })).toEqual([]);
  });

  it('has a row above for every rule, and no two rules of one name', () => {
    const codes = RULES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !BROKEN.some((row) => row.code === code))).toEqual([]);
  });

  it('tells with every verdict what to do and where it is written', () => {
    const all = BROKEN.flatMap(({ request = given.request(), facts = given.facts() }) => preflight({ request, facts }));
    for (const verdict of all) {
      expect(verdict.remedy).toMatch(/^[A-Z].*\.$|^Generalize the VM .*\.$/s);
      expect(verdict.source).not.toBe('');
      expect(verdict.message).toMatch(/^[A-Z].*\.$/s);
    }
  });

  it('says everything at once, in the order of its table', () => {
    const request = given.request({
      source: { generalized: false },
      image: { route: 'managedImage', regions: [{ name: 'uksouth' }, { name: 'uksouth' }] },
      pool: { properties: imageReference },
    });
    const facts = given.facts({ machine: missing, gallery: forbidden, pool: there(given.existingPool()) });
    expect(preflight({ request, facts }).map(({ code }) => code)).toEqual([
      'GeneralizedNotAsserted',
      'ManagedImagePoolRetired',
      'ImageReferenceGiven',
      'ResourceMissing',
      'NoPermission',
      'PoolExists',
      'AccountRegionLeftOut',
      'RegionTwice',
    ]);
  });
});

describe('violations', () => {
  type Part = { readonly request?: (r: BuildRequest) => BuildRequest; readonly facts?: (f: BuildFacts) => BuildFacts };
  /** Each touches a part of request or facts that no other touches. */
  const PARTS: Readonly<Record<string, Part>> = {
    GeneralizedNotAsserted: { request: (r) => ({ ...r, source: { ...r.source, generalized: false } }) },
    ManagedImagePoolRetired: { request: (r) => ({ ...r, image: { ...r.image, route: 'managedImage' } }) },
    ImageReferenceGiven: { request: (r) => ({ ...r, pool: { ...r.pool, properties: imageReference } }) },
    RegionTwice: {
      request: (r) => ({ ...r, image: { ...r.image, regions: [{ name: 'westeurope' }, { name: 'westeurope' }] } }),
    },
    ResourceMissing: { facts: (f) => ({ ...f, gallery: missing }) },
    NoPermission: { facts: (f) => ({ ...f, imageGroup: forbidden }) },
    PoolExists: { facts: (f) => ({ ...f, pool: there(given.existingPool()) }) },
    DefinitionDiffers: { facts: (f) => ({ ...f, definition: there(given.definition({ osState: 'Specialized' })) }) },
    DifferentRegion: { facts: (f) => ({ ...f, machine: there(given.machine({ location: 'uksouth' })) }) },
  };
  const codesOf = (names: readonly string[]): readonly string[] => {
    const parts = names.flatMap((name) => PARTS[name] ?? []);
    const request = parts.reduce((one, part) => part.request?.(one) ?? one, given.request());
    const facts = parts.reduce((one, part) => part.facts?.(one) ?? one, given.facts());
    return preflight({ request, facts }).map(({ code }) => code);
  };

  it('never hide each other: one more adds its own verdict and takes none away', () => {
    const names = Object.keys(PARTS);
    fc.assert(
      fc.property(fc.subarray(names), fc.constantFrom(...names), (before, added) => {
        const codes = codesOf([...before, added]);
        expect(codes).toContain(added);
        expect(codes).toEqual(expect.arrayContaining([...codesOf(before)]));
        // Stable: the order is the table's, not that in which things went wrong.
        expect(codes).toEqual(RULES.map(({ code }) => code).filter((code) => codes.includes(code)));
      }),
    );
  });
});
