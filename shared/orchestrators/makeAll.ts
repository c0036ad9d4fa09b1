/** Makes every stage of a plan, in order; when one stops, takes back what was made. */
import type { OrchestrationContext } from 'durable-functions';
import type { Stage } from '../domain/draft';
import { errorText } from '../domain/outcome';
import type { BuildPlan } from '../domain/plan';
import type { UndoReport } from '../domain/removing';
import type { BuildRequest } from '../domain/request';
import { NAME_TAKEN, type ResourceSpec } from '../domain/resources';
import { failed, lostItsDefinition, succeeded, timing, type BuildResult, type Timing } from '../domain/result';
import { makeStage, type StageEnd } from './make';
import { nowMs, type Step } from './steps';
import { undo } from './undo';

/** How often a definition is made again that another build's undo took away before it had a version. */
const MOST_DEFINITION_TRIES = 5;

interface Opening {
  readonly startedAtMs: number;
  readonly timings: readonly Timing[];
}

export function* makeAll(
  ctx: OrchestrationContext,
  request: BuildRequest,
  plan: BuildPlan,
  opening: Opening,
): Step<BuildResult> {
  const timings = [...opening.timings];
  const tried: ResourceSpec[] = [];
  const begun: ResourceSpec[] = [];

  for (let next = 0, setbacks = 0; next < plan.stages.length; next += 1) {
    const stage = plan.stages[next];
    if (!stage) break;
    const stageStartedAtMs = nowMs(ctx);
    tried.push(...stage.resources); // before the act: one that timed out may still have happened
    const end = yield* endOfStage(ctx, stage);
    begun.push(...end.begun);
    timings.push(timing(stage.step, stageStartedAtMs, nowMs(ctx)));
    if (!end.stop) continue;

    if (lostItsDefinition(end.stop) && setbacks < MOST_DEFINITION_TRIES) {
      setbacks += 1;
      next = plan.stages.findIndex(({ step }) => step === 'definition') - 1;
      continue;
    }
    const keeps = request.keepOnFailure === true && end.stop.code !== NAME_TAKEN;
    const rest = keeps ? keep(begun) : { ...(yield* undo(ctx, tried, begun)), kept: [] };
    const span = { startedAtMs: opening.startedAtMs, endedAtMs: nowMs(ctx), timings };
    return failed(request, plan, end.stop, { ...rest, ...span });
  }

  return succeeded(request, plan, { startedAtMs: opening.startedAtMs, endedAtMs: nowMs(ctx), timings });
}

/** An activity that keeps throwing is our fault, not Azure's; what was made is undone all the same. */
function* endOfStage(ctx: OrchestrationContext, stage: Stage): Step<StageEnd> {
  try {
    return yield* makeStage(ctx, stage);
  } catch (error) {
    const resourceId = stage.resources[0]?.id ?? '';
    const stop = { step: stage.step, resourceId, code: 'UnexpectedFault', message: errorText(error) };
    return { begun: stage.resources, stop };
  }
}

const keep = (begun: readonly ResourceSpec[]): UndoReport & { readonly kept: readonly string[] } => ({
  removed: [],
  left: [],
  kept: [...new Set(begun.map(({ id }) => id))],
});
