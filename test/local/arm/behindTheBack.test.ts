/** What somebody else deletes, and brings back. */
import * as given from './given';
import {
  accountId,
  ask,
  definitionId,
  idOf,
  refusalOf,
  snapshotId,
  startLocalAzure,
  SUBSCRIPTION,
  type LocalAzure,
} from './localAzure';
import { STRANGER } from '../../../local/arm/events';
import { unsignedToken } from '../../../local/identity/managedIdentity';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
});
afterEach(() => local.close());

const GALLERY = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render');
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

const told = (): unknown[] =>
  local.events.map(
    ({ eventType, subject }) => `${eventType.split('.').at(-1) ?? ''} ${subject.split('/').at(-1) ?? ''}`,
  );

test('a restored resource is found again at once, as it was', async () => {
  await given.snapshot(local, 'snap', given.aSnapshot('osdisk-render-base', { tags: { team: 'render' } }));
  const before = await local.compute.snapshots.get('rg-images', 'snap');
  local.azure.deleteBehindTheBack(snapshotId('SNAP'));
  expect(await refusalOf(local.compute.snapshots.get('rg-images', 'snap'))).toMatchObject({ status: 404 });
  local.events.length = 0;
  local.azure.restoreBehindTheBack(snapshotId('snap'));
  expect(await local.compute.snapshots.get('rg-images', 'snap')).toEqual(before);
  expect(told()).toEqual(['ResourceWriteSuccess snap']);
  expect(local.events[0]?.data).toMatchObject({
    operationName: 'Microsoft.Compute/snapshots/write',
    claims: { [OBJECT_ID]: STRANGER.objectId },
  });
});

test('what it held comes back with it, the outermost first, and pools can stand on it again', async () => {
  const image = await given.publishedImage(local);
  given.empty(local, definitionId('render-shared'));
  for (const name of ['render-windows', 'render-plan', 'render-shared'])
    local.azure.deleteBehindTheBack(definitionId(name), { silently: true });
  local.azure.deleteBehindTheBack(GALLERY);
  local.events.length = 0;
  local.azure.restoreBehindTheBack(GALLERY);
  expect(told()).toEqual(['ResourceWriteSuccess gal_render', 'ResourceWriteSuccess def', 'ResourceWriteSuccess 1.0.0']);
  const { batch } = local;
  await batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 2));
  local.pass(10);
  expect(await batch.poolOperations.get('rg-batch', 'batchrender', 'p')).toMatchObject({ currentDedicatedNodes: 2 });
});

test('a restored account answers on its own server again, with its pools as they were', async () => {
  const { batch } = local;
  const read = async () => ({
    pool: await batch.poolOperations.get('rg-batch', 'batchrender', 'render-follows-latest'),
    account: await batch.batchAccountOperations.get('rg-batch', 'batchrender'),
  });
  const before = await read();
  const counts = (): ReturnType<typeof ask> =>
    ask(
      { origin: `https://${before.account.accountEndpoint ?? ''}` },
      ...(['GET', '/nodecounts?api-version=2024-07-01.20.0'] as const),
      { headers: { authorization: `Bearer ${unsignedToken('https://batch.core.windows.net/').token}` } },
    );
  local.azure.deleteBehindTheBack(accountId('batchrender'));
  await expect(counts()).rejects.toThrow();
  local.azure.restoreBehindTheBack(accountId('batchrender'));
  expect(await counts()).toMatchObject({ status: 200, body: { value: [{ poolId: 'render-follows-latest' }] } });
  expect(await read()).toEqual(before);
});

test('a resource group comes back with everything in it', () => {
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-batch`;
  const before = local.azure.ids().toSorted();
  local.azure.deleteBehindTheBack(group);
  expect(local.azure.ids().length).toBeLessThan(before.length);
  local.azure.restoreBehindTheBack(group);
  expect(local.azure.ids().toSorted()).toEqual(before);
});

test('what was deleted by itself before stays deleted', () => {
  local.azure.deleteBehindTheBack(definitionId('render-plan'));
  local.azure.deleteBehindTheBack(GALLERY);
  local.azure.restoreBehindTheBack(GALLERY);
  expect(local.azure.find(definitionId('render-plan'))).toBeUndefined();
  local.azure.restoreBehindTheBack(definitionId('render-plan'));
  expect(local.azure.find(definitionId('render-plan'))).toBeDefined();
});

test('a deletion that was under way does not go on after the restoration', async () => {
  await given.snapshot(local, 'snap');
  await local.compute.snapshots.delete('rg-images', 'snap').submitted();
  local.azure.deleteBehindTheBack(snapshotId('snap'));
  local.azure.restoreBehindTheBack(snapshotId('snap'));
  local.pass(10);
  expect(await local.compute.snapshots.get('rg-images', 'snap')).toMatchObject({ provisioningState: 'Succeeded' });
});

test('only what was deleted behind the back, and is not there, can be restored below what is there', async () => {
  await given.snapshot(local, 'snap');
  const restore = (id: string) => () => local.azure.restoreBehindTheBack(id);
  expect(restore(snapshotId('snap'))).toThrow(/not deleted behind the back/);
  local.azure.deleteBehindTheBack(snapshotId('snap'));
  await given.snapshot(local, 'snap');
  expect(restore(snapshotId('snap'))).toThrow(/again/);
  local.azure.deleteBehindTheBack(definitionId('render-plan'));
  local.azure.deleteBehindTheBack(GALLERY);
  expect(restore(definitionId('render-plan'))).toThrow(/cannot be restored before/);
});

test('the control door restores, too, silently when it is told so', async () => {
  const post = (path: string, body: unknown): ReturnType<typeof ask> => ask(local, 'POST', path, { body });
  const id = accountId('batchnorth');
  expect(await post('/_control/delete', { id })).toMatchObject({ status: 204 });
  expect(await post('/_control/restore', { id, silently: true })).toMatchObject({ status: 204 });
  expect(local.azure.find(id)).toBeDefined();
  expect(told()).toEqual(['ResourceDeleteSuccess batchnorth']);
  expect(await post('/_control/restore', { id })).toMatchObject({ status: 404 });
  expect(await post('/_control/restore', { ids: [id] })).toMatchObject({ status: 400 });
});

test('Resource Graph shows what was restored only after its lag', async () => {
  const shown = async (): Promise<unknown> => {
    const query = "resources | where name =~ 'batchnorth' | project id";
    const body = { subscriptions: [SUBSCRIPTION], query };
    const answer = await ask(local, 'POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
      body,
    });
    return answer.body;
  };
  local.azure.deleteBehindTheBack(accountId('batchnorth'));
  local.pass(1);
  local.azure.restoreBehindTheBack(accountId('batchnorth'));
  expect(await shown()).toMatchObject({ count: 0 });
  local.pass(1);
  expect(await shown()).toMatchObject({ count: 1 });
});
