/** What growing a pool is asked to do, and how it ends. */
import type { NodeCounts, NodeStates } from './poolLook';
import type { GiveUpCause } from './verdictOnErrors';

/** How many nodes are enough when the last try has not brought all: a number of nodes, or a share of the target. */
export type AcceptAtLeast = { readonly nodes: number } | { readonly percent: number };

export interface GrowthJob {
  readonly poolId: string;
  /** Undefined for a pool that scales by formula: then its first evaluation is waited for, and no resize is sent. */
  readonly targets?: NodeCounts;
  readonly resizeTimeoutMinutes?: number;
  /** Left out: all of them. */
  readonly acceptAtLeast?: AcceptAtLeast;
  /** Nodes that are unusable or whose start task failed, in percent of all; more of them make the pool a failure. */
  readonly mostUnusablePercent: number;
  /** True for a pool that was not created for this growing: what its resizes before ended with is not acted on. */
  readonly stood?: boolean;
}

/** Nodes at an instant, when their number had changed. */
export interface GrowthPoint extends NodeCounts {
  readonly at: string;
}

/** Something that the operator of a pool should know although it was built. */
export interface GrowthFinding {
  readonly code: 'PoolBelowTarget' | 'NodesNotCounted' | 'NodesUnderway' | 'NodesPreempted' | 'UnusableNodes';
  readonly message: string;
}

export interface GrowthReport {
  readonly poolId: string;
  readonly target?: NodeCounts;
  readonly reached: NodeCounts;
  /** Resizes that were sent after the pool was created. */
  readonly resizes: number;
  /** How it grew, oldest first; thinned out when it grew in many steps. */
  readonly over: readonly GrowthPoint[];
  /** Undefined when the nodes were not counted. */
  readonly nodeStates?: NodeStates;
  readonly findings: readonly GrowthFinding[];
  /** Why no resize would bring the missing nodes; left out when the growing did not end for that. */
  readonly cause?: GiveUpCause;
}

/** How growing ended; `failed` says why, in one sentence after another. */
export type GrowthEnd =
  | ({ readonly outcome: 'grown' } & GrowthReport)
  | ({ readonly outcome: 'failed'; readonly code: string; readonly message: string } & GrowthReport);

/** One resize: both targets and the timeout are always stated, whether they change or not. */
export interface ResizeOrder {
  readonly poolId: string;
  readonly targets: NodeCounts;
  readonly resizeTimeoutMinutes?: number;
  /** Of the look that it rests on. */
  readonly etag?: string;
}

/** `busy`: the pool is not steady, perhaps by an earlier try of this very order, or it scales by formula; look at it again. */
export type ResizeAnswer = { readonly state: 'begun' } | { readonly state: 'busy' };

/** What is told of an end, however it ended. */
export const reportOf = ({
  poolId,
  target,
  reached,
  resizes,
  over,
  nodeStates,
  findings,
  cause,
}: GrowthEnd): GrowthReport => ({
  poolId,
  ...(target === undefined ? {} : { target }),
  reached,
  resizes,
  over,
  ...(nodeStates === undefined ? {} : { nodeStates }),
  findings,
  ...(cause === undefined ? {} : { cause }),
});
