/** The cores that a Batch account allows its pools: in all, of one VM family where that is enforced, and low-priority. */
import { accountOf } from './batchAccounts';
import type { Site, Stored } from './kind';
import { coresOf, familyOf, poolFacts, vmSizeOf } from './poolFacts';
import type { Nodes, ResizeError } from './resize';
import { resizeError } from './resizeErrors';

interface Ask {
  readonly vmSize: string;
  readonly account: Stored;
  readonly poolKey: string;
  readonly site: Site;
}

interface Limit {
  readonly nodes: keyof Nodes;
  readonly quota: number;
  /** Cores of the account's other pools, with what they have or are getting. */
  readonly used: number;
  readonly error: ResizeError;
}

function usedBy(pools: readonly Stored[], kind: keyof Nodes): number {
  return pools.map(poolFacts).reduce((sum, { cores, nodes }) => sum + cores * nodes[kind], 0);
}

function limitsOf({ vmSize, account, poolKey, site }: Ask): Limit[] {
  const { properties } = accountOf(account);
  const { dedicatedCoreQuota = Infinity, lowPriorityCoreQuota = Infinity } = properties;
  const others = site.childrenOf(account.id).filter((pool) => pool.key !== poolKey);
  const limits: Limit[] = [
    {
      nodes: 'dedicated',
      quota: dedicatedCoreQuota,
      used: usedBy(others, 'dedicated'),
      error: resizeError({ code: 'AccountCoreQuotaReached' }),
    },
    {
      nodes: 'lowPriority',
      quota: lowPriorityCoreQuota,
      used: usedBy(others, 'lowPriority'),
      error: resizeError({ code: 'AccountLowPriorityCoreQuotaReached' }),
    },
  ];
  const family = familyOf(vmSize)?.toLowerCase();
  if (properties.dedicatedCoreQuotaPerVMFamilyEnforced !== true || family === undefined) return limits;
  const stated = properties.dedicatedCoreQuotaPerVMFamily?.find(({ name }) => name.toLowerCase() === family);
  const relatives = others.filter((pool) => familyOf(vmSizeOf(pool))?.toLowerCase() === family);
  limits.push({
    nodes: 'dedicated',
    /** UNCONFIRMED: a family that is not listed has none. */
    quota: stated?.coreQuota ?? 0,
    used: usedBy(relatives, 'dedicated'),
    error: resizeError({ code: 'AccountVMSeriesCoreQuotaReached' }),
  });
  return limits;
}

/** Nodes that the quotas still allow this pool, and why they are fewer than wanted; what is there stays. */
export function withinQuota(ask: Ask, wanted: Nodes, from: Nodes): { reachable: Nodes; errors: ResizeError[] } {
  const cores = coresOf(ask.vmSize);
  const limits = limitsOf(ask).map((limit) => {
    const [want, have] = [wanted[limit.nodes], from[limit.nodes]];
    const left = Math.floor((limit.quota - limit.used) / cores);
    return { ...limit, allowed: Math.min(want, Math.max(Math.min(have, want), left)) };
  });
  const least = (nodes: keyof Nodes): number =>
    Math.min(wanted[nodes], ...limits.filter((limit) => limit.nodes === nodes).map(({ allowed }) => allowed));
  return {
    reachable: { dedicated: least('dedicated'), lowPriority: least('lowPriority') },
    errors: limits.filter(({ nodes, allowed }) => allowed < wanted[nodes]).map(({ error }) => error),
  };
}
