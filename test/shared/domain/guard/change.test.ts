/** What changed, by the id that an event names, and whether the guard cares. */
import * as fc from 'fast-check';
import {
  changedType,
  guardJobs,
  isPool,
  isWatched,
  poolWritten,
  type ResourceChange,
} from '../../../../shared/domain/guard/change';
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

describe('guardJobs', () => {
  const idsOf = (...changes: readonly ResourceChange[]): readonly string[] =>
    guardJobs(changes).map(({ instanceId }) => instanceId);
  const numbered = (count: number, resourceId: string): readonly ResourceChange[] =>
    Array.from({ length: count }, (_, nth) => given.change({ eventId: `event-${nth}`, resourceId }));

  it('answers with the same id for a redelivery, however it spells the resource', () => {
    expect(idsOf(given.change({ resourceId: `${given.VERSION_ID.toUpperCase()}/` }))).toEqual(idsOf(given.change()));
  });

  it('answers with another id for a later event, for another resource, and for more of them', () => {
    const other = given.change({ resourceId: given.MANAGED });
    const ids = [given.change(), given.change({ eventId: 'event-2' }), other].flatMap((change) => idsOf(change));
    expect(new Set([...ids, ...idsOf(given.change(), other)]).size).toBe(4);
  });

  it('has no character in an id that Durable Functions refuses, whatever the event calls itself', () => {
    const [id] = idsOf(given.change({ eventId: '../@#?\\ é' }));
    expect(id).toMatch(/^guard-[0-9a-f]{16}-[0-9a-f]{16}$/);
  });

  it('has no job for nothing', () => {
    expect(guardJobs([])).toEqual([]);
  });

  it('takes an event that came twice once', () => {
    expect(guardJobs([given.change(), given.change()]).map(({ changes }) => changes)).toEqual([[given.change()]]);
  });

  it('keeps changes of pools from waiting with others for a first audit', () => {
    const ofPool = given.change({ resourceId: POOL });
    const jobs = guardJobs([given.change(), ofPool, given.change({ resourceId: given.MANAGED })]);
    expect(jobs.map(({ changes }) => changes.map(({ resourceId }) => resourceId))).toEqual([
      [POOL],
      [given.VERSION_ID, given.MANAGED],
    ]);
  });

  it('has a hundred changes in a job at most, and loses none', () => {
    const all = [...numbered(250, given.MANAGED), ...numbered(1, POOL)];
    const jobs = guardJobs(all);
    expect(jobs.map(({ changes }) => changes.length)).toEqual([1, 100, 100, 50]);
    expect(jobs.flatMap(({ changes }) => changes)).toEqual([...all.slice(250), ...all.slice(0, 250)]);
  });
});

it('a look at a pool that no event asked for is a change like others, by nobody', () => {
  const look = poolWritten(POOL, 'snooze-1', given.NOW_MS);
  expect(look).toEqual({ verb: 'written', resourceId: POOL, eventId: 'snooze-1', by: { at: given.NOW } });
  expect(isWatched(look)).toBe(true);
});
