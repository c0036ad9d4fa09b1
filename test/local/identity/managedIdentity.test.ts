/** The managed identity endpoint, with the real credential in front of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ComputeManagementClient } from '@azure/arm-compute';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { AzureSimulator } from '../../../local/arm/simulator';
import { SteppedClock } from '../../../local/clock';
import { ManagedIdentityEndpoint } from '../../../local/identity/managedIdentity';
import { ensureCertificate } from '../../../local/tls/certificate';

const folder = mkdtempSync(join(tmpdir(), 'local-identity-'));
const before = { ...process.env };
let identity: ManagedIdentityEndpoint;
let endpoint: string;

/** One endpoint for all tests: MSAL keeps the first one it meets for the life of the process. */
beforeAll(async () => {
  identity = new ManagedIdentityEndpoint({ header: 'local' });
  endpoint = await identity.listen();
  process.env['IDENTITY_ENDPOINT'] = endpoint;
  process.env['IDENTITY_HEADER'] = 'local';
  process.env['AZURE_TOKEN_CREDENTIALS'] = 'ManagedIdentityCredential';
});
afterAll(async () => {
  process.env = { ...before };
  await identity.close();
  rmSync(folder, { recursive: true, force: true });
});

test('DefaultAzureCredential gets a token that the simulator takes, over TLS that the file vouches for', async () => {
  const { key, cert, caFile } = await ensureCertificate(folder);
  setDefaultCACertificates([...getCACertificates('bundled'), readFileSync(caFile, 'utf8')]);
  const world: unknown = JSON.parse(readFileSync(join(__dirname, '../../../local/world.json'), 'utf8'));
  const azure = new AzureSimulator({ clock: new SteppedClock(0), world, tls: { key, cert } });
  const origin = await azure.listen();
  const compute = new ComputeManagementClient(new DefaultAzureCredential(), '11111111-1111-4111-8111-111111111111', {
    endpoint: origin,
    retryOptions: { maxRetries: 0 },
  });
  expect((await compute.virtualMachines.get('rg-render', 'vm-render-base')).name).toBe('vm-render-base');
  expect(identity.tokensAsked).toEqual([{ resource: 'https://management.azure.com' }]);
  await azure.close();
});

test('a user-assigned identity is asked for by its client id', async () => {
  const clientId = '44444444-4444-4444-8444-444444444444';
  const token = await new ManagedIdentityCredential({ clientId }).getToken('https://servicebus.azure.net/.default');
  expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  expect(identity.tokensAsked.at(-1)).toEqual({ resource: 'https://servicebus.azure.net', clientId });
});

const query = '?api-version=2019-08-01&resource=https://management.azure.com';
const refused = [
  { label: 'the wrong header', path: query, header: 'wrong', status: 401 },
  { label: 'no header', path: query, header: undefined, status: 401 },
  { label: 'another api-version', path: '?api-version=2017-09-01&resource=x', header: 'local', status: 400 },
  { label: 'no resource', path: '?api-version=2019-08-01', header: 'local', status: 400 },
  { label: 'another path', path: '/more', header: 'local', status: 404 },
];

test.each(refused)('$label is refused', async ({ path, header, status }) => {
  const askedBefore = identity.tokensAsked.length;
  const headers = header === undefined ? {} : { 'x-identity-header': header };
  expect((await fetch(endpoint + path, { headers })).status).toBe(status);
  expect(identity.tokensAsked).toHaveLength(askedBefore);
});

test('faults strike as many requests as asked for, then tokens are given again', async () => {
  const headers = { 'x-identity-header': 'local' };
  const status = async (): Promise<number | undefined> =>
    fetch(endpoint + query, { headers }).then(
      (response) => response.status,
      () => undefined,
    );
  identity.answerWith(500, 2);
  identity.answerWith(0);
  expect([await status(), await status(), await status()]).toEqual([500, 500, undefined]);
  expect(identity.faultsLeft).toBe(0);
  expect(await status()).toBe(200);
});

test('a certificate is made once per folder, also by those who ask together', async () => {
  const together = join(folder, 'together');
  const made = await Promise.all([1, 2, 3].map(() => ensureCertificate(together)));
  const again = await ensureCertificate(together);
  for (const certificate of made) expect(certificate).toEqual(again);
  expect(readFileSync(again.caFile, 'utf8')).toBe(again.cert);
});
