/** How many of the nodes that a resize aims at can come: what quotas, shared images and faults leave of them. */
import type { Nodes, ResizeError } from './resize';
import type { Shortfall } from './resizeFaults';

export interface Reach {
  readonly to: Nodes;
  /** Known when the resize begins: quotas and limits. */
  readonly limits: readonly ResizeError[];
  /** Found when no more nodes come. */
  readonly shortfalls: readonly ResizeError[];
}

const KINDS = ['dedicated', 'lowPriority'] as const;

/** Takes `count` nodes away from those that are new, dedicated ones first. */
function without(nodes: Nodes, from: Nodes, count: number): Nodes {
  const left = { ...nodes };
  let toTake = count;
  for (const kind of KINDS) {
    const taken = Math.max(0, Math.min(toTake, nodes[kind] - from[kind]));
    left[kind] -= taken;
    toTake -= taken;
  }
  return left;
}

export const newNodes = (from: Nodes, to: Nodes): number =>
  KINDS.reduce((sum, kind) => sum + Math.max(0, to[kind] - from[kind]), 0);

/** Applies each shortfall to what the ones before it left; one that takes no node away leaves no error. */
export function shortOf(
  reachable: Nodes,
  from: Nodes,
  shortfalls: readonly Shortfall[],
): Pick<Reach, 'to' | 'shortfalls'> {
  let to = reachable;
  const errors: ResizeError[] = [];
  for (const shortfall of shortfalls) {
    const added = newNodes(from, to);
    const missing = 'missing' in shortfall ? shortfall.missing : Math.max(0, added - shortfall.most);
    const next = without(to, from, missing);
    if (newNodes(from, next) < added) errors.push(shortfall.error);
    to = next;
  }
  return { to, shortfalls: errors };
}
