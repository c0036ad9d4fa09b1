/** How many nodes the next resize asks for: all that are missing, or a step of them. */
import type { NodeCounts } from './poolLook';

export interface Ask {
  readonly targets: NodeCounts;
  /** How many more than there are. */
  readonly more: number;
}

const lacking = (have: number, target: number): number => Math.max(0, target - have);

/** What to ask for, never above the targets; a step takes of both kinds in proportion to what is missing of them. */
export function askFor(have: NodeCounts, targets: NodeCounts, stepNodes?: number): Ask {
  const dedicated = lacking(have.dedicated, targets.dedicated);
  const spot = lacking(have.spot, targets.spot);
  const all = dedicated + spot;
  if (stepNodes === undefined || stepNodes >= all) return { targets, more: all };
  const ofDedicated = Math.round((stepNodes * dedicated) / all);
  const raised = {
    dedicated: Math.min(have.dedicated + ofDedicated, targets.dedicated),
    spot: Math.min(have.spot + stepNodes - ofDedicated, targets.spot),
  };
  return { targets: raised, more: stepNodes };
}

/** The next smaller step after a resize that asked for so many. */
export const halved = (nodes: number): number => Math.max(1, Math.floor(nodes / 2));
