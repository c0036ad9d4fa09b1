/** What a survey read from Azure before anything is decided. */
import type { BatchAccount, CoreQuota, ExistingPool, SharingPool, SupportedImages, VmSize } from './account';
import type { Gallery, GalleryUse, ImageDefinition, KnownDefinition, KnownVersion } from './gallery';
import type { Disk, Machine, PurchasePlan } from './machine';
import type { Grants, RightScope } from './rights';

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
}

export interface BuildFacts {
  readonly machine: Fact<Machine>;
  /** One for each managed disk of the machine: the OS disk, then the data disks in the machine's order. */
  readonly disks: readonly { readonly diskId: string; readonly fact: Fact<Disk> }[];
  /** The Marketplace's own page of the base image; undefined when the VM has none there. */
  readonly marketplaceImage?: Fact<{ readonly plan?: PurchasePlan }>;
  readonly account: Fact<BatchAccount>;
  readonly imageGroup: Fact<{ readonly id: string }>;
  readonly gallery: Fact<Gallery>;
  readonly definition: Fact<ImageDefinition>;
  /** All definitions of the gallery. */
  readonly definitions: Fact<readonly KnownDefinition[]>;
  /** All versions of the definition; missing when there is no definition. */
  readonly versions: Fact<readonly KnownVersion[]>;
  readonly galleryUse: Fact<GalleryUse>;
  /** State of Microsoft.Batch in the gallery's subscription, such as `Registered`; undefined when it is the account's own. */
  readonly registration?: Fact<string>;
  readonly pool: Fact<ExistingPool>;
  /** The image version that the existing pool runs on; undefined when there is none to look up. */
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

/** What was read of the VM. */
export type MachineFacts = Pick<BuildFacts, 'machine' | 'disks'>;

/** The surveyed disk with this id, or undefined when it is not there or may not be read. */
export function diskOf(facts: MachineFacts, diskId: string | undefined): Disk | undefined {
  const entry = facts.disks.find((disk) => disk.diskId === diskId);
  return entry && found(entry.fact);
}

/** The OS disk, when it was read. */
export const osDiskOf = (facts: MachineFacts): Disk | undefined => diskOf(facts, found(facts.machine)?.osDisk.diskId);

/** Every disk that was read, with how a person calls it: `OS disk`, or `data disk at LUN 3`. */
export function disksWithNames(facts: MachineFacts): readonly { readonly name: string; readonly disk: Disk }[] {
  const machine = found(facts.machine);
  if (!machine) return [];
  const attached = [
    { name: 'OS disk', diskId: machine.osDisk.diskId },
    ...machine.dataDisks.map(({ lun, diskId }) => ({ name: `data disk at LUN ${lun}`, diskId })),
  ];
  return attached.flatMap(({ name, diskId }) => {
    const disk = diskOf(facts, diskId);
    return disk ? [{ name, disk }] : [];
  });
}

/** The VM size of this name, in any case of letters; undefined when Batch does not offer it or was not asked. */
export const vmSizeOf = (facts: BuildFacts, name: string): VmSize | undefined =>
  found(facts.vmSizes)?.find((size) => size.name.toLowerCase() === name.toLowerCase());
