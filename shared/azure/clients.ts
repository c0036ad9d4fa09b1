/** The SDK clients, made when first needed: one pair for each subscription, one credential for all. */
import { BatchManagementClient } from '@azure/arm-batch';
import { ComputeManagementClient } from '@azure/arm-compute';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
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

export interface Arm {
  readonly settings: ArmSettings;
  clientsFor(subscriptionId: string): ArmClients;
  /**
   * Sends a request as it is, with the app's token. Not by a client's own pipeline: BatchManagementClient writes its
   * API version over that of every request.
   */
  send(request: PipelineRequest): Promise<PipelineResponse>;
}

/**
 * The SDKs must not wait or retry themselves: an activity that sleeps is billed, and a Retry-After of minutes would
 * outlive it. The orchestrator waits on durable timers instead.
 */
const NO_RETRIES = { retryOptions: { maxRetries: 0 } };

export function createArm(settings: ArmSettings, credential: TokenCredential = new DefaultAzureCredential()): Arm {
  const known = new Map<string, ArmClients>();
  const http = createDefaultHttpClient();
  const pipeline = createPipelineFromOptions(NO_RETRIES);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: settings.armScope }));
  return {
    settings,
    clientsFor: (subscriptionId) => {
      const key = subscriptionId.toLowerCase();
      const clients = known.get(key) ?? createClients(settings, credential, subscriptionId);
      known.set(key, clients);
      return clients;
    },
    send: (request) => pipeline.sendRequest(http, request),
  };
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
