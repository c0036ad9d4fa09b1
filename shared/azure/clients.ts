/** The SDK clients, made when first needed: one pair for each subscription, one credential for all. */
import { BatchManagementClient } from '@azure/arm-batch';
import { ComputeManagementClient } from '@azure/arm-compute';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { isAllowed, type Scope } from '../domain/scope';
import { armTracePolicy, batchTracePolicy } from './callTrace';
import { OutsideAllowList } from './failure';

export interface ArmSettings {
  /** Such as `https://management.azure.com`, without a trailing slash. */
  readonly armEndpoint: string;
  /** Token scope of Azure Resource Manager. */
  readonly armScope: string;
  /** API version of the Batch Management calls. */
  readonly batchApiVersion: string;
  /** Token scope of the data plane of Batch accounts. */
  readonly batchScope: string;
  /** API version of the calls to the data plane of Batch accounts. */
  readonly batchDataApiVersion: string;
  /** Nothing outside of these subscriptions and resource groups is called. */
  readonly allowedScopes: readonly Scope[];
  /** After which a call without an answer is given up, and later made again. */
  readonly armTimeoutSeconds: number;
  /** An image version gets one replica for so many nodes of its pool. */
  readonly nodesPerReplica: number;
  /** Nodes that are unusable or whose start task failed, in percent of all; more of them make a pool a failure. */
  readonly mostUnusablePercent: number;
  /** A pool of more nodes gets no image version of replication mode `Shallow`. */
  readonly shallowMostNodes: number;
  /** API version that pools straight on managed images are sent with. */
  readonly managedImageApiVersion: string;
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
  /** Sends a request to the data plane of a Batch account, with a token for that. */
  sendToBatch(request: PipelineRequest): Promise<PipelineResponse>;
}

/**
 * The SDKs must not wait or retry themselves: an activity that sleeps is billed, and a Retry-After of minutes would
 * outlive it. The orchestrator waits on durable timers instead.
 */
const NO_RETRIES = { retryOptions: { maxRetries: 0 } };

export function createArm(settings: ArmSettings, credential: TokenCredential = new DefaultAzureCredential()): Arm {
  const known = new Map<string, ArmClients>();
  const http = createDefaultHttpClient();
  const { armScope, armTimeoutSeconds, batchScope } = settings;
  const toArm = pipelineFor(credential, armScope, armTimeoutSeconds);
  toArm.addPolicy(allowListPolicy(settings));
  toArm.addPolicy(armTracePolicy);
  const toBatch = pipelineFor(credential, batchScope, Math.min(armTimeoutSeconds, MOST_DATA_PLANE_SECONDS));
  toBatch.addPolicy(batchTracePolicy);
  return {
    settings,
    clientsFor: (subscriptionId) => {
      const key = subscriptionId.toLowerCase();
      const clients = known.get(key) ?? createClients(settings, credential, subscriptionId);
      known.set(key, clients);
      return clients;
    },
    send: (request) => toArm.sendRequest(http, request),
    sendToBatch: (request) => toBatch.sendRequest(http, request),
  };
}

function pipelineFor(credential: TokenCredential, scopes: string, timeoutSeconds: number): Pipeline {
  const pipeline = createPipelineFromOptions(NO_RETRIES);
  pipeline.addPolicy(timeoutPolicy(timeoutSeconds));
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }));
  return pipeline;
}

/** Takes its subscriptions in the body, where the app puts none that are not on the list (resourceGraph.ts). */
export const RESOURCE_GRAPH_PATH = '/providers/Microsoft.ResourceGraph/resources';

/** Ids also come from Azure (a VM names its disks); none of them leads the app to where it has no business. */
const allowListPolicy = ({ allowedScopes }: ArmSettings): PipelinePolicy => ({
  name: 'allowList',
  sendRequest: (request, next) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    if (path !== RESOURCE_GRAPH_PATH && !isAllowed(path, allowedScopes)) throw new OutsideAllowList(path);
    return next(request);
  },
});

/** A data plane behind a private endpoint may never answer, and a build can do without it: it gets less time. */
const MOST_DATA_PLANE_SECONDS = 10;

/** The SDKs wait for an answer for ever, and a function that hangs is killed together with all others of its worker. */
const timeoutPolicy = (seconds: number): PipelinePolicy => ({
  name: 'timeout',
  sendRequest: (request, next) => {
    // Not `request.timeout`: its timer outlives a request that failed, and keeps the process from ending.
    request.abortSignal ??= AbortSignal.timeout(seconds * 1_000);
    return next(request);
  },
});

function createClients(settings: ArmSettings, credential: TokenCredential, subscriptionId: string): ArmClients {
  const { armEndpoint: endpoint, armScope, batchApiVersion: apiVersion } = settings;
  const policies = [timeoutPolicy(settings.armTimeoutSeconds), allowListPolicy(settings), armTracePolicy];
  const additionalPolicies = policies.map((policy) => ({ policy, position: 'perCall' as const }));
  return {
    compute: new ComputeManagementClient(credential, subscriptionId, {
      endpoint,
      credentials: { scopes: [armScope] },
      additionalPolicies,
      ...NO_RETRIES,
    }),
    batch: new BatchManagementClient(credential, subscriptionId, {
      endpoint,
      credentialScopes: armScope,
      additionalPolicies,
      apiVersion,
      ...NO_RETRIES,
    }),
  };
}
