/** What other pools and accounts need to know of a stored pool. */
import type { Stored } from './kind';
import type { Nodes } from './resize';
import { objectAt } from './schema';
import { vmSizeNamed } from './vmSizes';

/** Cores per node, and the nodes it has or is getting, whichever is more. */
export function poolFacts(pool: Stored): { readonly cores: number; readonly nodes: Nodes } {
  const from = pool.resize?.from ?? { dedicated: 0, lowPriority: 0 };
  const to = pool.resize?.to ?? from;
  return {
    cores: coresOf(vmSizeOf(pool)),
    nodes: {
      dedicated: Math.max(from.dedicated, to.dedicated),
      lowPriority: Math.max(from.lowPriority, to.lowPriority),
    },
  };
}

/** Cores of a node; of a size that the table does not have, the first number of its name: Standard_D96s_v5 has 96. */
export function coresOf(vmSize: string): number {
  return vmSizeNamed(vmSize)?.vCpus ?? Number(/_[a-z]+(\d+)/i.exec(vmSize)?.[1] ?? 1);
}

/** The family of a pool's size, or undefined when the table does not have the size. */
export const familyOf = (vmSize: string): string | undefined => vmSizeNamed(vmSize)?.family;

export const vmSizeOf = (pool: Stored): string => String(objectAt(pool.input, 'properties')['vmSize']);
