/** Which pools share an image, or images of one snapshot, and have more nodes together than one image may have. */
import { armKey, parseArmId } from '../armId';
import { MAX_DEDICATED_NODES, MAX_SPOT_NODES } from '../limits';
import type { AccountSheet, SheetImage } from './accountSheet';
import { poolIdIn } from './poolId';

/** What makes two images one in the eyes of the limit (article, point 17); a VM or a storage account does not. */
const JOINING: ReadonlySet<string> = new Set([
  'microsoft.compute/snapshots',
  'microsoft.compute/images',
  'microsoft.compute/galleries/images/versions',
]);

const isJoining = (id: string): boolean => JOINING.has(parseArmId(id)?.type.toLowerCase() ?? '');

const keysOf = ({ id, standsOn }: SheetImage): readonly string[] => [id, ...standsOn.filter(isJoining)].map(armKey);

/** Sets of keys that grow together (union-find). */
class Groups {
  readonly #parents = new Map<string, string>();

  rootOf(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined && parent !== root;) {
      root = parent;
      parent = this.#parents.get(root);
    }
    this.#parents.set(key, root);
    return root;
  }

  join(keys: readonly string[]): void {
    const [first, ...others] = keys;
    if (first === undefined) return;
    for (const other of others) this.#parents.set(this.rootOf(other), this.rootOf(first));
  }
}

export interface CrowdedPool {
  readonly poolId: string;
  readonly pools: number;
  readonly dedicated: number;
  readonly spot: number;
}

interface Sum {
  pools: number;
  dedicated: number;
  spot: number;
}

const isOver = ({ pools, dedicated, spot }: Sum): boolean =>
  pools > 1 && (dedicated > MAX_DEDICATED_NODES || spot > MAX_SPOT_NODES);

/** Every pool on an image whose pools have too many nodes together, with the sums. */
export function crowdedPools(sheets: readonly AccountSheet[]): readonly CrowdedPool[] {
  const groups = new Groups();
  for (const { images } of sheets) for (const image of images) groups.join(keysOf(image));
  const sums = new Map<string, Sum>();
  const rootOf = (sheet: AccountSheet, index: number | undefined): string | undefined => {
    const image = index === undefined ? undefined : sheet.images[index];
    return image && groups.rootOf(armKey(image.id));
  };
  for (const sheet of sheets) {
    for (const { image, dedicated, spot } of sheet.pools) {
      const root = rootOf(sheet, image);
      if (root === undefined) continue;
      const last = sums.get(root) ?? { pools: 0, dedicated: 0, spot: 0 };
      sums.set(root, { pools: last.pools + 1, dedicated: last.dedicated + dedicated, spot: last.spot + spot });
    }
  }
  return sheets.flatMap((sheet) =>
    sheet.pools.flatMap(({ name, image }) => {
      const sum = sums.get(rootOf(sheet, image) ?? '');
      return sum && isOver(sum) ? [{ poolId: poolIdIn(sheet.accountId, name), ...sum }] : [];
    }),
  );
}
