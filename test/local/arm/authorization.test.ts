/** What the caller may do: every request needs its action at its scope, and some need one on what they refer to. */
import * as given from './given';
import {
  accountId,
  ask,
  definitionId,
  diskId,
  FOREIGN,
  idOf,
  refusalOf,
  snapshotId,
  startLocalAzure,
  SUBSCRIPTION,
  worldText,
  type LocalAzure,
} from './localAzure';
import { z } from 'zod';

const S = `/subscriptions/${SUBSCRIPTION}`;
const GET_ACCESS = 'Microsoft.Compute/disks/beginGetAccess/action';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
});
afterEach(() => local.close());

const call = (method: string, path: string): ReturnType<typeof ask> =>
  ask(local, method, path, method === 'GET' ? {} : { body: {} });

/** What was refused, as `action at scope`, with the subscription left out. */
async function refusedAction(method: string, path: string): Promise<string> {
  const { status, body } = await call(method, path);
  expect(status).toBe(403);
  const { error } = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).parse(body);
  expect(error.code).toBe('AuthorizationFailed');
  const [, action = '', scope = ''] = /perform action '([^']+)' over scope '([^']+)'/.exec(error.message) ?? [];
  return `${action} at ${scope.replace(S, '')}`;
}

const ARM = 'api-version=2024-07-01';

test.each([
  ['GET', `${S}/resourceGroups/rg-render?${ARM}`, 'Microsoft.Resources/subscriptions/resourceGroups/read'],
  ['GET', `${S}/resourceGroups?${ARM}`, 'Microsoft.Resources/subscriptions/resourceGroups/read'],
  ['GET', `${diskId('osdisk-gen1')}?${ARM}`, 'Microsoft.Compute/disks/read'],
  ['GET', `${S}/providers/Microsoft.Compute/disks?${ARM}`, 'Microsoft.Compute/disks/read'],
  ['GET', `${definitionId('d')}/versions?${ARM}`, 'Microsoft.Compute/galleries/images/versions/read'],
  ['PUT', `${snapshotId('s')}?${ARM}`, 'Microsoft.Compute/snapshots/write'],
  ['PATCH', `${snapshotId('s')}?${ARM}`, 'Microsoft.Compute/snapshots/write'],
  ['DELETE', `${snapshotId('s')}?${ARM}`, 'Microsoft.Compute/snapshots/delete'],
  [
    'POST',
    `${accountId('batchrender')}/pools/p/stopResize?${ARM}`,
    'Microsoft.Batch/batchAccounts/pools/stopResize/action',
  ],
  [
    'GET',
    `${accountId('batchrender')}/poolOperationResults/x?${ARM}`,
    'Microsoft.Batch/batchAccounts/poolOperationResults/read',
  ],
  [
    'GET',
    `${S}/providers/Microsoft.Compute/locations/westeurope/capsOperations/x?${ARM}`,
    'Microsoft.Compute/locations/capsOperations/read',
  ],
  [
    'GET',
    `${S}/providers/Microsoft.Compute/locations/westeurope/usages?${ARM}`,
    'Microsoft.Compute/locations/usages/read',
  ],
  [
    'GET',
    `${S}/providers/Microsoft.Batch/locations/westeurope/virtualMachineSkus?${ARM}`,
    'Microsoft.Batch/locations/virtualMachineSkus/read',
  ],
  ['GET', `${S}/providers/Microsoft.Batch?${ARM}`, 'Microsoft.Resources/subscriptions/providers/read'],
  ['GET', `${S}/resources?${ARM}`, 'Microsoft.Resources/subscriptions/resources/read'],
  [
    'GET',
    `${diskId('osdisk-gen1')}/providers/Microsoft.Authorization/permissions?${ARM}`,
    'Microsoft.Authorization/permissions/read',
  ],
  [
    'GET',
    `${S}/providers/Microsoft.Compute/locations/westeurope/publishers/p/artifacttypes/vmimage/offers/o/skus/s/versions/1.0.0?${ARM}`,
    'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
  ],
])('%s %s needs %s', async (method, path, action) => {
  local.azure.setGrants([{ scope: S, actions: ['*'], notActions: [action] }]);
  expect(await refusedAction(method, path)).toMatch(new RegExp(`^${action} at `));
  local.azure.setGrants([{ scope: S, actions: [action] }]);
  expect((await call(method, path)).status).not.toBe(403);
});

test('the refusal is worded as Azure words it', async () => {
  local.azure.setGrants([]);
  const { body } = await call('GET', `${diskId('osdisk-gen1')}?api-version=2025-01-02`);
  const client = '00000000-0000-4000-8000-0000000000aa';
  expect(body).toEqual({
    error: {
      code: 'AuthorizationFailed',
      message:
        `The client '${client}' with object id '${client}' does not have authorization to perform action ` +
        `'Microsoft.Compute/disks/read' over scope '${diskId('osdisk-gen1')}' or the scope is invalid. ` +
        'If access was recently granted, please refresh your credentials.',
    },
  });
});

const READ_DISK = `${diskId('osdisk-gen1')}?api-version=2025-01-02`;

test.each([
  {
    label: 'at the resource',
    grants: [{ scope: diskId('osdisk-gen1').toUpperCase(), actions: ['*/READ'] }],
    status: 200,
  },
  {
    label: 'at its group',
    grants: [{ scope: `${S}/resourceGroups/rg-render`, actions: ['Microsoft.Compute/*'] }],
    status: 200,
  },
  { label: 'at the root', grants: [{ scope: '/', actions: ['*'] }], status: 200 },
  { label: 'at another group', grants: [{ scope: `${S}/resourceGroups/rg-images`, actions: ['*'] }], status: 403 },
  {
    label: 'at a group with a longer name',
    grants: [{ scope: `${S}/resourceGroups/rg`, actions: ['*'] }],
    status: 403,
  },
  { label: 'for another action', grants: [{ scope: S, actions: ['Microsoft.Compute/disks/*/action'] }], status: 403 },
  { label: 'for data only', grants: [{ scope: S, dataActions: ['*'] }], status: 403 },
  { label: 'with an exception', grants: [{ scope: S, actions: ['*'], notActions: ['*/read'] }], status: 403 },
  {
    label: 'with an exception that another grant makes good',
    grants: [
      { scope: S, actions: ['*'], notActions: ['*/read'] },
      { scope: S, actions: ['Microsoft.Compute/disks/read'] },
    ],
    status: 200,
  },
])('a grant $label answers $status', async ({ grants, status }) => {
  local.azure.setGrants(grants);
  expect((await call('GET', READ_DISK)).status).toBe(status);
});

test('what is forbidden is not told apart from what is not there', async () => {
  local.azure.setGrants([]);
  expect((await call('GET', `${diskId('no')}?api-version=2025-01-02`)).status).toBe(403);
  expect((await call('GET', '/subscriptions/no/resources?api-version=2021-04-01')).status).toBe(404);
});

test('copying a disk needs access to it', async () => {
  const copy = (): PromiseLike<unknown> =>
    local.compute.snapshots.createOrUpdate('rg-images', 's', given.aSnapshot()).submitted();
  local.azure.setGrants([{ scope: S, actions: ['*'], notActions: [GET_ACCESS] }]);
  const refusal = await refusalOf(copy());
  expect(refusal).toMatchObject({ status: 403, code: 'LinkedAuthorizationFailed' });
  expect(refusal.text).toContain(`'${GET_ACCESS}' on the linked scope(s) '${diskId('osdisk-render-base')}'`);
  local.azure.setGrants([
    { scope: S, actions: ['*'], notActions: [GET_ACCESS] },
    { scope: `${S}/resourceGroups/rg-render`, actions: [GET_ACCESS] },
  ]);
  await copy();
});

test('a pool on a gallery image needs access to the image', async () => {
  const image = await given.publishedImage(local);
  const create = (): Promise<unknown> =>
    local.batch.poolOperations.create('rg-batch', 'batchrender', 'p', given.aPool(image, 1));
  local.azure.setGrants([{ scope: S, actions: ['*'], notActions: [GET_ACCESS] }]);
  expect(await refusalOf(create())).toMatchObject({ status: 403, code: 'LinkedAuthorizationFailed' });
  const gallery = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render');
  local.azure.setGrants([
    { scope: S, actions: ['*'], notActions: [GET_ACCESS] },
    { scope: gallery, actions: [GET_ACCESS] },
  ]);
  await create();
});

test('a world without grants allows everything', async () => {
  await local.close();
  const { resources } = z.object({ resources: z.unknown() }).parse(JSON.parse(worldText));
  local = await startLocalAzure({ world: { resources } });
  const path = `${S}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  expect((await call('GET', path)).body).toMatchObject({ value: [{ actions: ['*'], notActions: [] }] });
});

test('the identity of the world may do everything but copy the disks of one group', async () => {
  const groups = z
    .object({ resources: z.array(z.looseObject({ id: z.string(), type: z.string() })) })
    .parse(JSON.parse(worldText))
    .resources.filter(({ type, id }) => type === 'Microsoft.Resources/resourceGroups' && id.startsWith(S))
    .map(({ id }) => id);
  for (const group of groups) {
    const { body } = await call('GET', `${group}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`);
    const mayCopy = JSON.stringify(body).includes(`"actions":["${GET_ACCESS}"]`);
    expect({ group, mayCopy }).toEqual({ group, mayCopy: !group.endsWith('/rg-no-copy') });
  }
  const foreign = `/subscriptions/${FOREIGN}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  expect((await call('GET', foreign)).body).toMatchObject({ value: [{ actions: ['*'], notActions: [] }] });
});

describe('the control door', () => {
  const post = (body: unknown): ReturnType<typeof ask> => ask(local, 'POST', '/_control/grants', { body });

  test('changes the grants', async () => {
    expect((await post([{ scope: S, actions: ['Microsoft.Compute/disks/read'] }])).status).toBe(204);
    expect((await call('GET', READ_DISK)).status).toBe(200);
    expect((await post([])).status).toBe(204);
    expect((await call('GET', READ_DISK)).status).toBe(403);
  });

  test('refuses what is no grant', async () => {
    expect(await post([{ scope: 'everywhere' }])).toMatchObject({ status: 400 });
    expect((await call('GET', READ_DISK)).status).toBe(200);
  });
});
