/**
 * How long Azure takes, in Azure minutes. The numbers are of the right order, not measured: they follow the documents'
 * advice (resize timeouts of 15 minutes per 1,000 nodes, "up to six hours" for slow replication) and common experience.
 */

export interface Durations {
  /** A full copy of a snapshot, whatever its size. */
  readonly snapshotMinutes: number;
  /** What a full copy takes longer per 512 GB of disk. */
  readonly snapshotMinutesPer512Gb: number;
  /** The longest a full copy takes. */
  readonly snapshotMaxMinutes: number;
  readonly imageMinutes: number;
  readonly galleryMinutes: number;
  readonly definitionMinutes: number;
  /** Turning the source into a version, before any region replicates. */
  readonly versionMinutes: number;
  /** Replication to the version's own region, after that. */
  readonly replicationMinutes: number;
  /** Regions replicate side by side; each further one takes this share of `replicationMinutes` longer. */
  readonly replicationShareMorePerRegion: number;
  /** A write that changes tags or settings of what exists. */
  readonly updateMinutes: number;
  readonly deleteMinutes: number;
  readonly versionDeleteMinutes: number;
  /** From a running machine to a deallocated one. */
  readonly deallocateMinutes: number;
  readonly poolDeleteMinutes: number;
  /** A parent still counts a child for this long after the child's deletion (azure-sdk-for-python#25506). */
  readonly nestedDeleteLagMinutes: number;
  /** Until the first node of a growing pool. */
  readonly poolStartMinutes: number;
  /** From the first node to the sixteenth. */
  readonly sixteenNodesMinutes: number;
  /** Growth is sub-linear: n nodes take sixteenNodesMinutes x (n/16)^exponent; 1,000 nodes about 20 minutes in all. */
  readonly poolGrowthExponent: number;
  /** Removing nodes, however many. */
  readonly poolShrinkMinutes: number;
  /** A resize that has nothing to do. */
  readonly poolUnchangedMinutes: number;
  /** Until an allocation that cannot work (image gone, no capacity) says so. */
  readonly allocationFailureMinutes: number;
  /** Between stopResize and Steady. */
  readonly stopResizeMinutes: number;
  /** From the allocation of a node until it could run tasks. */
  readonly nodeStartMinutes: number;
  /** The start task of a node, after that. */
  readonly startTaskMinutes: number;
}

export const AZURE_DURATIONS: Durations = {
  snapshotMinutes: 2,
  snapshotMinutesPer512Gb: 1,
  snapshotMaxMinutes: 4,
  imageMinutes: 2,
  galleryMinutes: 0.5,
  definitionMinutes: 1 / 3,
  versionMinutes: 8,
  replicationMinutes: 12,
  replicationShareMorePerRegion: 0.1,
  updateMinutes: 1 / 6,
  deleteMinutes: 1 / 3,
  versionDeleteMinutes: 1,
  deallocateMinutes: 1.5,
  poolDeleteMinutes: 1,
  nestedDeleteLagMinutes: 1 / 6,
  poolStartMinutes: 3,
  sixteenNodesMinutes: 4,
  poolGrowthExponent: 0.35,
  poolShrinkMinutes: 2,
  poolUnchangedMinutes: 0.5,
  allocationFailureMinutes: 2,
  stopResizeMinutes: 0.5,
  nodeStartMinutes: 1,
  startTaskMinutes: 0.5,
};

export function minutesToMs(minutes: number): number {
  return Math.round(minutes * 60_000);
}
