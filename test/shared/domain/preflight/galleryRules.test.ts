/** What the gallery holds, and what it has no room for. */
import * as fc from 'fast-check';
import type { BuildFacts } from '../../../../shared/domain/facts';
import type { KnownDefinition, KnownVersion } from '../../../../shared/domain/gallery';
import { galleryRules } from '../../../../shared/domain/preflight/galleryRules';
import type { BuildRequest, TargetRegion } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules, type RuleRows } from './ruleTable';

const { there, missing, forbidden } = given;

const use = (definitions: number, versions: number, definition: BuildFacts['definition'] = missing): BuildFacts =>
  given.facts({ definition, galleryUse: there({ location: 'westeurope', definitions, versions }) });
const versions = (...names: readonly (string | KnownVersion)[]): BuildFacts =>
  given.facts({
    definition: there(given.definition()),
    versions: there(names.map((name) => (typeof name === 'string' ? { name, excludedFromLatest: false } : name))),
  });
const definitions = (...known: readonly KnownDefinition[]): BuildFacts => given.facts({ definitions: there(known) });
const DERIVED = given.definition().identifier;
const regions = (nodes: number, ...list: readonly TargetRegion[]): BuildRequest =>
  given.request({ image: { regions: list }, pool: { properties: given.fixedScale(nodes) } });

const definitionUnread = {
  when: 'the definition may not be read',
  facts: given.facts({ definition: forbidden }),
  says: ['image.name', given.couldNotCheck('image definition render')] as const,
  severity: 'refuse' as const,
};
const useUnread = {
  when: 'images may not be listed',
  facts: given.facts({ galleryUse: forbidden }),
  says: ['image.galleryId', given.couldNotCheck("list of the subscription's images")] as const,
};
const versionsUnread = {
  when: 'versions may not be listed',
  facts: given.facts({ versions: forbidden }),
  says: ['image.name', given.couldNotCheck('versions of image definition render')] as const,
};
const stock = (text: string) => [['image.galleryId', `The gallery's subscription has ${text}.`]] as const;

const table: Readonly<Record<string, RuleRows>> = {
  IdentifierTaken: {
    pass: [
      { when: 'no definition has it', facts: definitions({ name: 'other', identifier: { ...DERIVED, sku: 'other' } }) },
      { when: 'the definition of the same name has it', facts: definitions({ name: 'RENDER', identifier: DERIVED }) },
      {
        when: 'the definition is there already',
        facts: {
          ...definitions({ name: 'other', identifier: DERIVED }),
          definition: there(given.definition()),
        },
      },
    ],
    fail: [
      {
        when: 'another definition has the derived one, in another case of letters',
        facts: definitions({ name: 'other', identifier: { ...DERIVED, publisher: 'BATCH-image-pools' } }),
        says: [
          [
            'image.name',
            'The image definition other of the gallery has the identifier batch-image-pools/render/render already.',
          ],
        ],
      },
      {
        when: 'another definition has the one that the request gives',
        request: given.request({ image: { identifier: { publisher: 'p', offer: 'o', sku: 's' } } }),
        facts: definitions({ name: 'other', identifier: { publisher: 'P', offer: 'O', sku: 'S' } }),
        says: [['image.identifier', 'The image definition other of the gallery has the identifier p/o/s already.']],
      },
    ],
    unknown: [
      definitionUnread,
      {
        when: 'definitions may not be listed',
        facts: given.facts({ definitions: forbidden }),
        says: ['image.galleryId', given.couldNotCheck(`definitions of gallery ${given.GALLERY}`)],
      },
    ],
  },
  DefinitionLimit: {
    pass: [
      { when: 'there is room for one', facts: use(999, 0) },
      { when: 'none is to be made', facts: use(1_000, 0, there(given.definition())) },
    ],
    fail: [
      {
        when: 'there is no room',
        facts: use(1_000, 0),
        says: stock('1000 image definitions in westeurope, of at most 1000'),
      },
    ],
    unknown: [definitionUnread, useUnread],
  },
  DefinitionLimitNear: {
    pass: [
      { when: 'there is much room', facts: use(899, 0) },
      { when: 'there is none', facts: use(1_000, 0) },
      { when: 'none is to be made', facts: use(950, 0, there(given.definition())) },
    ],
    fail: [
      {
        when: 'nine tenths are used',
        facts: use(900, 0),
        says: stock('900 image definitions in westeurope, of at most 1000'),
      },
    ],
    unknown: [definitionUnread, useUnread],
  },
  VersionLimit: {
    pass: [{ when: 'there is room for one', facts: use(0, 9_999) }],
    fail: [
      {
        when: 'there is no room',
        facts: use(0, 10_000),
        says: stock('10000 image versions in westeurope, of at most 10000'),
      },
    ],
    unknown: [useUnread],
  },
  VersionLimitNear: {
    pass: [
      { when: 'there is much room', facts: use(0, 8_999) },
      { when: 'there is none', facts: use(0, 10_000) },
    ],
    fail: [
      {
        when: 'nine tenths are used',
        facts: use(0, 9_000),
        says: stock('9000 image versions in westeurope, of at most 10000'),
      },
    ],
    unknown: [useUnread],
  },
  VersionExists: {
    pass: [{ when: 'there are none' }, { when: 'there are others', facts: versions('2026.304.18366', '1.0.0') }],
    fail: [
      {
        when: 'it is there',
        facts: versions('1.0.0', given.VERSION),
        says: [['image.name', 'The image definition render has a version 2026.304.18367 already.']],
      },
    ],
    unknown: [versionsUnread],
  },
  NewerVersionExists: {
    pass: [
      { when: 'there are none' },
      { when: 'all are lower, or the same', facts: versions('2026.304.9', '2025.1231.86399', given.VERSION) },
      {
        when: 'the higher one is not for latest',
        facts: versions({ name: '3000.0.0', excludedFromLatest: true }),
      },
      { when: 'its name is no version', facts: versions('latest') },
    ],
    fail: [
      {
        when: 'some are higher',
        facts: versions('2026.304.18368', '2027.1.0', '2026.1231.0', '1.0.0'),
        says: [
          [
            'image.name',
            'The image definition render has version 2027.1.0, which is higher than 2026.304.18367: whatever takes the latest version keeps to that one.',
          ],
        ],
      },
    ],
    unknown: [versionsUnread],
  },
  ReplicasOverLimit: {
    pass: [
      { when: 'the app decides' },
      {
        when: 'there are 100 over all regions',
        request: regions(16, { name: 'westeurope', replicas: 60 }, { name: 'northeurope', replicas: 40 }),
      },
    ],
    fail: [
      {
        when: 'there are 101 over all regions',
        request: regions(16, { name: 'westeurope' }, { name: 'northeurope', replicas: 100 }),
        says: [
          [
            'image.regions',
            'The image version would have 101 replicas over all of its regions, but may have at most 100.',
          ],
        ],
      },
    ],
  },
  ReplicasFew: {
    pass: [
      { when: 'the app decides', request: regions(900, { name: 'westeurope' }) },
      { when: 'they are enough', request: regions(900, { name: 'West Europe', replicas: 3 }) },
      {
        when: 'they are few elsewhere',
        request: regions(900, { name: 'westeurope', replicas: 3 }, { name: 'northeurope', replicas: 1 }),
      },
    ],
    fail: [
      {
        when: 'there is one node too many',
        request: regions(901, { name: 'West Europe', replicas: 3 }),
        says: [
          [
            'image.regions',
            'The request asks for 3 replicas in West Europe, but Azure Batch advises at least 4 for 901 nodes.',
          ],
        ],
      },
      {
        when: 'other regions leave no room for more',
        request: regions(901, { name: 'northeurope', replicas: 97 }, { name: 'West Europe' }),
        says: [
          [
            'image.regions',
            'The other regions leave room for 3 replicas in West Europe, but Azure Batch advises at least 4 for 901 nodes.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the account may not be read',
        facts: given.facts({ account: forbidden }),
        says: ['pool.batchAccountId', given.couldNotCheck(`Batch account ${given.ACCOUNT}`)],
        severity: 'refuse',
      },
    ],
  },
};

testRules(galleryRules, table);

describe('the limits of a region', () => {
  const spoken = (facts: BuildFacts): readonly string[] =>
    galleryRules.filter((rule) => rule.check(given.aCase({ facts })).length > 0).map(({ code }) => code);
  const LEVELS = [undefined, 'LimitNear', 'Limit'];
  const level = (kind: string, facts: BuildFacts): number =>
    LEVELS.findLastIndex((end) => end === undefined || spoken(facts).includes(`${kind}${end}`));

  it('speak no milder of one more', () => {
    fc.assert(
      fc.property(fc.nat(1_200), fc.nat(12_000), (ofDefinitions, ofVersions) => {
        const [fewer, more] = [use(ofDefinitions, ofVersions), use(ofDefinitions + 1, ofVersions + 1)];
        for (const kind of ['Definition', 'Version']) {
          expect(level(kind, more)).toBeGreaterThanOrEqual(level(kind, fewer));
        }
      }),
    );
  });

  it('call a version newer than another, or the other than the one, never both', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));
    const newer = (there: string, ours: string): boolean =>
      galleryRules.some(
        (rule) =>
          rule.code === 'NewerVersionExists' &&
          rule.check(given.aCase({ facts: versions(there), version: ours })).length > 0,
      );
    fc.assert(
      fc.property(version, version, (one, other) => {
        expect(newer(one, other) || newer(other, one)).toBe(one !== other);
        expect(newer(one, other) && newer(other, one)).toBe(false);
      }),
    );
  });
});
