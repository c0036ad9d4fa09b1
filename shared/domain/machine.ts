/** The prepared VM, and the disks that an image is made from, as far as a build needs to know them. */

export type OsType = 'Linux' | 'Windows';
export type HyperVGeneration = 'V1' | 'V2';
export type Architecture = 'x64' | 'Arm64';

export interface PurchasePlan {
  readonly name: string;
  readonly publisher: string;
  readonly product: string;
}

/** An image of the Marketplace, by the words that it is ordered with. */
export interface MarketplaceReference {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  /** The exact one, when Azure says it; never `latest`. */
  readonly version?: string;
}

/** What a VM or a disk was made from; undefined where Azure does not say. */
export type BaseImage =
  | { readonly from: 'marketplace'; readonly image: MarketplaceReference }
  /** An image of a gallery, or a managed image: what that was made from, it does not say. */
  | { readonly from: 'customImage'; readonly id: string };

export interface AttachedDisk {
  /** Undefined when the disk is a page blob (unmanaged) instead of a managed disk. */
  readonly diskId?: string;
  readonly vhdUri?: string;
}

/** A VM extension, by its name and its publisher's type, such as `CustomScript`. */
export interface InstalledExtension {
  readonly name: string;
  readonly type: string;
}

export interface Machine {
  readonly id: string;
  readonly location: string;
  /** As the VM says it, such as `Standard_D16s_v5`. */
  readonly vmSize?: string;
  readonly osDisk: AttachedDisk & {
    readonly osType?: OsType;
    readonly ephemeral: boolean;
    /** Azure Disk Encryption, in the VM's own settings of the OS disk. */
    readonly diskEncryption: boolean;
  };
  readonly dataDisks: readonly (AttachedDisk & { readonly lun: number })[];
  readonly base?: BaseImage;
  /** Those that the VM lists and those that its agent reports, each once. */
  readonly extensions: readonly InstalledExtension[];
  /** The last part of the status `PowerState/…`, such as `running` or `deallocated`; undefined when none is shown. */
  readonly powerState?: string;
  /** Azure shows that it was generalized, so that it can never start again. */
  readonly generalized?: boolean;
  readonly encryptionAtHost: boolean;
  readonly securityType?: string;
  readonly plan?: PurchasePlan;
}

export interface DiskEncryption {
  /** Such as `EncryptionAtRestWithPlatformKey`. */
  readonly type: string;
  readonly diskEncryptionSetId?: string;
}

/** A disk, or what stands for one: a snapshot, a VHD, a disk of an image. */
export interface Disk {
  /** Its own id; of a disk of an image, the image's. */
  readonly id: string;
  readonly location: string;
  /** Such as `Premium_LRS`. */
  readonly sku?: string;
  /** Undefined where Azure Resource Manager does not say, as of a VHD. */
  readonly sizeGb?: number;
  readonly osType?: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly architecture: Architecture;
  /** What the disk was made to boot with, such as `SCSI` and `NVMe`; empty when it does not say. */
  readonly diskControllers: readonly string[];
  readonly base?: BaseImage;
  /** Azure Disk Encryption, in the disk's own settings. */
  readonly diskEncryption: boolean;
  /** Encryption at rest; undefined when the disk does not say. */
  readonly encryption?: DiskEncryption;
  readonly logicalSectorBytes?: number;
  readonly maxShares?: number;
  readonly networkAccessPolicy?: string;
  readonly securityType?: string;
  readonly purchasePlan?: PurchasePlan;
}
