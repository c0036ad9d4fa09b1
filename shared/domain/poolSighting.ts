/** Whether a pool has reached what it was asked for, read from what Azure says of it. */
import type { NodeCounts } from './growth/poolLook';
import type { Sighting } from './sighting';

export interface PoolState {
  readonly provisioningState?: string | undefined;
  readonly allocationState?: string | undefined;
  readonly dedicatedNodes: number;
  readonly spotNodes: number;
  /** Errors of the last resize; Azure sets them only when the pool is steady (rest/api/batchmanagement/pool/get). */
  readonly resizeErrors: readonly { readonly code: string; readonly message: string; readonly details: string }[];
  readonly autoScaleRun?: { readonly error?: { readonly code: string; readonly message: string } };
}

/** A pool is ready when it is steady with all of its nodes: steady alone is what a failed resize looks like, too. */
export function sightPool({ targets }: { readonly targets?: NodeCounts }, pool: PoolState): Sighting {
  const steady = pool.allocationState === 'Steady';
  if (targets === undefined) return sightFormulaPool(pool, steady);
  const reached = pool.dedicatedNodes >= targets.dedicated && pool.spotNodes >= targets.spot;
  const progress = `${pool.dedicatedNodes + pool.spotNodes} of ${targets.dedicated + targets.spot} nodes`;
  if (!steady) return { state: 'underway', progress };
  if (reached) return { state: 'ready' };
  const [first] = pool.resizeErrors;
  // Steady without errors below the target: the resize has not started yet.
  if (!first) return { state: 'underway', progress };
  const told = pool.resizeErrors.map(
    ({ code, message, details }) => `${code}: ${message}${details && ` (${details})`}`,
  );
  return { state: 'failed', code: first.code, message: `The pool is steady at ${progress}. ${told.join(' ')}` };
}

/** Its formula decides the size, so it is ready once the formula has run. */
function sightFormulaPool({ autoScaleRun }: PoolState, steady: boolean): Sighting {
  if (autoScaleRun?.error) return { state: 'failed', ...autoScaleRun.error };
  return steady && autoScaleRun ? { state: 'ready' } : { state: 'underway', progress: 'formula not evaluated yet' };
}
