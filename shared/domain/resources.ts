/** What the build makes in Azure, as data: each resource with all that its creation needs. */
import type { Architecture, HyperVGeneration, OsType, PurchasePlan } from './machine';
import type { ImageIdentifier, JsonObject, ReplicaStorage, ReplicationMode } from './request';
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

/** What a disk of an image is copied from. */
export type DiskSource =
  | { readonly from: 'snapshot'; readonly id: string }
  | { readonly from: 'vhd'; readonly uri: string; readonly storageAccountId: string };

export interface DataDiskSource {
  readonly lun: number;
  readonly source: DiskSource;
}

/** What an image is made from: all disks of a VM, or disks one by one. */
export type ImageSource =
  | { readonly from: 'virtualMachine'; readonly virtualMachineId: string }
  | { readonly from: 'disks'; readonly os: DiskSource; readonly data: readonly DataDiskSource[] };

export interface ManagedImageSpec extends Tracked {
  readonly kind: 'image';
  readonly osType: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly source: ImageSource;
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
  /** It was there when the survey looked; the build only makes sure of it. */
  readonly stands?: true;
}

export type VersionSource = { readonly from: 'managedImage'; readonly imageId: string } | ImageSource;

/** A region that an image version is replicated to. */
export interface ReplicaSpec {
  readonly name: string;
  readonly replicas: number;
  readonly storageAccountType?: ReplicaStorage;
  readonly diskEncryptionSetId?: string;
}

export interface ImageVersionSpec extends Tracked {
  readonly kind: 'version';
  readonly source: VersionSource;
  readonly regions: readonly ReplicaSpec[];
  /** Of the data disks: each is encrypted by itself. */
  readonly luns: readonly number[];
  readonly excludeFromLatest: boolean;
  readonly replicationMode?: ReplicationMode;
  /** ISO 8601. */
  readonly endOfLifeDate?: string;
}

export interface PoolSpec {
  readonly kind: 'pool';
  readonly id: string;
  /** The whole REST body's `properties`: the request's own, with imageReference and our metadata. */
  readonly properties: JsonObject;
  readonly identity?: JsonObject;
  readonly tags: Tags;
  /** Version of the API that it is sent with, when it is not that of the setting. */
  readonly apiVersion?: string;
}

export type ResourceSpec = SnapshotSpec | ManagedImageSpec | ImageDefinitionSpec | ImageVersionSpec | PoolSpec;
export type ResourceKind = ResourceSpec['kind'];

/**
 * Something done to a resource that stands, which leaves nothing to take away: a VM is deallocated, or generalized; a
 * version is let into `latest`. `id` is the resource's.
 */
export interface ActSpec {
  readonly kind: 'deallocation' | 'generalization' | 'release';
  readonly id: string;
}

/** Whatever a stage of a build does. */
export type Spec = ResourceSpec | ActSpec;
export type SpecKind = Spec['kind'];

export const isAct = (spec: Spec): spec is ActSpec =>
  spec.kind === 'deallocation' || spec.kind === 'generalization' || spec.kind === 'release';

/** Code of the failure when a name belongs to a resource that is not this build's. */
export const NAME_TAKEN = 'NameTaken';

/** A definition serves every build of its image, so one that someone else made in the meantime does as well. */
export const mayBeShared = (spec: Spec): boolean => spec.kind === 'definition';

/** True for what was there before the build. */
export const stands = (spec: Spec): boolean => spec.kind === 'definition' && spec.stands === true;

/** What the answer to a creation says about following it. */
export interface Begun {
  /** Where the operation's own record can be read, if Azure gave one: the only place that says why it failed. */
  readonly operationUrl?: string;
  readonly retryAfterMs?: number;
  /** It is another's, and does as well: not this build's to keep or to take away. */
  readonly adopted?: true;
  /** It stands already, so that no look is needed. */
  readonly ready?: true;
}

export type { Sighting } from './sighting';

/** What an attempt to take a resource away found. */
export type Removal =
  | { readonly state: 'gone' }
  | { readonly state: 'underway'; readonly retryAfterMs?: number }
  /** It carries another build's tags, or none: never touched. */
  | { readonly state: 'notOurs' };
