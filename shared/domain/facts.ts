/** What a survey read from Azure before anything is decided. */
import type { BatchAccount, CoreQuota, ExistingPool, SharingPool, SupportedImages, VmSize } from './account';
import type { Gallery, GalleryUse, ImageDefinition, KnownDefinition, KnownVersion, SourceImage } from './gallery';
import type { Disk, Machine, PurchasePlan } from './machine';
import type { Grants } from './rights';
import type { RightScope } from './rights/rightGroup';

/** One thing that was looked up: there, not there, not ours to see, not to be had, or not looked up at all. */
export type Fact<T> =
  | { readonly read: 'found'; readonly value: T }
  | { readonly read: 'missing' }
  /** 403: `permission` is the action that the read needs. */
  | { readonly read: 'forbidden'; readonly permission: string; readonly message: string }
  /** Not looked up, because it lies outside of the app's allow-list. */
  | { readonly read: 'outside' }
  /** Azure does not answer this question, and asking again would not help. */
  | { readonly read: 'failed'; readonly message: string }
  /** `because`: what had to be known first, such as `the Batch account`. */
  | { readonly read: 'unasked'; readonly because: string };

/** What the app's operators decided for all builds (README.md, "Settings"). */
export interface BuildPolicy {
  /** Version of the Batch Management API that pools are sent with. */
  readonly batchApiVersion: string;
  /** An image version gets one replica for so many nodes of its pool. */
  readonly nodesPerReplica: number;
  /** Nodes that are unusable or whose start task failed, in percent of all; more of them make a pool a failure. */
  readonly mostUnusablePercent: number;
  /** A pool of more nodes gets no image version of replication mode `Shallow`. */
  readonly shallowMostNodes: number;
  /** Version of the API that pools straight on managed images are sent with. */
  readonly managedImageApiVersion: string;
}

/** A disk that the image is made from; of an image that is there, a disk that nodes get. */
export interface SourceDisk {
  readonly diskId: string;
  /** Undefined for the OS disk. */
  readonly lun?: number;
  readonly fact: Fact<Disk>;
}

export interface BuildFacts {
  /** Undefined when the source is no VM. */
  readonly machine?: Fact<Machine>;
  /** The OS disk, then the data disks in the source's order; empty when what names them was not found. */
  readonly disks: readonly SourceDisk[];
  /** The managed image or the image version that is the source; undefined when it is none. */
  readonly sourceImage?: Fact<SourceImage>;
  /** The storage account that VHDs lie in; undefined when there are none. */
  readonly storageAccount?: Fact<{ readonly location: string }>;
  /** The Marketplace's own page of the base image; undefined when there is none to look up. */
  readonly marketplaceImage?: Fact<{ readonly plan?: PurchasePlan }>;
  /** Each disk encryption set that `image.regions` names. */
  readonly encryptionSets: readonly { readonly id: string; readonly fact: Fact<{ readonly location: string }> }[];
  readonly account: Fact<BatchAccount>;
  /** Undefined when nothing is made in it. */
  readonly imageGroup?: Fact<{ readonly id: string }>;
  /** This and what it holds: undefined when no gallery has to do with the request. */
  readonly gallery?: Fact<Gallery>;
  readonly definition?: Fact<ImageDefinition>;
  /** All definitions of the gallery; undefined when none is made. */
  readonly definitions?: Fact<readonly KnownDefinition[]>;
  /** All versions of the definition; missing when there is no definition. */
  readonly versions?: Fact<readonly KnownVersion[]>;
  readonly galleryUse?: Fact<GalleryUse>;
  /** State of Microsoft.Batch in the gallery's subscription, such as `Registered`; undefined when it is the account's own. */
  readonly registration?: Fact<string>;
  readonly pool: Fact<ExistingPool>;
  /** The image that the existing pool runs on; undefined when there is none to look up. */
  readonly poolImage?: Fact<{ readonly id: string }>;
  /** How many pools the account has. */
  readonly poolCount: Fact<number>;
  /** For each Batch account within the allow-list: its other pools that will take the new image by themselves, or run on that of a pool that is grown. */
  readonly sharing: readonly { readonly accountId: string; readonly fact: Fact<readonly SharingPool[]> }[];
  readonly coreQuota: Fact<CoreQuota>;
  /** The pool's own size and the VM's, as far as Batch offers them in the account's region. */
  readonly vmSizes: Fact<readonly VmSize[]>;
  readonly supportedImages: Fact<SupportedImages>;
  /** What the app's identity may do, at each scope that the build touches. */
  readonly rights: readonly { readonly scope: RightScope; readonly id: string; readonly fact: Fact<Grants> }[];
  readonly policy: BuildPolicy;
}

export const found = <T>(fact: Fact<T> | undefined): T | undefined => (fact?.read === 'found' ? fact.value : undefined);

/** What was read of the source. */
export type SourceFacts = Pick<BuildFacts, 'machine' | 'disks'>;

const osEntry = ({ disks }: SourceFacts): SourceDisk | undefined => disks.find(({ lun }) => lun === undefined);

/** The OS disk, when it was read. */
export const osDiskOf = (facts: SourceFacts): Disk | undefined => found(osEntry(facts)?.fact);

/** Every disk that was read, with how a person calls it: `OS disk`, or `data disk at LUN 3`. */
export const disksWithNames = ({ disks }: SourceFacts): readonly { readonly name: string; readonly disk: Disk }[] =>
  disks.flatMap(({ lun, fact }) => {
    const disk = found(fact);
    return disk ? [{ name: lun === undefined ? 'OS disk' : `data disk at LUN ${lun}`, disk }] : [];
  });

/** LUNs of the data disks that the source has, whether they can be read, or taken, or not. */
export const dataLunsOf = ({ machine, disks }: SourceFacts): readonly number[] =>
  found(machine)?.dataDisks.map(({ lun }) => lun) ?? disks.flatMap(({ lun }) => (lun === undefined ? [] : [lun]));

/** Where the source is, as it says itself; undefined when it was not read. */
export const sourceLocation = (facts: Pick<BuildFacts, 'machine' | 'disks' | 'sourceImage'>): string | undefined =>
  found(facts.machine)?.location ?? found(facts.sourceImage)?.location ?? osDiskOf(facts)?.location;

/** The VM size of this name, in any case of letters; undefined when Batch does not offer it or was not asked. */
export const vmSizeOf = (facts: BuildFacts, name: string): VmSize | undefined =>
  found(facts.vmSizes)?.find((size) => size.name.toLowerCase() === name.toLowerCase());
