/** The app's clients with a scripted Azure Resource Manager instead of the network: for what no simulator needs to say. */
import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { createArm, type Arm } from '../../shared/azure/clients';
import type { Scope } from '../../shared/domain/scope';
import { SUBSCRIPTION } from './build';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Asked {
  readonly url: URL;
  readonly body: unknown;
}

export function scriptedArm(
  answer: (asked: Asked, nth: number) => Answer,
  allowedScopes: readonly Scope[] = [{ subscriptionId: SUBSCRIPTION }],
): { readonly arm: Arm; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const settings = {
    armEndpoint: 'https://management.azure.com',
    armScope: 'https://management.azure.com/.default',
    batchApiVersion: '2025-06-01',
    armTimeoutSeconds: 60,
    nodesPerReplica: 300,
    mostUnusablePercent: 20,
    shallowMostNodes: 10,
    managedImageApiVersion: '2019-08-01',
    batchScope: 'https://batch.core.windows.net/.default',
    batchDataApiVersion: '2024-07-01.20.0',
    allowedScopes,
  };
  const arm = createArm(settings, { getToken: () => Promise.reject(new Error('No token is needed here.')) });
  const send = (request: PipelineRequest) => {
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : undefined;
    asked.push({ url: new URL(request.url), body });
    const { status = 200, headers = {}, body: answered } = answer({ url: new URL(request.url), body }, asked.length);
    const bodyAsText = answered === undefined ? '' : JSON.stringify(answered);
    return Promise.resolve({ request, status, headers: createHttpHeaders({ ...headers }), bodyAsText });
  };
  return { arm: { ...arm, send }, asked };
}
