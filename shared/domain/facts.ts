/** What a survey read from Azure before anything is decided. */
import type { Sighting } from './sighting';

/** One thing that was looked up: there, not there, or not ours to see. */
export type Fact<T> =
  | { readonly read: 'found'; readonly value: T }
  | { readonly read: 'missing' }
  | { readonly read: 'forbidden'; readonly message: string };

export type OsType = 'Linux' | 'Windows';
export type HyperVGeneration = 'V1' | 'V2';
export type Architecture = 'x64' | 'Arm64';

export interface PurchasePlan {
  readonly name: string;
  readonly publisher: string;
  readonly product: string;
}

export interface AttachedDisk {
  /** Undefined when the disk is a page blob (unmanaged) instead of a managed disk. */
  readonly diskId?: string;
  readonly vhdUri?: string;
}

export interface Machine {
  readonly id: string;
  readonly location: string;
  readonly osDisk: AttachedDisk & { readonly osType?: OsType; readonly ephemeral: boolean };
  readonly dataDisks: readonly (AttachedDisk & { readonly lun: number })[];
  readonly securityType?: string;
  readonly plan?: PurchasePlan;
}

export interface Disk {
  readonly id: string;
  readonly location: string;
  readonly sizeGb: number;
  readonly osType?: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly architecture: Architecture;
  readonly securityType?: string;
  readonly purchasePlan?: PurchasePlan;
}

export interface BatchAccount {
  readonly id: string;
  readonly location: string;
}

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
  /** The `SecurityType` feature; undefined on definitions that never had one. */
  readonly security?: string;
  readonly purchasePlan?: PurchasePlan;
}

export interface ExistingPool {
  readonly id: string;
  readonly imageId?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly deleting: boolean;
  /** Whether it has the nodes that it is set to have now. */
  readonly sighting: Sighting;
}

export interface BuildFacts {
  readonly machine: Fact<Machine>;
  /** One for each managed disk of the machine: the OS disk, then the data disks in the machine's order. */
  readonly disks: readonly { readonly diskId: string; readonly fact: Fact<Disk> }[];
  readonly account: Fact<BatchAccount>;
  readonly imageGroup: Fact<{ readonly id: string }>;
  readonly gallery: Fact<Gallery>;
  readonly definition: Fact<ImageDefinition>;
  readonly pool: Fact<ExistingPool>;
  /** The image version that the existing pool runs on; undefined when there is none to look up. */
  readonly poolImage?: Fact<{ readonly id: string }>;
}

export const found = <T>(fact: Fact<T>): T | undefined => (fact.read === 'found' ? fact.value : undefined);

/** The surveyed disk with this id, or undefined when it is not there or may not be read. */
export function diskOf(facts: BuildFacts, diskId: string | undefined): Disk | undefined {
  const entry = facts.disks.find((disk) => disk.diskId === diskId);
  return entry && found(entry.fact);
}
