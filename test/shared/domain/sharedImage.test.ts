/** Which pools share an image: with a build, those that take its new version; with a pool that is grown, those on its own. */
import type { ExistingPool, PoolInUse } from '../../../shared/domain/account';
import type { Fact } from '../../../shared/domain/facts';
import type { KnownVersion } from '../../../shared/domain/gallery';
import { sharingPools } from '../../../shared/domain/sharedImage';
import * as given from '../../given/build';

const { DEFINITION, ACCOUNT, POOL } = given;
const OLD = `${DEFINITION}/versions/2025.101.1`;
const NEW = `${DEFINITION}/versions/2026.101.1`;
const LATEST = `${DEFINITION}/versions/latest`;
const OTHER = `${ACCOUNT}/pools/other`;
const VERSIONS = given.there<readonly KnownVersion[]>([
  { name: '2025.101.1', excludedFromLatest: false },
  { name: '2026.101.1', excludedFromLatest: false },
  { name: '3000.1.1', excludedFromLatest: true },
]);

const on = (imageId: string | undefined, id = OTHER): PoolInUse => ({
  ...{ id, vmSize: 'Standard_D4ds_v5', dedicatedNodes: 2, spotNodes: 1 },
  ...(imageId === undefined ? {} : { imageId }),
});

describe('with a build', () => {
  const surveyed = { request: given.request(), pool: given.missing, versions: VERSIONS, sourceImage: undefined };
  const shares = (one: PoolInUse) => sharingPools([one], surveyed);

  it.each([
    ['the definition', DEFINITION],
    ['the definition in other letters, with a slash', `${DEFINITION.toUpperCase()}/`],
    ['its latest version', LATEST],
  ])('a pool shares that takes %s', (_, imageId) => {
    expect(shares(on(imageId))).toEqual([{ id: OTHER, dedicatedNodes: 2, spotNodes: 1 }]);
  });

  it.each([
    ['takes a fixed version', NEW],
    ['takes another definition', `${DEFINITION}-2`],
    ['takes an image of the Marketplace', undefined],
  ])('no pool shares that %s', (_, imageId) => {
    expect(shares(on(imageId))).toEqual([]);
  });

  it('its own pool is none of the others', () => {
    expect(shares(on(DEFINITION, POOL.toUpperCase()))).toEqual([]);
  });
});

describe('with a pool that is grown', () => {
  const request = given.request({ pool: { existing: 'grow' } });
  const unread: Fact<readonly KnownVersion[]> = given.forbidden;
  const all = [OLD, NEW, DEFINITION, LATEST, `${DEFINITION}-2`];

  it.each<{ imageId: string; versions: Fact<readonly KnownVersion[]>; shared: readonly string[] }>([
    { imageId: OLD, versions: VERSIONS, shared: [OLD] },
    { imageId: NEW.toUpperCase(), versions: VERSIONS, shared: [NEW, DEFINITION, LATEST] },
    { imageId: DEFINITION, versions: VERSIONS, shared: [NEW, DEFINITION, LATEST] },
    { imageId: OLD, versions: unread, shared: [OLD, DEFINITION, LATEST] },
    { imageId: DEFINITION, versions: unread, shared: [DEFINITION, LATEST] },
  ])('on $imageId, pools share that take its image ($versions.read)', ({ imageId, versions, shared }) => {
    const pool: Fact<ExistingPool> = given.there(given.existingPool({ imageId }));
    const pools = all.map((id) => on(id, `${ACCOUNT}/pools/${all.indexOf(id)}`));
    const sharing = sharingPools(pools, { request, pool, versions, sourceImage: undefined });
    expect(sharing.map(({ id }) => all[Number(id.split('/').at(-1))])).toEqual(shared);
  });

  it.each([
    {
      label: 'of the same snapshot',
      sources: ['/snapshots/os', '/SNAPSHOTS/OS/'],
      shared: [OLD, NEW, DEFINITION, LATEST],
    },
    { label: 'of other snapshots', sources: ['/snapshots/os', '/snapshots/other'], shared: [OLD] },
  ])('on an old version, pools on a newer one $label', ({ sources: [old = '', newer = ''], shared }) => {
    const versions = given.there<readonly KnownVersion[]>([
      { name: '2025.101.1', excludedFromLatest: false, sourceIds: [old] },
      { name: '2026.101.1', excludedFromLatest: false, sourceIds: [newer] },
    ]);
    const pool: Fact<ExistingPool> = given.there(given.existingPool({ imageId: OLD }));
    const pools = all.map((id) => on(id, `${ACCOUNT}/pools/${all.indexOf(id)}`));
    const sharing = sharingPools(pools, { request, pool, versions, sourceImage: undefined });
    expect(sharing.map(({ id }) => all[Number(id.split('/').at(-1))])).toEqual(shared);
  });

  it('that is not there yet, it is as with a build', () => {
    const surveyed = { request, pool: given.missing, versions: VERSIONS, sourceImage: undefined };
    expect(
      sharingPools(
        all.map((id) => on(id)),
        surveyed,
      ),
    ).toHaveLength(2);
  });
});
