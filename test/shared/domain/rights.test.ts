/** What grants allow, and which rights a build needs, where. */
import * as fc from 'fast-check';
import { allows, RIGHTS, type Grants } from '../../../shared/domain/rights';
import { rightsNeeded } from '../../../shared/domain/rightsNeeded';
import * as given from '../../given/build';

const grant = (actions: readonly string[], notActions: readonly string[] = []): Grants => [{ actions, notActions }];

describe('grants', () => {
  it.each([
    ['the action itself', grant(['Microsoft.Compute/snapshots/write']), 'Microsoft.Compute/snapshots/write'],
    ['the action in other letters', grant(['microsoft.compute/SNAPSHOTS/write']), 'Microsoft.Compute/snapshots/write'],
    ['everything', grant(['*']), 'Microsoft.Compute/snapshots/write'],
    ['everything of a type', grant(['Microsoft.Compute/galleries/*']), 'Microsoft.Compute/galleries/images/write'],
    ['every read', grant(['*/read']), 'Microsoft.Compute/disks/read'],
    ['a star in the middle', grant(['Microsoft.Batch/*/read']), 'Microsoft.Batch/locations/virtualMachineSkus/read'],
    ['two stars', grant(['Microsoft.*/images/*']), 'Microsoft.Compute/galleries/images/versions/read'],
    [
      'another grant that does not take it out',
      [...grant(['*'], ['Microsoft.Compute/*']), ...grant(['Microsoft.Compute/disks/*'])],
      'Microsoft.Compute/disks/read',
    ],
  ])('allow an action by %s', (_, grants, action) => {
    expect(allows(grants, action)).toBe(true);
  });

  it.each([
    ['none are there', [], 'Microsoft.Compute/snapshots/write'],
    ['only another verb is there', grant(['Microsoft.Compute/snapshots/read']), 'Microsoft.Compute/snapshots/write'],
    ['only a longer name is there', grant(['Microsoft.Compute/disks/readAll']), 'Microsoft.Compute/disks/read'],
    ['only a shorter name is there', grant(['Microsoft.Compute/disks']), 'Microsoft.Compute/disks/read'],
    ['only reads are there', grant(['*/read']), 'Microsoft.Compute/disks/beginGetAccess/action'],
    [
      'the same grant takes it out',
      grant(['*'], ['Microsoft.Compute/galleries/share/*']),
      'Microsoft.Compute/galleries/share/action',
    ],
    [
      'a star would have to stand for less than nothing',
      grant(['Microsoft.Compute/disks/*/read']),
      'Microsoft.Compute/disks/read',
    ],
  ])('do not allow an action when %s', (_, grants, action) => {
    expect(allows(grants, action)).toBe(false);
  });

  const pattern = fc.constantFrom('*', '*/read', ...RIGHTS.map(({ action }) => action), 'Microsoft.Compute/*');
  const grants = fc.array(fc.record({ actions: fc.array(pattern), notActions: fc.array(pattern) }));

  it('never allow less when there are more of them', () => {
    fc.assert(
      fc.property(grants, grants, fc.constantFrom(...RIGHTS.map(({ action }) => action)), (some, more, action) => {
        if (allows(some, action)) expect(allows([...some, ...more], action)).toBe(true);
      }),
    );
  });
});

describe('the table of rights', () => {
  it('has an action at a place once', () => {
    const all = RIGHTS.map(({ place, action }) => `${place} ${action}`);
    expect(all).toEqual([...new Set(all)]);
  });

  it('has whole actions only: a question with a star has no answer', () => {
    for (const { action } of RIGHTS) expect(action).toMatch(/^Microsoft\.\w+\/[\w/]+\/(read|write|delete|action)$/);
  });

  // Actions as role-based-access-control/built-in-roles lists them.
  const ROLES: Readonly<Record<string, readonly string[]>> = {
    Reader: ['*/read'],
    'Disk Backup Reader': ['Microsoft.Compute/disks/read', 'Microsoft.Compute/disks/beginGetAccess/action'],
    'Disk Snapshot Contributor': [
      'Microsoft.Compute/snapshots/delete',
      'Microsoft.Compute/snapshots/write',
      'Microsoft.Compute/snapshots/read',
      'Microsoft.Compute/disks/beginGetAccess/action',
    ],
    'Compute Gallery Artifacts Publisher': ['Microsoft.Compute/galleries/*', 'Microsoft.Compute/images/*'],
    'Virtual Machine Contributor': ['Microsoft.Compute/virtualMachines/*'],
    'Storage Account Key Operator Service Role': [
      'Microsoft.Storage/storageAccounts/listkeys/action',
      'Microsoft.Storage/storageAccounts/regeneratekey/action',
    ],
    'Azure Batch Data Contributor': ['Microsoft.Batch/batchAccounts/read', 'Microsoft.Batch/batchAccounts/pools/*'],
  };

  it.each(RIGHTS.map((right) => [right.role, right.action] as const))(
    'names a role that has it: %s, %s',
    (role, action) => {
      expect(allows(grant(ROLES[role] ?? []), action)).toBe(true);
    },
  );
});

describe('the rights that a build needs', () => {
  const SUBSCRIPTION = `/subscriptions/${given.SUBSCRIPTION}`;
  const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-images`;
  const texts = (asked = given.request(), facts = given.facts()): readonly string[] =>
    rightsNeeded(asked, facts).map(({ action, scopeId }) => `${action} at ${scopeId}`);
  const granted = (asked = given.request(), facts = given.facts()): readonly string[] =>
    rightsNeeded(asked, facts)
      .filter(({ proof, confirmed }) => proof === 'grants' && confirmed)
      .map(({ action, scopeId }) => `${action.replace('Microsoft.', '')} at ${scopeId}`);

  it('hold where it writes', () => {
    expect(granted()).toEqual([
      ...['read', 'write', 'delete'].map((verb) => `Compute/snapshots/${verb} at ${GROUP}`),
      ...['read', 'write', 'delete'].map((verb) => `Compute/images/${verb} at ${GROUP}`),
      ...['write', 'delete'].map((verb) => `Compute/galleries/images/${verb} at ${given.GALLERY}`),
      ...['write', 'delete'].map((verb) => `Compute/galleries/images/versions/${verb} at ${given.GALLERY}`),
      `Compute/disks/beginGetAccess/action at ${given.GALLERY}`,
      ...['write', 'delete'].map((verb) => `Batch/batchAccounts/pools/${verb} at ${given.ACCOUNT}`),
    ]);
  });

  it('are asked about wherever grants are read', () => {
    const asking = texts().filter((text) => text.startsWith('Microsoft.Authorization/'));
    const scopes = given.facts().rights.map(({ id }) => `Microsoft.Authorization/permissions/read at ${id}`);
    expect(asking).toEqual(scopes);
    expect(scopes.length).toBeGreaterThan(4);
  });

  it('hold at every disk', () => {
    const copying = texts().filter((text) => text.startsWith('Microsoft.Compute/disks/beginGetAccess/action at'));
    const disks = ['os', 'data-a', 'data-b'].map(given.diskId);
    expect(copying).toEqual(
      [...disks, given.GALLERY].map((id) => `Microsoft.Compute/disks/beginGetAccess/action at ${id}`),
    );
  });

  const trusted = given.facts({ machine: given.there(given.machine({ securityType: 'TrustedLaunch' })) });

  it.each([
    ['the request goes by route direct', given.request({ image: { route: 'direct' } }), given.facts()],
    ['the VM can only go by it', given.request(), trusted],
  ])('are none on managed images when %s', (_, asked, facts) => {
    expect(texts(asked, facts).filter((text) => text.includes('Compute/images/'))).toEqual([]);
  });

  it('are none to make or remove a definition that is there', () => {
    const facts = given.facts({ definition: given.there(given.definition()) });
    const writes = texts(given.request(), facts).filter((text) => /galleries\/images\/(write|delete)/.test(text));
    expect(writes).toEqual([]);
  });

  const REGISTERED = 'Microsoft.Resources/subscriptions/providers/read';
  const USAGES = 'Microsoft.Compute/locations/usages/read';

  it("reach into the gallery's own subscription", () => {
    const other = `/subscriptions/${given.OTHER_SUBSCRIPTION}`;
    const galleryId = given.id('rg', 'Microsoft.Compute/galleries/gal', given.OTHER_SUBSCRIPTION);
    expect(texts(given.request({ image: { galleryId } }))).toContain(`${REGISTERED} at ${other}`);
    expect(texts().filter((text) => text.startsWith(REGISTERED))).toEqual([]);
  });

  it("reach to the subscription's cores when the account has none of its own", () => {
    const facts = given.facts({ account: given.there(given.account({ allocationMode: 'UserSubscription' })) });
    expect(texts(given.request(), facts)).toContain(`${USAGES} at ${SUBSCRIPTION}`);
    expect(texts().filter((text) => text.startsWith(USAGES))).toEqual([]);
  });
});
