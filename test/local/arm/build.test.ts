/** The whole way from a machine to a pool, through the real clients. */
import { definitionId, diskId, idOf, snapshotId, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeAll(async () => {
  local = await startLocalAzure();
});
afterAll(() => local.close());

const osDisk = {
  osType: 'Linux',
  osState: 'Generalized',
  caching: 'ReadWrite',
  snapshot: { id: snapshotId('snap-os') },
} as const;

test('a machine becomes a snapshot, an image, a version and a pool', async () => {
  const { compute, batch, azure } = local;
  const snapshot = compute.snapshots.createOrUpdate('rg-images', 'snap-os', {
    location: 'westeurope',
    creationData: { createOption: 'Copy', sourceResourceId: diskId('osdisk-render-base') },
  });
  await snapshot.submitted();
  expect((await compute.snapshots.get('rg-images', 'snap-os')).provisioningState).toBe('Creating');
  local.pass(4);
  expect((await compute.snapshots.get('rg-images', 'snap-os')).provisioningState).toBe('Succeeded');

  await compute.images
    .createOrUpdate('rg-images', 'img', { location: 'westeurope', storageProfile: { osDisk } })
    .submitted();
  local.pass(2);
  const image = await compute.images.get('rg-images', 'img');
  expect(image).toMatchObject({ provisioningState: 'Succeeded', hyperVGeneration: 'V2' });

  await compute.galleryImages
    .createOrUpdate('rg-images', 'gal_render', 'def', {
      location: 'westeurope',
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      features: [{ name: 'SecurityType', value: 'Standard' }],
      identifier: { publisher: 'render', offer: 'base', sku: 'linux' },
    })
    .submitted();
  local.pass(1);
  await compute.galleryImageVersions
    .createOrUpdate('rg-images', 'gal_render', 'def', '1.0.0', {
      location: 'westeurope',
      publishingProfile: { targetRegions: [{ name: 'westeurope', regionalReplicaCount: 2 }] },
      storageProfile: { source: { id: image.id ?? '' } },
    })
    .submitted();
  local.pass(20);
  const version = await compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0', {
    expand: 'ReplicationStatus',
  });
  expect(version.provisioningState).toBe('Succeeded');
  expect(version.replicationStatus?.aggregatedState).toBe('Completed');

  const made = await batch.poolOperations.create('rg-batch', 'batchrender', 'render', {
    vmSize: 'Standard_D4s_v5',
    deploymentConfiguration: {
      virtualMachineConfiguration: {
        imageReference: { id: `${definitionId('def')}/versions/1.0.0` },
        nodeAgentSkuId: 'batch.node.ubuntu 24.04',
      },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 16, resizeTimeout: 'PT20M' } },
  });
  expect(made.allocationState).toBe('Resizing');
  local.pass(8);
  const pool = await batch.poolOperations.get('rg-batch', 'batchrender', 'render');
  expect(pool).toMatchObject({ allocationState: 'Steady', currentDedicatedNodes: 16 });
  expect(pool.resizeOperationStatus?.errors).toBeUndefined();
  expect(azure.ids()).toContain(idOf('RG-IMAGES', 'Microsoft.Compute/images/img'));
});
