/** The rules on the rights of the app's identity, row by row; and that more grants never make a right missing. */
import * as fc from 'fast-check';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { rightRules } from '../../../../shared/domain/preflight/rightRules';
import { RIGHTS, type Grants } from '../../../../shared/domain/rights';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';

type Scope = (typeof given.SCOPES)[number][0];

const GROUP = `/subscriptions/${given.SUBSCRIPTION}/resourceGroups/rg-images`;
const SUBSCRIPTION = `/subscriptions/${given.SUBSCRIPTION}`;
const all: Grants = [{ actions: ['*'], notActions: [] }];
const only = (...actions: readonly string[]): Grants => [{ actions, notActions: [] }];
const except = (...notActions: readonly string[]): Grants => [{ actions: ['*'], notActions }];

/** Everything is allowed everywhere, but for one place. */
const at = (scope: Scope, grants: Grants, changes: Partial<Omit<BuildFacts, 'disks'>> = {}): BuildFacts =>
  given.facts({
    rights: given.SCOPES.map(([place, id]) => ({
      scope: place,
      id,
      fact: given.there(place === scope ? grants : all),
    })),
    ...changes,
  });
const may = (scopeId: string, action: string, purpose: string, role: string): Said => [
  scopeId,
  `The app's identity may not do ${action} at ${scopeId} (for: ${purpose}); the role ${role} has it.`,
];

const withDefinition = { definition: given.there(given.definition()) };
const PUBLISHER = 'Compute Gallery Artifacts Publisher';
const IMAGES = 'Microsoft.Compute/galleries/images';
const unread = {
  when: 'the permissions at the gallery may not be read',
  facts: given.facts({
    rights: given.SCOPES.map(([scope, id]) => ({
      scope,
      id,
      fact: scope === 'gallery' ? given.forbidden : given.there(all),
    })),
  }),
  says: [given.GALLERY, given.couldNotCheck(`permissions at ${given.GALLERY}`)],
} as const;

testRules(rightRules, {
  RightMissing: {
    pass: [
      { when: 'everything is allowed' },
      {
        when: 'each place has the roles of docs/permissions.md',
        facts: at(
          'gallery',
          only('Microsoft.Compute/galleries/*', 'Microsoft.Compute/disks/beginGetAccess/action', '*/read'),
        ),
      },
      { when: 'a disk may not be copied, which is not confirmed', facts: at('source', []) },
      {
        when: 'a definition that is there may not be written',
        facts: at('gallery', except(`${IMAGES}/write`, `${IMAGES}/delete`), withDefinition),
      },
      {
        when: 'managed images may not be written on route direct',
        request: given.request({ image: { route: 'direct' } }),
        facts: at('imageGroup', except('Microsoft.Compute/images/*')),
      },
      {
        when: 'the group is named in other letters',
        facts: given.facts({
          rights: [{ scope: 'imageGroup', id: GROUP.toUpperCase(), fact: given.there(all) }],
        }),
      },
      { when: 'no grants were read', facts: given.facts({ rights: [] }) },
    ],
    fail: [
      {
        when: 'the resource group is only there to read',
        facts: at('imageGroup', only('*/read')),
        says: [
          may(GROUP, 'Microsoft.Compute/snapshots/write', 'snapshots, and their undo', 'Disk Snapshot Contributor'),
          may(GROUP, 'Microsoft.Compute/snapshots/delete', 'snapshots, and their undo', 'Disk Snapshot Contributor'),
          may(GROUP, 'Microsoft.Compute/images/write', 'managed image, and its undo', PUBLISHER),
          may(GROUP, 'Microsoft.Compute/images/delete', 'managed image, and its undo', PUBLISHER),
        ],
      },
      {
        when: 'the gallery has no definition yet, and takes none',
        facts: at('gallery', except(`${IMAGES}/write`)),
        says: [may(given.GALLERY, `${IMAGES}/write`, 'image definition, and its undo', PUBLISHER)],
      },
      {
        when: 'Batch could not read the disks of an image',
        facts: at('gallery', only('Microsoft.Compute/galleries/*', '*/read')),
        says: [
          may(
            given.GALLERY,
            'Microsoft.Compute/disks/beginGetAccess/action',
            'pools on images of the gallery: for Batch, Reader on the image is not enough',
            'Disk Backup Reader',
          ),
        ],
      },
      {
        when: 'a pool may be made and not taken back',
        facts: at('account', only('Microsoft.Batch/batchAccounts/pools/write', '*/read')),
        says: [
          may(
            given.ACCOUNT,
            'Microsoft.Batch/batchAccounts/pools/delete',
            'pool, and its undo',
            'Azure Batch Data Contributor',
          ),
        ],
      },
    ],
    unknown: [unread],
  },
  RightMissingUnconfirmed: {
    pass: [
      { when: 'everything is allowed' },
      { when: 'a confirmed one is missing', facts: at('account', []) },
      {
        when: 'only what proves itself by reading is missing',
        facts: at('subscription', only('Microsoft.Compute/locations/*/read')),
      },
    ],
    fail: [
      {
        when: 'a disk is only there to read',
        facts: at('source', only('*/read')),
        says: [
          may(
            given.diskId('os'),
            'Microsoft.Compute/disks/beginGetAccess/action',
            'copying the disk into a snapshot',
            'Disk Backup Reader',
          ),
        ],
      },
      {
        when: 'operations may not be read',
        facts: at('subscription', only('Microsoft.Compute/locations/capsOperations/read')),
        says: ['diskOperations', 'operations'].map((type) =>
          may(
            SUBSCRIPTION,
            `Microsoft.Compute/locations/${type}/read`,
            'reading why a long operation failed',
            'Reader',
          ),
        ),
      },
    ],
    unknown: [unread],
  },
});

it('more grants never make a right missing', () => {
  const actions = fc.array(fc.constantFrom('*', '*/read', ...RIGHTS.map(({ action }) => action)));
  const grants = fc.array(fc.record({ actions, notActions: actions }));
  const missing = (held: Grants): readonly string[] =>
    preflight(
      given.aCase({
        facts: given.facts({ rights: given.SCOPES.map(([scope, id]) => ({ scope, id, fact: given.there(held) })) }),
      }),
      rightRules,
    ).map(({ message }) => message);
  fc.assert(
    fc.property(grants, grants, (some, more) => {
      expect(missing(some)).toEqual(expect.arrayContaining([...missing([...some, ...more])]));
    }),
  );
});
