/** For each kind of source a request that nothing speaks against, and what a survey reads of it. */
import type { BuildFacts, Fact, SourceDisk } from '../../shared/domain/facts';
import type { SourceImage } from '../../shared/domain/gallery';
import type { Disk } from '../../shared/domain/machine';
import type { BuildRequest, ImageRequest } from '../../shared/domain/request';
import { isExistingImage, type BuildSource, type SourceKind } from '../../shared/domain/source';
import * as given from './build';
import { without } from './without';

const compute = (path: string): string => given.id('rg-sources', `Microsoft.Compute/${path}`);

export const ID = {
  vm: compute('virtualMachines/vm-golden'),
  osSnapshot: compute('snapshots/os'),
  dataSnapshot: compute('snapshots/data'),
  osDisk: compute('disks/os'),
  dataDisk: compute('disks/data'),
  storageAccount: given.id('rg-sources', 'Microsoft.Storage/storageAccounts/stsources'),
  osVhd: 'https://stsources.blob.core.windows.net/vhds/os.vhd',
  dataVhd: 'https://stsources.blob.core.windows.net/vhds/data.vhd',
  managedImage: compute('images/img-golden'),
  definition: given.DEFINITION,
  version: `${given.DEFINITION}/versions/1.0.0`,
  community: '/CommunityGalleries/Golden/Images/golden/Versions/1.0.0',
  shared: '/sharedGalleries/GOLDEN/images/golden/versions/1.0.0',
} as const;

export const SOURCE = {
  virtualMachine: { virtualMachineId: ID.vm, generalized: true },
  generalizedVm: { generalizedVirtualMachineId: ID.vm },
  snapshots: { osSnapshotId: ID.osSnapshot, dataSnapshots: [{ lun: 2, id: ID.dataSnapshot }], generalized: true },
  disks: { osDiskId: ID.osDisk, dataDisks: [{ lun: 2, id: ID.dataDisk }], generalized: true },
  vhd: {
    vhdUri: ID.osVhd,
    dataVhds: [{ lun: 2, uri: ID.dataVhd }],
    osType: 'Linux',
    hyperVGeneration: 'V2',
    storageAccountId: ID.storageAccount,
    generalized: true,
  },
  managedImage: { managedImageId: ID.managedImage },
  galleryVersion: { galleryImageVersionId: ID.version },
  galleryDefinition: { galleryImageDefinitionId: ID.definition },
  communityImage: { communityGalleryImageId: ID.community },
  sharedImage: { sharedGalleryImageId: ID.shared },
} as const satisfies Readonly<Record<SourceKind, BuildSource>>;

/** The ids of the OS disk and of the data disk at LUN 2, as the survey names them. */
const DISK_IDS: Readonly<Record<SourceKind, readonly [os: string, data: string]>> = {
  virtualMachine: [given.diskId('os'), given.diskId('data-a')],
  generalizedVm: [given.diskId('os'), given.diskId('data-a')],
  snapshots: [ID.osSnapshot, ID.dataSnapshot],
  disks: [ID.osDisk, ID.dataDisk],
  vhd: [ID.osVhd, ID.dataVhd],
  managedImage: [ID.managedImage, ID.managedImage],
  galleryVersion: [ID.version, ID.version],
  galleryDefinition: [ID.version, ID.version],
  communityImage: [ID.community, ID.community],
  sharedImage: [ID.shared, ID.shared],
};

export const sourceImage = (changes: Partial<SourceImage> = {}): SourceImage => ({
  id: ID.version,
  location: 'westeurope',
  state: 'Succeeded',
  regions: [{ name: 'West Europe', replicas: 1 }],
  ...changes,
});

/** `osDisk` says how the OS disk differs. */
export type SourcedFacts = Parameters<typeof given.facts>[0] & { readonly osDisk?: Partial<Disk> };

export function request(kind: SourceKind, image: Partial<ImageRequest> = {}, source: object = {}): BuildRequest {
  const asked = given.request({ image });
  const standing = isExistingImage(SOURCE[kind]) ? given.request().image : asked.image;
  const foreign = kind === 'communityImage' || kind === 'sharedImage';
  const target = foreign ? { resourceGroup: 'rg-batch', name: 'golden' } : standing;
  return { ...asked, source: { ...SOURCE[kind], ...source }, image: target };
}

const isVm = (kind: SourceKind): boolean => kind === 'virtualMachine' || kind === 'generalizedVm';

function disks(kind: SourceKind, osDisk: Partial<Disk>): readonly SourceDisk[] {
  const [os, data] = DISK_IDS[kind];
  const disk = (id: string, changes: Partial<Disk>): Fact<Disk> => {
    const whole = given.disk('x', { id, ...changes });
    return given.there(kind === 'vhd' ? without(whole, 'sizeGb', 'sku') : whole);
  };
  return [
    { diskId: os, fact: disk(os, { osType: 'Linux', base: { from: 'marketplace', image: given.UBUNTU }, ...osDisk }) },
    { diskId: data, lun: 2, fact: disk(data, {}) },
  ];
}

function imageOf(kind: SourceKind): Pick<BuildFacts, 'sourceImage'> {
  switch (kind) {
    case 'managedImage':
      return {
        sourceImage: given.there({ ...without(sourceImage(), 'regions'), id: ID.managedImage, osState: 'Generalized' }),
      };
    case 'galleryVersion':
    case 'galleryDefinition':
      return { sourceImage: given.there(sourceImage()) };
    case 'communityImage':
    case 'sharedImage':
      return {
        sourceImage: given.there({ id: DISK_IDS[kind][0], location: 'westeurope', osState: 'Generalized' }),
      };
    default:
      return {};
  }
}

export function facts(kind: SourceKind, { osDisk = {}, ...changes }: SourcedFacts = {}): BuildFacts {
  const vm = given.machine({ id: ID.vm, dataDisks: [{ lun: 2, diskId: given.diskId('data-a') }] });
  const all = given.facts(without(changes, 'disks'));
  const standing = isExistingImage(SOURCE[kind]);
  const foreign = kind === 'communityImage' || kind === 'sharedImage';
  const definition = given.there(given.definition());
  return {
    ...without(
      all,
      'machine',
      ...(foreign ? (['gallery', 'definition', 'definitions', 'versions', 'galleryUse'] as const) : []),
    ),
    ...(isVm(kind) ? { machine: changes.machine ?? given.there(vm) } : {}),
    disks: disks(kind, osDisk),
    ...(kind === 'vhd' ? { storageAccount: given.there({ location: 'westeurope' }) } : {}),
    ...imageOf(kind),
    ...(standing && !foreign ? { definition: changes.definition ?? definition } : {}),
    ...(changes.sourceImage === undefined ? {} : { sourceImage: changes.sourceImage }),
  };
}
