/** Azure without the app: the simulator on a stepped clock, with the real SDK clients in front of it, for baselines. */
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BatchManagementClient } from '@azure/arm-batch';
import { ComputeManagementClient } from '@azure/arm-compute';
import { AzureSimulator, type SimulatorOptions } from '../../local/arm/simulator';
import { SteppedClock } from '../../local/clock';
import { unsignedToken } from '../../local/identity/managedIdentity';
import { ensureCertificate } from '../../local/tls/certificate';
import { inFolder, SUBSCRIPTION } from '../scene';
import { onClock, type Underway } from './onClock';

/** Stories of the app begin here, too: what is due at an instant is due at the same one. */
export const START_MS = Date.parse('2026-11-21T07:30:00.000Z');

const ARM_SCOPE = 'https://management.azure.com/.default';

const credential = {
  getToken: (scopes: string | string[]) => {
    const audience = [scopes].flat()[0]?.replace(/\/\.default$/, '') ?? '';
    const { token, expiresOn } = unsignedToken(audience);
    return Promise.resolve({ token, expiresOnTimestamp: expiresOn * 1_000 });
  },
};

type Handler<Request, Response> = (request: Request) => Promise<Response>;

const counting = (underway: Underway) => ({
  position: 'perRetry' as const,
  policy: {
    name: 'counting',
    sendRequest: async <Request, Response>(request: Request, next: Handler<Request, Response>): Promise<Response> => {
      underway.sent += 1;
      try {
        return await next(request);
      } finally {
        underway.answered += 1;
      }
    },
  },
});

export interface AzureAlone {
  readonly azure: AzureSimulator;
  readonly clock: SteppedClock;
  readonly origin: string;
  readonly compute: ComputeManagementClient;
  readonly batch: BatchManagementClient;
  /** Lets the work's timers, those of the SDK among them, run on the stepped clock; answers with the Azure time it took. */
  timed(work: () => Promise<void>): Promise<number>;
}

type Options = Omit<SimulatorOptions, 'clock' | 'tls'>;

export async function withAzureAlone<T>(options: Options, work: (alone: AzureAlone) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const { key, cert } = await ensureCertificate(join(folder, 'tls'));
    setDefaultCACertificates([...getCACertificates('bundled'), cert]);
    const clock = new SteppedClock(START_MS);
    const azure = new AzureSimulator({ ...options, clock, tls: { key, cert } });
    const origin = await azure.listen();
    try {
      return await work({ azure, clock, origin, ...clientsAt(origin, azure, clock) });
    } finally {
      await azure.close();
    }
  });
}

function clientsAt(endpoint: string, azure: AzureSimulator, clock: SteppedClock) {
  const underway: Underway = { sent: 0, answered: 0 };
  const additionalPolicies = [counting(underway)];
  return {
    compute: new ComputeManagementClient(credential, SUBSCRIPTION, {
      endpoint,
      credentials: { scopes: [ARM_SCOPE] },
      additionalPolicies,
    }),
    batch: new BatchManagementClient(credential, SUBSCRIPTION, {
      endpoint,
      credentialScopes: ARM_SCOPE,
      additionalPolicies,
    }),
    timed: (work: () => Promise<void>) => onClock({ azure, clock, underway }, work),
  };
}

/** A plain request, as the caller that the clients have. */
export async function ask(url: string, audience: string, init: { method?: string; body?: unknown } = {}) {
  const response = await fetch(url, {
    method: init.method ?? 'GET',
    headers: { authorization: `Bearer ${unsignedToken(audience).token}`, 'content-type': 'application/json' },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url} was answered with ${response.status}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
