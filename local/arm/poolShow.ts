/** What GET shows of a pool at an instant, beside what was sent: its nodes, its last resize, its formula's evaluation. */
import type { Json, Site, Stored } from './kind';
import { poolBody } from './poolBody';
import { allocationStateAt, nodesAt, resizeAt, stateSinceMs, type Resize } from './resize';
import { provisioningState as stateOf } from './state';

const iso = (ms: number): string => new Date(ms).toISOString();

export function showPool(stored: Stored, { nowMs }: Site): Json {
  const { resize, removal } = stored;
  const lifetime = {
    creationTime: iso(stored.createdMs),
    lastModified: iso(stored.changedMs),
    provisioningState: stateOf(stored, nowMs) === 'Deleting' ? 'Deleting' : 'Succeeded',
    provisioningStateTransitionTime: iso(removal?.startedMs ?? stored.createdMs),
  };
  if (resize === undefined) return { properties: lifetime };
  const nodes = nodesAt(resize, nowMs);
  const allocationState = allocationStateAt(resize, nowMs);
  const shown = resizeAt(resize, nowMs);
  return {
    properties: {
      ...lifetime,
      allocationState,
      allocationStateTransitionTime: iso(stateSinceMs(resize, nowMs)),
      currentDedicatedNodes: nodes.dedicated,
      currentLowPriorityNodes: nodes.lowPriority,
      currentNodeCommunicationMode: 'Simplified',
      resizeOperationStatus: resizeStatus(shown, allocationState === 'Steady'),
      ...autoScaleRun(stored, shown),
    },
  };
}

/** Errors show only on a steady pool (rest/api/batchmanagement/pool/get). */
function resizeStatus(resize: Resize, isSteady: boolean): Json {
  return {
    targetDedicatedNodes: resize.targets.dedicated,
    targetLowPriorityNodes: resize.targets.lowPriority,
    resizeTimeout: resize.resizeTimeout,
    nodeDeallocationOption: resize.nodeDeallocationOption ?? 'Requeue',
    startTime: iso(resize.startedMs),
    ...(isSteady && resize.errors.length > 0 ? { errors: resize.errors } : {}),
  };
}

function autoScaleRun(stored: Stored, { targets, startedMs, autoScaleError }: Resize): Json {
  const input = poolBody.safeParse(stored.input);
  if (!input.success || input.data.properties.scaleSettings.autoScale === undefined) return {};
  const evaluationTime = iso(startedMs);
  if (autoScaleError !== undefined) return { autoScaleRun: { evaluationTime, results: '', error: autoScaleError } };
  const results =
    `$TargetDedicatedNodes=${targets.dedicated};$TargetLowPriorityNodes=${targets.lowPriority};` +
    '$NodeDeallocationOption=requeue';
  return { autoScaleRun: { evaluationTime, results } };
}
