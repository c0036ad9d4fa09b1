/** From raw numbers to what the rules ask: cores in use against quotas. */
import type { CoreQuota, PoolInUse, Quota, VmSize } from './account';

/** The quotas of a Batch account; a UserSubscription account has none of its own. */
export interface QuotaNumbers {
  readonly dedicatedCoreQuota?: number | undefined;
  readonly lowPriorityCoreQuota?: number | undefined;
  readonly families: readonly { readonly name: string; readonly coreQuota: number }[];
  readonly familiesEnforced: boolean;
}

/** One usage of a subscription in one region, as Compute lists them; `name` is the one that does not change with languages. */
export interface Usage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

type Sizes = (name: string) => VmSize | undefined;

const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Names of the sizes in use whose cores are not known, each once. */
function uncounted(pools: readonly PoolInUse[], sizes: Sizes): readonly string[] {
  const unknown = pools.filter(
    ({ vmSize, dedicatedNodes, spotNodes }) => dedicatedNodes + spotNodes > 0 && sizes(vmSize)?.cores === undefined,
  );
  return [...new Map(unknown.map(({ vmSize }) => [vmSize.toLowerCase(), vmSize])).values()];
}

/**
 * What the account's pools use of its quotas, and of the quota of the VM family of `vmSize` where families have their
 * own. Undefined when the account has no quotas.
 */
export function accountQuota(
  account: QuotaNumbers,
  pools: readonly PoolInUse[],
  sizes: Sizes,
  vmSize: string,
): CoreQuota | undefined {
  const { dedicatedCoreQuota, lowPriorityCoreQuota, families, familiesEnforced } = account;
  if (dedicatedCoreQuota === undefined || lowPriorityCoreQuota === undefined) return undefined;
  const cores = (kind: 'dedicatedNodes' | 'spotNodes', among = pools): number =>
    sum(among.map((pool) => (sizes(pool.vmSize)?.cores ?? 0) * pool[kind]));
  const own = sizes(vmSize)?.family;
  const enforced = familiesEnforced ? families.find(({ name }) => same(own, name)) : undefined;
  const kin = pools.filter((pool) => enforced !== undefined && same(sizes(pool.vmSize)?.family, enforced.name));
  return {
    holder: 'account',
    dedicated: { used: cores('dedicatedNodes'), limit: dedicatedCoreQuota },
    spot: { used: cores('spotNodes'), limit: lowPriorityCoreQuota },
    ...(enforced === undefined
      ? {}
      : { family: { name: enforced.name, used: cores('dedicatedNodes', kin), limit: enforced.coreQuota } }),
    uncounted: uncounted(pools, sizes),
  };
}

/** The core quotas of a subscription in one region; undefined when its usages do not name them. */
export function subscriptionQuota(usages: readonly Usage[], family: string | undefined): CoreQuota | undefined {
  const usage = (wanted: string | undefined): (Quota & { readonly name: string }) | undefined => {
    const one = usages.find(({ name }) => same(wanted, name));
    return one && { name: one.name, used: one.used, limit: one.limit };
  };
  const [dedicated, spot, ofFamily] = [usage('cores'), usage('lowPriorityCores'), usage(family)];
  if (!dedicated || !spot) return undefined;
  return {
    holder: 'subscription',
    dedicated: { used: dedicated.used, limit: dedicated.limit },
    spot: { used: spot.used, limit: spot.limit },
    ...(ofFamily === undefined ? {} : { family: ofFamily }),
    uncounted: [],
  };
}
