/** Images and what they are made from, as Resource Graph lists them or a GET shows them. */

/** The tags by which the app knows what it made itself. */
export interface OwnTags {
  readonly buildId: string;
  /** Of the pool that the resource was made for. */
  readonly poolId: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

interface Stored {
  readonly id: string;
  /** Undefined when somebody else made it. */
  readonly own?: OwnTags;
}

/** A version of an image definition in a Compute Gallery. */
export interface StoredVersion extends Stored {
  readonly kind: 'version';
  /**
   * Resource ids of what it was made from: snapshots, disks, a managed image, a VHD's storage account. Not a VM: it is
   * given up to be captured (virtual-machines/capture-image-resource).
   */
  readonly sourceIds: readonly string[];
  /** A shallow version keeps no copy of its own, and so needs its source (virtual-machines/shared-image-galleries). */
  readonly replication: 'full' | 'shallow';
  /** Regions that it is published to, as region keys. */
  readonly regions: readonly string[];
  /** Regions in which `latest` passes it by; `everywhere` when it does in all of them. */
  readonly excludedFromLatest: 'everywhere' | readonly string[];
  /** ISO 8601; Azure informs of it only and stops nothing (virtual-machines/azure-compute-gallery). */
  readonly endsOn?: string;
}

/** A managed image. */
export interface StoredImage extends Stored {
  readonly kind: 'image';
  /** Resource ids of the snapshots or disks that it was made from. */
  readonly sourceIds: readonly string[];
  /** As a region key. */
  readonly region: string;
}

export interface StoredDefinition extends Stored {
  readonly kind: 'definition';
  readonly endsOn?: string;
}

export interface StoredSnapshot extends Stored {
  readonly kind: 'snapshot';
}

/** Where VHDs lie. */
export interface StoredStorageAccount extends Stored {
  readonly kind: 'storageAccount';
}

export type StoredResource = StoredVersion | StoredImage | StoredDefinition | StoredSnapshot | StoredStorageAccount;
