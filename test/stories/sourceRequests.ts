/** Requests from every kind of source, in the demo world's resource group rg-sources. */
import type { BuildMessage } from '../../shared/messages';
import type { ImageRoute } from '../../shared/domain/request';
import type { BuildSource, SourceKind } from '../../shared/domain/source';
import { requestFor, SUBSCRIPTION } from './story';

const id = (path: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-sources/providers/Microsoft.${path}`;

export const GALLERY = id('Compute/galleries/sources');
export const VHDS = 'https://stsources.blob.core.windows.net/vhds';

export const SOURCE: Readonly<Record<SourceKind, BuildSource>> = {
  virtualMachine: { virtualMachineId: id('Compute/virtualMachines/vm-golden'), generalized: true },
  generalizedVm: { generalizedVirtualMachineId: id('Compute/virtualMachines/vm-golden'), generalize: true },
  snapshots: {
    osSnapshotId: id('Compute/snapshots/snap-golden-os'),
    dataSnapshots: [
      { lun: 0, id: id('Compute/snapshots/snap-golden-data-0') },
      { lun: 4, id: id('Compute/snapshots/snap-golden-data-1') },
    ],
    osType: 'Linux',
    generalized: true,
  },
  disks: {
    osDiskId: id('Compute/disks/disk-golden-os'),
    dataDisks: [{ lun: 2, id: id('Compute/disks/disk-golden-data') }],
    generalized: true,
  },
  vhd: {
    vhdUri: `${VHDS}/golden-os.vhd`,
    dataVhds: [{ lun: 1, uri: `${VHDS}/golden-data.vhd` }],
    osType: 'Linux',
    hyperVGeneration: 'V2',
    storageAccountId: id('Storage/storageAccounts/stsources'),
    generalized: true,
  },
  managedImage: { managedImageId: id('Compute/images/img-packer') },
  galleryVersion: { galleryImageVersionId: `${GALLERY}/images/golden/versions/1.0.0` },
  galleryDefinition: { galleryImageDefinitionId: `${GALLERY}/images/golden` },
  communityImage: {
    communityGalleryImageId:
      '/CommunityGalleries/Golden-0a1b2c3d-0000-4000-8000-000000000044/Images/golden-community/Versions/1.1.0',
  },
  sharedImage: {
    sharedGalleryImageId:
      '/sharedGalleries/44444444-4444-4444-8444-444444444444-GAL_SHARED/images/golden-shared/versions/1.1.0',
  },
};

/** A pool of two nodes from the source; `image` is left out for an image that is there. */
export function fromSource(
  name: string,
  source: BuildSource,
  image?: { readonly route?: ImageRoute } & Partial<BuildMessage['image']>,
): BuildMessage {
  const { requestId, pool } = requestFor(name);
  const scaleSettings = { fixedScale: { targetDedicatedNodes: 2, targetLowPriorityNodes: 0, resizeTimeout: 'PT15M' } };
  return {
    requestId,
    source,
    ...(image === undefined ? {} : { image: { name, galleryId: GALLERY, ...image } }),
    pool: { ...pool, properties: { ...pool.properties, scaleSettings } },
  };
}
