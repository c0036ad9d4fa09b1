/** One resource of each kind, as the plan of a build names it, in the world of the simulator. */
import type {
  ImageDefinitionSpec,
  ImageSource,
  ImageVersionSpec,
  ManagedImageSpec,
  PoolSpec,
  SnapshotSpec,
} from '../../../shared/domain/resources';
import { accountId, definitionId, diskId, imageId, snapshotId } from '../../local/arm/localAzure';

export const TAGS = { createdBy: 'batch-image-pools', 'bip-build': 'build-1' };
/** Another build of the same app. */
export const THEIR_TAGS = { createdBy: 'batch-image-pools', 'bip-build': 'build-2' };

const tracked = { location: 'westeurope', tags: TAGS } as const;

export const VERSION_ID = `${definitionId('render')}/versions/2026.1121.28800`;
export const POOL_ID = `${accountId('batchrender')}/pools/render-pool`;

export const snapshotSpec = (changes: Partial<SnapshotSpec> = {}): SnapshotSpec => ({
  kind: 'snapshot',
  id: snapshotId('render-os'),
  sourceDiskId: diskId('osdisk-render-base'),
  ...tracked,
  ...changes,
});

export const dataSnapshotSpec = (): SnapshotSpec =>
  snapshotSpec({ id: snapshotId('render-data3'), sourceDiskId: diskId('datadisk-render-assets'), lun: 3 });

/** Snapshots by name: of the OS disk, and of data disks by LUN. */
export const fromSnapshots = (os: string, data: Readonly<Record<number, string>> = {}): ImageSource => ({
  from: 'disks',
  os: { from: 'snapshot', id: snapshotId(os) },
  data: Object.entries(data).map(([lun, name]) => ({
    lun: Number(lun),
    source: { from: 'snapshot', id: snapshotId(name) },
  })),
});

export const imageSpec = (changes: Partial<ManagedImageSpec> = {}): ManagedImageSpec => ({
  kind: 'image',
  id: imageId('render-image'),
  osType: 'Linux',
  hyperVGeneration: 'V2',
  source: fromSnapshots('render-os'),
  ...tracked,
  ...changes,
});

export const definitionSpec = (changes: Partial<ImageDefinitionSpec> = {}): ImageDefinitionSpec => ({
  kind: 'definition',
  id: definitionId('render'),
  osType: 'Linux',
  hyperVGeneration: 'V2',
  architecture: 'x64',
  security: 'Standard',
  identifier: { publisher: 'studio', offer: 'render', sku: 'ubuntu' },
  ...tracked,
  ...changes,
});

export const versionSpec = (changes: Partial<ImageVersionSpec> = {}): ImageVersionSpec => ({
  kind: 'version',
  id: VERSION_ID,
  source: { from: 'managedImage', imageId: imageId('render-image') },
  regions: [{ name: 'westeurope', replicas: 1 }],
  luns: [],
  excludeFromLatest: true,
  ...tracked,
  ...changes,
});

const metadata = (tags: PoolSpec['tags']): readonly { name: string; value: string }[] =>
  Object.entries(tags).map(([name, value]) => ({ name, value }));

export const poolSpec = ({ tags = TAGS, ...changes }: Partial<PoolSpec> = {}): PoolSpec => ({
  kind: 'pool',
  id: POOL_ID,
  tags,
  properties: {
    vmSize: 'STANDARD_D4S_V5',
    deploymentConfiguration: {
      virtualMachineConfiguration: { imageReference: { id: VERSION_ID }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 4, targetLowPriorityNodes: 0, resizeTimeout: 'PT30M' } },
    metadata: metadata(tags),
  },
  ...changes,
});
