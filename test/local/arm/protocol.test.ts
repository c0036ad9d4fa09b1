/** What every request must have, and what every answer has. */
import * as given from './given';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import {
  accountId,
  ask,
  definitionId,
  refusalOf,
  snapshotId,
  startLocalAzure,
  SUBSCRIPTION,
  type LocalAzure,
} from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const disks = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/disks`;
const bearer = (audience: string): string => `Bearer ${unsignedToken(audience).token}`;

const callers = [
  { label: 'no token', authorization: '', code: 'AuthenticationFailed' },
  { label: 'a token that is none', authorization: 'Bearer abc', code: 'InvalidAuthenticationToken' },
  {
    label: 'a token for Service Bus',
    authorization: bearer('https://servicebus.azure.net'),
    code: 'InvalidAuthenticationTokenAudience',
  },
];

test.each(callers)('$label is refused', async ({ authorization, code }) => {
  const answer = await ask(local, 'GET', `${disks}?api-version=2025-01-02`, { headers: { authorization } });
  expect(answer).toMatchObject({ status: 401, body: { error: { code } } });
  expect(answer.headers.get('www-authenticate')).toContain('Bearer');
});

test.each(['https://management.azure.com', 'https://management.azure.com/'])(
  'a token for %p is taken',
  async (audience) => {
    const headers = { authorization: bearer(audience) };
    expect((await ask(local, 'GET', `${disks}?api-version=2025-01-02`, { headers })).status).toBe(200);
  },
);

const unsupported = [
  { label: 'no api-version', path: disks, status: 400, code: 'MissingApiVersionParameter' },
  {
    label: 'an unknown api-version',
    path: `${disks}?api-version=2199-01-01`,
    status: 400,
    code: 'NoRegisteredProviderFound',
  },
  {
    label: 'an unknown path',
    path: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/skus?api-version=2021-07-01`,
    status: 501,
    code: 'NotSupportedByLocalAzure',
  },
  {
    label: 'an unknown parameter',
    path: `${disks}?api-version=2025-01-02&$top=1`,
    status: 501,
    code: 'NotSupportedByLocalAzure',
  },
  {
    label: 'a list in a group that is not there',
    path: `/subscriptions/${SUBSCRIPTION}/resourceGroups/no/providers/Microsoft.Compute/disks?api-version=2025-01-02`,
    status: 404,
    code: 'ResourceGroupNotFound',
  },
  {
    label: 'a list in a subscription that is not there',
    path: '/subscriptions/no/providers/Microsoft.Compute/disks?api-version=2025-01-02',
    status: 404,
    code: 'SubscriptionNotFound',
  },
];

test.each(unsupported)('$label is an error', async ({ path, status, code }) => {
  expect(await ask(local, 'GET', path)).toMatchObject({ status, body: { error: { code } } });
});

const creationData = { createOption: 'Empty' };
const bodies = [
  {
    label: 'an unknown property',
    at: snapshotId('s'),
    version: '2025-01-02',
    body: { location: 'westeurope', properties: { creationData, color: 'red' } },
    code: 'BadRequest',
    text: 'properties.color',
  },
  {
    label: 'a missing property',
    at: snapshotId('s'),
    version: '2025-01-02',
    body: { location: 'westeurope', properties: {} },
    code: 'InvalidParameter',
    text: 'properties.creationData',
  },
  {
    label: 'a wrong type',
    at: definitionId('d'),
    version: '2025-03-03',
    body: { location: 'westeurope', properties: { osType: 7 } },
    code: 'InvalidParameter',
    text: 'properties.osType',
  },
  {
    label: 'an unknown property of a pool',
    at: `${accountId('batchrender')}/pools/p`,
    version: '2024-07-01',
    body: {
      properties: {
        vmSize: 'Standard_D2s_v5',
        deploymentConfiguration: {
          virtualMachineConfiguration: { imageReference: { id: 'x' }, nodeAgentSkuId: 'a', color: 'red' },
        },
      },
    },
    code: 'InvalidPropertyValue',
    text: 'virtualMachineConfiguration.color',
  },
];

test.each(bodies)('$label is refused and named', async ({ at, version, body, code, text }) => {
  const answer = await ask(local, 'PUT', `${at}?api-version=${version}`, { body });
  expect(answer).toMatchObject({ status: 400, body: { error: { code } } });
  expect(JSON.stringify(answer.body)).toContain(text);
});

test('a body that GET answered can be PUT again', async () => {
  const image = await given.publishedImage(local);
  for (const [id, version] of [
    [snapshotId('snap'), '2025-01-02'],
    [definitionId('def'), '2025-03-03'],
    [image, '2025-03-03'],
  ] as const) {
    const found = await ask(local, 'GET', `${id}?api-version=${version}`);
    const again = await ask(local, 'PUT', `${id}?api-version=${version}`, { body: found.body });
    expect(again).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Updating' } } });
  }
});

test('a write is watched at its operation URL', async () => {
  const body = {
    location: 'westeurope',
    properties: {
      creationData: { createOption: 'Copy', sourceResourceId: given.aSnapshot().creationData?.sourceResourceId },
    },
  };
  const made = await ask(local, 'PUT', `${snapshotId('s')}?api-version=2025-01-02`, { body });
  expect(made).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Creating' } } });
  expect(made.headers.get('retry-after')).toBe('10');
  const { pathname, search } = new URL(made.headers.get('azure-asyncoperation') ?? '');
  expect(pathname).toMatch(
    new RegExp(
      `^/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/locations/westeurope/diskOperations/[0-9a-f-]{36}$`,
    ),
  );
  expect(await ask(local, 'GET', pathname + search)).toMatchObject({ status: 200, body: { status: 'InProgress' } });
  local.pass(4);
  expect(await ask(local, 'GET', pathname + search)).toMatchObject({
    body: { status: 'Succeeded', endTime: '2026-11-21T08:02:07.500Z' },
  });
});

test('a deletion is watched at both of its URLs', async () => {
  await given.snapshot(local, 's');
  const gone = await ask(local, 'DELETE', `${snapshotId('s')}?api-version=2025-01-02`);
  const look = (header: string): ReturnType<typeof ask> => {
    const { pathname, search } = new URL(gone.headers.get(header) ?? '');
    return ask(local, 'GET', pathname + search);
  };
  expect(gone.status).toBe(202);
  expect((await look('location')).status).toBe(202);
  expect(await look('azure-asyncoperation')).toMatchObject({ status: 200, body: { status: 'InProgress' } });
  local.pass(1);
  expect((await look('location')).status).toBe(204);
  expect(await look('azure-asyncoperation')).toMatchObject({ body: { status: 'Succeeded' } });
});

test('a deletion ends a creation that is under way', async () => {
  const { compute } = local;
  await compute.snapshots.createOrUpdate('rg-images', 's', given.aSnapshot()).submitted();
  await compute.snapshots.delete('rg-images', 's').submitted();
  expect(
    await refusalOf(compute.snapshots.createOrUpdate('rg-images', 's', given.aSnapshot()).submitted()),
  ).toMatchObject({ status: 409 });
  local.pass(1);
  expect(await refusalOf(compute.snapshots.get('rg-images', 's'))).toMatchObject({ code: 'ResourceNotFound' });
});

test('answers carry ids, what is left of the limits, and the time of the clock', async () => {
  const headers = { 'x-ms-correlation-request-id': 'c0ffee00-0000-4000-8000-000000000000' };
  const first = await ask(local, 'GET', `${disks}?api-version=2025-01-02`, { headers });
  const second = await ask(local, 'GET', `${disks}?api-version=2025-01-02`);
  expect(first.headers.get('x-ms-correlation-request-id')).toBe(headers['x-ms-correlation-request-id']);
  expect(second.headers.get('x-ms-correlation-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(first.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('11999');
  expect(second.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('11998');
  expect(first.headers.get('date')).toBe('Sat, 21 Nov 2026 08:00:00 GMT');
});

test('every request is recorded, oldest first', async () => {
  await ask(local, 'GET', `${disks}?api-version=2025-01-02`);
  await ask(local, 'PUT', `${definitionId('d')}?api-version=2025-03-03`, { body: { location: 'x' } });
  const nowMs = local.clock.nowMs();
  const times = { startedMs: nowMs, atMs: nowMs };
  expect(local.azure.calls).toEqual([
    {
      method: 'GET',
      path: disks,
      query: 'api-version=2025-01-02',
      status: 200,
      correlationId: expect.any(String) as unknown,
      ...times,
    },
    expect.objectContaining({ method: 'PUT', status: 400, body: { location: 'x' } }),
  ]);
  expect(local.azure.isIdle()).toBe(true);
});
