/** Batch pools through the real client: bodies, conditions, quotas, lists, deletion. */
import * as given from './given';
import { accountId, ask, imageId, refusalOf, startLocalAzure, worldText, type LocalAzure } from './localAzure';

let local: LocalAzure;
let image: string;
beforeAll(async () => {
  local = await startLocalAzure({ world: withPoolQuota(4) });
  image = await given.publishedImage(local);
});
afterAll(() => local.close());
afterEach(async () => {
  for await (const pool of local.batch.poolOperations.listByBatchAccount('rg-batch', 'batchrender')) {
    local.azure.deleteBehindTheBack(pool.id ?? '');
  }
});

function withPoolQuota(poolQuota: number): unknown {
  return JSON.parse(worldText.replaceAll('"poolQuota": 100', `"poolQuota": ${poolQuota}`));
}

const create = (name: string, body = given.aPool(image)): ReturnType<LocalAzure['batch']['poolOperations']['create']> =>
  local.batch.poolOperations.create('rg-batch', 'batchrender', name, body);
const look = (name: string): ReturnType<LocalAzure['batch']['poolOperations']['get']> =>
  local.batch.poolOperations.get('rg-batch', 'batchrender', name);

const poolPath = (name: string): string => `${accountId('batchrender')}/pools/${name}`;

test('accounts are read and listed with their quotas', async () => {
  const account = await local.batch.batchAccountOperations.get('rg-batch', 'batchrender');
  expect(account).toMatchObject({
    dedicatedCoreQuota: 8000,
    lowPriorityCoreQuota: 4000,
    poolAllocationMode: 'BatchService',
  });
  const all = await Array.fromAsync(local.batch.batchAccountOperations.list());
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['batchrender', 'batchnorth']));
  expect(await Array.fromAsync(local.batch.batchAccountOperations.listByResourceGroup('rg-batch'))).toEqual(all);
});

test('a pool of an account that is not there is refused', async () => {
  const made = local.batch.poolOperations.create('rg-batch', 'batchnope', 'p', given.aPool(image));
  expect(await refusalOf(made)).toMatchObject({ status: 404, code: 'ParentResourceNotFound' });
});

test('If-None-Match: * keeps a pool that is there, a plain PUT replaces it', async () => {
  await create('p', given.aPool(image, 0, { displayName: 'first' }));
  local.pass(1);
  const again = local.batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image), {
    ifNoneMatch: '*',
  });
  expect(await refusalOf(again)).toMatchObject({ status: 412 });
  await create('p', given.aPool(image, 0));
  expect((await look('p')).displayName).toBeUndefined();
});

test('a PATCH with an old ETag is refused', async () => {
  const { etag = '' } = await create('p', given.aPool(image, 0));
  const patch = (name: string, ifMatch: string): Promise<unknown> =>
    local.batch.poolOperations.update(
      'rg-batch',
      'batchrender',
      'p',
      { metadata: [{ name, value: '1' }] },
      { ifMatch },
    );
  await patch('a', etag);
  expect(await refusalOf(patch('b', etag))).toMatchObject({ status: 412 });
});

const bodies: { label: string; change: object; path: string }[] = [
  { label: 'a version beside an image id', change: { version: 'latest' }, path: 'imageReference.version' },
  {
    label: 'a marketplace image beside an image id',
    change: { publisher: 'p', offer: 'o', sku: 's' },
    path: 'imageReference.id',
  },
  { label: 'a managed image', change: { id: imageId('img') }, path: 'imageReference.id' },
  { label: 'an id of something else', change: { id: accountId('batchrender') }, path: 'imageReference.id' },
];

test.each(bodies)('a pool with $label is refused', async ({ change, path }) => {
  const body = {
    properties: {
      vmSize: 'Standard_D4s_v5',
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          imageReference: { id: image, ...change },
          nodeAgentSkuId: 'batch.node.ubuntu 24.04',
        },
      },
    },
  };
  const answer = await ask(local, 'PUT', `${poolPath('p')}?api-version=2025-06-01`, { body });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidPropertyValue' } } });
  expect(JSON.stringify(answer.body)).toContain(`${path}"`);
  expect(JSON.stringify(answer.body)).toMatch(/"code":"PropertyName".*"code":"PropertyPath".*"code":"Reason"/);
});

test('a version beside an image id is refused word for word as in Azure', async () => {
  const pool = given.aPool(image);
  const imageReference = { id: image, version: 'latest' };
  const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 24.04' };
  const refusal = await refusalOf(create('p', { ...pool, deploymentConfiguration: { virtualMachineConfiguration } }));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidPropertyValue' });
  expect(refusal.text).toContain('Specified property version can only have a value when publisher is set.');
});

test('a resize timeout under five minutes is refused', async () => {
  const scaleSettings = { fixedScale: { targetDedicatedNodes: 1, resizeTimeout: 'PT4M59S' } };
  const refusal = await refusalOf(create('p', given.aPool(image, 1, { scaleSettings })));
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidPropertyValue' });
  expect(refusal.text).toContain('resizeTimeout');
});

test.each(['a pool', 'p.1', ''.padEnd(65, 'x')])('the pool name %p is refused', async (name) => {
  const path = `${accountId('batchrender')}/pools/${encodeURIComponent(name)}?api-version=2025-06-01`;
  const answer = await ask(local, 'PUT', path, { body: { properties: {} } });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidResourceName' } } });
});

test('one pool more than the account may have is refused', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await create(name, given.aPool(image, 0));
  expect(await refusalOf(create('e', given.aPool(image, 0)))).toMatchObject({ status: 409, code: 'PoolQuotaReached' });
});

test('pools are listed in pages, filtered and with what is selected', async () => {
  for (const name of ['a', 'b', 'c']) await create(name, given.aPool(image, name === 'c' ? 16 : 0));
  local.pass(1);
  const list = (options: object): Promise<{ name?: string | undefined }[]> =>
    Array.fromAsync(local.batch.poolOperations.listByBatchAccount('rg-batch', 'batchrender', options));
  const names = async (options: object): Promise<unknown> => (await list(options)).map((pool) => pool.name);
  expect(await names({ maxresults: 2 })).toEqual(['a', 'b', 'c']);
  expect(local.azure.calls.at(-1)?.query).toContain('skipToken');
  expect(await names({ filter: "properties/allocationState eq 'Resizing'" })).toEqual(['c']);
  expect(await names({ filter: "properties/provisioningState eq 'Succeeded' and name ne 'b'" })).toEqual(['a', 'c']);
  const [selected] = await list({ select: 'properties/allocationState,properties/deploymentConfiguration' });
  expect(selected).toMatchObject({ name: 'a', allocationState: 'Steady' });
  expect(selected).not.toHaveProperty('vmSize', expect.anything());
  expect(await refusalOf(list({ filter: "properties/lastModified gt '2026'" }))).toMatchObject({ status: 501 });
});

test('a pool is deleted by way of its location, and is then not found', async () => {
  await create('p', given.aPool(image, 0));
  const accepted = await ask(local, 'DELETE', `${poolPath('p')}?api-version=2025-06-01`);
  expect(accepted.status).toBe(202);
  expect(accepted.headers.get('azure-asyncoperation')).toBeNull();
  expect(accepted.headers.get('retry-after')).toBe('15');
  const location = new URL(accepted.headers.get('location') ?? '');
  expect(location.pathname).toContain('/poolOperationResults/');
  expect((await ask(local, 'GET', location.pathname + location.search)).status).toBe(202);
  expect((await look('p')).provisioningState).toBe('Deleting');
  local.pass(1);
  expect((await ask(local, 'GET', location.pathname + location.search)).status).toBe(204);
  expect(await refusalOf(look('p'))).toMatchObject({ status: 404, code: 'PoolNotFound' });
  expect((await ask(local, 'DELETE', `${poolPath('p')}?api-version=2025-06-01`)).status).toBe(204);
});

test('what a newer API version brought is refused in an older one', async () => {
  const body = { tags: { build: '1' }, properties: {} };
  const answer = await ask(local, 'PUT', `${poolPath('p')}?api-version=2023-11-01`, { body });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidPropertyValue' } } });
  expect(JSON.stringify(answer.body)).toContain('2024-07-01');
});
