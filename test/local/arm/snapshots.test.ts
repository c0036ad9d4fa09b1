/** Snapshots through the real client: what they copy, how long they take, what is refused. */
import * as given from './given';
import { diskId, FOREIGN, idOf, refusalOf, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

test('a snapshot is Creating until its copy is done, and then has what its disk has', async () => {
  const { compute } = local;
  await compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
  local.pass(2);
  expect((await compute.snapshots.get('rg-images', 'snap')).provisioningState).toBe('Creating');
  local.pass(0.2);
  expect(await compute.snapshots.get('rg-images', 'snap')).toMatchObject({
    provisioningState: 'Succeeded',
    osType: 'Linux',
    hyperVGeneration: 'V2',
    diskSizeGB: 64,
    incremental: false,
    sku: { name: 'Standard_LRS' },
    supportedCapabilities: { architecture: 'x64' },
  });
});

test('a larger disk takes longer to copy', async () => {
  const { compute } = local;
  await compute.snapshots.createOrUpdate('rg-images', 'os', given.aSnapshot('osdisk-render-base')).submitted();
  await compute.snapshots.createOrUpdate('rg-images', 'data', given.aSnapshot('datadisk-render-assets')).submitted();
  local.pass(2.2);
  expect((await compute.snapshots.get('rg-images', 'os')).provisioningState).toBe('Succeeded');
  expect((await compute.snapshots.get('rg-images', 'data')).provisioningState).toBe('Creating');
});

test('a snapshot of a Trusted Launch disk is one itself', async () => {
  await given.snapshot(local, 'snap', given.aSnapshot('osdisk-trusted-launch'));
  const found = await local.compute.snapshots.get('rg-images', 'snap');
  expect(found.securityProfile?.securityType).toBe('TrustedLaunch');
});

const refused = [
  { label: 'a disk that is not there', disk: diskId('nope'), status: 404, code: 'NotFound' },
  {
    label: 'a disk of another subscription',
    disk: idOf('rg-foreign', 'Microsoft.Compute/disks/osdisk-foreign', FOREIGN),
    status: 404,
    code: 'NotFound',
  },
  { label: 'a disk of another region', disk: diskId('osdisk-northeurope'), status: 400, code: 'InvalidParameter' },
];

test.each(refused)('copying $label is refused', async ({ disk, status, code }) => {
  const body = given.aSnapshot('', { creationData: { createOption: 'Copy', sourceResourceId: disk } });
  const refusal = await refusalOf(local.compute.snapshots.createOrUpdate('rg-images', 'snap', body).submitted());
  expect(refusal).toMatchObject({ status, code });
  expect(local.azure.ids()).not.toContain(idOf('rg-images', 'Microsoft.Compute/snapshots/snap'));
});

test('a snapshot in a resource group that is not there is refused', async () => {
  const refusal = await refusalOf(
    local.compute.snapshots.createOrUpdate('rg-nope', 'snap', given.aSnapshot()).submitted(),
  );
  expect(refusal).toMatchObject({ status: 404, code: 'ResourceGroupNotFound' });
});

test('the same PUT again while it runs joins it, another one is a conflict', async () => {
  const { compute } = local;
  await compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
  await compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
  const other = given.aSnapshot('osdisk-render-base', { tags: { build: 'other' } });
  const refusal = await refusalOf(compute.snapshots.createOrUpdate('rg-images', 'snap', other).submitted());
  expect(refusal).toMatchObject({ status: 409, code: 'Conflict' });
});

test('what a snapshot copies never changes', async () => {
  await given.snapshot(local, 'snap');
  const other = given.aSnapshot('datadisk-render-cache');
  const refusal = await refusalOf(local.compute.snapshots.createOrUpdate('rg-images', 'snap', other).submitted());
  expect(refusal).toMatchObject({ status: 409, code: 'PropertyChangeNotAllowed' });
});

test('tags change by PATCH and are replaced as a whole', async () => {
  const { compute } = local;
  await given.snapshot(local, 'snap', given.aSnapshot('osdisk-render-base', { tags: { a: '1', b: '2' } }));
  await compute.snapshots.update('rg-images', 'snap', { tags: { a: '3' } }).submitted();
  local.pass(1);
  const found = await compute.snapshots.get('rg-images', 'snap');
  expect(found.tags).toEqual({ a: '3' });
  expect(found.creationData?.sourceResourceId).toBe(diskId('osdisk-render-base'));
});

test('snapshots are listed by resource group and by subscription', async () => {
  const { compute } = local;
  await given.snapshot(local, 'one');
  await compute.snapshots.createOrUpdate('rg-render', 'two', given.aSnapshot()).submitted();
  const names = async (pages: AsyncIterable<{ name?: string | undefined }>): Promise<unknown[]> =>
    (await Array.fromAsync(pages)).map((item) => item.name);
  expect(await names(compute.snapshots.listByResourceGroup('rg-images'))).toEqual(['one']);
  expect(await names(compute.snapshots.list())).toEqual([
    ...['one', 'two'],
    ...['snap-golden-data-0', 'snap-golden-data-1', 'snap-golden-os', 'snap-packer-os'],
  ]);
});

test('a deleted snapshot is Deleting, then gone; deleting it once more is no error', async () => {
  const { compute } = local;
  await given.snapshot(local, 'snap');
  await compute.snapshots.delete('rg-images', 'snap').submitted();
  expect((await compute.snapshots.get('rg-images', 'snap')).provisioningState).toBe('Deleting');
  local.pass(0.5);
  expect(await refusalOf(compute.snapshots.get('rg-images', 'snap'))).toMatchObject({
    status: 404,
    code: 'ResourceNotFound',
  });
  await compute.snapshots.delete('rg-images', 'snap').submitted();
});
