/** The preflight as a whole: everything at once, in a stable order, nothing hidden, and nothing unread passed over. */
import * as fc from 'fast-check';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { preflight, RULES, RULE_SECTIONS } from '../../../../shared/domain/preflight/preflight';
import { FACT_NAMES, readingsOf } from '../../../../shared/domain/preflight/readings';
import type { BuildRequest } from '../../../../shared/domain/request';
import { couldNotTell, refuses } from '../../../../shared/domain/verdict';
import * as given from '../../../given/build';

const { there, missing, forbidden } = given;

it('has nothing against the given request', () => {
  expect(preflight(given.aCase())).toEqual([]);
});

describe('the table', () => {
  it('has no two rules of one name', () => {
    const codes = RULES.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.code, rule] as const))(
    '%s says why, how and what to do, and where it is written',
    (_, rule) => {
      expect(rule.code).toMatch(/^[A-Z][A-Za-z0-9]+$/);
      expect(rule.why).toMatch(/^[A-Z`].*[.)]$/s);
      expect(rule.how).toMatch(/[^.]$/);
      expect(rule.remedy).toMatch(/^[A-Z].*\.$/s);
      expect(rule.source).not.toBe('');
    },
  );

  it('asks for every fact of the survey', () => {
    const asked = new Set(RULES.flatMap(({ needs }) => needs));
    // What must merely be there is looked at by ResourceMissing and NoPermission.
    expect(
      FACT_NAMES.filter((name) => !asked.has(name) && !['imageGroup', 'gallery', 'poolImage'].includes(name)),
    ).toEqual([]);
  });

  it('has sections that are not empty', () => {
    for (const { rules } of RULE_SECTIONS) expect(rules.length).toBeGreaterThan(0);
  });
});

type Part = { readonly request?: (r: BuildRequest) => BuildRequest; readonly facts?: (f: BuildFacts) => BuildFacts };

const twice = [{ name: 'westeurope' }, { name: 'westeurope' }];
const body = (changes: object) => (r: BuildRequest) => ({
  ...r,
  pool: { ...r.pool, properties: { ...r.pool.properties, ...changes } },
});
const vm = (changes: Parameters<typeof given.machine>[0]) => (f: BuildFacts) => ({
  ...f,
  ...(f.machine?.read === 'found' ? { machine: there({ ...f.machine.value, ...changes }) } : {}),
});

/** Each breaks one rule, and touches a part of request or facts that no other touches. */
const PARTS: Readonly<Record<string, Part>> = {
  GeneralizedNotAsserted: { request: (r) => ({ ...r, source: { ...r.source, generalized: false } }) },
  RegionTwice: { request: (r) => ({ ...r, image: { ...r.image, regions: twice } }) },
  ClassicCommunication: { request: body({ targetNodeCommunicationMode: 'Classic' }) },
  TooManyNodes: { request: body({ scaleSettings: { fixedScale: { targetDedicatedNodes: 2_501 } } }) },
  CertificatesRetired: { request: body({ certificates: [{ id: 'x' }] }) },
  ResourceMissing: { facts: (f) => ({ ...f, gallery: missing }) },
  NoPermission: { facts: (f) => ({ ...f, imageGroup: forbidden }) },
  PoolExists: { facts: (f) => ({ ...f, pool: there(given.existingPool()) }) },
  DefinitionDiffers: { facts: (f) => ({ ...f, definition: there(given.definition({ osState: 'Specialized' })) }) },
  DifferentRegion: { facts: vm({ location: 'uksouth' }) },
  ExtensionsInstalled: { facts: vm({ extensions: [{ name: 'script', type: 'CustomScript' }] }) },
  EncryptionAtHostOnSource: { facts: vm({ encryptionAtHost: true }) },
  VmSizeNotOffered: { facts: (f) => ({ ...f, vmSizes: there([]) }) },
  BaseImageUnverified: {
    facts: (f) => ({
      ...f,
      supportedImages: there(given.supportedImages(given.supportedImage({ verified: false }))),
    }),
  },
};

/** Cores enough for any pool: how many a pool needs is not known of a size that is not offered. */
const plenty = given.coreQuota({ dedicated: { used: 0, limit: 1_000_000 } });

function caseWith(names: readonly string[]) {
  const parts = names.flatMap((name) => PARTS[name] ?? []);
  return given.aCase({
    request: parts.reduce((one, part) => part.request?.(one) ?? one, given.request()),
    facts: parts.reduce((one, part) => part.facts?.(one) ?? one, given.facts({ coreQuota: there(plenty) })),
  });
}

const codesOf = (names: readonly string[]): readonly string[] => preflight(caseWith(names)).map(({ code }) => code);

describe('violations', () => {
  it('never hide each other: one more adds its own verdict and takes none away', () => {
    const names = Object.keys(PARTS);
    fc.assert(
      fc.property(fc.subarray(names), fc.constantFrom(...names), (before, added) => {
        const codes = codesOf([...before, added]);
        expect(codes).toContain(added);
        expect(codes).toEqual(expect.arrayContaining([...codesOf(before)]));
      }),
    );
  });

  it('stand in the order of the table, not in that in which things went wrong', () => {
    const table = RULES.map(({ code }) => code);
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(PARTS)), (names) => {
        const positions = codesOf(names).map((code) => table.indexOf(code));
        expect(positions).toEqual([...positions].sort((one, other) => one - other));
      }),
    );
  });

  it('of many disks at once still fit into one message', () => {
    const bad = { sku: 'UltraSSD_LRS', logicalSectorBytes: 4096, sizeGb: 4096, maxShares: 2, diskEncryption: true };
    const disks = [given.osDisk(bad), ...Array.from({ length: 64 }, (_, lun) => given.disk(`data-${lun}`, bad))];
    const facts = given.facts({ machine: there(given.machineWithDisks(64)), disks: disks.map(there) });
    const verdicts = preflight(given.aCase({ facts }));
    expect(
      verdicts
        .filter(({ code }) => code === 'SectorSize4096')
        .map(({ message }) => message)
        .at(-1),
    ).toBe('There are 49 more like these.');
    expect(JSON.stringify(verdicts).length).toBeLessThan(128_000);
    const unread = preflight(
      given.aCase({ facts: { ...facts, disks: facts.disks.map((one) => ({ ...one, fact: forbidden })) } }),
    );
    expect(unread.map(({ message }) => message).join()).toContain('62 more could not be read');
    expect(JSON.stringify(unread).length).toBeLessThan(128_000);
  });

  it('are told in full sentences', () => {
    for (const { message, remedy } of preflight(caseWith(Object.keys(PARTS)))) {
      expect(message).toMatch(/^[A-Z].*\.$/s);
      expect(remedy).toMatch(/\.$/);
    }
  });
});

describe('what could not be read', () => {
  const optional = [
    'definitions',
    'versions',
    'galleryUse',
    'poolCount',
    'coreQuota',
    'vmSizes',
    'supportedImages',
  ] as const;

  it.each(optional)('%s: the build may go on, with a warning for each rule that needs it', (name) => {
    const verdicts = preflight(given.aCase({ facts: { ...given.facts(), [name]: forbidden } }));
    const needing = RULES.filter(({ needs }) => needs.includes(name)).map(({ code }) => code);
    expect(verdicts.map(({ code }) => code)).toEqual(needing);
    for (const { state, message } of verdicts) {
      expect(state).toBe('unknown');
      expect(message).toContain(forbidden.permission);
    }
    expect(refuses(verdicts)).toBe(false);
  });

  it.each(['machine', 'account', 'imageGroup', 'gallery', 'definition', 'pool'] as const)(
    '%s: the build may not go on, and the answer is that nobody can tell',
    (name) => {
      const verdicts = preflight(given.aCase({ facts: { ...given.facts(), [name]: forbidden } }));
      expect(refuses(verdicts)).toBe(true);
      expect(couldNotTell(verdicts)).toBe(true);
    },
  );

  it('a node agent that was left out cannot be chosen without the list of supported images', () => {
    const properties = given.poolProperties({ deploymentConfiguration: { virtualMachineConfiguration: {} } });
    const facts = { ...given.facts(), supportedImages: forbidden };
    expect(couldNotTell(preflight(given.aCase({ request: given.request({ pool: { properties } }), facts })))).toBe(
      true,
    );
  });

  it('something that is wrong for certain is a refusal, whatever else is unknown', () => {
    const facts = { ...given.facts(), machine: forbidden };
    const request = given.request({ source: { generalized: false } });
    expect(couldNotTell(preflight(given.aCase({ request, facts })))).toBe(false);
  });

  it.each([
    [{ read: 'failed', message: 'no answer' } as const, 'the VM sizes that Batch offers could not be read (no answer)'],
    [
      { read: 'unasked', because: 'the Batch account' } as const,
      'the VM sizes that Batch offers could not be looked up without the Batch account',
    ],
    [{ read: 'outside' } as const, "the VM sizes that Batch offers lies outside of the app's allow-list"],
  ])('is told by what kept it away: %j', (fact, told) => {
    const [verdict] = preflight(given.aCase({ facts: { ...given.facts(), vmSizes: fact } })).filter(
      ({ state }) => state === 'unknown',
    );
    expect(verdict?.message).toBe(`Could not be checked: ${told}.`);
  });

  it('every fact has a name for people and a field that it is about', () => {
    const facts = given.facts({
      registration: there('Registered'),
      poolImage: missing,
      sourceImage: missing,
      storageAccount: missing,
      encryptionSets: [{ id: '/set', fact: missing }],
    });
    const given_ = { request: given.request(), facts };
    for (const name of FACT_NAMES) {
      for (const { what, subject } of readingsOf(given_, [name])) expect([what, subject]).not.toContain('');
      expect(readingsOf(given_, [name]).length).toBeGreaterThan(0);
    }
  });
});
