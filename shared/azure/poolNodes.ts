/** The nodes of a pool by Azure Resource Manager: one look at them, and the PATCH that begins a resize. */
import type { Pool, ResizeError as SdkResizeError } from '@azure/arm-batch';
import type { ResizeAnswer, ResizeOrder } from '../domain/growth/growthJob';
import type { PoolLook, ResizeError } from '../domain/growth/poolLook';
import { durationMinutes } from '../domain/isoDuration';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { callArm } from './armCall';
import type { Arm } from './clients';
import { optional, type Optional } from './optional';
import { poolPlace } from './poolResources';
import { isDeleting, look } from './resourceClient';

const resizeError = ({ code, message, details }: SdkResizeError): ResizeError => ({
  code,
  message,
  details: (details ?? []).map((detail) => ({ code: detail.code, message: detail.message })),
});

/** `$TargetDedicatedNodes=3;$TargetLowPriorityNodes=0;…` (rest/api/batchmanagement/pool/get, `autoScaleRun.results`). */
function asksFor(results = ''): PoolLook['nodes'] | undefined {
  const valueOf = (name: string): string | undefined => new RegExp(`\\$${name}=(\\d+)`).exec(results)?.[1];
  const [dedicated, spot] = [valueOf('TargetDedicatedNodes'), valueOf('TargetLowPriorityNodes')];
  if (dedicated === undefined && spot === undefined) return undefined;
  return { dedicated: Number(dedicated ?? 0), spot: Number(spot ?? 0) };
}

function formulaOf({ scaleSettings, autoScaleRun: run }: Pool): Optional<'formula', NonNullable<PoolLook['formula']>> {
  if (!scaleSettings?.autoScale) return {};
  const error = run?.error && { code: run.error.code, message: run.error.message };
  return {
    formula: {
      ...optional('evaluatedAt', run?.evaluationTime.toISOString()),
      ...optional('asksFor', asksFor(run?.results)),
      ...optional('error', error),
    },
  };
}

/** A state that Azure does not state, or that came after this code, is not an end. */
const allocationState = (state: Pool['allocationState']): PoolLook['allocationState'] =>
  state === 'Steady' || state === 'Stopping' ? state : 'Resizing';

export const lookFrom = (pool: Pool, etag: string | undefined): PoolLook => ({
  ...optional('createdAt', pool.creationTime?.toISOString()),
  allocationState: allocationState(pool.allocationState),
  ...optional('allocationStateSince', pool.allocationStateTransitionTime?.toISOString()),
  nodes: { dedicated: pool.currentDedicatedNodes ?? 0, spot: pool.currentLowPriorityNodes ?? 0 },
  ...optional('resizeStartedAt', pool.resizeOperationStatus?.startTime?.toISOString()),
  ...optional('resizeTimeoutMinutes', durationMinutes(pool.resizeOperationStatus?.resizeTimeout ?? '')),
  resizeErrors: (pool.resizeOperationStatus?.errors ?? []).map(resizeError),
  ...optional('nodeDeallocationOption', pool.scaleSettings?.fixedScale?.nodeDeallocationOption),
  ...formulaOf(pool),
  deleting: isDeleting(pool.provisioningState),
  ...optional('etag', etag),
});

/** One look at the nodes of a pool; a pool that is not there is a failure of kind `notFound`. */
export async function lookAtNodes(arm: Arm, poolId: string): Promise<Outcome<PoolLook>> {
  const { batch, group, account, pool } = poolPlace(arm, poolId);
  let headerEtag: string | undefined;
  const answer = await look(`read pool ${poolId}`, ({ onResponse }) =>
    batch.poolOperations.get(group, account, pool, {
      onResponse: (raw) => {
        headerEtag = raw.headers.get('etag');
        onResponse(raw);
      },
    }),
  );
  if (!answer.ok) return fail(answer.failure);
  const { resource } = answer.value;
  return succeed(lookFrom(resource, resource.etag ?? headerEtag));
}

const durationText = (minutes: number): string =>
  Number.isInteger(minutes) ? `PT${minutes}M` : `PT${Math.round(minutes * 60)}S`;

type Kept = Pick<PoolLook, 'nodeDeallocationOption'>;

/** The PATCH replaces the whole of `scaleSettings` (rest/api/batchmanagement/pool/update): all of it is always sent. */
const resizeBody = ({ targets, resizeTimeoutMinutes: minutes }: ResizeOrder, { nodeDeallocationOption }: Kept) => ({
  properties: {
    scaleSettings: {
      fixedScale: {
        targetDedicatedNodes: targets.dedicated,
        targetLowPriorityNodes: targets.spot,
        ...optional('resizeTimeout', minutes === undefined ? undefined : durationText(minutes)),
        ...optional('nodeDeallocationOption', nodeDeallocationOption),
      },
    },
  },
});

/** Sends one resize, which leaves what the pool has beside its targets; `busy` when Azure says that another one is under way. */
export async function sendResize(arm: Arm, order: ResizeOrder, pool: Kept = {}): Promise<Outcome<ResizeAnswer>> {
  const { targets, poolId, etag } = order;
  const doing = `resize pool ${poolId} to ${targets.dedicated} dedicated and ${targets.spot} Spot nodes`;
  const answer = await callArm(arm, doing, {
    method: 'PATCH',
    url: `${poolId}?api-version=${arm.settings.batchApiVersion}`,
    headers: { ...optional('if-match', etag) },
    body: resizeBody(order, pool),
  });
  if (answer.ok) return succeed({ state: 'begun' });
  // terraform-provider-azurerm#7316: a pool takes no new targets while it is being resized.
  return answer.failure.code.toLowerCase() === 'poolbeingresized' ? succeed({ state: 'busy' }) : answer;
}
