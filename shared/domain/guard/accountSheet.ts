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

const isWhole = (foundation: Foundation): boolean =>
  [startingImage(foundation), ...foundation.sources.map(({ fact }) => fact)].every((fact) => fact?.read === 'found');

/**
 * What is remembered of an image that could not be read, or is gone, or of whose sources this is so: what it stood on when
 * it was last seen whole; unless it stands on something else by now.
 */
function imageSince(foundation: Foundation, known: ReadonlyMap<string, SheetImage>): SheetImage {
  const now = imageOf(foundation);
  const last = known.get(armKey(foundation.image.id));
  if (!last || isWhole(foundation)) return now;
  const remembered = new Set(last.standsOn.map(armKey));
  return now.standsOn.every((id) => remembered.has(armKey(id))) ? last : now;
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
      ...(foundation === undefined
        ? {}
        : { image: this.#indexOf(foundation.image.id, () => imageSince(foundation, this.#known)) }),
      dedicated: Math.max(pool.nodes.dedicated, pool.targets?.dedicated ?? 0),
      spot: Math.max(pool.nodes.spot, pool.targets?.spot ?? 0),
    });
  }

  /** A pool as the last sheet has it; its image, too, unless that was looked at since. */
  keep({ image: index, ...pool }: SheetPool, { images }: AccountSheet): void {
    const image = index === undefined ? undefined : images[index];
    this.#pools.push({ ...pool, ...(image === undefined ? {} : { image: this.#indexOf(image.id, () => image) }) });
  }

  sheet({ accountId, region, readAt }: Pick<AccountSheet, 'accountId' | 'region' | 'readAt'>): AccountSheet {
    return { accountId, region, readAt, images: this.#images, pools: this.#pools };
  }

  #indexOf(id: string, read: () => SheetImage): number {
    const key = armKey(id);
    const index = this.#indexes.get(key) ?? this.#images.push(read()) - 1;
    this.#indexes.set(key, index);
    return index;
  }
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The sheet after one pool was looked at by itself, or, without `entry`, found gone. */
export function sheetWith(sheet: AccountSheet, poolName: string, entry: Entry | undefined): AccountSheet {
  const writer = new SheetWriter(sheet);
  if (entry) writer.add(entry);
  for (const pool of sheet.pools) if (!sameName(pool.name, poolName)) writer.keep(pool, sheet);
  return writer.sheet(sheet);
}

/** Name of the storage account that a VHD lies in; an image names its VHD by address only (rest/api/compute/images/get). */
export const vhdAccount = (address: string): string | undefined =>
  /^https:\/\/([a-z0-9]{3,24})\.blob\./.exec(address)?.[1];

/** Names of storage accounts are unique in Azure, so that the name tells whose VHD it is. */
const STORAGE_ACCOUNT = /\/providers\/microsoft\.storage\/storageaccounts\/([a-z0-9]{3,24})$/;

/**
 * Answers with the ids of the pools of a sheet that a change to a resource may concern: those that stand on it, or lie in it.
 * Many changes are asked about one sheet, so its ids are brought into their common form once.
 */
export function dependentsIn(sheet: AccountSheet): (resourceId: string) => readonly string[] {
  const account = armKey(sheet.accountId);
  const images = sheet.images.map(({ id, standsOn }) => ({ key: armKey(id), rests: standsOn.map(armKey) }));
  return (resourceId) => {
    const key = armKey(resourceId);
    const storage = STORAGE_ACCOUNT.exec(key)?.[1];
    const concerns = (id: string): boolean =>
      id === key || id.startsWith(`${key}/`) || (storage !== undefined && vhdAccount(id) === storage);
    const all = concerns(account);
    const concerned = images.map(
      (image) => concerns(image.key) || image.rests.some(concerns) || key.startsWith(`${image.key}/versions/`),
    );
    return sheet.pools
      .filter(({ image }) => all || (image !== undefined && concerned[image] === true))
      .map(({ name }) => poolIdIn(sheet.accountId, name));
  };
}

const linesOf = ({ pools, images }: AccountSheet): readonly string[] =>
  pools
    .map(({ image, ...pool }) => JSON.stringify([pool.name, pool.dedicated, pool.spot, images[image ?? -1]]))
    .toSorted();

/** True when two sheets remember the same of the same pools, in whatever order. */
export const isSameSheet = (one: AccountSheet, other: AccountSheet): boolean =>
  linesOf(one).join('\n') === linesOf(other).join('\n');

/** Ids of storage accounts by their names in lower case: by that the address of a VHD leads to what Azure can be asked for. */
export const storageAccountsIn = (ids: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    ids.flatMap((id) => {
      const name = STORAGE_ACCOUNT.exec(armKey(id))?.[1];
      return name === undefined ? [] : [[name, id] as const];
    }),
  );

/** Everything that the images of a sheet rest on. */
export const restingPlaces = (sheet: AccountSheet | undefined): readonly string[] =>
  (sheet?.images ?? []).flatMap(({ standsOn }) => standsOn);
