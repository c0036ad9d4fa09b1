/** What is remembered of an account: which pool stands on what, and so whom a change concerns. */
import * as fc from 'fast-check';
import {
  dependentsIn,
  sheetWith,
  SheetWriter,
  type AccountSheet,
  type SheetImage,
} from '../../../../shared/domain/guard/accountSheet';
import type { Foundation } from '../../../../shared/domain/guard/foundation';
import type { WatchedPool } from '../../../../shared/domain/guard/watchedPool';
import { ACCOUNT, DEFINITION, forbidden, GALLERY, missing, there } from '../../../given/build';
import * as given from '../../../given/guard';

const { DATA_SNAPSHOT, MANAGED, NOW, poolIn, SNAPSHOT, VERSION_ID, VHDS } = given;
const OF = { accountId: ACCOUNT, region: 'westeurope', readAt: NOW };
const POOL = poolIn(ACCOUNT, 'render-pool');
const VHD = 'https://rendervhds.blob.core.windows.net/vhds/os.vhd';

const standing = (imageId: string, ...standsOn: readonly string[]): AccountSheet =>
  given.sheet({ images: [{ id: imageId, standsOn }] });
const groupOf = (one: string): string => one.replace(/\/providers\/.*$/, '');

describe('dependentsIn', () => {
  const onVersion = standing(VERSION_ID, MANAGED, SNAPSHOT);
  const onDefinition = standing(DEFINITION, VERSION_ID, MANAGED, SNAPSHOT);

  it.each([
    { label: 'its version', sheet: onVersion, changed: VERSION_ID },
    { label: 'its version in another case', sheet: onVersion, changed: VERSION_ID.toUpperCase() },
    { label: 'its version with a slash', sheet: onVersion, changed: `${VERSION_ID}/` },
    {
      label: 'its version as events spell it',
      sheet: onVersion,
      changed: VERSION_ID.replace('resourceGroups', 'resourcegroups'),
    },
    { label: 'the definition of its version', sheet: onVersion, changed: DEFINITION },
    { label: 'the gallery of its version', sheet: onVersion, changed: GALLERY },
    { label: 'the resource group of its version', sheet: onVersion, changed: groupOf(VERSION_ID) },
    { label: 'the managed image that its version was made from', sheet: onVersion, changed: MANAGED },
    { label: 'the snapshot that this was made from', sheet: onVersion, changed: SNAPSHOT },
    { label: 'its definition', sheet: onDefinition, changed: DEFINITION },
    { label: 'the version that its definition means', sheet: onDefinition, changed: VERSION_ID },
    { label: 'a version published under its definition', sheet: onDefinition, changed: `${DEFINITION}/versions/9.9.9` },
    { label: 'the source of its latest version', sheet: onDefinition, changed: SNAPSHOT },
    { label: 'its managed image', sheet: standing(MANAGED, SNAPSHOT), changed: MANAGED },
    { label: 'the storage account of a VHD, by its id', sheet: standing(VERSION_ID, VHDS), changed: VHDS },
    { label: 'the storage account of a VHD, by its address', sheet: standing(MANAGED, VHD), changed: VHDS },
    { label: 'the resource group of a source', sheet: standing(VERSION_ID, VHDS), changed: groupOf(VHDS) },
    { label: 'its account', sheet: onVersion, changed: ACCOUNT },
    { label: 'the resource group of its account', sheet: onVersion, changed: groupOf(ACCOUNT) },
  ])('a pool is concerned by $label', ({ sheet, changed }) => {
    expect(dependentsIn(sheet)(changed)).toEqual([POOL]);
  });

  it.each([
    { label: 'another version of the definition', sheet: onVersion, changed: `${DEFINITION}/versions/1.2.1` },
    { label: 'a version whose name begins with the same', sheet: onVersion, changed: `${VERSION_ID}0` },
    { label: 'a definition whose name begins with the same', sheet: onDefinition, changed: `${DEFINITION}2` },
    { label: 'a version of such a definition', sheet: onDefinition, changed: `${DEFINITION}2/versions/1.0.0` },
    {
      label: 'a resource group whose name begins with the same',
      sheet: onVersion,
      changed: `${groupOf(VERSION_ID)}-2`,
    },
    {
      label: 'an image of the same name elsewhere',
      sheet: standing(MANAGED),
      changed: MANAGED.replace('rg-images', 'rg-2'),
    },
    {
      label: 'another storage account',
      sheet: standing(MANAGED, VHD),
      changed: VHDS.replace('rendervhds', 'rendervhds2'),
    },
    {
      label: 'a blob of such a name in a storage account',
      sheet: standing(MANAGED, VHD.replace('rendervhds', 'other')),
      changed: VHDS,
    },
    { label: 'another account', sheet: onVersion, changed: given.OTHER_ACCOUNT },
  ])('a pool is not concerned by $label', ({ sheet, changed }) => {
    expect(dependentsIn(sheet)(changed)).toEqual([]);
  });

  it('a pool on an image of the Marketplace is concerned by its account only', () => {
    const sheet = given.sheet({ images: [], pools: [{ name: 'render-pool', dedicated: 1, spot: 0 }] });
    expect(dependentsIn(sheet)(VERSION_ID)).toEqual([]);
    expect(dependentsIn(sheet)(ACCOUNT)).toEqual([POOL]);
  });

  it('names those pools that it concerns, and no others', () => {
    const pools = [0, 1, 0].map((image, nth) => ({ name: `pool-${nth}`, image, dedicated: 1, spot: 0 }));
    const sheet = given.sheet({
      images: [
        { id: VERSION_ID, standsOn: [] },
        { id: MANAGED, standsOn: [] },
      ],
      pools,
    });
    expect(dependentsIn(sheet)(VERSION_ID)).toEqual([poolIn(ACCOUNT, 'pool-0'), poolIn(ACCOUNT, 'pool-2')]);
  });

  it('answers the same however the ids are spelled', () => {
    const spelled = (text: string) =>
      fc
        .tuple(
          fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }),
          fc.constantFrom('', '/', '//'),
        )
        .map(
          ([upper, end]) =>
            Array.from(text)
              .map((letter, nth) => (upper[nth] ? letter.toUpperCase() : letter.toLowerCase()))
              .join('') + end,
        );
    const ids = [
      VERSION_ID,
      DEFINITION,
      GALLERY,
      MANAGED,
      SNAPSHOT,
      VHDS,
      ACCOUNT,
      groupOf(SNAPSHOT),
      given.OTHER_ACCOUNT,
    ];
    const changes = fc.constantFrom(...ids).chain((one) => fc.tuple(fc.constant(one), spelled(one)));
    const images = [
      { id: VERSION_ID, standsOn: [MANAGED, SNAPSHOT] },
      { id: DEFINITION, standsOn: [`${DEFINITION}/versions/2.0.0`, VHDS] },
    ];
    const pools = [0, 1, undefined].map((image, nth) => ({
      name: `pool-${nth}`,
      dedicated: 1,
      spot: 0,
      ...(image === undefined ? {} : { image }),
    }));
    const sheet = given.sheet({ images, pools });
    const spelledImages = fc.tuple(
      ...images.map((one) => fc.tuple(spelled(one.id), fc.tuple(...one.standsOn.map(spelled)))),
    );
    fc.assert(
      fc.property(changes, spelledImages, ([plain, changed], others) => {
        const other = { ...sheet, images: others.map(([one, standsOn]) => ({ id: one, standsOn })) };
        expect(dependentsIn(other)(changed)).toEqual(dependentsIn(sheet)(plain));
      }),
    );
  });
});

const written = (
  last: AccountSheet | undefined,
  ...entries: readonly (readonly [WatchedPool, Foundation?])[]
): AccountSheet => {
  const writer = new SheetWriter(last);
  for (const [pool, foundation] of entries) writer.add({ pool, ...(foundation === undefined ? {} : { foundation }) });
  return writer.sheet(OF);
};
const imagesOf = (sheet: AccountSheet): readonly SheetImage[] => sheet.images;

describe('SheetWriter', () => {
  it('writes what a pool stands on, back to the snapshots', () => {
    expect(written(undefined, [given.watchedPool(), given.onVersion()])).toEqual(given.sheet());
  });

  it('writes the version that a definition means before its sources', () => {
    const [image] = imagesOf(written(undefined, [given.watchedPool(), given.onDefinition()]));
    expect(image).toEqual({ id: DEFINITION, standsOn: [VERSION_ID, MANAGED, SNAPSHOT, DATA_SNAPSHOT] });
  });

  it('writes a pool of the Marketplace without an image', () => {
    expect(written(undefined, [given.watchedPool()])).toMatchObject({ images: [], pools: [{ name: 'render-pool' }] });
  });

  it('keeps one image of many pools once, however they spell it', () => {
    const other = {
      ...given.onVersion(),
      image: { kind: 'version', id: VERSION_ID.toUpperCase(), fact: there(given.version()) },
    } as const;
    const { images, pools } = written(
      undefined,
      [given.watchedPool(), given.onVersion()],
      [given.watchedPool({ id: poolIn(ACCOUNT, 'two') }), other],
      [given.watchedPool({ id: poolIn(ACCOUNT, 'three') }), given.onImage()],
    );
    expect(images).toHaveLength(2);
    expect(pools.map(({ image }) => image)).toEqual([0, 0, 1]);
  });

  it.each([
    { label: 'nodes that it has', nodes: 20, target: 16, counts: 20 },
    { label: 'nodes that it is set to have', nodes: 4, target: 16, counts: 16 },
  ])('counts the $label, whichever is more', ({ nodes, target, counts }) => {
    const pool = given.watchedPool({
      nodes: { dedicated: nodes, spot: nodes },
      targets: { dedicated: target, spot: target },
    });
    expect(written(undefined, [pool]).pools).toEqual([{ name: 'render-pool', dedicated: counts, spot: counts }]);
  });

  const remembers = (last: AccountSheet | undefined, foundation: Foundation): readonly string[] | undefined =>
    imagesOf(written(last, [given.watchedPool(), foundation]))[0]?.standsOn;

  it.each([
    { label: 'gone', fact: missing },
    { label: 'not to be read', fact: forbidden },
  ])('remembers what a version stood on that is $label', ({ fact }) => {
    expect(remembers(given.sheet(), given.onVersion(fact, { sources: [] }))).toEqual([
      MANAGED,
      SNAPSHOT,
      DATA_SNAPSHOT,
    ]);
  });

  it('remembers what a definition stood on that has no version any more', () => {
    expect(remembers(standing(DEFINITION, VERSION_ID, SNAPSHOT), given.onDefinition(missing, { sources: [] }))).toEqual(
      [VERSION_ID, SNAPSHOT],
    );
  });

  it('remembers what a source was made from that is gone itself', () => {
    const sourceGone = given.onVersion(there(given.version()), { sources: given.sources([MANAGED, missing]) });
    expect(remembers(given.sheet(), sourceGone)).toEqual([MANAGED, SNAPSHOT, DATA_SNAPSHOT]);
  });

  it('does not take what an old version stood on for what the new one does', () => {
    const newer = given.version({ id: `${DEFINITION}/versions/2.0.0` });
    const foundation = given.onDefinition(there(newer), { sources: given.sources([MANAGED, missing]) });
    expect(remembers(standing(DEFINITION, VERSION_ID, MANAGED, SNAPSHOT), foundation)).toEqual([newer.id, MANAGED]);
  });

  it('forgets what an image stood on that was made again from something else', () => {
    const again = given.onVersion(there(given.version({ sourceIds: [VHDS] })), {
      sources: given.sources([VHDS, there(null)]),
    });
    expect(remembers(given.sheet(), again)).toEqual([VHDS]);
  });

  it('knows of nothing when it is the first', () => {
    expect(remembers(undefined, given.onVersion(missing, { sources: [] }))).toEqual([]);
  });
});

describe('sheetWith', () => {
  const two = (): AccountSheet =>
    written(
      undefined,
      [given.watchedPool(), given.onVersion()],
      [given.watchedPool({ id: poolIn(ACCOUNT, 'two') }), given.onVersion()],
      [given.watchedPool({ id: poolIn(ACCOUNT, 'three') }), given.onImage()],
    );
  const imageNames = (sheet: AccountSheet): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries(
      sheet.pools.map(({ name, image }) => [name, image === undefined ? undefined : sheet.images[image]?.id]),
    );

  it('takes a pool out that is gone, and its image with the last pool on it', () => {
    const sheet = sheetWith(two(), 'THREE', undefined);
    expect(imageNames(sheet)).toEqual({ 'render-pool': VERSION_ID, two: VERSION_ID });
    expect(sheet.images).toHaveLength(1);
  });

  it('takes a pool in that is new', () => {
    const sheet = sheetWith(two(), 'four', {
      pool: given.watchedPool({ id: poolIn(ACCOUNT, 'four') }),
      foundation: given.onDefinition(),
    });
    expect(imageNames(sheet)).toMatchObject({
      four: DEFINITION,
      two: VERSION_ID,
      three: MANAGED,
      'render-pool': VERSION_ID,
    });
  });

  it('moves a pool to another image', () => {
    const sheet = sheetWith(two(), 'two', {
      pool: given.watchedPool({ id: poolIn(ACCOUNT, 'two') }),
      foundation: given.onImage(),
    });
    expect(imageNames(sheet)).toEqual({ 'render-pool': VERSION_ID, two: MANAGED, three: MANAGED });
  });

  it('tells the other pools on the image as well what it stands on now', () => {
    const before = written(
      undefined,
      [given.watchedPool(), given.onDefinition()],
      [given.watchedPool({ id: poolIn(ACCOUNT, 'two') }), given.onDefinition()],
    );
    const newer = given.version({ id: `${DEFINITION}/versions/2.0.0` });
    const foundation = given.onDefinition(there(newer), { sources: given.sources([VHDS, there(null)]) });
    const sheet = sheetWith(before, 'two', { pool: given.watchedPool({ id: poolIn(ACCOUNT, 'two') }), foundation });
    expect(dependentsIn(sheet)(VHDS).toSorted()).toEqual([POOL, poolIn(ACCOUNT, 'two')]);
    expect(dependentsIn(sheet)(SNAPSHOT)).toEqual([]);
  });

  it('does not grow, however often pools are looked at', () => {
    let sheet = two();
    for (let looks = 0; looks < 100; looks += 1) {
      sheet = sheetWith(sheet, 'two', {
        pool: given.watchedPool({ id: poolIn(ACCOUNT, 'two') }),
        foundation: given.onVersion(),
      });
    }
    expect(sheet.images).toHaveLength(2);
    expect(sheet.pools).toHaveLength(3);
  });

  it('remembers what a gone image stood on, look after look', () => {
    let sheet = two();
    for (let looks = 0; looks < 3; looks += 1) {
      sheet = sheetWith(sheet, 'three', {
        pool: given.watchedPool({ id: poolIn(ACCOUNT, 'three') }),
        foundation: given.onImage(missing, { sources: [] }),
      });
    }
    expect(dependentsIn(sheet)(DATA_SNAPSHOT)).toContain(poolIn(ACCOUNT, 'three'));
  });

  it('comes to the same as a sheet that is written anew', () => {
    const foundations = fc.constantFrom<Foundation | undefined>(
      given.onVersion(),
      given.onDefinition(),
      given.onImage(),
      undefined,
    );
    const entries = fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three', 'four'), foundations), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(entries, (all) => {
        const entry = (name: string, foundation: Foundation | undefined) => ({
          pool: given.watchedPool({ id: poolIn(ACCOUNT, name) }),
          ...(foundation === undefined ? {} : { foundation }),
        });
        const empty = given.sheet({ images: [], pools: [] });
        const sheet = all.reduce((last, [name, foundation]) => sheetWith(last, name, entry(name, foundation)), empty);
        const anew = new SheetWriter(undefined);
        for (const [name, foundation] of new Map(all)) anew.add(entry(name, foundation));
        expect(imageNames(sheet)).toEqual(imageNames(anew.sheet(OF)));
        expect(sheet.images).toHaveLength(anew.sheet(OF).images.length);
      }),
    );
  });
});
