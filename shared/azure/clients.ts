/** The SDK clients, made when first needed: one pair for each subscription, one credential for all. */
import { BatchManagementClient } from '@azure/arm-batch';
import { ComputeManagementClient } from '@azure/arm-compute';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';

export interface ArmSettings {
  /** Such as `https://management.azure.com`, without a trailing slash. */
  readonly armEndpoint: string;
  /** Token scope of Azure Resource Manager. */
  readonly armScope: string;
  /** API version of the Batch Management calls. */
  readonly batchApiVersion: string;
}

export interface ArmClients {
  readonly compute: ComputeManagementClient;
  readonly batch: BatchManagementClient;
}

/** Gives the clients for a subscription. */
export type Arm = { readonly settings: ArmSettings } & ((subscriptionId: string) => ArmClients);

/**
 * The SDKs must not wait or retry themselves: an activity that sleeps is billed, and a Retry-After of minutes would
 * outlive it. The orchestrator waits on durable timers instead.
 */
const NO_RETRIES = { retryOptions: { maxRetries: 0 } };

export function createArm(settings: ArmSettings, credential?: TokenCredential): Arm {
  const known = new Map<string, ArmClients>();
  let shared = credential;
  const clientsFor = (subscriptionId: string): ArmClients => {
    shared ??= new DefaultAzureCredential();
    const key = subscriptionId.toLowerCase();
    const clients = known.get(key) ?? createClients(settings, shared, subscriptionId);
    known.set(key, clients);
    return clients;
  };
  return Object.assign(clientsFor, { settings });
}

function createClients(settings: ArmSettings, credential: TokenCredential, subscriptionId: string): ArmClients {
  const { armEndpoint: endpoint, armScope, batchApiVersion: apiVersion } = settings;
  return {
    compute: new ComputeManagementClient(credential, subscriptionId, {
      endpoint,
      credentials: { scopes: [armScope] },
      ...NO_RETRIES,
    }),
    batch: new BatchManagementClient(credential, subscriptionId, {
      endpoint,
      credentialScopes: armScope,
      apiVersion,
      ...NO_RETRIES,
    }),
  };
}
