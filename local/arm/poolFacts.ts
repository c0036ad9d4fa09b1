/** What other pools and accounts need to know of a stored pool. */
import type { Stored } from './kind';
import type { Nodes } from './resize';
import { objectAt } from './schema';

/** Cores per node, and the nodes it has or is getting, whichever is more. */
export function poolFacts(pool: Stored): { readonly cores: number; readonly nodes: Nodes } {
  const size = String(objectAt(pool.input, 'properties')['vmSize']);
  const from = pool.resize?.from ?? { dedicated: 0, lowPriority: 0 };
  const to = pool.resize?.to ?? from;
  return {
    cores: coresOf(size),
    nodes: {
      dedicated: Math.max(from.dedicated, to.dedicated),
      lowPriority: Math.max(from.lowPriority, to.lowPriority),
    },
  };
}

/** The first number of a size is its cores: Standard_D16s_v5 has 16. */
export function coresOf(vmSize: string): number {
  return Number(/_[a-z]+(\d+)/i.exec(vmSize)?.[1] ?? 1);
}
