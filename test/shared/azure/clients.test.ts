/** The clients as Azure sees them: one request per call, whom the token is for, which version is asked of whom. */
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { callArm, operationError, readBatch } from '../../../shared/azure/armCall';
import { managedImageClient, snapshotClient } from '../../../shared/azure/computeResources';
import { imageDefinitionClient, imageVersionClient } from '../../../shared/azure/galleryResources';
import { poolClient } from '../../../shared/azure/poolResources';
import type { Outcome } from '../../../shared/domain/outcome';
import type { FaultRule } from '../../../local/arm/faults';
import { accountId, FOREIGN, SUBSCRIPTION } from '../../local/arm/localAzure';
import { failureIn, startCloud, valueOf, type Cloud } from './cloud';
import { definitionSpec, imageSpec, poolSpec, POOL_ID, snapshotSpec, versionSpec } from './specs';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images?api-version=2021-04-01`;

interface Call {
  readonly label: string;
  readonly run: (cloud: Cloud) => Promise<Outcome<unknown>>;
}

const CALLS: readonly Call[] = [
  { label: 'reading a snapshot', run: ({ arm }) => snapshotClient(arm).see(snapshotSpec()) },
  { label: 'creating a snapshot', run: ({ arm }) => snapshotClient(arm).put(snapshotSpec()) },
  { label: 'deleting a snapshot', run: ({ arm }) => snapshotClient(arm).delete(snapshotSpec()) },
  { label: 'creating an image', run: ({ arm }) => managedImageClient(arm).put(imageSpec()) },
  { label: 'deleting an image', run: ({ arm }) => managedImageClient(arm).delete(imageSpec()) },
  { label: 'creating a definition', run: ({ arm }) => imageDefinitionClient(arm).put(definitionSpec()) },
  { label: 'reading a version', run: ({ arm }) => imageVersionClient(arm).see(versionSpec()) },
  { label: 'creating a version', run: ({ arm }) => imageVersionClient(arm).put(versionSpec()) },
  { label: 'reading a pool', run: ({ arm }) => poolClient(arm).see(poolSpec()) },
  { label: 'creating a pool', run: ({ arm }) => poolClient(arm).put(poolSpec()) },
  { label: 'deleting a pool', run: ({ arm }) => poolClient(arm).delete(poolSpec()) },
  { label: 'a raw call', run: ({ arm }) => callArm(arm, 'look', { method: 'GET', url: GROUP }) },
];

const FAULTS: readonly { readonly what: string; readonly rule: FaultRule; readonly failure: object }[] = [
  {
    what: '429 with Retry-After',
    rule: { kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterSeconds: 1, times: 9 },
    failure: { kind: 'throttled', status: 429, retryAfterMs: 1_000 },
  },
  {
    what: '503',
    rule: { kind: 'answer', status: 503, times: 9 },
    failure: { kind: 'unavailable', status: 503 },
  },
  {
    what: '500',
    rule: { kind: 'answer', status: 500, times: 9 },
    failure: { kind: 'unavailable', status: 500 },
  },
  { what: 'a broken connection', rule: { kind: 'reset', times: 9 }, failure: { kind: 'unavailable' } },
];

describe.each(FAULTS)('when Azure answers with $what', ({ rule, failure }) => {
  it.each(CALLS)('$label is one request, and a failure that may pass', async ({ run }) => {
    cloud.azure.faults.add(rule);
    expect(failureIn(await run(cloud))).toMatchObject(failure);
    expect(cloud.newCalls()).toHaveLength(1);
  });
});

it.each(CALLS)('$label that is never answered is given up in time, and may pass', async ({ run }) => {
  const impatient = await startCloud({ settings: { armTimeoutSeconds: 0.2 } });
  impatient.azure.faults.add({ kind: 'hang', times: 9 });
  expect(failureIn(await run(impatient))).toMatchObject({ kind: 'unavailable', code: 'AbortError' });
  expect(impatient.newCalls().length).toBeLessThanOrEqual(1);
  await impatient.close();
});

it('asks for tokens of the configured scope, for every client', async () => {
  const armScope = 'https://management.example/.default';
  const sovereign = await startCloud({ settings: { armScope } });
  await snapshotClient(sovereign.arm).see(snapshotSpec());
  await poolClient(sovereign.arm).see(poolSpec());
  await callArm(sovereign.arm, 'look', { method: 'GET', url: GROUP });
  expect(new Set(sovereign.scopes.flat())).toEqual(new Set([armScope]));
  expect(sovereign.scopes).toHaveLength(3);
  await sovereign.close();
});

describe('the API version of Batch', () => {
  it('is the configured one on reading, creating and deleting pools', async () => {
    const older = await startCloud({ settings: { batchApiVersion: '2024-07-01' } });
    await poolClient(older.arm).see(poolSpec());
    await poolClient(older.arm).put(poolSpec());
    await poolClient(older.arm).delete(poolSpec());
    expect(older.newCalls().map(({ method, path, query }) => ({ method, path, query }))).toEqual([
      { method: 'GET', path: POOL_ID, query: 'api-version=2024-07-01' },
      { method: 'PUT', path: POOL_ID, query: 'api-version=2024-07-01' },
      { method: 'DELETE', path: POOL_ID, query: 'api-version=2024-07-01' },
    ]);
    await older.close();
  });

  it('is also the one that reads the account', async () => {
    await cloud.arm.clientsFor(SUBSCRIPTION).batch.batchAccountOperations.get('rg-batch', 'batchrender');
    expect(cloud.newCalls()).toMatchObject([{ path: accountId('batchrender'), query: 'api-version=2025-06-01' }]);
  });

  it('stays away from calls to other providers', async () => {
    await callArm(cloud.arm, 'look', { method: 'GET', url: GROUP });
    await cloud.arm.send(createPipelineRequest({ url: `${cloud.origin}${GROUP}` }));
    expect(cloud.newCalls().map(({ status, query }) => ({ status, query }))).toEqual([
      { status: 200, query: 'api-version=2021-04-01' },
      { status: 200, query: 'api-version=2021-04-01' },
    ]);
  });

  it('would be written over that of a foreign call by the Batch client itself: why there is a pipeline of our own', async () => {
    const { batch } = cloud.arm.clientsFor(SUBSCRIPTION);
    await batch.sendRequest(createPipelineRequest({ url: `${cloud.origin}${GROUP}` }));
    expect(cloud.newCalls()).toMatchObject([{ query: 'api-version=2025-06-01' }]);
  });

  it('leaves the versions that arm-compute was made for', async () => {
    await snapshotClient(cloud.arm).see(snapshotSpec());
    await imageVersionClient(cloud.arm).see(versionSpec());
    const queries = cloud.newCalls().map(({ query }) => new URLSearchParams(query));
    expect(queries.map((query) => query.get('api-version'))).not.toContain('2025-06-01');
    expect(queries.map((query) => query.get('$expand'))).toEqual([null, 'ReplicationStatus']);
  });
});

it('keeps one pair of clients for each subscription, however it is spelt', () => {
  const { arm } = cloud;
  expect(arm.clientsFor(SUBSCRIPTION.toUpperCase())).toBe(arm.clientsFor(SUBSCRIPTION));
  expect(arm.clientsFor(FOREIGN)).not.toBe(arm.clientsFor(SUBSCRIPTION));
});

describe('a resource of another subscription', () => {
  const foreign = snapshotSpec({ id: snapshotSpec().id.replace(SUBSCRIPTION, FOREIGN) });

  it('is asked for there, when that is on the allow-list', async () => {
    await cloud.close();
    cloud = await startCloud({ settings: { allowedScopes: [{ subscriptionId: FOREIGN }] } });
    await snapshotClient(cloud.arm).see(foreign);
    expect(cloud.newCalls()).toMatchObject([{ path: foreign.id }]);
  });

  it('is not asked for otherwise, neither by a client nor by a raw call', async () => {
    const url = `${foreign.id}?api-version=2025-01-02`;
    const outcomes = [
      await snapshotClient(cloud.arm).see(foreign),
      await snapshotClient(cloud.arm).delete(foreign),
      await poolClient(cloud.arm).see(poolSpec({ id: POOL_ID.replace(SUBSCRIPTION, FOREIGN) })),
      await callArm(cloud.arm, 'look', { method: 'GET', url }),
    ];
    for (const outcome of outcomes) {
      expect(failureIn(outcome)).toMatchObject({ kind: 'forbidden', code: 'OutsideAllowList' });
    }
    expect(failureIn(outcomes[3] ?? outcomes[0] ?? { ok: true, value: null }).message).toBe(
      `Tried to look, but ${foreign.id} is not on the app's allow-list (setting ALLOWED_SCOPES); it was not called.`,
    );
    expect(cloud.newCalls()).toEqual([]);
  });
});

describe('the data plane of a Batch account', () => {
  const path = '/supportedimages';
  const endpoint = async (): Promise<string> => {
    const { accountEndpoint = '' } = await cloud.batch.batchAccountOperations.get('rg-batch', 'batchrender');
    return accountEndpoint;
  };

  it('gets a token of its own', async () => {
    const answer = await readBatch(cloud.arm, 'list images', { endpoint: await endpoint(), path });
    expect(valueOf(answer).status).toBe(200);
    expect(cloud.scopes.flat()).toEqual(['https://batch.core.windows.net/.default']);
  });

  it('tells its refusals in its own shape', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'PermissionDenied', message: 'No role.', path });
    const answer = await readBatch(cloud.arm, 'list images', { endpoint: await endpoint(), path });
    expect(failureIn(answer)).toMatchObject({
      kind: 'forbidden',
      message: 'Tried to list images; Azure answered 403 PermissionDenied: No role.',
    });
  });

  it('cannot lead the token elsewhere by the link to a next page', async () => {
    const next = 'https://example.com/supportedimages';
    const answer = await readBatch(cloud.arm, 'list images', { endpoint: await endpoint(), path: next });
    expect(failureIn(answer)).toMatchObject({ kind: 'rejected', code: 'ForeignUrl' });
    expect(cloud.scopes).toEqual([]);
  });
});

describe('a raw call', () => {
  it('refuses to send the app’s token anywhere but to ARM', async () => {
    const outcome = await callArm(cloud.arm, 'follow an operation', { method: 'GET', url: 'https://example.com/a' });
    expect(failureIn(outcome)).toMatchObject({ kind: 'rejected', code: 'ForeignUrl' });
    expect(cloud.scopes).toEqual([]);
  });

  it('follows a whole URL of ARM', async () => {
    const answer = await callArm(cloud.arm, 'look', { method: 'GET', url: `${cloud.origin}${GROUP}` });
    expect(valueOf(answer)).toMatchObject({ status: 200, body: { name: 'rg-images' } });
  });

  it('is a failure from 400 on, with Azure’s code and message', async () => {
    const url = GROUP.replace('rg-images', 'rg-none');
    const failure = failureIn(await callArm(cloud.arm, 'read the group', { method: 'GET', url }));
    expect(failure).toMatchObject({ kind: 'notFound', code: 'ResourceGroupNotFound', status: 404 });
    expect(failure.message).toContain('Tried to read the group; Azure answered 404 ResourceGroupNotFound');
  });
});

it('reads why an operation failed at its own record', async () => {
  cloud.azure.faults.add({ kind: 'failOperation', code: 'StorageBusy', message: 'Too many requests on source.' });
  const { operationUrl = '' } = valueOf(await snapshotClient(cloud.arm).put(snapshotSpec()));
  expect(valueOf(await operationError(cloud.arm, operationUrl))).toBeUndefined();
  cloud.pass(4);
  expect(valueOf(await operationError(cloud.arm, operationUrl))).toEqual({
    code: 'StorageBusy',
    message: 'Too many requests on source.',
  });
});
