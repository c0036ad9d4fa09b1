/** What Event Grid is told, and when. */
import { STRANGER } from '../../../local/arm/events';
import * as given from './given';
import { accountId, idOf, snapshotId, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const told = (): unknown[] =>
  local.events.map(({ eventType, data }) => `${eventType.split('.').at(-1) ?? ''} ${data.operationName}`);

test('a write is told when it has completed, as Event Grid tells it', async () => {
  await local.compute.snapshots
    .createOrUpdate('rg-images', 'snap', given.aSnapshot(), {
      requestOptions: { headers: { 'x-ms-correlation-request-id': 'c0ffee00-0000-4000-8000-000000000000' } },
    })
    .submitted();
  expect(local.events).toEqual([]);
  local.pass(4);
  expect(local.events).toHaveLength(1);
  expect(local.events[0]).toMatchObject({
    topic: `/subscriptions/${SUBSCRIPTION}`,
    subject: snapshotId('snap'),
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-11-21T08:02:07.500Z',
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      correlationId: 'c0ffee00-0000-4000-8000-000000000000',
      httpRequest: { method: 'PUT' },
      operationName: 'Microsoft.Compute/snapshots/write',
      resourceProvider: 'Microsoft.Compute',
      resourceUri: snapshotId('snap'),
      status: 'Succeeded',
      subscriptionId: SUBSCRIPTION,
    },
  });
});

const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

test('an event says who made the change, and which right allowed it', async () => {
  await local.compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
  local.pass(4);
  const caller = '00000000-0000-4000-8000-0000000000aa';
  expect(local.events[0]?.data).toMatchObject({
    authorization: {
      scope: snapshotId('snap'),
      action: 'Microsoft.Compute/snapshots/write',
      evidence: {
        role: 'Contributor',
        roleAssignmentScope: `/subscriptions/${SUBSCRIPTION}`,
        roleAssignmentId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        roleDefinitionId: 'b24988ac618042a0ab8820f7382dd24c',
        principalId: caller.replaceAll('-', ''),
        principalType: 'ServicePrincipal',
      },
    },
    claims: { appid: caller, [OBJECT_ID]: caller },
  });
});

test('a deletion behind the back has another author', () => {
  local.azure.deleteBehindTheBack(accountId('batchnorth'));
  const [data] = local.events.map((event) => event.data);
  expect(data?.claims[OBJECT_ID]).toBe(STRANGER.objectId);
  expect(data?.authorization.evidence).toMatchObject({
    principalId: STRANGER.objectId.replaceAll('-', ''),
    principalType: 'User',
  });
});

test('deletions, patches and actions are told by their names', async () => {
  const image = await given.publishedImage(local);
  const { batch, compute } = local;
  await batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 0));
  await batch.poolOperations.update('rg-batch', 'batchrender', 'p', { metadata: [{ name: 'a', value: 'b' }] });
  await batch.poolOperations.stopResize('rg-batch', 'batchrender', 'p');
  await batch.poolOperations.beginDelete('rg-batch', 'batchrender', 'p', { updateIntervalInMs: 1 });
  await compute.galleryImageVersions.delete('rg-images', 'gal_render', 'def', '1.0.0').submitted();
  local.pass(1);
  expect(told()).toEqual([
    'ResourceWriteSuccess Microsoft.Compute/snapshots/write',
    'ResourceWriteSuccess Microsoft.Compute/galleries/images/write',
    'ResourceWriteSuccess Microsoft.Compute/galleries/images/versions/write',
    'ResourceWriteSuccess Microsoft.Batch/batchAccounts/pools/write',
    'ResourceWriteSuccess Microsoft.Batch/batchAccounts/pools/write',
    'ResourceActionSuccess Microsoft.Batch/batchAccounts/pools/stopResize/action',
    'ResourceDeleteSuccess Microsoft.Batch/batchAccounts/pools/delete',
    'ResourceDeleteSuccess Microsoft.Compute/galleries/images/versions/delete',
  ]);
});

test('what was refused, overtaken or not there is not told', async () => {
  const { compute } = local;
  await compute.snapshots
    .createOrUpdate('rg-images', 'snap', given.aSnapshot('nope'))
    .submitted()
    .then(undefined, () => undefined);
  await compute.snapshots.delete('rg-images', 'snap').submitted();
  await compute.snapshots.createOrUpdate('rg-images', 'snap', given.aSnapshot()).submitted();
  await compute.snapshots.delete('rg-images', 'snap').submitted();
  local.pass(5);
  expect(told()).toEqual(['ResourceDeleteSuccess Microsoft.Compute/snapshots/delete']);
});

test('a deletion behind the back is told, the innermost first, unless it is silent', async () => {
  const gallery = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render');
  given.empty(local, gallery);
  await given.publishedImage(local);
  local.events.length = 0;
  local.azure.deleteBehindTheBack(snapshotId('SNAP'), { silently: true });
  expect(told()).toEqual([]);
  local.azure.deleteBehindTheBack(gallery);
  expect(told()).toEqual([
    'ResourceDeleteSuccess Microsoft.Compute/galleries/images/versions/delete',
    'ResourceDeleteSuccess Microsoft.Compute/galleries/images/delete',
    'ResourceDeleteSuccess Microsoft.Compute/galleries/delete',
  ]);
});

test('of a resource group only its own deletion is told', () => {
  local.azure.deleteBehindTheBack(`/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-batch`);
  expect(told()).toEqual(['ResourceDeleteSuccess Microsoft.Resources/subscriptions/resourceGroups/delete']);
  expect(local.azure.find(accountId('batchrender'))).toBeUndefined();
});
