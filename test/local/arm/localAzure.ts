/** A simulator over TLS with the real SDK clients in front of it, closed when the test file is done. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import { BatchManagementClient } from '@azure/arm-batch';
import { ComputeManagementClient } from '@azure/arm-compute';
import type { ResourceEvent } from '../../../local/arm/events';
import { AzureSimulator, type SimulatorOptions } from '../../../local/arm/simulator';
import { SteppedClock } from '../../../local/clock';
import { unsignedToken } from '../../../local/identity/managedIdentity';
import { ensureCertificate } from '../../../local/tls/certificate';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const FOREIGN = '22222222-2222-4222-8222-222222222222';
export const START_MS = Date.parse('2026-11-21T08:00:00Z');
const MINUTE_MS = 60_000;

export const worldText = readFileSync(join(__dirname, '../../../local/world.json'), 'utf8');

export const idOf = (group: string, path: string, subscription = SUBSCRIPTION): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${path}`;
export const diskId = (name: string): string => idOf('rg-render', `Microsoft.Compute/disks/${name}`);
export const snapshotId = (name: string): string => idOf('rg-images', `Microsoft.Compute/snapshots/${name}`);
export const imageId = (name: string): string => idOf('rg-images', `Microsoft.Compute/images/${name}`);
export const definitionId = (name: string): string =>
  idOf('rg-images', `Microsoft.Compute/galleries/gal_render/images/${name}`);
export const accountId = (name: string): string => idOf('rg-batch', `Microsoft.Batch/batchAccounts/${name}`);

const folder = mkdtempSync(join(tmpdir(), 'local-azure-'));
const certificate = ensureCertificate(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const credential = {
  getToken: () => {
    const { token, expiresOn } = unsignedToken('https://management.azure.com');
    return Promise.resolve({ token, expiresOnTimestamp: expiresOn * 1000 });
  },
};

/** For clients beside the usual two. */
interface ClientSettings {
  readonly credential: typeof credential;
  readonly options: { readonly endpoint: string; readonly retryOptions: { readonly maxRetries: number } };
}

export interface LocalAzure {
  readonly clock: SteppedClock;
  readonly azure: AzureSimulator;
  readonly origin: string;
  readonly compute: ComputeManagementClient;
  readonly batch: BatchManagementClient;
  readonly events: ResourceEvent[];
  readonly clientSettings: ClientSettings;
  pass(minutes: number): void;
  close(): Promise<void>;
}

export async function startLocalAzure(options: Partial<SimulatorOptions> = {}): Promise<LocalAzure> {
  const { key, cert } = await certificate;
  setDefaultCACertificates([...getCACertificates('bundled'), cert]);
  const clock = new SteppedClock(START_MS);
  const events: ResourceEvent[] = [];
  const world: unknown = JSON.parse(worldText);
  const azure = new AzureSimulator({
    clock,
    world,
    tls: { key, cert },
    emit: (event) => events.push(event),
    ...options,
  });
  const origin = await azure.listen();
  const shared = { endpoint: origin, retryOptions: { maxRetries: 0 } };
  const compute = new ComputeManagementClient(credential, SUBSCRIPTION, shared);
  const batch = new BatchManagementClient(credential, SUBSCRIPTION, {
    ...shared,
    credentialScopes: 'https://management.azure.com/.default',
  });
  return {
    clock,
    azure,
    origin,
    compute,
    batch,
    events,
    clientSettings: { credential, options: shared },
    pass: (minutes) => clock.advanceTo(clock.nowMs() + minutes * MINUTE_MS),
    close: () => azure.close(),
  };
}

/** What the SDK throws, as far as tests look at it. */
export async function refusalOf(
  attempt: PromiseLike<unknown>,
): Promise<{ status: unknown; code: unknown; text: string }> {
  try {
    await attempt;
  } catch (error) {
    const found: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
    const text = `${error instanceof Error ? error.message : String(error)} ${JSON.stringify(found['details'] ?? '')}`;
    return { status: found['statusCode'], code: found['code'], text };
  }
  throw new Error('Expected a refusal, but the request succeeded.');
}

/** A request past the SDK: for paths, versions and headers that the SDK never sends. */
export async function ask(
  { origin }: Pick<LocalAzure, 'origin'>,
  method: string,
  path: string,
  init: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { token } = unsignedToken('https://management.azure.com/');
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
