/** What goes over the wire when something is made: every body as a whole, approved. */
import { callArm } from '../../../shared/azure/armCall';
import { managedImageClient, snapshotClient } from '../../../shared/azure/computeResources';
import { imageDefinitionClient, imageVersionClient } from '../../../shared/azure/galleryResources';
import { poolClient } from '../../../shared/azure/poolResources';
import { diskId, imageId, snapshotId } from '../../local/arm/localAzure';
import * as given from '../../given/build';
import { failureIn, startCloud, valueOf, writesOf, type Cloud } from './cloud';
import {
  dataSnapshotSpec,
  definitionSpec,
  fromSnapshots,
  imageSpec,
  POOL_ID,
  poolSpec,
  snapshotSpec,
  TAGS,
  VERSION_ID,
  versionSpec,
} from './specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

/** The one write since the last time of asking. */
function written(): { readonly path: string; readonly body: unknown } {
  const [call, ...more] = writesOf(cloud.newCalls());
  if (call?.method !== 'PUT' || more.length > 0) throw new Error('Expected one PUT and nothing else.');
  expect(call.status).toBeLessThan(300);
  return { path: call.path, body: call.body };
}

async function snapshots(): Promise<void> {
  valueOf(await snapshotClient(cloud.arm).put(snapshotSpec()));
  valueOf(await snapshotClient(cloud.arm).put(dataSnapshotSpec()));
  cloud.pass(5);
  cloud.newCalls();
}

async function definition(): Promise<void> {
  valueOf(await imageDefinitionClient(cloud.arm).put(definitionSpec()));
  cloud.pass(1);
  cloud.newCalls();
}

it('a snapshot is a full copy on Standard storage', async () => {
  valueOf(await snapshotClient(cloud.arm).put(snapshotSpec()));
  expect(written()).toEqual({
    path: snapshotId('render-os'),
    body: {
      location: 'westeurope',
      tags: TAGS,
      sku: { name: 'Standard_LRS' },
      properties: {
        creationData: { createOption: 'Copy', sourceResourceId: diskId('osdisk-render-base') },
        incremental: false,
      },
    },
  });
});

it('a managed image is generalized, cached ReadWrite, on Standard storage, of the disk’s generation', async () => {
  await snapshots();
  const source = fromSnapshots('render-os', { 3: 'render-data3' });
  valueOf(await managedImageClient(cloud.arm).put(imageSpec({ source })));
  expect(written()).toEqual({
    path: imageId('render-image'),
    body: {
      location: 'westeurope',
      tags: TAGS,
      properties: {
        hyperVGeneration: 'V2',
        storageProfile: {
          osDisk: {
            osType: 'Linux',
            osState: 'Generalized',
            snapshot: { id: snapshotId('render-os') },
            caching: 'ReadWrite',
            storageAccountType: 'Standard_LRS',
          },
          dataDisks: [{ lun: 3, snapshot: { id: snapshotId('render-data3') }, storageAccountType: 'Standard_LRS' }],
        },
      },
    },
  });
});

describe('an image definition', () => {
  const body = {
    location: 'westeurope',
    tags: TAGS,
    properties: {
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      architecture: 'x64',
      identifier: { publisher: 'studio', offer: 'render', sku: 'ubuntu' },
      features: [{ name: 'SecurityType', value: 'Standard' }],
    },
  };

  it('names its security type, generation and architecture, because Azure’s defaults are others', async () => {
    valueOf(await imageDefinitionClient(cloud.arm).put(definitionSpec()));
    expect(written()).toEqual({ path: definitionSpec().id, body });
  });

  it.each(['Standard', 'TrustedLaunch', 'ConfidentialVM'] as const)(
    'takes the security type %s from the disk',
    async (security) => {
      valueOf(await imageDefinitionClient(cloud.arm).put(definitionSpec({ security })));
      const features = [{ name: 'SecurityType', value: security }];
      expect(written().body).toEqual({ ...body, properties: { ...body.properties, features } });
    },
  );

  it('of a disk of Generation 1, of Windows, of Arm64 says so', async () => {
    const differing = { osType: 'Windows', hyperVGeneration: 'V1', architecture: 'Arm64' } as const;
    valueOf(await imageDefinitionClient(cloud.arm).put(definitionSpec(differing)));
    expect(written().body).toEqual({ ...body, properties: { ...body.properties, ...differing } });
  });

  it('carries the purchase plan of the disk when it has one', async () => {
    const purchasePlan = { name: 'pro', publisher: 'vendor', product: 'renderer' };
    valueOf(await imageDefinitionClient(cloud.arm).put(definitionSpec({ purchasePlan })));
    expect(written().body).toEqual({ ...body, properties: { ...body.properties, purchasePlan } });
  });
});

describe('an image version', () => {
  it('is made from the managed image, with replicas for each region', async () => {
    await snapshots();
    await definition();
    valueOf(await managedImageClient(cloud.arm).put(imageSpec()));
    cloud.pass(2);
    cloud.newCalls();
    const regions = [
      { name: 'westeurope', replicas: 4 },
      { name: 'northeurope', replicas: 1 },
    ];
    valueOf(await imageVersionClient(cloud.arm).put(versionSpec({ regions })));
    expect(written()).toEqual({
      path: VERSION_ID,
      body: {
        location: 'westeurope',
        tags: TAGS,
        properties: {
          publishingProfile: {
            targetRegions: [
              { name: 'westeurope', regionalReplicaCount: 4 },
              { name: 'northeurope', regionalReplicaCount: 1 },
            ],
            excludeFromLatest: true,
          },
          storageProfile: { source: { id: imageId('render-image') } },
        },
      },
    });
  });

  it('is made straight from the snapshots on the direct route', async () => {
    await snapshots();
    await definition();
    const source = fromSnapshots('render-os', { 3: 'render-data3' });
    valueOf(await imageVersionClient(cloud.arm).put(versionSpec({ source })));
    expect(written().body).toEqual({
      location: 'westeurope',
      tags: TAGS,
      properties: {
        publishingProfile: {
          targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }],
          excludeFromLatest: true,
        },
        storageProfile: {
          osDiskImage: { hostCaching: 'ReadWrite', source: { id: snapshotId('render-os') } },
          dataDiskImages: [{ lun: 3, source: { id: snapshotId('render-data3') } }],
        },
      },
    });
  });
});

describe('a pool', () => {
  /** `upgradePolicy` and `securityProfile.encryptionAtHost` alone are beyond arm-batch 9.1.0's models. */
  const properties = {
    vmSize: 'STANDARD_D4S_V5',
    deploymentConfiguration: {
      virtualMachineConfiguration: {
        imageReference: { id: VERSION_ID },
        nodeAgentSkuId: 'batch.node.ubuntu 24.04',
        securityProfile: { encryptionAtHost: true },
        dataDisks: [{ lun: 10, diskSizeGB: 64, caching: 'ReadOnly', storageAccountType: 'Premium_LRS' }],
      },
    },
    upgradePolicy: { mode: 'automatic', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 2, targetLowPriorityNodes: 1, resizeTimeout: 'PT30M' } },
    taskSlotsPerNode: 4,
    targetNodeCommunicationMode: 'Simplified',
    metadata: [{ name: 'bip-build', value: 'build-1' }],
  };

  it('is its whole REST body, with fields that the SDK does not know and none that it would invent', async () => {
    valueOf(await poolClient(cloud.arm).put(poolSpec({ properties })));
    expect(written()).toEqual({ path: POOL_ID, body: { properties } });
  });

  it('has its identities beside its properties', async () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [given.id('rg', 'x/y/z')]: {} } };
    valueOf(await poolClient(cloud.arm).put(poolSpec({ properties, identity })));
    expect(written()).toEqual({ path: POOL_ID, body: { identity, properties } });
  });

  it('of a request has the request’s own fields, the new image version, and whose pool it is', async () => {
    const asked = given.request({ pool: { properties: { ...properties, metadata: [{ name: 'team', value: 'fx' }] } } });
    const { deploymentConfiguration, ...own } = asked.pool.properties;
    const spec = given.spec('pool', asked);
    valueOf(await poolClient(cloud.arm).put(spec));
    const { virtualMachineConfiguration } = deploymentConfiguration;
    const imageReference = { id: `${given.DEFINITION}/versions/${given.VERSION}` };
    const marks = Object.entries(spec.tags).map(([name, value]) => ({ name, value }));
    expect(written().body).toEqual({
      properties: {
        ...own,
        deploymentConfiguration: { virtualMachineConfiguration: { ...virtualMachineConfiguration, imageReference } },
        metadata: [{ name: 'team', value: 'fx' }, ...marks],
      },
    });
    expect(spec.tags).toMatchObject({ createdBy: 'batch-image-pools', 'bip-request': 'render-16-nodes' });
  });

  it('would lose those fields in the SDK’s own create, and be given a security type: why it is not used', async () => {
    const { batch } = cloud.arm.clientsFor('11111111-1111-4111-8111-111111111111');
    // As a caller of the SDK would have to write it; the types forbid what the API takes.
    await batch.poolOperations.create('rg-batch', 'batchrender', 'render-pool', properties as object);
    const sent = JSON.stringify(written().body);
    expect(sent).not.toContain('upgradePolicy');
    expect(sent).toContain('trustedLaunch');
  });

  it('is created only where none is: a second PUT is refused, and the first pool stays as it was', async () => {
    valueOf(await poolClient(cloud.arm).put(poolSpec()));
    const before = cloud.azure.find(POOL_ID);
    const second = await poolClient(cloud.arm).put(poolSpec({ properties: { ...properties, taskSlotsPerNode: 1 } }));
    expect(failureIn(second)).toMatchObject({ kind: 'rejected', status: 412 });
    expect(cloud.azure.find(POOL_ID)).toEqual(before);
  });

  it('would be replaced by a PUT without If-None-Match', async () => {
    valueOf(await poolClient(cloud.arm).put(poolSpec()));
    cloud.pass(30);
    const body = { properties: { ...poolSpec().properties, taskSlotsPerNode: 9 } };
    const url = `${POOL_ID}?api-version=2025-06-01`;
    valueOf(await callArm(cloud.arm, 'replace the pool', { method: 'PUT', url, body }));
    expect(cloud.azure.find(POOL_ID)).toMatchObject({ properties: { taskSlotsPerNode: 9 } });
  });
});
