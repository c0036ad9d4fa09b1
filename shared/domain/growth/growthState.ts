/** All that is known of a pool on its way to its size, and what is to be done next. */
import type { Patience } from '../waiting';
import type { GrowthEnd, GrowthFinding, GrowthJob, GrowthPoint } from './growthJob';
import { sumOf, type NodeCounts, type NodeStates, type PoolLook } from './poolLook';
import type { ResizeDecision, ResizeVerdict } from './verdictOnErrors';

export type GrowthStep =
  | { readonly do: 'look' | 'diagnose' | 'count'; readonly dueMs: number }
  | { readonly do: 'resize'; readonly dueMs: number; readonly targets: NodeCounts; readonly etag?: string }
  | { readonly do: 'end'; readonly end: GrowthEnd };

/** By these a look shows whether there was a resize since another look. */
export interface ResizeMark {
  readonly resizeStartedAt?: string | undefined;
  readonly allocationStateSince?: string | undefined;
}

/** The last resize that was decided on. */
export interface StandingOrder {
  readonly targets: NodeCounts;
  /** Nodes that there were, and how many more it asks for. */
  readonly from: NodeCounts;
  readonly more: number;
  /** Of the look that it rests on: errors at this mark have been acted on. */
  readonly mark: ResizeMark;
  readonly by: ResizeDecision | 'noErrors' | 'stepReached';
  readonly dueMs: number;
  /** It asks for one node less than it should, so that it changes a target. */
  readonly isOneLess?: boolean;
  /** When it was sent and Azure took it, or was busy; undefined before. */
  readonly sentAtMs?: number | undefined;
}

/** Failures in a row that pass, of one activity, and until when they may last. */
export interface Trouble {
  readonly tries: number;
  /** Those at the end that met a conflict. */
  readonly conflicts: number;
  readonly deadlineMs: number;
  /** The message of the last one. */
  readonly said: string;
}

export type Asked = 'look' | 'resize' | 'diagnose' | 'count';

export interface Growing extends Patience {
  readonly job: GrowthJob;
  readonly step: GrowthStep;
  readonly startedAtMs: number;
  /** Of the last answer. */
  readonly atMs: number;
  readonly look?: PoolLook | undefined;
  /** The last look did not find the pool. */
  readonly missing: boolean;
  readonly over: readonly GrowthPoint[];
  /** Most nodes that were ever seen, and since when. */
  readonly mostNodes: number;
  readonly grewAtMs: number;
  /** The rhythm of looks runs from the start, and again from each resize that was sent. */
  readonly pacedFromMs: number;
  readonly looks: number;
  /** The resize that is under way, since it was first seen. */
  readonly underway?: { readonly startedAt?: string | undefined; readonly seenAtMs: number } | undefined;
  /** Since when the pool is steady below its targets although nothing went wrong. */
  readonly idleSinceMs?: number | undefined;
  readonly order?: StandingOrder | undefined;
  /** Orders that were sent, and those of them that began a resize. */
  readonly tries: number;
  readonly resizes: number;
  /** Resizes in a row, sent by `retryNow`, that brought no node. */
  readonly fruitless: number;
  /** How many nodes to ask for at a time; undefined: all. */
  readonly stepNodes?: number | undefined;
  readonly verdict?: ResizeVerdict | undefined;
  readonly troubles: Readonly<Partial<Record<Asked, Trouble | undefined>>>;
  readonly counting?: { readonly sinceMs: number; readonly counts: number } | undefined;
  readonly nodeStates?: NodeStates | undefined;
  readonly findings: readonly GrowthFinding[];
}

export const NO_NODES: NodeCounts = { dedicated: 0, spot: 0 };

export const nodesOf = ({ look }: Growing): NodeCounts => look?.nodes ?? NO_NODES;

/**
 * Nodes that are not known yet to work or not: those on their way, and those that the counts lack, which "may not always be
 * up to date" (rest/api/batchservice/account/list-pool-node-counts).
 */
export const openNodes = (growing: Growing, { total, underway }: NodeStates): number =>
  underway + Math.max(0, sumOf(nodesOf(growing)) - total);

export const reaches = (nodes: NodeCounts, targets: NodeCounts): boolean =>
  nodes.dedicated >= targets.dedicated && nodes.spot >= targets.spot;

export const markOf = ({ resizeStartedAt, allocationStateSince }: PoolLook): ResizeMark => ({
  resizeStartedAt,
  allocationStateSince,
});

export const sameMark = (one: ResizeMark, other: ResizeMark): boolean =>
  one.resizeStartedAt === other.resizeStartedAt && one.allocationStateSince === other.allocationStateSince;
