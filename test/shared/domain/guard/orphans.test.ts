/** What the app made for pools that are not there: suspects only, and nothing that anybody stands on. */
import type { StoredResource } from '../../../../shared/domain/guard/imageStock';
import { orphanSuspects } from '../../../../shared/domain/guard/orphans';
import { ACCOUNT, DEFINITION } from '../../../given/build';
import * as given from '../../../given/guard';

const { DATA_SNAPSHOT, MANAGED, minutesFromNow, NOW_MS, OTHER_ACCOUNT, OWN, poolIn, SNAPSHOT, VERSION_ID } = given;

const GONE = poolIn(ACCOUNT, 'gone-pool');
const own = { ...OWN, poolId: GONE };
const MADE: readonly StoredResource[] = [
  given.snapshot({ own }),
  given.image({ own }),
  given.version({ own }),
  given.definition({ own }),
];
const empty = given.sheet({ images: [], pools: [] });
const suspects = (stock: readonly StoredResource[], ...sheets: Parameters<typeof orphanSuspects>[1]) =>
  orphanSuspects(stock, sheets, NOW_MS);

it('names what was made for a pool that is not there, all of it but the definition', () => {
  expect(suspects(MADE, empty)).toEqual([{ poolId: GONE, artifacts: [SNAPSHOT, MANAGED, VERSION_ID] }]);
});

it('names the artifacts of each pool by themselves, however the tags spell it', () => {
  const spelled = given.snapshot({ id: DATA_SNAPSHOT, own: { ...own, poolId: `${GONE.toUpperCase()}/` } });
  const other = given.image({ own: { ...own, poolId: poolIn(ACCOUNT, 'other-pool') } });
  expect(suspects([given.snapshot({ own }), other, spelled], empty)).toEqual([
    { poolId: GONE, artifacts: [SNAPSHOT, DATA_SNAPSHOT] },
    { poolId: poolIn(ACCOUNT, 'other-pool'), artifacts: [MANAGED] },
  ]);
});

const snapshotOf = (changes: Partial<typeof own>): readonly StoredResource[] => [
  given.snapshot({ own: { ...own, ...changes } }),
];

it.each([
  { label: 'somebody else made it', stock: [given.snapshot()], sheets: [empty] },
  {
    label: 'its pool is there',
    stock: snapshotOf({ poolId: OWN.poolId.toUpperCase() }),
    sheets: [given.sheet({ images: [] })],
  },
  {
    label: 'it is so young that a build may be under way',
    stock: snapshotOf({ createdAt: minutesFromNow(-48 * 60 + 1) }),
    sheets: [empty],
  },
  { label: 'it does not say when it was made', stock: snapshotOf({ createdAt: '' }), sheets: [empty] },
  { label: 'it does not say for which pool', stock: snapshotOf({ poolId: '' }), sheets: [empty] },
  { label: 'what it says is no pool', stock: snapshotOf({ poolId: ACCOUNT }), sheets: [empty] },
  { label: 'the account was not read', stock: snapshotOf({}), sheets: [] },
  {
    label: 'only another account was read',
    stock: snapshotOf({}),
    sheets: [given.sheet({ accountId: OTHER_ACCOUNT })],
  },
  { label: 'another pool stands on what was made from it', stock: snapshotOf({}), sheets: [given.sheet()] },
  {
    label: 'a pool of another account stands on it',
    stock: [given.version({ own })],
    sheets: [
      empty,
      given.sheet({ accountId: OTHER_ACCOUNT, images: [{ id: VERSION_ID.toUpperCase(), standsOn: [] }] }),
    ],
  },
  {
    label: 'a pool on the definition takes it',
    stock: [given.version({ own })],
    sheets: [given.sheet({ images: [{ id: DEFINITION, standsOn: [VERSION_ID] }] })],
  },
])('suspects nothing when $label', ({ stock, sheets }) => {
  expect(suspects(stock, ...sheets)).toEqual([]);
});

it('suspects what is exactly two days old', () => {
  expect(suspects(snapshotOf({ createdAt: minutesFromNow(-48 * 60) }), empty)).toHaveLength(1);
});
