/** A pool as the guard sees it: the image that it stands on, its nodes, and how its last resize ended. */
import type { NodeCounts, ResizeError } from '../growth/poolLook';

export interface WatchedPool {
  readonly id: string;
  /** Of its Batch account. */
  readonly region: string;
  /** Resource id of its image; undefined for an image of the Marketplace. */
  readonly imageId?: string;
  readonly nodeAgentSkuId?: string;
  readonly nodes: NodeCounts;
  /** What it is set to have; undefined when a formula decides. */
  readonly targets?: NodeCounts;
  readonly allocationState: 'Steady' | 'Resizing' | 'Stopping';
  /** ISO 8601; moves with every change of `allocationState`. */
  readonly allocationStateSince?: string;
  /** Of the last resize; they stay until the next one begins (rest/api/batchmanagement/pool/get). */
  readonly resizeErrors: readonly ResizeError[];
  /** Of the last evaluation of its formula. */
  readonly formulaError?: { readonly code: string; readonly message: string };
  /** ISO 8601, from the pool's metadata `bip-snooze-until`: no finding of it is told before then. */
  readonly snoozedUntil?: string;
}
