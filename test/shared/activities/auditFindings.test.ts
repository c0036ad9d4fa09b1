/** Every kind of finding, from Azure's answers to the event that tells it, and its end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { aPool } from '../../local/arm/given';
import { imageId, snapshotId, definitionId, accountId, SUBSCRIPTION } from '../../local/arm/localAzure';
import { CREATED_BY, TAG } from '../../../shared/domain/names';
import { auditWith, startGuardCloud, type GuardCloud } from './guardCloud';

const project = join(__dirname, '../../..');
const base = JSON.parse(readFileSync(join(project, 'local/world.json'), 'utf8')) as { resources: object[] };

const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const resource = (type: string, id: string, rest: object): object => ({ id, name: nameOf(id), type, ...rest });

const poolId = (name: string, account = 'batchrender'): string => `${accountId(account)}/pools/${name}`;

interface PoolOptions {
  readonly account?: string;
  readonly nodes?: number;
  readonly agent?: string;
  readonly metadata?: readonly { readonly name: string; readonly value: string }[];
}

const pool = (name: string, image: string, options: PoolOptions = {}): object => {
  const { account, nodes = 0, agent = 'batch.node.ubuntu 24.04', metadata = [] } = options;
  return resource('Microsoft.Batch/batchAccounts/pools', poolId(name, account), {
    properties: {
      vmSize: 'STANDARD_D4S_V5',
      deploymentConfiguration: {
        virtualMachineConfiguration: { imageReference: { id: image }, nodeAgentSkuId: agent },
      },
      scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, targetLowPriorityNodes: 0 } },
      metadata,
    },
  });
};

const ownTags = (pool: string) => ({
  [TAG.createdBy]: CREATED_BY,
  [TAG.build]: 'build-1',
  [TAG.pool]: pool,
  [TAG.createdAt]: '2026-11-01T08:00:00.000Z',
});

const snapshot = (name: string, tags?: object): object =>
  resource('Microsoft.Compute/snapshots', snapshotId(name), {
    location: 'westeurope',
    ...(tags === undefined ? {} : { tags }),
    properties: {
      creationData: {
        createOption: 'Copy',
        sourceResourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-render/providers/Microsoft.Compute/disks/osdisk-render-base`,
      },
      osType: 'Linux',
      hyperVGeneration: 'V2',
      diskSizeGB: 30,
    },
  });

const image = (name: string, from: string, location = 'westeurope'): object =>
  resource('Microsoft.Compute/images', imageId(name), {
    location,
    properties: {
      hyperVGeneration: 'V2',
      storageProfile: { osDisk: { osType: 'Linux', osState: 'Generalized', snapshot: { id: snapshotId(from) } } },
    },
  });

const VHD_ACCOUNT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images/providers/Microsoft.Storage/storageAccounts/rendervhds`;

const imageOfVhd = resource('Microsoft.Compute/images', imageId('i-vhd'), {
  location: 'westeurope',
  properties: {
    hyperVGeneration: 'V2',
    storageProfile: {
      osDisk: {
        osType: 'Linux',
        osState: 'Generalized',
        blobUri: 'https://rendervhds.blob.core.windows.net/vhds/os.vhd',
      },
    },
  },
});

const versionId = (version: string): string => `${definitionId('render-shared')}/versions/${version}`;

const version = (name: string, source: object, published: object = {}, tags?: object): object =>
  resource('Microsoft.Compute/galleries/images/versions', versionId(name), {
    location: 'westeurope',
    ...(tags === undefined ? {} : { tags }),
    properties: {
      publishingProfile: { targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }], ...published },
      storageProfile: source,
    },
  });

const fromSnapshot = (name: string): object => ({
  osDiskImage: { hostCaching: 'ReadWrite', source: { id: snapshotId(name) } },
});

const world = {
  ...base,
  resources: [
    ...base.resources,
    ...['s-managed', 's-shallow', 's-chain', 's-plain', 's-crowd'].map((name) => snapshot(name)),
    snapshot('s-own', ownTags(poolId('p-own'))),
    snapshot('s-orphan', ownTags(poolId('p-that-never-was'))),
    resource('Microsoft.Storage/storageAccounts', VHD_ACCOUNT, {
      location: 'westeurope',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
      properties: {},
    }),
    imageOfVhd,
    image('i-managed', 's-managed'),
    image('i-chain', 's-chain'),
    version('1.0.1', fromSnapshot('s-shallow'), { replicationMode: 'Shallow' }),
    version('1.0.2', fromSnapshot('s-own'), {}, ownTags(poolId('p-own'))),
    version('1.0.3', { source: { id: imageId('i-chain') } }, { replicationMode: 'Shallow' }),
    version('1.0.4', fromSnapshot('s-plain'), { endOfLifeDate: '2026-12-10T00:00:00Z' }),
    version('1.0.5', fromSnapshot('s-plain')),
    version('1.0.6', fromSnapshot('s-crowd')),
    pool('p-managed', imageId('i-managed')),
    pool('p-vhd', imageId('i-vhd')),
    pool('p-shallow', versionId('1.0.1')),
    pool('p-own', versionId('1.0.2')),
    pool('p-chain', versionId('1.0.3')),
    pool('p-ends', versionId('1.0.4')),
    pool('p-plain', versionId('1.0.5')),
    pool('p-north', versionId('1.0.5'), { account: 'batchnorth' }),
    pool('p-crowd-1', versionId('1.0.6'), { nodes: 1_500 }),
    pool('p-crowd-2', versionId('1.0.6'), { nodes: 1_001 }),
    pool('p-agent', versionId('1.0.5'), { agent: 'batch.node.ubuntu 20.04' }),
    pool('p-snoozed', versionId('1.0.5'), {
      agent: 'batch.node.ubuntu 20.04',
      metadata: [{ name: TAG.snoozeUntil, value: '2026-12-31T00:00:00Z' }],
    }),
  ],
};

let cloud: GuardCloud;
beforeAll(async () => {
  cloud = await startGuardCloud({ world });
});
afterAll(() => cloud.close());

const hour = (): void => cloud.pass(60);

it('the first audit tells of everything that is wrong, once', async () => {
  const summary = await auditWith(cloud);
  expect(await cloud.told()).toEqual([
    'FindingOpened ImageEnds p-ends',
    'FindingOpened ManagedImagePool p-managed',
    'FindingOpened ManagedImagePool p-vhd',
    'FindingOpened NodeAgentEnds p-agent',
    'FindingOpened OrphanArtifacts p-that-never-was',
    'FindingOpened ReplicaMissing p-north',
    'FindingOpened SharedNodesOverLimit p-crowd-1',
    'FindingOpened SharedNodesOverLimit p-crowd-2',
  ]);
  expect(summary).toMatchObject({
    status: 'findings',
    opened: 8,
    snoozed: 1,
    open: { critical: 1, warning: 6, info: 1 },
  });
  expect(summary.coverage.gaps).toEqual([]);
});

it('the next one tells nothing, and has the same open', async () => {
  hour();
  const summary = await auditWith(cloud, cloud.anotherGuard());
  expect(await cloud.told()).toEqual([]);
  expect(summary).toMatchObject({ opened: 0, resolved: 0, snoozed: 1, open: { critical: 1, warning: 6, info: 1 } });
});

it('the report stands in storage, by its own name and as the newest', async () => {
  const { auditId, report } = await auditWith(cloud);
  const container = BlobServiceClient.fromConnectionString(cloud.storage.connectionString).getContainerClient(
    'image-pool-guard',
  );
  const read = async (name: string): Promise<string> =>
    (await container.getBlobClient(name).downloadToBuffer()).toString('utf8');
  expect(report).toBe(`reports/${auditId}`);
  const json = JSON.parse(await read(`${report}.json`)) as { summary: object; open: object[]; snoozed: object[] };
  expect(json).toMatchObject({ summary: { auditId }, snoozed: [{ code: 'NodeAgentEnds' }] });
  expect(json.open).toHaveLength(8);
  expect(json.open[0]).toMatchObject({ code: 'ReplicaMissing', severity: 'critical' });
  const markdown = await read(`${report}.md`);
  expect(markdown).toContain('| critical | ReplicaMissing |');
  expect(markdown).toContain('4 of 4 Batch accounts');
  expect([await read('reports/latest.json'), await read('reports/latest.md')]).toEqual([
    await read(`${report}.json`),
    markdown,
  ]);
  const names = await Array.fromAsync(container.listBlobsFlat(), ({ name }) => name);
  expect(names.filter((name) => name.startsWith('stock/'))).toEqual([]);
});

/** What goes away silently, and what the next audits say of that, and of its return. */
it.each([
  { what: 'the snapshot of a managed image', id: snapshotId('s-managed'), told: ['SourceMissing p-managed'] },
  { what: 'the snapshot of a shallow version', id: snapshotId('s-shallow'), told: ['SourceMissing p-shallow'] },
  { what: 'a snapshot two steps behind a shallow version', id: snapshotId('s-chain'), told: ['SourceMissing p-chain'] },
  { what: "the snapshot of the app's own version", id: snapshotId('s-own'), told: ['SourceNotKept p-own'] },
  { what: "the snapshot of somebody's full version", id: snapshotId('s-plain'), told: [] },
  { what: 'the storage account with the VHD of a managed image', id: VHD_ACCOUNT, told: ['SourceMissing p-vhd'] },
  { what: 'a managed image', id: imageId('i-managed'), told: ['ImageMissing p-managed'] },
  { what: 'a version', id: versionId('1.0.1'), told: ['ImageVersionMissing p-shallow'] },
])('$what', async ({ id, told }) => {
  cloud.azure.deleteBehindTheBack(id, { silently: true });
  hour();
  await auditWith(cloud);
  expect(await cloud.told()).toEqual(told.map((text) => `FindingOpened ${text}`));
  cloud.azure.restoreBehindTheBack(id, { silently: true });
  hour();
  await auditWith(cloud);
  expect(await cloud.told()).toEqual(told.map((text) => `FindingResolved ${text}`));
});

it('leftovers that somebody deletes are no finding any more', async () => {
  cloud.azure.deleteBehindTheBack(snapshotId('s-orphan'), { silently: true });
  await auditWith(cloud);
  expect(await cloud.told()).toEqual(['FindingResolved OrphanArtifacts p-that-never-was']);
});

it('a pool that goes takes its findings with it, also those that it has with others', async () => {
  cloud.azure.deleteBehindTheBack(poolId('p-crowd-1'), { silently: true });
  await auditWith(cloud);
  expect(await cloud.told()).toEqual([
    'FindingResolved SharedNodesOverLimit p-crowd-1',
    'FindingResolved SharedNodesOverLimit p-crowd-2',
  ]);
});

it('an account that goes takes the findings of its pools with it', async () => {
  cloud.azure.deleteBehindTheBack(accountId('batchnorth'), { silently: true });
  const { coverage } = await auditWith(cloud);
  expect(await cloud.told()).toEqual(['FindingResolved ReplicaMissing p-north']);
  expect(coverage).toMatchObject({ accounts: 3, gaps: [] });
});

describe('a pool that is steady below its target', () => {
  const create = (name: string, nodes: number) =>
    cloud.batch.poolOperations.create('rg-batch', 'batchrender', name, aPool(versionId('1.0.5'), nodes));

  it('is a finding after an hour, with what the error means, and none while it grows', async () => {
    cloud.azure.faults.add({ kind: 'shortAllocation', nodes: 6, code: 'AccountCoreQuotaReached' });
    await create('p-short', 16);
    await auditWith(cloud);
    expect(await cloud.told()).toEqual([]);
    cloud.pass(100);
    await auditWith(cloud);
    const [told] = await cloud.findings();
    expect(told).toMatchObject({
      type: 'BatchImagePools.FindingOpened',
      data: { code: 'ResizeFailed', message: expect.stringMatching(/steady at 10 of 16 nodes.*quota/) as string },
    });
  });

  it('says of an allocation that failed what was found of the image', async () => {
    cloud.azure.faults.add({ kind: 'shortAllocation', nodes: 6 });
    await create('p-capacity', 16);
    cloud.pass(100);
    await auditWith(cloud);
    const [told] = await cloud.findings();
    expect(told?.data).toMatchObject({ code: 'ResizeFailed', subjectId: poolId('p-capacity') });
  });

  it('says nothing of it beside the image that is gone', async () => {
    cloud.azure.deleteBehindTheBack(versionId('1.0.5'), { silently: true });
    hour();
    await auditWith(cloud);
    const codes = (await cloud.told()).filter((text) => text.includes('ResizeFailed'));
    expect(codes).toEqual([]);
    cloud.azure.restoreBehindTheBack(versionId('1.0.5'), { silently: true });
    hour();
    await auditWith(cloud);
    await cloud.told();
  });

  it('is over when a resize has brought the nodes', async () => {
    for (const name of ['p-short', 'p-capacity']) {
      await cloud.batch.poolOperations.update('rg-batch', 'batchrender', name, {
        scaleSettings: { fixedScale: { targetDedicatedNodes: 17, targetLowPriorityNodes: 0 } },
      });
    }
    cloud.pass(100);
    await auditWith(cloud);
    expect(await cloud.told()).toEqual([
      'FindingResolved ResizeFailed p-capacity',
      'FindingResolved ResizeFailed p-short',
    ]);
  });
});

it('nodes that nobody can use are a finding when they are too many, with what they complain of', async () => {
  const bad = { kind: 'badNodes', state: 'unusable', code: 'NodeAgentFailed', message: 'No agent.' } as const;
  cloud.azure.faults.add({ ...bad, nodes: 8 });
  await cloud.batch.poolOperations.create('rg-batch', 'batchrender', 'p-bad', aPool(versionId('1.0.5'), 16));
  cloud.azure.faults.add({ ...bad, nodes: 2 });
  await cloud.batch.poolOperations.create('rg-batch', 'batchrender', 'p-few', aPool(versionId('1.0.5'), 16));
  cloud.pass(100);
  await auditWith(cloud);
  const told = await cloud.findings();
  expect(told.map(({ data }) => data)).toMatchObject([
    { code: 'UnusableNodes', subjectId: poolId('p-bad'), message: expect.stringContaining('No agent.') as string },
  ]);
});

describe('what the app may not see', () => {
  const everything = { scope: `/subscriptions/${SUBSCRIPTION}`, actions: ['*'] };
  afterEach(() => cloud.azure.setGrants([{ ...everything, dataActions: ['*'] }]));

  it.each([
    {
      what: 'an image',
      right: 'Microsoft.Compute/galleries/images/versions/read',
      told: /may not read the image version/,
    },
    { what: 'a snapshot', right: 'Microsoft.Compute/snapshots/read', told: /may not read .*snapshots/ },
  ])('$what: its pools are in doubt, nothing opens, nothing resolves', async ({ right, told }) => {
    cloud.azure.setGrants([{ ...everything, notActions: [right], dataActions: ['*'] }]);
    const { status, coverage } = await auditWith(cloud);
    expect(await cloud.told()).toEqual([]);
    expect(status).toBe('partial');
    expect(coverage.poolsInDoubt).toBeGreaterThan(0);
    expect(coverage.gaps.some(({ why }) => told.test(why))).toBe(true);
  });

  it('the nodes of an account: one gap for all of its pools', async () => {
    cloud.azure.faults.add({
      kind: 'answer',
      method: 'GET',
      path: '/_batch/batchrender/nodecounts',
      status: 403,
      code: 'PermissionDenied',
    });
    const { status, coverage } = await auditWith(cloud);
    expect(await cloud.told()).toEqual([]);
    expect(status).toBe('partial');
    expect(coverage.gaps).toHaveLength(1);
    expect(coverage.gaps[0]).toMatchObject({ what: accountId('batchrender') });
  });
});
