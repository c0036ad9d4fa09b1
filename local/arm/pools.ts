/** Microsoft.Batch/batchAccounts/pools: pools, which are written at once and resized over time. */
import { isDeepStrictEqual } from 'node:util';
import { planResize } from './allocation';
import { ArmError, invalidBatchProperty } from './armError';
import { accountOf, placeOf } from './batchAccounts';
import { minutesToMs } from './durations';
import type { ResourceKind, Site, Stored, WritePlan, WriteRequest } from './kind';
import { poolBody, poolPatch, type PoolInput } from './poolBody';
import { imageGone } from './obstacles';
import { findImage, isCustom } from './poolImages';
import { pagePools } from './poolPage';
import { checkReference } from './poolReferences';
import { showPool } from './poolShow';
import { POOL_API_VERSIONS, refuseOtherVersions } from './poolVersions';
import { parentOf } from './resourceId';
import { allocationStateAt, cutShort, isUnderway, nodesAt, sumOf, type Resize } from './resize';
import { resizeError } from './resizeErrors';
import { objectAt, readBody } from './schema';

export const POOL = 'Microsoft.Batch/batchAccounts/pools';

const conflict = (code: string, message: string): ArmError => new ArmError(409, code, message);

function accountFor(request: WriteRequest): Stored {
  const account = request.site.find(parentOf(request.id.key));
  if (account !== undefined) return account;
  throw new ArmError(404, 'ResourceNotFound', `The Batch account of the pool '${request.id.key}' was not found.`);
}

function refuseOverPoolQuota(account: Stored, site: Site): void {
  const { poolQuota } = accountOf(account).properties;
  if (site.childrenOf(account.id).length < poolQuota) return;
  throw conflict('PoolQuotaReached', 'The Batch account has reached its pool quota.');
}

/** terraform-provider-azurerm#7316: a pool takes no new target before it is steady. */
function refuseWhileResizing(existing: Stored, nowMs: number): void {
  if (existing.resize === undefined || !isUnderway(existing.resize, nowMs)) return;
  throw conflict('PoolBeingResized', 'The specified pool is being resized.');
}

/** The image may change from 2024-07-01 on, and only without nodes (batch-pool-update-properties.md). */
function refuseLiveImageChange(request: WriteRequest, existing: Stored): void {
  if (request.apiVersion < '2024-07-01') {
    const path = 'properties.deploymentConfiguration';
    throw invalidBatchProperty(path, `The property cannot be updated with API version ${request.apiVersion}.`);
  }
  refuseWhileResizing(existing, request.site.nowMs);
  if (existing.resize === undefined || sumOf(nodesAt(existing.resize, request.site.nowMs)) === 0) return;
  // UNCONFIRMED code: the documents state the rule, not the answer.
  throw conflict(
    'OperationInvalidForCurrentState',
    'The specified operation is not valid for the current state of the resource: deploymentConfiguration can only be ' +
      'updated when the pool has no nodes.',
  );
}

/** Whether this write asks for nodes: every creation and replacement, and a patch that has scaleSettings. */
function resizes(request: WriteRequest, input: PoolInput): boolean {
  const { existing } = request;
  if (existing?.resize === undefined) return true;
  if (request.method === 'PATCH') return objectAt(request.patch, 'properties')['scaleSettings'] !== undefined;
  return !isDeepStrictEqual(objectAt(existing.input, 'properties', 'scaleSettings'), input.properties.scaleSettings);
}

function put(request: WriteRequest): WritePlan {
  refuseOtherVersions(request.patch ?? request.input, request.apiVersion);
  const input = readBody(poolBody, request.input, 'batch');
  const { site, existing } = request;
  const account = accountFor(request);
  const patched = objectAt(request.patch, 'properties');
  checkReference(input.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference, {
    apiVersion: request.apiVersion,
    isSent: request.method === 'PUT' || patched['deploymentConfiguration'] !== undefined,
    place: placeOf(account),
    site,
  });
  if (existing === undefined) refuseOverPoolQuota(account, site);
  if (existing !== undefined && patched['deploymentConfiguration'] !== undefined)
    refuseLiveImageChange(request, existing);
  if (!resizes(request, input) && existing?.resize !== undefined) {
    return { input, properties: existing.properties, durationMs: 0, resize: existing.resize };
  }
  if (existing !== undefined) refuseWhileResizing(existing, site.nowMs);
  return { input, properties: existing?.properties ?? {}, durationMs: 0, resize: resizeOf(request, input, account) };
}

function resizeOf(request: WriteRequest, input: PoolInput, account: Stored): Resize {
  return planResize({
    input,
    account,
    pool: request.existing,
    poolKey: request.id.key,
    site: request.site,
    faults: request.faults,
    slowed: (ms) => request.slowed(ms),
  });
}

function pool(request: WriteRequest): { existing: Stored; resize: Resize } {
  const { existing } = request;
  if (existing?.resize !== undefined) return { existing, resize: existing.resize };
  throw new ArmError(404, 'PoolNotFound', 'The specified pool does not exist.');
}

function stopResize(request: WriteRequest): WritePlan {
  const { existing, resize } = pool(request);
  const { nowMs, durations } = request.site;
  const kept = { input: existing.input, properties: existing.properties, durationMs: 0 };
  if (allocationStateAt(resize, nowMs) !== 'Resizing') return { ...kept, resize };
  const error = resizeError({ code: 'ResizeStopped' });
  const endsMs = nowMs + minutesToMs(durations.stopResizeMinutes);
  return { ...kept, resize: { ...cutShort(resize, nowMs, endsMs, error), stoppingMs: nowMs } };
}

function disableAutoScale(request: WriteRequest): WritePlan {
  const { existing, resize } = pool(request);
  refuseWhileResizing(existing, request.site.nowMs);
  const nodes = nodesAt(resize, request.site.nowMs);
  const fixedScale = {
    targetDedicatedNodes: nodes.dedicated,
    targetLowPriorityNodes: nodes.lowPriority,
    resizeTimeout: 'PT15M',
  };
  const properties = { ...objectAt(existing.input, 'properties'), scaleSettings: { fixedScale } };
  return { input: { ...existing.input, properties }, properties: existing.properties, durationMs: 0, resize };
}

/** Nodes stop coming at the instant at which the image of a growing pool went away. */
export function interruptedBy(stored: Stored, site: Site): Resize | undefined {
  const { resize } = stored;
  if (resize === undefined || site.nowMs >= resize.endsMs || sumOf(resize.to) <= sumOf(resize.from)) return undefined;
  const input = poolBody.safeParse(stored.input);
  const account = site.find(parentOf(stored.key));
  if (account === undefined || !input.success) return undefined;
  const { imageReference } = input.data.properties.deploymentConfiguration.virtualMachineConfiguration;
  if (!isCustom(imageReference) || findImage(imageReference, placeOf(account), site) !== undefined) return undefined;
  const endsMs = Math.max(resize.startedMs, site.nowMs) + minutesToMs(site.durations.allocationFailureMinutes);
  return cutShort(resize, site.nowMs, endsMs, imageGone(imageReference));
}

export const pools: ResourceKind = {
  type: POOL,
  apiVersions: POOL_API_VERSIONS,
  dialect: 'batch',
  body: poolBody,
  readOnly: [
    'lastModified',
    'creationTime',
    'provisioningState',
    'provisioningStateTransitionTime',
    'allocationState',
    'allocationStateTransitionTime',
    'currentDedicatedNodes',
    'currentLowPriorityNodes',
    'autoScaleRun',
    'resizeOperationStatus',
    'currentNodeCommunicationMode',
  ].map((name) => `properties.${name}`),
  lists: ['parent'],
  queries: { list: ['maxresults', '$select', '$filter', '$skipToken'] },
  /** learn: batchmanagement/pool/create */
  name: /^[a-zA-Z0-9_-]{1,64}$/,
  put,
  patch: poolPatch,
  actions: { stopResize, disableAutoScale },
  remove: (_, site) => ({ durationMs: minutesToMs(site.durations.poolDeleteMinutes) }),
  show: showPool,
  page: pagePools,
};
