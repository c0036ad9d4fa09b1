/** Pools that share an image, or images of one snapshot, and have too many nodes together (article, points 16 and 17). */
import * as fc from 'fast-check';
import type { AccountSheet, SheetImage, SheetPool } from '../../../../shared/domain/guard/accountSheet';
import { crowdedPools, type CrowdedPool } from '../../../../shared/domain/guard/sharedNodes';
import { ACCOUNT, DEFINITION, id, VM } from '../../../given/build';
import * as given from '../../../given/guard';
import { without } from '../../../given/without';

const { MANAGED, OTHER_ACCOUNT, poolIn, SNAPSHOT, VERSION_ID, VHDS } = given;

const pool = (name: string, image: number | undefined, dedicated: number, spot = 0): SheetPool => ({
  name,
  ...(image === undefined ? {} : { image }),
  dedicated,
  spot,
});
const image = (imageId: string, ...standsOn: readonly string[]): SheetImage => ({ id: imageId, standsOn });
const sheet = (images: readonly SheetImage[], pools: readonly SheetPool[], accountId = ACCOUNT): AccountSheet =>
  given.sheet({ accountId, images, pools });
const names = (crowded: readonly CrowdedPool[]): readonly string[] =>
  crowded.map(({ poolId }) => poolId.split('/').at(-1) ?? '');

const other = `${DEFINITION}-2/versions/1.0.0`;
const half = (): readonly SheetPool[] => [pool('one', 0, 1_300), pool('two', 1, 1_300)];

it.each([
  {
    label: 'one image, too many dedicated nodes',
    sheets: [sheet([image(VERSION_ID)], [pool('one', 0, 1_300), pool('two', 0, 1_201)])],
  },
  {
    label: 'one image, too many Spot nodes',
    sheets: [sheet([image(VERSION_ID)], [pool('one', 0, 0, 500), pool('two', 0, 0, 501)])],
  },
  {
    label: 'one image in two spellings',
    sheets: [sheet([image(VERSION_ID), image(`${VERSION_ID.toUpperCase()}/`)], half())],
  },
  {
    label: 'one image, in two accounts',
    sheets: [
      sheet([image(VERSION_ID)], [pool('one', 0, 1_300)]),
      sheet([image(VERSION_ID)], [pool('two', 0, 1_300)], OTHER_ACCOUNT),
    ],
  },
  { label: 'images of one snapshot', sheets: [sheet([image(MANAGED, SNAPSHOT), image(other, SNAPSHOT)], half())] },
  {
    label: 'a version, and the managed image that it was made from',
    sheets: [sheet([image(VERSION_ID, MANAGED), image(MANAGED)], half())],
  },
  {
    label: 'a version, and the definition that means it',
    sheets: [sheet([image(VERSION_ID), image(DEFINITION, VERSION_ID)], half())],
  },
  {
    label: 'images that are joined by a third',
    sheets: [
      sheet(
        [image(MANAGED, SNAPSHOT), image(other, `${SNAPSHOT}-2`), image(VERSION_ID, SNAPSHOT, `${SNAPSHOT}-2`)],
        [...half(), pool('three', 2, 0)],
      ),
    ],
  },
])('$label: all pools are named, with the sums', ({ sheets }) => {
  const crowded = crowdedPools(sheets);
  expect(names(crowded)).toEqual(sheets.flatMap(({ pools }) => pools.map(({ name }) => name)));
  const sums = crowded.map((one) => without(one, 'poolId'));
  expect(sums).toEqual(sums.map(() => sums[0]));
  expect(sums[0]?.pools).toBe(crowded.length);
});

it.each([
  {
    label: 'as many as there may be',
    sheets: [sheet([image(VERSION_ID)], [pool('one', 0, 1_300, 500), pool('two', 0, 1_200, 500)])],
  },
  {
    label: 'too many in one pool: Azure refuses them itself',
    sheets: [sheet([image(VERSION_ID)], [pool('one', 0, 9_000)])],
  },
  {
    label: 'images that share nothing',
    sheets: [sheet([image(VERSION_ID, MANAGED), image(other, `${MANAGED}-2`)], half())],
  },
  {
    label: 'images of one VM, which is none of the sources that count',
    sheets: [sheet([image(VERSION_ID, VM), image(other, VM)], half())],
  },
  {
    label: 'images of VHDs in one storage account',
    sheets: [sheet([image(VERSION_ID, VHDS), image(other, VHDS)], half())],
  },
  {
    label: 'images of the Marketplace',
    sheets: [sheet([], [pool('one', undefined, 9_000), pool('two', undefined, 9_000)])],
  },
  {
    label: 'two versions of one definition',
    sheets: [sheet([image(VERSION_ID), image(`${DEFINITION}/versions/2.0.0`)], half())],
  },
  { label: 'nothing at all', sheets: [] },
])('$label: nobody is named', ({ sheets }) => {
  expect(crowdedPools(sheets)).toEqual([]);
});

/** The rule word by word: pools belong together that share a key, over any number of steps. */
function naive(sheets: readonly AccountSheet[]): readonly CrowdedPool[] {
  const all = sheets.flatMap((one) =>
    one.pools.flatMap(({ name, image: index, dedicated, spot }) => {
      const found = index === undefined ? undefined : one.images[index];
      return found
        ? [{ poolId: poolIn(one.accountId, name), keys: new Set([found.id, ...found.standsOn]), dedicated, spot }]
        : [];
    }),
  );
  return all.flatMap(({ poolId, keys }) => {
    const reached = new Set(keys);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const { keys: theirs } of all)
        if ([...theirs].some((key) => reached.has(key))) for (const key of theirs) reached.add(key);
    }
    const group = all.filter(({ keys: theirs }) => [...theirs].some((key) => reached.has(key)));
    const sum = (count: (one: (typeof all)[number]) => number): number =>
      group.reduce((total, one) => total + count(one), 0);
    const sums = { pools: group.length, dedicated: sum((one) => one.dedicated), spot: sum((one) => one.spot) };
    return sums.pools > 1 && (sums.dedicated > 2_500 || sums.spot > 1_000) ? [{ poolId, ...sums }] : [];
  });
}

it('comes to what the rule says, on any sheets', () => {
  const snapshots = fc.subarray([1, 2, 3, 4].map((nth) => id('rg', `Microsoft.Compute/snapshots/s${nth}`)));
  // One image has one lineage, in whatever account it is met.
  const lineages = fc.tuple(snapshots, snapshots, snapshots, snapshots, snapshots);
  const pools = fc.array(fc.tuple(fc.nat(4), fc.nat(2_000), fc.nat(800)), { maxLength: 6 });
  fc.assert(
    fc.property(lineages, pools, pools, (standsOn, ...accounts) => {
      const images = standsOn.map((ids, nth) => image(id('rg', `Microsoft.Compute/images/i${nth}`), ...ids));
      const sheets = accounts.map((own, nth) => {
        const used = [...new Set(own.map(([index]) => index))];
        return sheet(
          used.flatMap((index) => images[index] ?? []),
          own.map(([index, dedicated, spot], name) => pool(`p${name}`, used.indexOf(index), dedicated, spot)),
          nth === 0 ? ACCOUNT : OTHER_ACCOUNT,
        );
      });
      expect(crowdedPools(sheets)).toEqual(naive(sheets));
    }),
    { numRuns: 300 },
  );
});
