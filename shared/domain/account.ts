/** The Batch account with its pools, VM sizes, quotas and supported images, as far as a build needs to know them. */
import type { NodeCounts } from './growth/poolLook';
import type { Architecture, HyperVGeneration, OsType } from './machine';
import type { Sighting } from './sighting';

export type PoolAllocationMode = 'BatchService' | 'UserSubscription';

export interface BatchAccount {
  readonly id: string;
  readonly location: string;
  readonly allocationMode: PoolAllocationMode;
  /** Host of the account's data plane, without a scheme. */
  readonly endpoint?: string;
  readonly poolQuota?: number;
}

export interface ExistingPool {
  readonly id: string;
  readonly imageId?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly deleting: boolean;
  readonly vmSize?: string;
  /** What it has now. */
  readonly nodes: NodeCounts;
  /** What it is set to have; undefined when a formula decides. */
  readonly targets?: NodeCounts;
  /** Whether it has the nodes that it is set to have now. */
  readonly sighting: Sighting;
}

/** A pool as the list of its account shows it. */
export interface PoolInUse {
  readonly id: string;
  readonly vmSize: string;
  /** Undefined when it does not run on an image of a gallery. */
  readonly imageId?: string;
  /** Nodes that it has or is set to have, whichever is more. */
  readonly dedicatedNodes: number;
  readonly spotNodes: number;
}

/** Another pool on the same image: it takes the newest version of the definition, or names the version of a pool that is grown. */
export type SharingPool = Pick<PoolInUse, 'id' | 'dedicatedNodes' | 'spotNodes'>;

/** What one VM size can do; undefined where Azure does not say. */
export interface VmSize {
  /** Such as `Standard_D4s_v5`; compared without regard to case. */
  readonly name: string;
  /** Such as `standardDSv5Family`. */
  readonly family: string;
  readonly cores?: number;
  readonly generations?: readonly HyperVGeneration[];
  readonly architecture?: Architecture;
  readonly diskControllers?: readonly string[];
  readonly maxDataDisks?: number;
  readonly tempDiskMb?: number;
  readonly trustedLaunch?: boolean;
  /** Such as `SNP`; undefined when the size is not for confidential VMs. */
  readonly confidential?: string;
  /** ISO 8601, when Batch says that it ends. */
  readonly supportEndsOn?: string;
}

/** One number that must not be passed. */
export interface Quota {
  readonly used: number;
  readonly limit: number;
}

/** Cores that pools of the account may use. */
export interface CoreQuota {
  /** Where the numbers stand: pools of a UserSubscription account use the subscription's cores. */
  readonly holder: 'account' | 'subscription';
  readonly dedicated: Quota;
  readonly spot: Quota;
  /** Of the pool's VM family; undefined where none is enforced. */
  readonly family?: Quota & { readonly name: string };
  /** VM sizes in use whose cores are not known, so that `used` is too low by them. */
  readonly uncounted: readonly string[];
}

/** An image of the Marketplace that Batch supports, with the node agent that fits it. */
export interface SupportedImage {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly nodeAgentSkuId: string;
  readonly osType: OsType;
  readonly verified: boolean;
  /** ISO 8601, when Batch says when its support ends. */
  readonly supportEndsOn?: string;
}

/** What Batch supports, as far as it is about this build. */
export interface SupportedImages {
  /** Entries for the base image of the VM; empty when it is not known, or not supported. */
  readonly forBase: readonly SupportedImage[];
  /** Every node agent that Batch knows. */
  readonly nodeAgents: readonly { readonly skuId: string; readonly osType: OsType }[];
}
