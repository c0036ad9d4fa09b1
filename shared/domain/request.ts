/** What a caller asks for: one pool on an image of one prepared VM. */
import type { AcceptAtLeast } from './growth/growthJob';

export type BuildMode = 'build' | 'plan';

/** How the pool's image is made; `managedImage` names the way that Azure retired on 31 March 2026. */
export type ImageRoute = 'gallery' | 'direct' | 'managedImage';

/** `grow`: a pool that runs on an image of the request's definition gets the nodes that the request asks for. */
export type ExistingPoolPolicy = 'refuse' | 'grow';

export interface TargetRegion {
  readonly name: string;
  readonly replicas?: number | undefined;
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
      /** Left out: the one that Batch names for the VM's base image. */
      readonly nodeAgentSkuId?: string | undefined;
    };
  };
  readonly scaleSettings?: (JsonObject & { readonly fixedScale?: (JsonObject & FixedScale) | undefined }) | undefined;
  readonly metadata?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

export interface BuildRequest {
  readonly requestId?: string | undefined;
  readonly mode?: BuildMode | undefined;
  readonly source: {
    readonly virtualMachineId: string;
    /** The operator's own word that the VM was generalized: Azure Resource Manager cannot prove it. */
    readonly generalized?: boolean | undefined;
  };
  readonly image: {
    /** Resource group of the snapshots and the managed image, in the VM's subscription. */
    readonly resourceGroup: string;
    /** Name of the image definition; snapshots, image and version derive theirs from it. */
    readonly name: string;
    readonly galleryId: string;
    readonly route?: ImageRoute | undefined;
    readonly regions?: readonly TargetRegion[] | undefined;
    readonly osState?: 'Generalized' | undefined;
    readonly identifier?: ImageIdentifier | undefined;
  };
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
