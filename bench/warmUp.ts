/** Has the app load all that a build needs, as on an instance that has been there for a while; bench coldstart measures one that has not. */
import { sendRequest } from '../cli/sendRequest';
import { SteppedClock } from '../local/clock';
import type { Stack } from '../local/stack';
import { Timeline } from '../local/timeline';
import { buildInstanceId } from '../shared/domain/names';
import type { BuildRequest } from '../shared/domain/request';
import { expectOne, untilWaiting } from './results';

/** Asks for a plan of another pool, and answers with the id of its orchestration. */
export async function warmUp(stack: Stack, request: BuildRequest): Promise<string> {
  const plan: BuildRequest = { ...request, mode: 'plan', pool: { ...request.pool, name: 'warm-up' } };
  await sendRequest(stack.environment['SERVICE_BUS'] ?? '', plan, 'warm-up');
  await untilWaiting(stack, 1);
  await expectOne(stack, 'BuildPlanned');
  if (stack.clock instanceof SteppedClock) await new Timeline(stack).settle();
  return buildInstanceId(plan);
}
