/** What changed, by the id that an event names, and whether the guard cares. */
import * as fc from 'fast-check';
import { changedType, guardInstanceId, isPool, isWatched, poolWritten } from '../../../../shared/domain/guard/change';
import { ACCOUNT, DEFINITION, GALLERY, id, POOL, SUBSCRIPTION, VM } from '../../../given/build';
import * as given from '../../../given/guard';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images`;
const DISK = id('rg-images', 'Microsoft.Compute/disks/os');

it.each([
  {
    what: 'a managed image',
    resourceId: given.MANAGED,
    type: 'microsoft.compute/images',
    deleted: true,
    written: true,
  },
  { what: 'a gallery', resourceId: GALLERY, type: 'microsoft.compute/galleries', deleted: true, written: false },
  {
    what: 'a definition',
    resourceId: DEFINITION,
    type: 'microsoft.compute/galleries/images',
    deleted: true,
    written: true,
  },
  {
    what: 'a version',
    resourceId: given.VERSION_ID,
    type: 'microsoft.compute/galleries/images/versions',
    deleted: true,
    written: true,
  },
  {
    what: 'a snapshot',
    resourceId: given.SNAPSHOT,
    type: 'microsoft.compute/snapshots',
    deleted: true,
    written: false,
  },
  { what: 'a disk', resourceId: DISK, type: 'microsoft.compute/disks', deleted: true, written: false },
  { what: 'a VM', resourceId: VM, type: 'microsoft.compute/virtualmachines', deleted: false, written: false },
  {
    what: 'a storage account',
    resourceId: given.VHDS,
    type: 'microsoft.storage/storageaccounts',
    deleted: true,
    written: false,
  },
  { what: 'an account', resourceId: ACCOUNT, type: 'microsoft.batch/batchaccounts', deleted: true, written: false },
  { what: 'a pool', resourceId: POOL, type: 'microsoft.batch/batchaccounts/pools', deleted: true, written: true },
  {
    what: 'a resource group',
    resourceId: GROUP,
    type: 'microsoft.resources/subscriptions/resourcegroups',
    deleted: true,
    written: false,
  },
  {
    what: 'a lock on an image',
    resourceId: `${given.MANAGED}/providers/Microsoft.Authorization/locks/keep`,
    type: 'microsoft.compute/images/providers/locks',
    deleted: false,
    written: false,
  },
  {
    what: 'a deployment',
    resourceId: `${GROUP}/providers/Microsoft.Resources/deployments/one`,
    type: 'microsoft.resources/deployments',
    deleted: false,
    written: false,
  },
])('$what: deleted $deleted, written $written', ({ resourceId, type, deleted, written }) => {
  for (const spelled of [resourceId, `${resourceId}/`, resourceId.toUpperCase(), resourceId.toLowerCase()]) {
    expect(changedType(spelled)).toBe(type);
    expect(isWatched({ resourceId: spelled, verb: 'deleted' })).toBe(deleted);
    expect(isWatched({ resourceId: spelled, verb: 'written' })).toBe(written);
    expect(isPool(spelled)).toBe(resourceId === POOL);
  }
});

it.each([
  '',
  '/',
  '/subscriptions/s',
  `${GROUP}/providers/Microsoft.Compute`,
  `${GROUP}/providers/Microsoft.Compute/images`,
  'constructor',
])('that is no resource: %s', (resourceId) => {
  expect(changedType(resourceId)).toBeUndefined();
  expect(isWatched({ resourceId, verb: 'deleted' })).toBe(false);
});

it('no text breaks it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      isWatched({ resourceId: `/subscriptions/s/resourceGroups/rg/providers/${text}`, verb: 'deleted' });
      expect(isWatched({ resourceId: text, verb: 'written' })).toBe(false);
    }),
  );
});

describe('the id of its orchestration', () => {
  it('is the same for a redelivery, however it spells the resource', () => {
    expect(guardInstanceId(given.change({ resourceId: `${given.VERSION_ID.toUpperCase()}/` }))).toBe(
      guardInstanceId(given.change()),
    );
  });

  it('is another one for a later event, and for another resource', () => {
    const ids = [given.change(), given.change({ eventId: 'event-2' }), given.change({ resourceId: given.MANAGED })];
    expect(new Set(ids.map(guardInstanceId)).size).toBe(3);
  });

  it('has no character that Durable Functions refuses, whatever the event calls itself', () => {
    expect(guardInstanceId(given.change({ eventId: '../@#?\\ é' }))).toMatch(/^guard-[0-9a-f]{16}-[0-9a-f]{16}$/);
  });
});

it('a look at a pool that no event asked for is a change like others, by nobody', () => {
  const look = poolWritten(POOL, 'snooze-1', given.NOW_MS);
  expect(look).toEqual({ verb: 'written', resourceId: POOL, eventId: 'snooze-1', by: { at: given.NOW } });
  expect(isWatched(look)).toBe(true);
});
