/** What the build makes in Azure, as data: each resource with all that its creation needs. */
import type { Architecture, HyperVGeneration, OsType, PurchasePlan } from './machine';
import type { ImageIdentifier, JsonObject } from './request';
import type { SecurityFeature } from './securityFeature';

export type Tags = Readonly<Record<string, string>>;

interface Tracked {
  readonly id: string;
  readonly location: string;
  readonly tags: Tags;
}

export interface SnapshotSpec extends Tracked {
  readonly kind: 'snapshot';
  readonly sourceDiskId: string;
  /** Undefined for the OS disk. */
  readonly lun?: number;
}

export interface DataDiskSource {
  readonly lun: number;
  readonly snapshotId: string;
}

export interface ManagedImageSpec extends Tracked {
  readonly kind: 'image';
  readonly osType: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly osSnapshotId: string;
  readonly dataDisks: readonly DataDiskSource[];
}

export interface ImageDefinitionSpec extends Tracked {
  readonly kind: 'definition';
  readonly osType: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly architecture: Architecture;
  readonly security: SecurityFeature;
  /** Given when images of it can boot from NVMe; SCSI is what Azure takes otherwise. */
  readonly diskControllers?: readonly string[];
  readonly identifier: ImageIdentifier;
  readonly purchasePlan?: PurchasePlan;
}

export type VersionSource =
  | { readonly from: 'managedImage'; readonly imageId: string }
  | { readonly from: 'snapshots'; readonly osSnapshotId: string; readonly dataDisks: readonly DataDiskSource[] };

export interface ImageVersionSpec extends Tracked {
  readonly kind: 'version';
  readonly source: VersionSource;
  readonly regions: readonly { readonly name: string; readonly replicas: number }[];
}

export interface PoolSpec {
  readonly kind: 'pool';
  readonly id: string;
  /** The whole REST body's `properties`: the request's own, with imageReference and our metadata. */
  readonly properties: JsonObject;
  readonly identity?: JsonObject;
  readonly tags: Tags;
}

export type ResourceSpec = SnapshotSpec | ManagedImageSpec | ImageDefinitionSpec | ImageVersionSpec | PoolSpec;
export type ResourceKind = ResourceSpec['kind'];

/** Code of the failure when a name belongs to a resource that is not this build's. */
export const NAME_TAKEN = 'NameTaken';

/** A definition serves every build of its image, so one that someone else made in the meantime does as well. */
export const mayBeShared = (spec: ResourceSpec): boolean => spec.kind === 'definition';

/** What the answer to a creation says about following it. */
export interface Begun {
  /** Where the operation's own record can be read, if Azure gave one: the only place that says why it failed. */
  readonly operationUrl?: string;
  readonly retryAfterMs?: number;
  /** It is another's, and does as well: not this build's to keep or to take away. */
  readonly adopted?: true;
}

export type { Sighting } from './sighting';

/** What an attempt to take a resource away found. */
export type Removal =
  | { readonly state: 'gone' }
  | { readonly state: 'underway'; readonly retryAfterMs?: number }
  /** It carries another build's tags, or none: never touched. */
  | { readonly state: 'notOurs' };
