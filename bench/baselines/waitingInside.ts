/**
 * A build that waits inside one activity: the SDK's pollers wait for every operation at their own pace, as in Packer's
 * azure-arm builder (peers, 1), and a pool is read every 30 s until it is steady, as by Terraform (peers, 7).
 */
import type { Pool } from '@azure/arm-batch';
import { SUBSCRIPTION } from '../scene';
import type { AzureAlone } from './azureAlone';

const GROUP = 'rg-images';
const LOCATION = 'westeurope';
const GALLERY = 'gal_render';
const DEFINITION = 'waited';
const VERSION = '1.0.0';
const BATCH = { group: 'rg-batch', account: 'batchrender', pool: 'waited-pool' };
/** terraform-provider-azurerm, batch_pool_resource.go: sleeps 30 s until AllocationState is steady. */
const POOL_POLL_MS = 30_000;

const compute = (group: string, path: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.Compute/${path}`;

const DISKS = ['osdisk-render-base', 'datadisk-render-assets', 'datadisk-render-cache'];
const snapshotName = (disk: string): string => `waited-${disk}`;
const snapshotOf = (disk: string) => ({ id: compute(GROUP, `snapshots/${snapshotName(disk)}`) });
const [OS_DISK = '', ...DATA_DISKS] = DISKS;

const pool = (nodes: number): Pool => ({
  vmSize: 'STANDARD_D4DS_V5',
  deploymentConfiguration: {
    virtualMachineConfiguration: {
      imageReference: { id: compute(GROUP, `galleries/${GALLERY}/images/${DEFINITION}/versions/${VERSION}`) },
      nodeAgentSkuId: 'batch.node.ubuntu 24.04',
    },
  },
  scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, resizeTimeout: 'PT30M' } },
  startTask: { commandLine: '/bin/true', waitForSuccess: true },
});

/** Does what the app does, without its checks: snapshots side by side, image, definition, version, pool. */
export async function buildWaiting(alone: AzureAlone, nodes: number): Promise<void> {
  await Promise.all(DISKS.map((disk) => takeSnapshot(alone, disk)));
  await makeImage(alone);
  await publish(alone);
  await makePool(alone, nodes);
}

async function takeSnapshot({ compute: client }: AzureAlone, disk: string): Promise<void> {
  await client.snapshots.createOrUpdate(GROUP, snapshotName(disk), {
    location: LOCATION,
    incremental: false,
    creationData: { createOption: 'Copy', sourceResourceId: compute('rg-render', `disks/${disk}`) },
  });
}

async function makeImage({ compute: client }: AzureAlone): Promise<void> {
  await client.images.createOrUpdate(GROUP, 'waited', {
    location: LOCATION,
    hyperVGeneration: 'V2',
    storageProfile: {
      osDisk: { osType: 'Linux', osState: 'Generalized', snapshot: snapshotOf(OS_DISK) },
      dataDisks: DATA_DISKS.map((disk, lun) => ({ lun, snapshot: snapshotOf(disk) })),
    },
  });
}

async function publish({ compute: client }: AzureAlone): Promise<void> {
  await client.galleryImages.createOrUpdate(GROUP, GALLERY, DEFINITION, {
    location: LOCATION,
    osType: 'Linux',
    osState: 'Generalized',
    hyperVGeneration: 'V2',
    identifier: { publisher: 'bench', offer: 'waited', sku: 'waited' },
  });
  await client.galleryImageVersions.createOrUpdate(GROUP, GALLERY, DEFINITION, VERSION, {
    location: LOCATION,
    storageProfile: { source: { id: compute(GROUP, 'images/waited') } },
  });
}

async function makePool({ batch: client }: AzureAlone, nodes: number): Promise<void> {
  const { group, account, pool: name } = BATCH;
  await client.poolOperations.create(group, account, name, pool(nodes));
  for (;;) {
    const { allocationState } = await client.poolOperations.get(group, account, name);
    if (allocationState === 'Steady') return;
    await new Promise((resolve) => setTimeout(resolve, POOL_POLL_MS));
  }
}
