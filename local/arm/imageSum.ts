/** How many nodes the pools of a region may have on one image together. */
import type { Site, Stored } from './kind';
import { poolFacts } from './poolFacts';
import { findImage } from './poolImages';
import { parentOf, regionOf } from './resourceId';
import type { Nodes, ResizeError } from './resize';
import { resizeError } from './resizeErrors';
import { objectAt } from './schema';

/**
 * 2,500 dedicated and 1,000 low-priority nodes over all pools on the same image (batch/batch-custom-images).
 * UNCONFIRMED for images of a gallery, and so is the answer to one node more.
 */
const MOST: Nodes = { dedicated: 2500, lowPriority: 1000 };

interface Ask {
  readonly imageId: string | undefined;
  readonly region: string;
  readonly poolKey: string;
  readonly site: Site;
}

function imageIdOf(pool: Stored): string | undefined {
  const configuration = ['properties', 'deploymentConfiguration', 'virtualMachineConfiguration', 'imageReference'];
  const { id } = objectAt(pool.input, ...configuration);
  return typeof id === 'string' ? id : undefined;
}

function regionOfPool(pool: Stored, site: Site): string | undefined {
  const account = site.find(parentOf(pool.key));
  return account && regionOf(String(account.input['location']));
}

/** What the other pools on the version have or are getting. */
function usedBy({ imageId, region, poolKey, site }: Ask): Nodes | undefined {
  const version = imageId === undefined ? undefined : findImage(imageId, region, site);
  if (version === undefined) return undefined;
  const versionKeys = new Map<string, string | undefined>();
  /** Many pools name the same few images. */
  const versionKeyOf = (id: string): string | undefined => {
    if (!versionKeys.has(id)) versionKeys.set(id, findImage(id, region, site)?.key);
    return versionKeys.get(id);
  };
  const sharing = site.ofType('Microsoft.Batch/batchAccounts/pools').filter((pool) => {
    const id = imageIdOf(pool);
    if (id === undefined || pool.key === poolKey || regionOfPool(pool, site) !== region) return false;
    return versionKeyOf(id) === version.key;
  });
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
