/** What the image of a pool is made from, or is already: one of ten kinds, told apart by the field that names it. */
import type { Architecture, HyperVGeneration, OsType } from './machine';

/** A data disk, by its LUN: an id of a disk or snapshot. */
export interface NumberedId {
  readonly lun: number;
  readonly id: string;
}

/** The operator's own word that the OS was generalized: Azure Resource Manager cannot prove it. */
interface Asserted {
  readonly generalized?: boolean | undefined;
}

export interface VirtualMachineSource extends Asserted {
  readonly virtualMachineId: string;
}

export interface GeneralizedVmSource {
  readonly generalizedVirtualMachineId: string;
  /** `true`: the build deallocates and generalizes the VM, which can never start again. */
  readonly generalize?: boolean | undefined;
}

export interface SnapshotsSource extends Asserted {
  readonly osSnapshotId: string;
  readonly dataSnapshots?: readonly NumberedId[] | undefined;
  readonly osType?: OsType | undefined;
}

export interface DisksSource extends Asserted {
  readonly osDiskId: string;
  readonly dataDisks?: readonly NumberedId[] | undefined;
  readonly osType?: OsType | undefined;
}

export interface VhdSource extends Asserted {
  /** Address of the blob. */
  readonly vhdUri: string;
  readonly dataVhds?: readonly { readonly lun: number; readonly uri: string }[] | undefined;
  readonly osType: OsType;
  readonly hyperVGeneration: HyperVGeneration;
  readonly architecture?: Architecture | undefined;
  readonly storageAccountId: string;
}

export interface ManagedImageSource {
  readonly managedImageId: string;
}

export interface GalleryVersionSource {
  readonly galleryImageVersionId: string;
}

export interface GalleryDefinitionSource {
  readonly galleryImageDefinitionId: string;
  /** Left out: the pool gets the version that is the newest when it is made. `latest`: it takes each newer one by itself. */
  readonly track?: 'latest' | undefined;
}

export interface CommunityImageSource {
  /** `/CommunityGalleries/{public name}/Images/{definition}/Versions/{version}`. */
  readonly communityGalleryImageId: string;
}

export interface SharedImageSource {
  /** `/sharedGalleries/{unique name}/images/{definition}/versions/{version}`. */
  readonly sharedGalleryImageId: string;
}

interface Kinds {
  readonly virtualMachine: VirtualMachineSource;
  readonly generalizedVm: GeneralizedVmSource;
  readonly snapshots: SnapshotsSource;
  readonly disks: DisksSource;
  readonly vhd: VhdSource;
  readonly managedImage: ManagedImageSource;
  readonly galleryVersion: GalleryVersionSource;
  readonly galleryDefinition: GalleryDefinitionSource;
  readonly communityImage: CommunityImageSource;
  readonly sharedImage: SharedImageSource;
}

export type SourceKind = keyof Kinds;
export type BuildSource = Kinds[SourceKind];

type Tagged = { readonly [K in SourceKind]: { readonly kind: K } & Kinds[K] }[SourceKind];

interface SourceRow {
  /** The field that names it, and that says which kind it is. */
  readonly field: string;
  /** What a person calls it. */
  readonly noun: string;
  /** `image`: it is an image that pools can run on as it is, so that nothing is made but the pool. */
  readonly is: 'disks' | 'image';
  /** The VM's own word is needed that its OS was generalized. */
  readonly asserts: boolean;
}

export const SOURCES: Readonly<Record<SourceKind, SourceRow>> = {
  virtualMachine: { field: 'virtualMachineId', noun: 'VM', is: 'disks', asserts: true },
  generalizedVm: { field: 'generalizedVirtualMachineId', noun: 'VM', is: 'disks', asserts: false },
  snapshots: { field: 'osSnapshotId', noun: 'OS snapshot', is: 'disks', asserts: true },
  disks: { field: 'osDiskId', noun: 'OS disk', is: 'disks', asserts: true },
  vhd: { field: 'vhdUri', noun: 'VHD', is: 'disks', asserts: true },
  managedImage: { field: 'managedImageId', noun: 'managed image', is: 'disks', asserts: false },
  galleryVersion: { field: 'galleryImageVersionId', noun: 'image version', is: 'image', asserts: false },
  galleryDefinition: { field: 'galleryImageDefinitionId', noun: 'image definition', is: 'image', asserts: false },
  communityImage: { field: 'communityGalleryImageId', noun: 'community gallery image', is: 'image', asserts: false },
  sharedImage: { field: 'sharedGalleryImageId', noun: 'shared gallery image', is: 'image', asserts: false },
};

/** A source with the name of its kind, so that a switch can tell them apart. */
export function taggedSource(source: BuildSource): Tagged {
  if ('virtualMachineId' in source) return { kind: 'virtualMachine', ...source };
  if ('generalizedVirtualMachineId' in source) return { kind: 'generalizedVm', ...source };
  if ('osSnapshotId' in source) return { kind: 'snapshots', ...source };
  if ('osDiskId' in source) return { kind: 'disks', ...source };
  if ('vhdUri' in source) return { kind: 'vhd', ...source };
  if ('managedImageId' in source) return { kind: 'managedImage', ...source };
  if ('galleryImageVersionId' in source) return { kind: 'galleryVersion', ...source };
  if ('galleryImageDefinitionId' in source) return { kind: 'galleryDefinition', ...source };
  if ('communityGalleryImageId' in source) return { kind: 'communityImage', ...source };
  return { kind: 'sharedImage', ...source };
}

export const sourceKind = (source: BuildSource): SourceKind => taggedSource(source).kind;

/** Where the source stands in the request, for messages: `source.virtualMachineId`. */
export const sourceField = (source: BuildSource): string => `source.${SOURCES[sourceKind(source)].field}`;

export const sourceNoun = (source: BuildSource): string => SOURCES[sourceKind(source)].noun;

/** True when the pool runs on an image that is there already, and nothing is made but the pool. */
export const isExistingImage = (source: BuildSource): boolean => SOURCES[sourceKind(source)].is === 'image';

/** The resource that the source is in Azure Resource Manager: of a VHD, its storage account. */
export function homeId(source: BuildSource): string {
  const tagged = taggedSource(source);
  return tagged.kind === 'vhd' ? tagged.storageAccountId : sourceId(source);
}

/** What names the source: a resource id, or the address of a VHD. */
export function sourceId(source: BuildSource): string {
  const tagged = taggedSource(source);
  switch (tagged.kind) {
    case 'virtualMachine':
      return tagged.virtualMachineId;
    case 'generalizedVm':
      return tagged.generalizedVirtualMachineId;
    case 'snapshots':
      return tagged.osSnapshotId;
    case 'disks':
      return tagged.osDiskId;
    case 'vhd':
      return tagged.vhdUri;
    case 'managedImage':
      return tagged.managedImageId;
    case 'galleryVersion':
      return tagged.galleryImageVersionId;
    case 'galleryDefinition':
      return tagged.galleryImageDefinitionId;
    case 'communityImage':
      return tagged.communityGalleryImageId;
    case 'sharedImage':
      return tagged.sharedGalleryImageId;
  }
}
