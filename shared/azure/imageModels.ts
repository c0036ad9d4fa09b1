/** Images that are there already, as the SDK shows them, become sources: what they are, and which disks nodes get of them. */
import type {
  CommunityGalleryImage,
  CommunityGalleryImageVersion,
  GalleryImageVersion,
  Image,
  ImageDisk,
  SharedGalleryImage,
  SharedGalleryImageVersion,
} from '@azure/arm-compute';
import type { SourceDisk } from '../domain/facts';
import type { ImageDefinition, SourceImage } from '../domain/gallery';
import type { Disk } from '../domain/machine';
import { architecture, featureOf, generation, listed, purchasePlan } from './models';
import { optional } from './optional';

export interface StandingImage {
  readonly image: SourceImage;
  /** Each as far as the image says something of it. */
  readonly disks: readonly SourceDisk[];
}

const entry = (disk: Disk, lun?: number): SourceDisk => ({
  diskId: disk.id,
  ...optional('lun', lun),
  fact: { read: 'found', value: disk },
});

type DiskTraits = Pick<Disk, 'hyperVGeneration' | 'architecture' | 'diskControllers'> & Partial<Disk>;

const diskOf = (image: SourceImage, traits: DiskTraits, sizeGb: number | undefined): Disk => ({
  id: image.id,
  location: image.location,
  ...traits,
  ...optional('sizeGb', sizeGb),
  diskEncryption: false,
});

const encryptionOf = (disk: ImageDisk | undefined): Partial<Disk> => {
  const diskEncryptionSetId = disk?.diskEncryptionSet?.id;
  return diskEncryptionSetId === undefined
    ? {}
    : { encryption: { type: 'EncryptionAtRestWithCustomerKey', diskEncryptionSetId } };
};

/** Managed images are made of x64 disks without security types only (virtual-machines/capture-image-resource). */
export function managedImageFrom(id: string, image: Image): StandingImage {
  const os = image.storageProfile?.osDisk;
  const source: SourceImage = {
    id: image.id ?? id,
    location: image.location,
    ...optional('state', image.provisioningState),
    ...optional('osState', os?.osState),
  };
  const common = {
    hyperVGeneration: generation(image.hyperVGeneration),
    architecture: 'x64',
    diskControllers: [],
  } as const;
  const osDisk = diskOf(source, { ...common, ...optional('osType', os?.osType), ...encryptionOf(os) }, os?.diskSizeGB);
  const data = (image.storageProfile?.dataDisks ?? []).map((disk) =>
    entry(diskOf(source, { ...common, ...encryptionOf(disk) }, disk.diskSizeGB), disk.lun),
  );
  return { image: source, disks: [entry(osDisk), ...data] };
}

/** What a definition says of all disks of its versions. */
const traitsOf = (definition: ImageDefinition): DiskTraits => ({
  osType: definition.osType,
  hyperVGeneration: definition.hyperVGeneration,
  architecture: definition.architecture,
  diskControllers: definition.diskControllers,
  ...optional('securityType', definition.security === 'Standard' ? undefined : securityOf(definition)),
  ...optional('purchasePlan', definition.purchasePlan),
});

/** Only definitions for one type of VMs alone make disks of that type; the others serve several (shared-image-galleries). */
const securityOf = ({ security }: ImageDefinition): string | undefined =>
  security === 'TrustedLaunch' || security === 'ConfidentialVM' ? security : undefined;

type Definition = ImageDefinition | undefined;

const UNKNOWN_TRAITS: DiskTraits = { hyperVGeneration: 'V1', architecture: 'x64', diskControllers: [] };

/** A version of a gallery; without its definition nothing is known of its disks. */
export function versionFrom(id: string, version: GalleryImageVersion, definition: Definition): StandingImage {
  const { publishingProfile: publishing, storageProfile: storage } = version;
  const usual = publishing?.replicaCount ?? 1;
  const image: SourceImage = {
    id: version.id ?? id,
    location: version.location,
    ...optional('state', version.provisioningState),
    regions: (publishing?.targetRegions ?? []).map(({ name, regionalReplicaCount }) => ({
      name,
      replicas: regionalReplicaCount ?? usual,
    })),
    ...optional('endsOn', publishing?.endOfLifeDate?.toISOString()),
    ...(publishing?.replicationMode === 'Shallow' ? { shallow: true } : {}),
  };
  if (!definition) return { image, disks: [] };
  const data = (storage?.dataDiskImages ?? []).map((disk) =>
    entry(diskOf(image, UNKNOWN_TRAITS, disk.sizeInGB), disk.lun),
  );
  return { image, disks: [entry(diskOf(image, traitsOf(definition), storage?.osDiskImage?.sizeInGB)), ...data] };
}

type ForeignDefinition = CommunityGalleryImage | SharedGalleryImage;
type ForeignVersion = CommunityGalleryImageVersion | SharedGalleryImageVersion;

/** An image of a gallery of the community or of another tenant: read where the nodes will be, so it is there. */
export function foreignImageFrom(id: string, definition: ForeignDefinition, version: ForeignVersion): StandingImage {
  const image: SourceImage = {
    id,
    location: version.location ?? '',
    ...optional('osState', definition.osState),
    ...optional('endsOn', version.endOfLifeDate?.toISOString()),
  };
  const security = featureOf(definition, 'SecurityType');
  const traits: DiskTraits = {
    ...optional('osType', definition.osType),
    hyperVGeneration: generation(definition.hyperVGeneration),
    architecture: architecture(definition.architecture),
    diskControllers: listed(featureOf(definition, 'DiskControllerTypes')),
    ...(security === 'TrustedLaunch' || security === 'ConfidentialVM' ? { securityType: security } : {}),
    ...optional('purchasePlan', purchasePlan(definition.purchasePlan)),
  };
  const { osDiskImage, dataDiskImages = [] } = version.storageProfile ?? {};
  const data = dataDiskImages.map((disk) => entry(diskOf(image, UNKNOWN_TRAITS, disk.diskSizeGB), disk.lun));
  return { image, disks: [entry(diskOf(image, traits, osDiskImage?.diskSizeGB)), ...data] };
}
