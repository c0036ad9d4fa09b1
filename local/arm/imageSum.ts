/** How many nodes the pools of a region may have on one image together. */
import { placeOf } from './batchAccounts';
import type { Place, Site, Stored } from './kind';
import { imageReference as schema, type ImageReference } from './poolBody';
import { poolFacts } from './poolFacts';
import { findImage } from './poolImages';
import { parentOf } from './resourceId';
import type { Nodes, ResizeError } from './resize';
import { resizeError } from './resizeErrors';
import { objectAt } from './schema';

/**
 * 2,500 dedicated and 1,000 low-priority nodes over all pools on the same image (batch/batch-custom-images).
 * UNCONFIRMED for images of a gallery, and so is the answer to one node more.
 */
const MOST: Nodes = { dedicated: 2500, lowPriority: 1000 };

interface Ask {
  readonly imageReference: ImageReference;
  readonly place: Place;
  readonly poolKey: string;
  readonly site: Site;
}

const REFERENCE = ['properties', 'deploymentConfiguration', 'virtualMachineConfiguration', 'imageReference'];

/** The images of pools at a place; many pools name the same few. */
function imageKeys(place: Place, site: Site): (pool: Stored) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (pool) => {
    const stored = objectAt(pool.input, ...REFERENCE);
    const name = JSON.stringify(stored);
    if (!known.has(name)) known.set(name, findImage(schema.parse(stored), place, site)?.key);
    return known.get(name);
  };
}

function isAt(pool: Stored, { region }: Place, site: Site): boolean {
  const account = site.find(parentOf(pool.key));
  return account !== undefined && placeOf(account).region === region;
}

/** What the other pools on the image have or are getting. */
function usedBy({ imageReference, place, poolKey, site }: Ask): Nodes | undefined {
  const image = findImage(imageReference, place, site);
  if (image === undefined) return undefined;
  const keyOf = imageKeys(place, site);
  const sharing = site
    .ofType('Microsoft.Batch/batchAccounts/pools')
    .filter((pool) => pool.key !== poolKey && isAt(pool, place, site) && keyOf(pool) === image.key);
  const all = sharing.map((pool) => poolFacts(pool).nodes);
  return {
    dedicated: all.reduce((sum, { dedicated }) => sum + dedicated, 0),
    lowPriority: all.reduce((sum, { lowPriority }) => sum + lowPriority, 0),
  };
}

/** Nodes that the sum still allows this pool, and the error when they are fewer than wanted; what is there stays. */
export function withinImageSum(ask: Ask, wanted: Nodes, from: Nodes): { reachable: Nodes; errors: ResizeError[] } {
  const used = usedBy(ask);
  if (used === undefined) return { reachable: wanted, errors: [] };
  const allowed = (kind: keyof Nodes): number =>
    Math.min(wanted[kind], Math.max(Math.min(from[kind], wanted[kind]), MOST[kind] - used[kind]));
  const reachable = { dedicated: allowed('dedicated'), lowPriority: allowed('lowPriority') };
  const isShort = reachable.dedicated < wanted.dedicated || reachable.lowPriority < wanted.lowPriority;
  return { reachable, errors: isShort ? [resizeError({ reason: 'sharedImageLimit' })] : [] };
}
