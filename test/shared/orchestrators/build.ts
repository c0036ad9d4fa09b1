/** Runs `buildImagePool` for a given request on a given Azure. */
import { buildJob } from '../../../shared/domain/admission';
import type { BuildRequest } from '../../../shared/domain/request';
import { buildImagePool } from '../../../shared/orchestrators/buildImagePool';
import { azure, type AzureOptions } from '../../given/azure';
import * as given from '../../given/build';
import { runToEnd, type Ended, type Run } from './executor';

/** Everything stands at the first look, so that a test's list of steps is short. */
export const AT_ONCE = { snapshot: 0, image: 0, definition: 0, version: 0, pool: 0 };

interface Build extends Pick<Run, 'arrival'> {
  readonly request?: BuildRequest;
  readonly azure?: AzureOptions;
}

export const build = ({ request = given.request(), azure: options, ...run }: Build = {}): Promise<Ended> =>
  runToEnd(buildImagePool, {
    input: buildJob(request, 'message-1'),
    startAtMs: given.STARTED_AT_MS,
    activities: azure({ minutes: AT_ONCE, ...options }),
    ...run,
  });
