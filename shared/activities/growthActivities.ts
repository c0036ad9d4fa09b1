/** The activities of a pool that grows: look, resize, diagnose and count, each safe to run twice. */
import type { Arm } from '../azure/clients';
import { readNodeStates } from '../azure/nodeStates';
import { readDiagnosis } from '../azure/poolDiagnosis';
import { lookAtNodes, sendResize } from '../azure/poolNodes';
import type { ResizeAnswer, ResizeOrder } from '../domain/growth/growthJob';
import { succeed, type Outcome } from '../domain/outcome';

export function createGrowthActivities(arm: Arm) {
  return {
    lookAtPool: (poolId: string) => lookAtNodes(arm, poolId),
    resizePool: (order: ResizeOrder) => resize(arm, order),
    diagnosePool: (poolId: string) => readDiagnosis(arm, poolId),
    countNodes: (poolId: string) => readNodeStates(arm, poolId),
  };
}

/** Looks first: an earlier try whose answer was lost has set the pool in motion, and is not sent again. */
async function resize(arm: Arm, order: ResizeOrder): Promise<Outcome<ResizeAnswer>> {
  const before = await lookAtNodes(arm, order.poolId);
  if (!before.ok) return before;
  const { allocationState, formula } = before.value;
  // A PATCH of targets would take a formula away.
  if (allocationState !== 'Steady' || formula) return succeed({ state: 'busy' });
  return sendResize(arm, order, before.value);
}
