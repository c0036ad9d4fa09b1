/** Reads pools for the guard: all of an account, page by page, or one. */
import type { ImageReference, Pool } from '@azure/arm-batch';
import { regionKey } from '../domain/armId';
import type { WatchedAccount } from '../domain/guard/audit';
import type { WatchedPool } from '../domain/guard/watchedPool';
import { TAG } from '../domain/names';
import { fail, succeed, type Failure, type Outcome } from '../domain/outcome';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { attempt } from './failure';
import { isProof } from './imageReader';
import { optional, type Optional } from './optional';
import { lookFrom } from './poolNodes';
import { poolMetadata, poolPlace } from './poolResources';

/** All that the rules need of a pool, and no start tasks or other secrets of others (rest/api/batchmanagement/pool). */
const SELECT = [
  'provisioningState',
  'deploymentConfiguration',
  'scaleSettings',
  'currentDedicatedNodes',
  'currentLowPriorityNodes',
  'allocationState',
  'allocationStateTransitionTime',
  'resizeOperationStatus',
  'autoScaleRun',
  'metadata',
].map((name) => `properties/${name}`);

function targetsOf({ scaleSettings }: Pool): Optional<'targets', NonNullable<WatchedPool['targets']>> {
  if (scaleSettings?.autoScale) return {};
  const { targetDedicatedNodes: dedicated = 0, targetLowPriorityNodes: spot = 0 } = scaleSettings?.fixedScale ?? {};
  return { targets: { dedicated, spot } };
}

const isDate = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text));

/** Stands for ids that the SDK's model drops (docs/decisions/0004): that such a pool is not looked after must be told. */
const FOREIGN_IMAGE = 'an image of a community or shared gallery';

/** Undefined for an image of the Marketplace. */
const imageIdOf = ({ id, publisher }: ImageReference): string | undefined =>
  id ?? (publisher === undefined ? FOREIGN_IMAGE : undefined);

function watchedFrom(pool: Pool, id: string, region: string): WatchedPool {
  const machines = pool.deploymentConfiguration?.virtualMachineConfiguration;
  const look = lookFrom(pool, undefined);
  const snoozed = poolMetadata(pool)[TAG.snoozeUntil];
  return {
    id: pool.id ?? id,
    region: regionKey(region),
    ...optional('imageId', machines && imageIdOf(machines.imageReference)),
    ...optional('nodeAgentSkuId', machines?.nodeAgentSkuId),
    nodes: look.nodes,
    ...targetsOf(pool),
    allocationState: look.allocationState,
    ...optional('allocationStateSince', look.allocationStateSince),
    resizeErrors: look.resizeErrors,
    ...optional('formulaError', look.formula?.error),
    ...optional('snoozedUntil', isDate(snoozed) ? snoozed : undefined),
  };
}

const isGoing = (pool: Pool): boolean => pool.provisioningState === 'Deleting';

/** Calls `each` with the pools of the account, a page at a time; pools that are being deleted are left out. */
export function forEachPoolPage(
  arm: Arm,
  account: WatchedAccount,
  each: (pools: readonly WatchedPool[]) => Promise<void>,
): Promise<Outcome<null>> {
  const { batch, group, name } = placeOf(arm, account.id);
  return attempt(`list the pools of ${account.id}`, async () => {
    const pages = batch.poolOperations.listByBatchAccount(group, name, { select: SELECT.join(',') }).byPage();
    for await (const page of pages) {
      await each(page.filter((pool) => !isGoing(pool)).map((pool) => watchedFrom(pool, '', account.region)));
    }
    return null;
  });
}

/** A 404 that proves nothing must not resolve what is open of the pool: the pool is to be looked at again. */
const unlessProof = (failure: Failure): Failure =>
  failure.kind === 'notFound' && !isProof(failure.code) ? { ...failure, kind: 'unavailable' } : failure;

/** One pool; undefined while it is being deleted. A pool that is not there is a failure of kind `notFound`. */
export async function readWatchedPool(
  arm: Arm,
  poolId: string,
  region: string,
): Promise<Outcome<WatchedPool | undefined>> {
  const { batch, group, account, pool } = poolPlace(arm, poolId);
  const answer = await attempt(`read pool ${poolId}`, () => batch.poolOperations.get(group, account, pool));
  if (!answer.ok) return fail(unlessProof(answer.failure));
  return succeed(isGoing(answer.value) ? undefined : watchedFrom(answer.value, poolId, region));
}
