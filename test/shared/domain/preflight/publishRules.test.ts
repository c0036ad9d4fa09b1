/** Rules on how an image is published. */
import { publishRules } from '../../../../shared/domain/preflight/publishRules';
import type { ImageRequest } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { facts, request } from '../../../given/sources';
import { testRules } from './ruleTable';

const asked = (image: Partial<ImageRequest>) => request('snapshots', image);
const set = (name: string, subscription = given.SUBSCRIPTION): string =>
  given.id('rg-keys', `Microsoft.Compute/diskEncryptionSets/${name}`, subscription);
const regions = (id: string) => [{ name: 'West Europe', diskEncryptionSetId: id }];
const withSet = (id: string, location: string) =>
  facts('snapshots', { encryptionSets: [{ id, fact: given.there({ location }) }] });
const small = {
  ...asked({ replicationMode: 'Shallow' }),
  pool: { ...given.request().pool, properties: given.fixedScale(10) },
};

testRules(publishRules, {
  ShallowTooLarge: {
    pass: [
      { when: 'the pool is small', request: small, facts: facts('snapshots') },
      { when: 'the mode is Full', request: asked({ replicationMode: 'Full' }), facts: facts('snapshots') },
    ],
    fail: [
      {
        when: 'the pool is large',
        request: asked({ replicationMode: 'Shallow' }),
        facts: facts('snapshots'),
        says: [
          [
            'image.replicationMode',
            'Mode Shallow is for pools of at most 10 nodes (setting SHALLOW_MOST_NODES), and this one is to have 16.',
          ],
        ],
      },
      {
        when: 'a formula decides',
        request: { ...small, pool: { ...small.pool, properties: given.formulaPool() } },
        facts: facts('snapshots'),
        says: [
          [
            'image.replicationMode',
            'Mode Shallow is for pools of at most 10 nodes (setting SHALLOW_MOST_NODES), and a formula decides how many nodes this one has.',
          ],
        ],
      },
    ],
  },
  ShallowReplicas: {
    pass: [{ when: 'the replicas are left out', request: small, facts: facts('snapshots') }],
    fail: [
      {
        when: 'the request asks for two',
        request: asked({ replicationMode: 'Shallow', regions: [{ name: 'westeurope', replicas: 2 }] }),
        facts: facts('snapshots'),
        says: [
          ['image.regions', 'Mode Shallow makes one replica in a region, but the request asks for 2 in westeurope.'],
        ],
      },
    ],
  },
  EndOfLifePassed: {
    pass: [
      { when: 'it is to come', request: asked({ endOfLifeDate: '2026-03-05' }), facts: facts('snapshots') },
      { when: 'there is none', request: asked({}), facts: facts('snapshots') },
    ],
    fail: [
      {
        when: 'it has passed',
        request: asked({ endOfLifeDate: '2026-03-04' }),
        facts: facts('snapshots'),
        says: [['image.endOfLifeDate', 'The end of life 2026-03-04 has passed.']],
      },
    ],
  },
  EncryptionSetElsewhere: {
    pass: [
      {
        when: 'the set is of the region',
        request: asked({ regions: regions(set('a')) }),
        facts: withSet(set('a'), 'westeurope'),
      },
    ],
    fail: [
      {
        when: 'the set is of another region and subscription',
        request: asked({ regions: regions(set('a', given.OTHER_SUBSCRIPTION)) }),
        facts: withSet(set('a', given.OTHER_SUBSCRIPTION), 'uksouth'),
        says: [
          [
            'image.regions',
            `The disk encryption set ${set('a', given.OTHER_SUBSCRIPTION)}: it is in uksouth, and encrypts replicas in westeurope.`,
          ],
          [
            'image.regions',
            `The disk encryption set ${set('a', given.OTHER_SUBSCRIPTION)}: it is in another subscription than the gallery.`,
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the set may not be read',
        request: asked({ regions: regions(set('a')) }),
        facts: facts('snapshots', { encryptionSets: [{ id: set('a'), fact: given.forbidden }] }),
        says: ['image.regions', given.couldNotCheck(`disk encryption set ${set('a')}`)],
        severity: 'refuse',
      },
    ],
  },
  EncryptionSetsPartly: {
    pass: [
      { when: 'no region has one', request: asked({}), facts: facts('snapshots') },
      { when: 'each region has one', request: asked({ regions: regions(set('a')) }), facts: facts('snapshots') },
    ],
    fail: [
      {
        when: 'one of two has none',
        request: asked({ regions: [...regions(set('a')), { name: 'uksouth' }] }),
        facts: facts('snapshots'),
        says: [
          [
            'image.regions',
            'Some regions have a disk encryption set, but uksouth has none: Azure keeps the replicas there with its own keys.',
          ],
        ],
      },
    ],
  },
  CannotLetGo: {
    pass: [
      { when: 'both may go', request: asked({ keep: { snapshots: false } }), facts: facts('snapshots') },
      { when: 'both stay', request: asked({ keep: { managedImage: true } }), facts: facts('snapshots') },
    ],
    fail: [
      {
        when: 'the pool runs straight on the image',
        request: asked({ route: 'managedImage', keep: { snapshots: false, managedImage: false } }),
        facts: facts('snapshots'),
        says: (['managedImage', 'snapshots'] as const).map((part) => [
          `image.keep.${part}`,
          'It cannot go: the pool needs the managed image, and that its snapshots, as long as it lives.',
        ]),
      },
      {
        when: 'the version is shallow',
        request: asked({ replicationMode: 'Shallow', keep: { snapshots: false } }),
        facts: facts('snapshots'),
        says: [['image.keep.snapshots', 'It cannot go: a version of mode Shallow needs what it was made from.']],
      },
      {
        when: 'the image stays that was made from the snapshots',
        request: asked({ keep: { snapshots: false, managedImage: true } }),
        facts: facts('snapshots'),
        says: [
          ['image.keep.snapshots', 'The snapshots cannot go while the managed image is kept that was made from them.'],
        ],
      },
    ],
  },
  FieldWithoutEffect: {
    pass: [{ when: 'a version is published', request: asked({ excludeFromLatest: true }), facts: facts('snapshots') }],
    fail: [
      {
        when: 'none is published',
        request: asked({ route: 'managedImage', excludeFromLatest: true, endOfLifeDate: '2027-01-01' }),
        facts: facts('snapshots'),
        says: ['endOfLifeDate', 'excludeFromLatest'].map((field) => [
          `image.${field}`,
          `The field image.${field} has no effect: route "managedImage" publishes no image version.`,
        ]),
      },
    ],
  },
});
