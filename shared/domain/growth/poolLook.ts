/** What one look at a pool shows of its nodes: what there is, what Azure is doing, and how the last resize ended. */

export interface NodeCounts {
  readonly dedicated: number;
  readonly spot: number;
}

export const sumOf = ({ dedicated, spot }: NodeCounts): number => dedicated + spot;

/** One entry of `resizeOperationStatus.errors`; the details hold `Reason`, `Provider Error Json` and the like. */
export interface ResizeError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

export interface PoolLook {
  /** ISO 8601; another one means another pool of the same name. */
  readonly createdAt?: string;
  readonly allocationState: 'Steady' | 'Resizing' | 'Stopping';
  /** ISO 8601; moves with every change of `allocationState`. */
  readonly allocationStateSince?: string;
  readonly nodes: NodeCounts;
  /** When the last resize began, ISO 8601; undefined when there was none. */
  readonly resizeStartedAt?: string;
  /** What the last resize was given, whoever asked for it. */
  readonly resizeTimeoutMinutes?: number;
  /** Of the last resize; Azure sets them only on a steady pool (rest/api/batchmanagement/pool/get). */
  readonly resizeErrors: readonly ResizeError[];
  /** What becomes of tasks when nodes leave, such as `TaskCompletion`; a resize states it again. */
  readonly nodeDeallocationOption?: string;
  /** Of a pool that scales by formula; undefined on others. */
  readonly formula?: {
    readonly evaluatedAt?: string;
    /** What its last evaluation came to; undefined when Azure does not say. */
    readonly asksFor?: NodeCounts;
    readonly error?: { readonly code: string; readonly message: string };
  };
  readonly deleting: boolean;
  /** For `If-Match`, when a resize follows on this look. */
  readonly etag?: string;
}

/** How many nodes are in which state, from the data plane of the account; dedicated and Spot together. */
export interface NodeStates {
  readonly total: number;
  /** Idle or running a task. */
  readonly usable: number;
  /** On their way: creating, starting, waiting for the start task, rebooting, reimaging, leaving. */
  readonly underway: number;
  readonly unusable: number;
  readonly startTaskFailed: number;
  /** Spot nodes that Azure took back and counts to the pool all the same; left out when there are none. */
  readonly preempted?: number;
  /** Of unusable nodes and failed start tasks: each different error once, with an example. */
  readonly errors: readonly { readonly code: string; readonly message: string; readonly nodes: number }[];
}
