/** The data plane of a Batch account: its own server, tokens, errors, and the images that Batch supports. */
import { z } from 'zod';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import { accountId, ask, refusalOf, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';

const BATCH = 'https://batch.core.windows.net/';
const VERSION = '2024-07-01.20.0';

let local: LocalAzure;
let endpoint: string;
beforeEach(async () => {
  local = await startLocalAzure({ controlDoor: true });
  endpoint = await endpointOf('batchrender');
});
afterEach(() => local.close());

async function endpointOf(account: string): Promise<string> {
  const { accountEndpoint } = await local.batch.batchAccountOperations.get('rg-batch', account);
  return `https://${accountEndpoint ?? ''}`;
}

const bearer = (audience: string): Record<string, string> => ({
  authorization: `Bearer ${unsignedToken(audience).token}`,
});

interface Given {
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly path?: string;
}

const ID = '11111111-1111-8111-8111-111111111111';

const images = ({ query = '', headers = bearer(BATCH), method = 'GET', path = '/supportedimages' }: Given = {}) =>
  ask({ origin: endpoint }, method, `${path}?api-version=${VERSION}${query}`, { headers });

const page = z.looseObject({
  'odata.metadata': z.string(),
  value: z.array(z.looseObject({ nodeAgentSKUId: z.string(), imageReference: z.record(z.string(), z.string()) })),
  'odata.nextLink': z.string().optional(),
});

test('every account has an endpoint of its own, whatever the world says', async () => {
  expect(endpoint).toMatch(/^https:\/\/localhost:\d+$/);
  expect(await endpointOf('batchnorth')).not.toBe(endpoint);
  const found = await ask(local, 'GET', `${accountId('batchrender')}?api-version=2024-07-01`);
  expect(found.body).toMatchObject({ properties: { accountEndpoint: endpoint.slice('https://'.length) } });
});

test('supported images are listed with their agents', async () => {
  const { status, body, headers } = await images({ query: '&maxresults=1000' });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('odata=minimalmetadata');
  const found = page.parse(body);
  expect(found['odata.metadata']).toBe(`${endpoint}/$metadata#supportedimages`);
  expect(found['odata.nextLink']).toBeUndefined();
  expect(found.value).toContainEqual({
    nodeAgentSKUId: 'batch.node.ubuntu 24.04',
    imageReference: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
    osType: 'linux',
    capabilities: ['DockerCompatible'],
    verificationType: 'verified',
  });
});

test.each([
  { sku: '22_04-lts-gen2', more: { batchSupportEndOfLife: '2027-06-30T00:00:00Z' } },
  { sku: '2016-datacenter', more: { osType: 'windows', batchSupportEndOfLife: '2027-01-12T00:00:00Z' } },
  { sku: '8-gen2', more: { nodeAgentSKUId: 'batch.node.el 8', batchSupportEndOfLife: '2026-12-31T00:00:00Z' } },
  { sku: '20_04-lts-gen2', more: { batchSupportEndOfLife: '2026-06-30T00:00:00Z' } },
  { sku: '9-base', more: { verificationType: 'unverified' } },
])('$sku is listed with what is special about it', async ({ sku, more }) => {
  const { value } = page.parse((await images()).body);
  expect(value.find(({ imageReference }) => imageReference['sku'] === sku)).toMatchObject(more);
});

test('in pages, and filtered', async () => {
  const all = page.parse((await images()).body).value;
  const first = page.parse((await images({ query: '&maxresults=12' })).body);
  const next = new URL(first['odata.nextLink'] ?? '');
  const second = await ask({ origin: next.origin }, 'GET', next.pathname + next.search, { headers: bearer(BATCH) });
  expect([...first.value, ...page.parse(second.body).value]).toEqual(all);
  const verified = page.parse((await images({ query: "&$filter=verificationType eq 'verified'" })).body).value;
  expect(verified.length).toBeLessThan(all.length);
});

test.each(['https://batch.core.windows.net', BATCH])('a token for %p is taken', async (audience) => {
  expect((await images({ headers: bearer(audience) })).status).toBe(200);
});

const refused: { label: string; given: Given; status: number; code: string }[] = [
  { label: 'no token', given: { headers: { authorization: '' } }, status: 401, code: 'AuthenticationFailed' },
  {
    label: 'a token for ARM',
    given: { headers: bearer('https://management.azure.com/') },
    ...{ status: 401, code: 'AuthenticationFailed' },
  },
  { label: 'an unknown parameter', given: { query: '&top=1' }, status: 501, code: 'NotSupportedByLocalAzure' },
  { label: 'another filter', given: { query: "&$filter=sku eq 'x'" }, status: 501, code: 'NotSupportedByLocalAzure' },
  { label: 'another path', given: { path: '/jobs' }, status: 501, code: 'NotSupportedByLocalAzure' },
  { label: 'another method', given: { method: 'POST' }, status: 501, code: 'NotSupportedByLocalAzure' },
];

const refusal = z.strictObject({
  'odata.metadata': z.string().endsWith('/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element'),
  code: z.string(),
  message: z.strictObject({
    lang: z.literal('en-US'),
    value: z.string().regex(/\nRequestId:[0-9a-f-]{36}\nTime:2026-11-21T/),
  }),
});

test.each(refused)('$label is refused in the words of the data plane', async ({ given, status, code }) => {
  const answer = await images(given);
  expect({ status: answer.status, code: refusal.parse(answer.body).code }).toEqual({ status, code });
});

test.each([
  { version: '', code: 'MissingRequiredQueryParameter' },
  { version: '?api-version=2024-07-01', code: 'InvalidQueryParameterValue' },
])('api-version %p is refused', async ({ version, code }) => {
  const answer = await ask({ origin: endpoint }, 'GET', `/supportedimages${version}`, { headers: bearer(BATCH) });
  expect(answer).toMatchObject({ status: 400, body: { code } });
});

test('a token for Batch is not taken by ARM', async () => {
  const path = `${accountId('batchrender')}?api-version=2024-07-01`;
  expect(await ask(local, 'GET', path, { headers: bearer(BATCH) })).toMatchObject({ status: 401 });
});

test('a right at the account is needed, as an action or a data action', async () => {
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  const read = 'Microsoft.Batch/batchAccounts/*';
  local.azure.setGrants([{ scope: accountId('batchnorth'), actions: [read] }]);
  expect(await images()).toMatchObject({ status: 403, body: { code: 'PermissionDenied' } });
  local.azure.setGrants([{ scope, dataActions: [read] }]);
  expect(await images()).toMatchObject({ status: 200 });
  local.azure.setGrants([{ scope: accountId('batchrender'), actions: [read] }]);
  expect(await images()).toMatchObject({ status: 200 });
});

test.each([
  {
    sent: 'an id that is to come back',
    asked: { 'client-request-id': ID, 'return-client-request-id': 'true' },
    isKnown: true,
    comesBack: ID,
  },
  { sent: 'an id', asked: { 'client-request-id': ID }, isKnown: true, comesBack: null },
  { sent: 'no id', asked: { 'return-client-request-id': 'true' }, isKnown: false, comesBack: null },
])('with $sent: it knows the call by the caller’s id, and answers with that when asked to', async (row) => {
  const { headers } = await images({ headers: { ...bearer(BATCH), ...row.asked } });
  expect(headers.get('client-request-id')).toBe(row.comesBack);
  expect(local.azure.calls.at(-1)?.correlationId === ID).toBe(row.isKnown);
});

test('faults strike it, and calls show it, under the name of its account', async () => {
  local.azure.faults.add({
    kind: 'answer',
    path: '/_batch/batchrender/supportedimages',
    status: 503,
    code: 'ServerBusy',
  });
  expect(await images()).toMatchObject({ status: 503, body: { code: 'ServerBusy', message: { lang: 'en-US' } } });
  expect((await images()).status).toBe(200);
  local.azure.faults.add({ kind: 'reset', path: '/_batch/' });
  await expect(images()).rejects.toThrow();
  const calls = local.azure.calls.filter(({ path }) => path.startsWith('/_batch/'));
  expect(calls.map(({ path, status }) => `${path} ${status}`)).toEqual([
    '/_batch/batchrender/supportedimages 503',
    '/_batch/batchrender/supportedimages 200',
    '/_batch/batchrender/supportedimages 0',
  ]);
});

test('it has no control door', async () => {
  expect((await images({ method: 'DELETE', path: '/_control/faults' })).status).toBe(501);
});

test('the endpoint of an account that is gone leads nowhere, and neither does that of a closed simulator', async () => {
  local.azure.deleteBehindTheBack(accountId('batchrender'));
  await expect(images()).rejects.toThrow();
  endpoint = await endpointOf('batchnorth');
  await local.close();
  await expect(images()).rejects.toThrow();
  expect((await refusalOf(local.batch.location.getQuotas('westeurope'))).status).toBeUndefined();
});
