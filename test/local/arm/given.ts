/** Resources that tests start from, made through the real client and waited for on the stepped clock. */
import type { Pool } from '@azure/arm-batch';
import type { GalleryImage, GalleryImageVersion, Image, Snapshot } from '@azure/arm-compute';
import { definitionId, diskId, snapshotId, type LocalAzure } from './localAzure';

export const aSnapshot = (disk = 'osdisk-render-base', more: Partial<Snapshot> = {}): Snapshot => ({
  location: 'westeurope',
  creationData: { createOption: 'Copy', sourceResourceId: diskId(disk) },
  ...more,
});

export const anImage = (snapshot: string, more: Partial<Image> = {}): Image => ({
  location: 'westeurope',
  storageProfile: { osDisk: { osType: 'Linux', osState: 'Generalized', snapshot: { id: snapshotId(snapshot) } } },
  ...more,
});

export const aDefinition = (more: Partial<GalleryImage> = {}): GalleryImage => ({
  location: 'westeurope',
  osType: 'Linux',
  osState: 'Generalized',
  hyperVGeneration: 'V2',
  features: [{ name: 'SecurityType', value: 'Standard' }],
  identifier: { publisher: 'render', offer: 'base', sku: 'linux' },
  ...more,
});

/** Straight from a snapshot. */
export const aVersion = (snapshot: string, more: Partial<GalleryImageVersion> = {}): GalleryImageVersion => ({
  location: 'westeurope',
  publishingProfile: { targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }] },
  storageProfile: { osDiskImage: { hostCaching: 'ReadWrite', source: { id: snapshotId(snapshot) } } },
  ...more,
});

export const aPool = (imageReferenceId: string, targetDedicatedNodes = 16, more: Partial<Pool> = {}): Pool => ({
  vmSize: 'Standard_D4s_v5',
  deploymentConfiguration: {
    virtualMachineConfiguration: {
      imageReference: { id: imageReferenceId },
      nodeAgentSkuId: 'batch.node.ubuntu 24.04',
    },
  },
  scaleSettings: { fixedScale: { targetDedicatedNodes, resizeTimeout: 'PT30M' } },
  ...more,
});

export async function snapshot({ compute, clock }: LocalAzure, name: string, body = aSnapshot()): Promise<void> {
  await compute.snapshots.createOrUpdate('rg-images', name, body).submitted();
  clock.advanceTo(clock.nowMs() + 4 * 60_000);
}

export async function image({ compute, clock }: LocalAzure, name: string, body: Image): Promise<void> {
  await compute.images.createOrUpdate('rg-images', name, body).submitted();
  clock.advanceTo(clock.nowMs() + 2 * 60_000);
}

export async function definition({ compute, clock }: LocalAzure, name: string, body = aDefinition()): Promise<void> {
  await compute.galleryImages.createOrUpdate('rg-images', 'gal_render', name, body).submitted();
  clock.advanceTo(clock.nowMs() + 60_000);
}

export async function version(
  { compute, clock }: LocalAzure,
  of: string,
  name: string,
  body: GalleryImageVersion,
): Promise<string> {
  await compute.galleryImageVersions.createOrUpdate('rg-images', 'gal_render', of, name, body).submitted();
  clock.advanceTo(clock.nowMs() + 25 * 60_000);
  return `${definitionId(of)}/versions/${name}`;
}

/** Takes away what the world put into a gallery or an account, as if it had never been there. */
export function empty(local: LocalAzure, id: string): void {
  const isChild = (other: string): boolean =>
    other.startsWith(`${id}/`) && other.split('/').length === id.split('/').length + 2;
  for (const child of local.azure.ids().filter(isChild)) local.azure.deleteBehindTheBack(child, { silently: true });
  local.pass(60);
}

/** Snapshot `snap`, definition `def` and its replicated version 1.0.0, whose id it answers. */
export async function publishedImage(local: LocalAzure): Promise<string> {
  await snapshot(local, 'snap');
  await definition(local, 'def');
  return version(local, 'def', '1.0.0', aVersion('snap'));
}
