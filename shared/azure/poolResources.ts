/** Batch pools: created by their whole REST body, so that no field is lost that the SDK's models do not know. */
import type { Pool, ResizeError } from '@azure/arm-batch';
import * as z from 'zod';
import { fail, succeed } from '../domain/outcome';
import type { PoolState } from '../domain/poolSighting';
import type { PoolSpec } from '../domain/resources';
import { callArm } from './armCall';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { begunFrom, isDeleting, look, sightingOf, type ResourceClient } from './resourceClient';

/** A pool's account and name. */
export function poolPlace(arm: Arm, id: string) {
  const { batch, group, names } = placeOf(arm, id);
  const [account = '', pool = ''] = names;
  return { batch, group, account, pool };
}

/** Metadata as a record: the place where a pool says whose it is. */
export const poolMetadata = (pool: Pool): Readonly<Record<string, string>> =>
  Object.fromEntries((pool.metadata ?? []).map(({ name, value }) => [name, value]));

/** A pool that was made. */
const poolBody = z.object({ properties: z.object({ provisioningState: z.literal('Succeeded') }) });

export function poolClient(arm: Arm): ResourceClient<PoolSpec> {
  const path = ({ id, apiVersion = arm.settings.batchApiVersion }: PoolSpec): string =>
    `${id}?api-version=${apiVersion}`;
  return {
    putsOnlyNew: true,
    see: async (spec) => {
      const { batch, group, account, pool } = poolPlace(arm, spec.id);
      const answer = await look(`read pool ${spec.id}`, (options) =>
        batch.poolOperations.get(group, account, pool, options),
      );
      if (!answer.ok) return fail(answer.failure);
      const { resource, retryAfterMs } = answer.value;
      // A pool is made at once; how it gets its nodes is another story (growPool).
      return succeed({
        tags: poolMetadata(resource),
        deleting: isDeleting(resource.provisioningState),
        sighting: sightingOf(spec.id, resource.provisioningState, retryAfterMs),
      });
    },
    put: async (spec) => {
      const { id, properties, identity } = spec;
      const answer = await callArm(arm, `create pool ${id}`, {
        method: 'PUT',
        url: path(spec),
        // A PUT on an existing pool would replace it (rest/api/batchmanagement/pool/create).
        headers: { 'if-none-match': '*' },
        body: { ...(identity === undefined ? {} : { identity }), properties },
      });
      if (!answer.ok) return answer;
      const { headers, body } = answer.value;
      // The answer shows the pool: one that stands needs no look of its own before its nodes are looked at.
      return succeed({ ...begunFrom(headers), ...(poolBody.safeParse(body).success ? { ready: true } : {}) });
    },
    delete: async (spec) => {
      const answer = await callArm(arm, `delete pool ${spec.id}`, { method: 'DELETE', url: path(spec) });
      return answer.ok ? succeed(begunFrom(answer.value.headers)) : answer;
    },
  };
}

const detailsText = (error: ResizeError): string =>
  (error.details ?? []).map(({ code, message }) => `${code}: ${message}`).join('; ');

/** What the domain needs to tell whether a pool has its nodes. */
export function poolState(pool: Pool): PoolState {
  const run = pool.autoScaleRun;
  return {
    provisioningState: pool.provisioningState,
    allocationState: pool.allocationState,
    dedicatedNodes: pool.currentDedicatedNodes ?? 0,
    spotNodes: pool.currentLowPriorityNodes ?? 0,
    resizeErrors: (pool.resizeOperationStatus?.errors ?? []).map((error) => ({
      code: error.code,
      message: error.message,
      details: detailsText(error),
    })),
    ...(run === undefined
      ? {}
      : { autoScaleRun: run.error ? { error: { code: run.error.code, message: run.error.message } } : {} }),
  };
}
