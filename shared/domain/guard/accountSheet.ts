/** What the last audit read of one Batch account: its pools, and what each of them stands on. */
import { armKey } from '../armId';
import { poolIdIn } from './poolId';
import { startingImage, type Foundation } from './foundation';
import type { WatchedPool } from './watchedPool';

/** An image that pools of the account name, and all that it rests on: the version behind a definition, and the sources. */
export interface SheetImage {
  readonly id: string;
  readonly standsOn: readonly string[];
}

export interface SheetPool {
  readonly name: string;
  /** Index into the sheet's images; undefined for a pool on an image of the Marketplace. */
  readonly image?: number;
  /** Nodes that it has or is set to have, whichever is more. */
  readonly dedicated: number;
  readonly spot: number;
}

export interface AccountSheet {
  readonly accountId: string;
  readonly region: string;
  /** ISO 8601. */
  readonly readAt: string;
  readonly images: readonly SheetImage[];
  readonly pools: readonly SheetPool[];
}

interface Entry {
  readonly pool: WatchedPool;
  readonly foundation?: Foundation;
}

function imageOf({ image, latest, sources }: Foundation): SheetImage {
  const version = latest?.read === 'found' ? [latest.value.id] : [];
  return { id: image.id, standsOn: [...version, ...sources.map(({ id }) => id)] };
}

/** What is remembered of an image whose record could not be read, or is gone: what it stood on when it was last seen. */
function imageSince(foundation: Foundation, known: ReadonlyMap<string, SheetImage>): SheetImage {
  return startingImage(foundation)?.read === 'found'
    ? imageOf(foundation)
    : (known.get(armKey(foundation.image.id)) ?? imageOf(foundation));
}

const nameOf = (poolId: string): string => poolId.slice(poolId.lastIndexOf('/') + 1);

/** Fills a sheet pool by pool; every image is kept once. */
export class SheetWriter {
  readonly #known: ReadonlyMap<string, SheetImage>;
  readonly #images: SheetImage[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #pools: SheetPool[] = [];

  constructor(last: AccountSheet | undefined) {
    this.#known = new Map((last?.images ?? []).map((image) => [armKey(image.id), image]));
  }

  add({ pool, foundation }: Entry): void {
    this.#pools.push({
      name: nameOf(pool.id),
      ...(foundation === undefined ? {} : { image: this.#indexOf(foundation) }),
      dedicated: Math.max(pool.nodes.dedicated, pool.targets?.dedicated ?? 0),
      spot: Math.max(pool.nodes.spot, pool.targets?.spot ?? 0),
    });
  }

  sheet(of: Pick<AccountSheet, 'accountId' | 'region' | 'readAt'>): AccountSheet {
    return { ...of, images: this.#images, pools: this.#pools };
  }

  #indexOf(foundation: Foundation): number {
    const key = armKey(foundation.image.id);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#images.push(imageSince(foundation, this.#known));
    this.#indexes.set(key, this.#images.length - 1);
    return this.#images.length - 1;
  }
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The sheet after one pool was looked at by itself, or, without `entry`, found gone. */
export function sheetWith(sheet: AccountSheet, poolName: string, entry: Entry | undefined): AccountSheet {
  const others = sheet.pools.filter(({ name }) => !sameName(name, poolName));
  if (!entry) return { ...sheet, pools: others };
  const writer = new SheetWriter(sheet);
  writer.add(entry);
  const {
    images: [image],
    pools,
  } = writer.sheet(sheet);
  const pool = pools.map((one) => (image === undefined ? one : { ...one, image: sheet.images.length }));
  return {
    ...sheet,
    images: image === undefined ? sheet.images : [...sheet.images, image],
    pools: [...others, ...pool],
  };
}

/** Ids of the pools of a sheet that a change to this resource may concern: those that stand on it, or lie in it. */
export function poolsStandingOn(resourceId: string, sheet: AccountSheet): readonly string[] {
  const key = armKey(resourceId);
  const concerns = (id: string): boolean => armKey(id) === key || armKey(id).startsWith(`${key}/`);
  const all = concerns(sheet.accountId);
  const concerned = sheet.images.map(
    ({ id, standsOn }) => concerns(id) || standsOn.some(concerns) || key.startsWith(`${armKey(id)}/versions/`),
  );
  return sheet.pools
    .filter(({ image }) => all || (image !== undefined && concerned[image] === true))
    .map(({ name }) => poolIdIn(sheet.accountId, name));
}
