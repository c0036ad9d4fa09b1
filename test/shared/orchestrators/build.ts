/** Runs `buildImagePool` for a given request on a given Azure. */
import { buildJob } from '../../../shared/domain/admission';
import type { BuildRequest } from '../../../shared/domain/request';
import type { ResourceKind } from '../../../shared/domain/resources';
import type { BuildResult } from '../../../shared/domain/result';
import { buildImagePool } from '../../../shared/orchestrators/buildImagePool';
import { growPool } from '../../../shared/orchestrators/growPool';
import { azure, begun, rejects, sighted, type AzureOptions, type Twists } from '../../given/azure';
import * as given from '../../given/build';
import { runToEnd, type Ended, type Run } from './executor';

/** Everything stands at the first look, so that a test's list of steps is short. */
export const AT_ONCE = { snapshot: 0, image: 0, definition: 0, version: 0, pool: 0 };

interface Build extends Pick<Run, 'arrival'> {
  readonly request?: BuildRequest;
  readonly previous?: BuildResult;
  readonly azure?: AzureOptions;
}

export const build = ({ request = given.request(), previous, azure: options, ...run }: Build = {}): Promise<Ended> =>
  runToEnd(buildImagePool, {
    input: { ...buildJob(request, 'message-1'), ...(previous === undefined ? {} : { previous }) },
    startAtMs: given.STARTED_AT_MS,
    activities: azure({ minutes: AT_ONCE, ...options }),
    children: { growPool },
    ...run,
  });

/** As a story names them. */
export const SNAPSHOTS = ['snapshot os', 'snapshot data0', 'snapshot data5'];

/** A pool whose making does not end with the answer to its PUT. */
export const slowPool: Pick<Twists, 'beginResource'> = {
  beginResource: ({ kind }) => (kind === 'pool' ? begun() : undefined),
};

export const lookFails = (kind: ResourceKind): Twists => ({
  ...slowPool,
  lookAtResource: ({ spec }) =>
    spec.kind === kind
      ? sighted({ state: 'failed', code: 'InternalOperationError', message: 'Azure says no.' })
      : undefined,
});

export const beginFails = (kind: ResourceKind): Twists => ({
  beginResource: (spec) => (spec.kind === kind ? rejects() : undefined),
});
