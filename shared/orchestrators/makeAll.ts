/** Makes all of a plan: every stage, then the pool's nodes; when something stops, takes back what was made. */
import type { OrchestrationContext } from 'durable-functions';
import { reportOf, type GrowthReport } from '../domain/growth/growthJob';
import { growInstanceId } from '../domain/names';
import { errorText } from '../domain/outcome';
import type { BuildPlan } from '../domain/plan';
import { staysDone, type UndoReport } from '../domain/removing';
import type { BuildRequest } from '../domain/request';
import { isAct, NAME_TAKEN, type Spec } from '../domain/resources';
import { failed, succeeded, timing, type BuildResult, type Closed, type Stop, type Timing } from '../domain/result';
import { CHILDREN } from './contracts';
import { makeStages, type Made } from './makeStages';
import { showGrowthAt } from './status';
import { nowMs, runChild, traceAs, traceOf, type Step } from './steps';
import { letGo, undo } from './undo';

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
  traceAs(ctx, { ...traceOf(ctx), build: plan.buildId });
  const made: Made = { tried: [], begun: [], timings: [...opening.timings], replicas: [] };
  const early = yield* makeStages(ctx, plan.stages, made);
  const end = early ? { stop: early } : yield* grow(ctx, plan, made);
  const closed = 'stop' in end ? undefined : yield* close(ctx, plan, made);
  const span = { startedAtMs: opening.startedAtMs, timings: made.timings, replicas: made.replicas };
  if (!('stop' in end)) return succeeded(request, plan, end.report, { ...span, closed, endedAtMs: nowMs(ctx) });

  const keeps = request.keepOnFailure === true && end.stop.code !== NAME_TAKEN;
  const rest = keeps ? keep(made.begun) : { ...(yield* undo(ctx, made.tried, made.begun)), kept: [] };
  return failed(request, plan, end.stop, { ...rest, ...span, endedAtMs: nowMs(ctx) });
}

type Grown = { readonly report: GrowthReport } | { readonly stop: Stop };

/** Waits for the pool's nodes; an orchestration that breaks is our fault, not Azure's, and what was made is undone all the same. */
function* grow(ctx: OrchestrationContext, { buildId, growth, layout }: BuildPlan, made: Made): Step<Grown> {
  const startedAtMs = nowMs(ctx);
  const instanceId = growInstanceId(buildId);
  const at = { step: 'growth', resourceId: layout.poolId } as const;
  showGrowthAt(ctx, layout.poolId, instanceId);
  try {
    const end = yield* runChild(ctx, CHILDREN.growPool, instanceId, { ...growth, trace: traceOf(ctx) });
    made.timings.push(timing('growth', startedAtMs, nowMs(ctx)));
    const report = reportOf(end);
    return end.outcome === 'grown'
      ? { report }
      : { stop: { ...at, code: end.code, message: end.message, growth: report } };
  } catch (error) {
    return { stop: { ...at, code: 'UnexpectedFault', message: errorText(error) } };
  }
}

/** Lets the version into `latest` and takes away what only carried it there; the pool stands, whatever comes of that. */
function* close(ctx: OrchestrationContext, { closing }: BuildPlan, made: Made): Step<Closed> {
  const stop = yield* makeStages(ctx, closing.stages, made);
  const late = stop === undefined ? [] : [{ id: stop.resourceId, why: `${stop.code}: ${stop.message}` }];
  const { removed, left } = yield* letGo(ctx, closing.letGo);
  return { letGo: removed, left: [...late, ...left] };
}

const keep = (begun: readonly Spec[]): UndoReport & { readonly kept: readonly string[] } => ({
  removed: [],
  left: staysDone(begun),
  kept: [...new Set(begun.filter((spec) => !isAct(spec)).map(({ id }) => id))],
});
