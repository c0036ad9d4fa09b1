/** The Compute Gallery and what it holds, as far as a build needs to know it. */
import type { Architecture, HyperVGeneration, OsType, PurchasePlan } from './machine';
import type { ImageIdentifier } from './request';

export interface Gallery {
  readonly id: string;
  readonly location: string;
}

export interface ImageDefinition {
  readonly id: string;
  readonly osType: OsType;
  readonly osState: string;
  readonly hyperVGeneration: HyperVGeneration;
  readonly architecture: Architecture;
  readonly identifier: ImageIdentifier;
  /** The `SecurityType` feature; undefined on definitions that never had one. */
  readonly security?: string;
  /** The `DiskControllerTypes` feature, such as `SCSI` and `NVMe`; empty when the definition does not say. */
  readonly diskControllers: readonly string[];
  readonly purchasePlan?: PurchasePlan;
}

/** A definition of the gallery, whoever made it. */
export interface KnownDefinition {
  readonly name: string;
  readonly identifier: ImageIdentifier;
}

/** A version of the build's image definition that is there already. */
export interface KnownVersion {
  /** Such as `2026.304.18367`. */
  readonly name: string;
  readonly excludedFromLatest: boolean;
  /** Ids of the snapshots, disks or images that it was made from; read only for a pool that is grown. */
  readonly sourceIds?: readonly string[];
}

/** A managed image or an image version that a request names as its source. */
export interface SourceImage {
  /** As a pool or a version would name it. */
  readonly id: string;
  readonly location: string;
  /** Such as `Succeeded`. */
  readonly state?: string;
  /** Of a managed image; that of a version stands in its definition. */
  readonly osState?: string;
  /** Where it has replicas; undefined where Azure does not say, and for a managed image, which has none. */
  readonly regions?: readonly { readonly name: string; readonly replicas: number }[];
  /** ISO 8601. */
  readonly endsOn?: string;
  /** Replicated in mode `Shallow`. */
  readonly shallow?: boolean;
}

/** How many image definitions and versions the gallery's subscription has in one region. */
export interface GalleryUse {
  readonly location: string;
  readonly definitions: number;
  readonly versions: number;
}
