/** What one look at a resource shows. */

/** How far the replication of an image version is in one region. */
export interface ReplicaState {
  readonly region: string;
  /** As Azure says it: `Completed`, `Replicating`, `Failed` or `Unknown`. */
  readonly state: string;
  readonly percent?: number;
  readonly details?: string;
}

/** Of an image version: what Azure says of each region, if it says anything. */
interface Replicated {
  readonly replicas?: readonly ReplicaState[];
}

export type Sighting =
  | ({ readonly state: 'ready' } & Replicated)
  | ({ readonly state: 'underway'; readonly progress?: string; readonly retryAfterMs?: number } & Replicated)
  | ({ readonly state: 'failed'; readonly code: string; readonly message: string } & Replicated)
  /** It was begun, and is not there. */
  | { readonly state: 'missing' };
