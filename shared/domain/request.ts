/** What a caller asks for: one pool on an image that is made from its source, or on one that is there already. */
import type { AcceptAtLeast } from './growth/growthJob';
import type { BuildSource } from './source';

export type BuildMode = 'build' | 'plan';

/** How the pool's image is made; `managedImage` names the way that Azure retired on 31 March 2026. */
export type ImageRoute = 'gallery' | 'direct' | 'managedImage';

/** `grow`: a pool that runs on an image of the request's definition gets the nodes that the request asks for. */
export type ExistingPoolPolicy = 'refuse' | 'grow';

/** Where the replicas of an image version are kept (rest/api/compute/gallery-image-versions, `storageAccountType`). */
export const REPLICA_STORAGE = ['Standard_LRS', 'Standard_ZRS', 'Premium_LRS', 'PremiumV2_LRS'] as const;
export type ReplicaStorage = (typeof REPLICA_STORAGE)[number];

export interface TargetRegion {
  readonly name: string;
  readonly replicas?: number | undefined;
  readonly storageAccountType?: ReplicaStorage | undefined;
  /** Encrypts the replicas there; it must be a set of that region. */
  readonly diskEncryptionSetId?: string | undefined;
}

/** Which of the things that a build makes on the way stay when the pool has proved the image. */
export interface Keeping {
  /** Left out: kept, because repair needs them. */
  readonly snapshots?: boolean | undefined;
  /** Left out: not kept, unless the pool or the version still needs it. */
  readonly managedImage?: boolean | undefined;
}

export type ReplicationMode = 'Full' | 'Shallow';

/** What is to become of the source: names, gallery, regions. */
export interface ImageRequest {
  /** Resource group of the snapshots and the managed image, in the source's subscription. */
  readonly resourceGroup: string;
  /** Name of the image definition; snapshots, image and version derive theirs from it. */
  readonly name: string;
  /** Undefined when no gallery has to do with it: on route `managedImage`, and for community and shared images. */
  readonly galleryId?: string | undefined;
  readonly route?: ImageRoute | undefined;
  readonly regions?: readonly TargetRegion[] | undefined;
  readonly osState?: 'Generalized' | undefined;
  readonly identifier?: ImageIdentifier | undefined;
  readonly replicationMode?: ReplicationMode | undefined;
  /** ISO 8601. */
  readonly endOfLifeDate?: string | undefined;
  /** `true`: the version stays out of `latest` even when the pool has proved it. */
  readonly excludeFromLatest?: boolean | undefined;
  readonly keep?: Keeping | undefined;
}

/** Publisher, offer and sku of an image definition; unique within its gallery. */
export interface ImageIdentifier {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
}

/** JSON as it came; the Batch service knows more fields than this app needs to. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface FixedScale {
  readonly targetDedicatedNodes?: number | undefined;
  readonly targetLowPriorityNodes?: number | undefined;
  /** ISO 8601 duration, such as `PT30M`. */
  readonly resizeTimeout?: string | undefined;
}

/** `properties` of a pool in the Batch Management REST API; fields that the app does not read pass through. */
export interface PoolProperties extends JsonObject {
  readonly vmSize: string;
  readonly deploymentConfiguration: JsonObject & {
    readonly virtualMachineConfiguration: JsonObject & {
      /** Left out: the one that Batch names for the base image. */
      readonly nodeAgentSkuId?: string | undefined;
    };
  };
  readonly scaleSettings?: (JsonObject & { readonly fixedScale?: (JsonObject & FixedScale) | undefined }) | undefined;
  readonly metadata?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

export interface BuildRequest {
  readonly requestId?: string | undefined;
  readonly mode?: BuildMode | undefined;
  readonly source: BuildSource;
  readonly image: ImageRequest;
  readonly pool: {
    readonly batchAccountId: string;
    readonly name: string;
    readonly properties: PoolProperties;
    /** Managed identities of the pool, as they stand beside `properties` in the REST body. */
    readonly identity?: JsonObject | undefined;
    /** How many nodes are enough when the last resize has not brought all: a number, or a share such as `90%`. */
    readonly acceptAtLeast?: number | string | undefined;
    /** What to do about a pool of this name that stands already; left out: `refuse`. */
    readonly existing?: ExistingPoolPolicy | undefined;
  };
  readonly keepOnFailure?: boolean | undefined;
  /** Send a pool straight on a managed image although Azure retired that; its answer comes back as it is. */
  readonly allowRetiredManagedImagePools?: boolean | undefined;
}

/** Nodes that the pool is asked to reach; undefined for a pool that scales by formula. */
export function nodeTargets(properties: PoolProperties): { dedicated: number; spot: number } | undefined {
  const scale = properties.scaleSettings;
  if (scale?.['autoScale'] !== undefined) return undefined;
  return {
    dedicated: scale?.fixedScale?.targetDedicatedNodes ?? 0,
    spot: scale?.fixedScale?.targetLowPriorityNodes ?? 0,
  };
}

/** 0 to 100 percent, decimals allowed. */
export const PERCENT = /^(100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/;

/** How many nodes are enough; undefined when the request leaves it out, which means all of them. */
export function acceptAtLeastOf({ pool: { acceptAtLeast } }: BuildRequest): AcceptAtLeast | undefined {
  if (typeof acceptAtLeast === 'number') return { nodes: acceptAtLeast };
  const [, percent] = PERCENT.exec(acceptAtLeast ?? '') ?? [];
  return percent === undefined ? undefined : { percent: Number(percent) };
}
