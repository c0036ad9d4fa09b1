/** Managed images through the real client. */
import * as given from './given';
import { diskId, idOf, imageId, refusalOf, snapshotId, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
  await given.snapshot(local, 'snap');
});
afterEach(() => local.close());

test('an image takes generation and sizes from its snapshots, and answers with its group in upper case', async () => {
  await given.snapshot(local, 'data', given.aSnapshot('datadisk-render-assets'));
  const osDisk = { osType: 'Linux', osState: 'Generalized', snapshot: { id: snapshotId('snap') } } as const;
  const dataDisks = [{ lun: 0, snapshot: { id: snapshotId('data') } }];
  await given.image(local, 'img', { location: 'westeurope', storageProfile: { osDisk, dataDisks } });
  const found = await local.compute.images.get('rg-images', 'img');
  expect(found).toMatchObject({ provisioningState: 'Succeeded', hyperVGeneration: 'V2' });
  expect(found.id).toBe(idOf('RG-IMAGES', 'Microsoft.Compute/images/img'));
  expect(found.storageProfile?.dataDisks?.[0]?.diskSizeGB).toBe(256);
  expect(local.azure.find(imageId('IMG'))).toMatchObject({ name: 'img' });
});

test('an image from a snapshot that is still copying is refused', async () => {
  await local.compute.snapshots.createOrUpdate('rg-images', 'young', given.aSnapshot()).submitted();
  const refusal = await refusalOf(
    local.compute.images.createOrUpdate('rg-images', 'img', given.anImage('young')).submitted(),
  );
  expect(refusal).toMatchObject({ status: 409, code: 'Conflict' });
});

test('an image from a snapshot that is not there is refused', async () => {
  const refusal = await refusalOf(
    local.compute.images.createOrUpdate('rg-images', 'img', given.anImage('nope')).submitted(),
  );
  expect(refusal).toMatchObject({ status: 404, code: 'NotFound' });
});

test('an image in another region than its snapshot is refused', async () => {
  const body = given.anImage('snap', { location: 'northeurope' });
  const refusal = await refusalOf(local.compute.images.createOrUpdate('rg-images', 'img', body).submitted());
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

const uncapturable = [
  { label: 'Trusted Launch', disk: 'osdisk-trusted-launch', text: 'with TrustedLaunch security type' },
  { label: 'Arm64', disk: 'osdisk-arm64', text: 'Arm64' },
];

test.each(uncapturable)('an image from a $label snapshot is refused', async ({ disk, text }) => {
  await given.snapshot(local, 'special', given.aSnapshot(disk));
  const refusal = await refusalOf(
    local.compute.images.createOrUpdate('rg-images', 'img', given.anImage('special')).submitted(),
  );
  expect(refusal).toMatchObject({ status: 409, code: 'OperationNotAllowed' });
  expect(refusal.text).toContain(text);
});

test('two data disks with one lun are refused', async () => {
  const snapshot = { id: snapshotId('snap') };
  const osDisk = { osType: 'Linux', osState: 'Generalized', snapshot } as const;
  const dataDisks = [
    { lun: 1, snapshot },
    { lun: 1, managedDisk: { id: diskId('datadisk-render-cache') } },
  ];
  const body = { location: 'westeurope', storageProfile: { osDisk, dataDisks } };
  const refusal = await refusalOf(local.compute.images.createOrUpdate('rg-images', 'img', body).submitted());
  expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

test('the disks of an image never change, its tags do', async () => {
  const { compute } = local;
  await given.image(local, 'img', given.anImage('snap'));
  await compute.images.update('rg-images', 'img', { tags: { owner: 'render' } }).submitted();
  local.pass(1);
  expect((await compute.images.get('rg-images', 'img')).tags).toEqual({ owner: 'render' });
  await given.snapshot(local, 'other');
  const refusal = await refusalOf(
    compute.images.createOrUpdate('rg-images', 'img', given.anImage('other')).submitted(),
  );
  expect(refusal).toMatchObject({ status: 409, code: 'PropertyChangeNotAllowed' });
});

test('a deleted image is gone after its operation, and lists are without it', async () => {
  const { compute } = local;
  await given.image(local, 'img', given.anImage('snap'));
  const all = await Array.fromAsync(compute.images.list());
  expect(all.map(({ name }) => name)).toEqual(['img', 'img-packer']);
  await compute.images.delete('rg-images', 'img').submitted();
  local.pass(1);
  expect(await Array.fromAsync(compute.images.listByResourceGroup('rg-images'))).toEqual([]);
  expect(await refusalOf(compute.images.get('rg-images', 'img'))).toMatchObject({
    status: 404,
    code: 'ResourceNotFound',
  });
});
