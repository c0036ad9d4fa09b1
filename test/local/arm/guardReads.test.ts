/** What a guard of images reads: accounts, pools page by page, node counts of a whole account, and where images come from. */
import type { BatchManagementClient, Pool } from '@azure/arm-batch';
import { z } from 'zod';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import { bigAccountId, bigWorld } from '../../../local/bigWorld';
import * as given from './given';
import {
  accountId,
  ask,
  definitionId,
  diskId,
  FOREIGN,
  idOf,
  imageId,
  refusalOf,
  snapshotId,
  startLocalAzure,
  SUBSCRIPTION,
  worldText,
  type LocalAzure,
} from './localAzure';

let local: LocalAzure;
afterEach(() => local.close());

const resources = (): unknown[] => z.object({ resources: z.array(z.unknown()) }).parse(JSON.parse(worldText)).resources;
const startWith = async (...more: object[]): Promise<void> => {
  local = await startLocalAzure({ world: { resources: [...resources(), ...more] } });
};
const get = (id: string, version: string): ReturnType<typeof ask> => ask(local, 'GET', `${id}?api-version=${version}`);

describe('Batch accounts', () => {
  const namesOf = async (list: ReturnType<BatchManagementClient['batchAccountOperations']['list']>) =>
    (await Array.fromAsync(list)).map(({ name }) => name);

  test('are listed for a subscription and for a group, with what rules need of them', async () => {
    local = await startLocalAzure();
    const { batchAccountOperations: accounts } = local.batch;
    const all = ['batchfull', 'batchnorth', 'batchrender', 'batchuser'];
    expect(await namesOf(accounts.list())).toEqual(all);
    expect(await namesOf(accounts.listByResourceGroup('RG-BATCH'))).toEqual(all);
    expect(await namesOf(accounts.listByResourceGroup('rg-images'))).toEqual([]);
    const [first] = await Array.fromAsync(accounts.list());
    expect(first).toMatchObject({
      ...{ id: accountId('batchfull'), location: 'westeurope', poolAllocationMode: 'BatchService' },
      accountEndpoint: expect.stringMatching(/^localhost:\d+$/) as string,
    });
  });

  test('are missed in a group that is not there, and refused to who may not read them', async () => {
    local = await startLocalAzure();
    const { batchAccountOperations: accounts } = local.batch;
    expect(await refusalOf(namesOf(accounts.listByResourceGroup('rg-no')))).toMatchObject({
      code: 'ResourceGroupNotFound',
    });
    local.azure.setGrants([{ scope: `/subscriptions/${FOREIGN}`, actions: ['*'] }]);
    expect(await refusalOf(namesOf(accounts.list()))).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  });
});

describe('pools', () => {
  const SELECT = [
    ...['provisioningState', 'deploymentConfiguration', 'scaleSettings', 'currentDedicatedNodes'],
    ...['currentLowPriorityNodes', 'allocationState', 'allocationStateTransitionTime', 'resizeOperationStatus'],
    ...['autoScaleRun', 'metadata'],
  ];
  const select = SELECT.map((name) => `properties/${name}`).join(',');
  const list = (options: { select?: string; maxresults?: number }) =>
    local.batch.poolOperations.listByBatchAccount('rg-batch', 'batchrender', options);
  const one = async (name: string): Promise<Pool | undefined> =>
    (await Array.fromAsync(list({ select }))).find((pool) => pool.name === name);

  test('come with all that was selected, and nothing else', async () => {
    local = await startLocalAzure();
    const image = await given.publishedImage(local);
    const metadata = [{ name: 'bip-snooze', value: '2026-12-24' }];
    local.azure.faults.add({ kind: 'shortAllocation', nodes: 2, method: 'PUT', path: '/pools/short' });
    const make = (name: string, body: Pool): Promise<Pool> =>
      local.batch.poolOperations.create('rg-batch', 'batchrender', name, body);
    await make('short', given.aPool(image, 4, { metadata, startTask: { commandLine: 'a secret' }, displayName: 'S' }));
    const autoScale = { formula: '$TargetDedicatedNodes = nothing;' };
    await make('formula', given.aPool(image, 0, { scaleSettings: { autoScale } }));
    local.pass(20);
    const short = await one('short');
    expect(short).toMatchObject({
      ...{ provisioningState: 'Succeeded', allocationState: 'Steady', metadata, currentDedicatedNodes: 2 },
      allocationStateTransitionTime: expect.any(Date) as Date,
      resizeOperationStatus: { startTime: expect.any(Date) as Date, errors: [{ code: 'AllocationFailed' }] },
      deploymentConfiguration: { virtualMachineConfiguration: { imageReference: { id: image } } },
      scaleSettings: { fixedScale: { targetDedicatedNodes: 4 } },
    });
    expect([short?.startTask, short?.displayName, short?.vmSize]).toEqual([undefined, undefined, undefined]);
    expect(await one('formula')).toMatchObject({ autoScaleRun: { error: { code: 'InvalidAutoScaleFormula' } } });
  });

  test('that are being deleted say so', async () => {
    local = await startLocalAzure();
    const { poolOperations: pools } = local.batch;
    await pools.beginDelete('rg-batch', 'batchrender', 'render-follows-latest', { updateIntervalInMs: 1 });
    expect(await one('render-follows-latest')).toMatchObject({ provisioningState: 'Deleting' });
  });

  test('come in pages, as many on each as asked for, or 1,000', async () => {
    local = await startLocalAzure({ world: bigWorld({ accounts: 1, poolsPerAccount: 1_020, versions: 1 }) });
    const account = bigAccountId(0).split('/').at(-1) ?? '';
    const sizesOf = async (options: { select: string; maxresults?: number }): Promise<number[]> => {
      const sizes: number[] = [];
      const names = new Set<string>();
      for await (const page of local.batch.poolOperations.listByBatchAccount('rg-batch', account, options).byPage()) {
        sizes.push(page.length);
        for (const { name = '', metadata, vmSize } of page) {
          names.add(name);
          expect([metadata?.length, vmSize]).toEqual([1, undefined]);
        }
      }
      expect(names.size).toBe(1_020);
      return sizes;
    };
    expect(await sizesOf({ select: 'properties/metadata' })).toEqual([1_000, 20]);
    expect(await sizesOf({ select: 'properties/metadata', maxresults: 500 })).toEqual([500, 500, 20]);
  });
});

describe('node counts of an account', () => {
  const countPage = z.object({
    value: z.array(z.object({ poolId: z.string(), dedicated: z.object({ idle: z.number(), total: z.number() }) })),
    'odata.nextLink': z.string().optional(),
  });
  const authorization = `Bearer ${unsignedToken('https://batch.core.windows.net/').token}`;
  const counts = async (path: string): ReturnType<typeof ask> => {
    const { accountEndpoint = '' } = await local.batch.batchAccountOperations.get('rg-batch', 'batch00000');
    return ask({ origin: `https://${accountEndpoint}` }, 'GET', path, { headers: { authorization } });
  };

  async function pagesFrom(first: string) {
    const pages: z.infer<typeof countPage>['value'][] = [];
    for (let path: string | undefined = first; path !== undefined;) {
      const page: z.infer<typeof countPage> = countPage.parse((await counts(path)).body);
      pages.push(page.value);
      const next = page['odata.nextLink'];
      path = next === undefined ? undefined : next.slice(next.indexOf('/nodecounts'));
    }
    return pages;
  }

  beforeEach(async () => {
    local = await startLocalAzure({ world: bigWorld({ accounts: 1, poolsPerAccount: 25, versions: 5 }) });
  });

  test('come in pages of ten before 2025-06-01, and whole since', async () => {
    const pages = await pagesFrom('/nodecounts?api-version=2024-07-01.20.0');
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(new Set(pages.flat().map(({ poolId }) => poolId)).size).toBe(25);
    expect(pages.flat().find(({ poolId }) => poolId === 'pool-00002')?.dedicated).toEqual({ idle: 2, total: 2 });
    expect(await pagesFrom('/nodecounts?api-version=2025-06-01')).toEqual([pages.flat()]);
    const fours = await pagesFrom('/nodecounts?api-version=2024-07-01.20.0&maxresults=4');
    expect(fours.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
  });

  test.each([
    { version: '2024-07-01.20.0', most: 11, status: 400 },
    { version: '2024-07-01.20.0', most: 10, status: 200 },
    { version: '2025-06-01', most: 11, status: 200 },
  ])('may have $most on a page with $version: $status', async ({ version, most, status }) => {
    expect(await counts(`/nodecounts?api-version=${version}&maxresults=${most}`)).toMatchObject({ status });
  });
});

const STORAGE = idOf('rg-images', 'Microsoft.Storage/storageAccounts/stvhds');
const storage = {
  ...{ id: STORAGE, name: 'stvhds', type: 'Microsoft.Storage/storageAccounts', location: 'westeurope' },
  ...{ kind: 'StorageV2', sku: { name: 'Standard_LRS', tier: 'Standard' }, tags: { team: 'render' } },
  properties: { primaryEndpoints: { blob: 'https://stvhds.blob.core.windows.net/' }, provisioningState: 'Succeeded' },
};

describe('a storage account', () => {
  beforeEach(() => startWith(storage));

  test('is read, and listed', async () => {
    expect(await get(STORAGE, '2023-05-01')).toMatchObject({ status: 200, body: storage });
    const list = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts`;
    expect((await get(list, '2023-05-01')).body).toMatchObject({
      value: [{ name: 'stvhds' }, { name: 'stsources' }],
    });
    const provider = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Storage`;
    expect((await get(provider, '2021-04-01')).body).toMatchObject({ registrationState: 'Registered' });
  });

  test('is deleted at once, which Event Grid tells', async () => {
    const remove = (): ReturnType<typeof ask> => ask(local, 'DELETE', `${STORAGE}?api-version=2023-05-01`);
    expect(await remove()).toMatchObject({ status: 200 });
    expect(await get(STORAGE, '2023-05-01')).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
    expect(await remove()).toMatchObject({ status: 204 });
    expect(local.events.map(({ data }) => data.operationName)).toEqual(['Microsoft.Storage/storageAccounts/delete']);
  });

  test('is not written', async () => {
    const answer = await ask(local, 'PUT', `${STORAGE}?api-version=2023-05-01`, { body: { location: 'westeurope' } });
    expect(answer).toMatchObject({ status: 501 });
  });
});

describe('image versions', () => {
  const versionId = `${definitionId('render-shared')}/versions/1.2.3`;
  const version = (osDiskImage: object, publishingProfile: object = {}): object => ({
    ...{ id: versionId, name: '1.2.3', type: 'Microsoft.Compute/galleries/images/versions', location: 'westeurope' },
    properties: { publishingProfile, storageProfile: { osDiskImage } },
  });
  const source = { uri: 'https://stvhds.blob.core.windows.net/vhds/os.vhd', storageAccountId: STORAGE };

  test('of the world may be made from a VHD, and keep it over a PUT', async () => {
    await startWith(storage, version({ source }));
    const { body } = await get(versionId, '2025-03-03');
    expect(body).toMatchObject({ properties: { storageProfile: { osDiskImage: { source } } } });
    const put = (sent: unknown): ReturnType<typeof ask> =>
      ask(local, 'PUT', `${versionId}?api-version=2025-03-03`, { body: sent });
    expect(await put(body)).toMatchObject({ status: 200 });
    const other = version({ source: { ...source, uri: `${source.uri}2` } });
    expect(await put(other)).toMatchObject({ status: 409, body: { error: { code: 'PropertyChangeNotAllowed' } } });
  });

  test('are not made from a VHD that the world does not have', async () => {
    await startWith(storage);
    const body = version({ source });
    expect(await ask(local, 'PUT', `${versionId}?api-version=2025-03-03`, { body })).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidParameter', message: `The source blob ${source.uri} is not accessible.` } },
    });
  });

  test.each(['Full', 'Shallow'] as const)('show the replication mode %s, of the world and of a PUT', async (mode) => {
    await startWith(version({ source: { id: diskId('osdisk-render-base') } }, { replicationMode: mode }));
    const shown = { properties: { publishingProfile: { replicationMode: mode } } };
    expect((await get(versionId, '2025-03-03')).body).toMatchObject(shown);
    await given.snapshot(local, 'snap');
    await given.definition(local, 'def');
    const made = await given.version(
      local,
      'def',
      '1.0.0',
      given.aVersion('snap', { publishingProfile: { targetRegions: [{ name: 'westeurope' }], replicationMode: mode } }),
    );
    expect((await get(made, '2025-03-03')).body).toMatchObject(shown);
    const read = await local.compute.galleryImageVersions.get('rg-images', 'gal_render', 'def', '1.0.0');
    expect(read.publishingProfile?.replicationMode).toBe(mode);
  });
});

test('managed images of the world tell what they were made from', async () => {
  const image = (name: string, osDisk: object, dataDisks: object[] = []): object => ({
    ...{ id: imageId(name), name, type: 'Microsoft.Compute/images', location: 'westeurope' },
    properties: {
      storageProfile: { osDisk: { osType: 'Linux', osState: 'Generalized', ...osDisk }, dataDisks },
      hyperVGeneration: 'V2',
    },
  });
  await startWith(
    image('from-snapshot', { snapshot: { id: snapshotId('gone') } }, [
      { lun: 0, snapshot: { id: snapshotId('data') } },
    ]),
    image('from-disk', { managedDisk: { id: diskId('osdisk-gen1') } }),
  );
  const read = async (name: string) => (await local.compute.images.get('rg-images', name)).storageProfile;
  expect(await read('from-snapshot')).toMatchObject({
    osDisk: { snapshot: { id: snapshotId('gone') } },
    dataDisks: [{ lun: 0, snapshot: { id: snapshotId('data') } }],
  });
  expect(await read('from-disk')).toMatchObject({ osDisk: { managedDisk: { id: diskId('osdisk-gen1') } } });
});
