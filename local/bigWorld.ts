/** A world as large as one asks for: accounts full of pools on gallery images, each image version with its own snapshot. */

const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
const LOCATION = 'westeurope';
const GALLERY = 'gal_big';
const VERSIONS_PER_DEFINITION = 100;
/** Every so many pools stand on a definition, and so on its newest version. */
const POOLS_PER_DEFINITION_POOL = 10;

export interface BigWorldSize {
  readonly accounts: number;
  readonly poolsPerAccount: number;
  readonly versions: number;
}

/** A REST body as a world has it. */
export interface WorldResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly [property: string]: unknown;
}

const numbered = (prefix: string, index: number): string => `${prefix}-${String(index).padStart(5, '0')}`;
const listOf = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));
const groupId = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
const galleryId = `${groupId('rg-images')}/providers/Microsoft.Compute/galleries/${GALLERY}`;

const snapshotId = (index: number): string =>
  `${groupId('rg-images')}/providers/Microsoft.Compute/snapshots/${numbered('snapshot', index)}`;
const definitionId = (index: number): string => `${galleryId}/images/${numbered('image', index)}`;
export const bigVersionId = (index: number): string =>
  `${definitionId(Math.floor(index / VERSIONS_PER_DEFINITION))}/versions/1.0.${index % VERSIONS_PER_DEFINITION}`;
export const bigAccountId = (index: number): string =>
  `${groupId('rg-batch')}/providers/Microsoft.Batch/batchAccounts/${accountName(index)}`;
const accountName = (index: number): string => `batch${String(index).padStart(5, '0')}`;

const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const resource = (id: string, type: string, rest: object): WorldResource => ({ id, name: lastOf(id), type, ...rest });

const group = (name: string): WorldResource =>
  resource(groupId(name), 'Microsoft.Resources/resourceGroups', { location: LOCATION, properties: {} });

const snapshot = (index: number): WorldResource =>
  resource(snapshotId(index), 'Microsoft.Compute/snapshots', {
    location: LOCATION,
    properties: {
      creationData: {
        createOption: 'Copy',
        sourceResourceId: `${groupId('rg-images')}/providers/Microsoft.Compute/disks/disk`,
      },
      osType: 'Linux',
      hyperVGeneration: 'V2',
      diskSizeGB: 30,
    },
  });

const definition = (index: number): WorldResource =>
  resource(definitionId(index), 'Microsoft.Compute/galleries/images', {
    location: LOCATION,
    properties: {
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      identifier: { publisher: 'studio', offer: 'big', sku: numbered('sku', index) },
    },
  });

const version = (index: number): WorldResource =>
  resource(bigVersionId(index), 'Microsoft.Compute/galleries/images/versions', {
    location: LOCATION,
    properties: {
      publishingProfile: { targetRegions: [{ name: LOCATION, regionalReplicaCount: 1 }] },
      storageProfile: { osDiskImage: { hostCaching: 'ReadWrite', source: { id: snapshotId(index) } } },
    },
  });

const account = (index: number, pools: number): WorldResource =>
  resource(bigAccountId(index), 'Microsoft.Batch/batchAccounts', {
    location: LOCATION,
    properties: {
      accountEndpoint: `${accountName(index)}.${LOCATION}.batch.azure.com`,
      poolAllocationMode: 'BatchService',
      dedicatedCoreQuota: 100_000,
      lowPriorityCoreQuota: 100_000,
      poolQuota: Math.max(100, 2 * pools),
    },
  });

/** `index` counts over all accounts, so that the pools are spread evenly over the images. */
function pool(account: number, index: number, versions: number): WorldResource {
  const followsLatest = index % POOLS_PER_DEFINITION_POOL === 0;
  const image = bigVersionId(index % versions);
  return resource(`${bigAccountId(account)}/pools/${numbered('pool', index)}`, 'Microsoft.Batch/batchAccounts/pools', {
    properties: {
      vmSize: 'STANDARD_D4S_V5',
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          imageReference: { id: followsLatest ? image.slice(0, image.lastIndexOf('/versions/')) : image },
          nodeAgentSkuId: 'batch.node.ubuntu 24.04',
        },
      },
      scaleSettings: { fixedScale: { targetDedicatedNodes: index % 3, targetLowPriorityNodes: 0 } },
      metadata: [{ name: 'team', value: `team-${account}` }],
    },
  });
}

/** In the form of local/world.json. */
export function bigWorld({ accounts, poolsPerAccount, versions }: BigWorldSize): { resources: WorldResource[] } {
  if (versions < 1) throw new RangeError('A big world needs at least one image version for its pools to stand on.');
  return {
    resources: [
      ...['rg-images', 'rg-batch'].map(group),
      resource(galleryId, 'Microsoft.Compute/galleries', { location: LOCATION, properties: {} }),
      ...listOf(Math.ceil(versions / VERSIONS_PER_DEFINITION), definition),
      ...listOf(versions, snapshot),
      ...listOf(versions, version),
      ...listOf(accounts, (index) => account(index, poolsPerAccount)),
      ...listOf(accounts * poolsPerAccount, (index) => pool(Math.floor(index / poolsPerAccount), index, versions)),
    ],
  };
}
