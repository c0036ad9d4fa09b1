/** Grows one pool to its size: looks at it, resizes it, finds out why it does not grow, counts its nodes; until it ends. */
import type { OrchestrationContext } from 'durable-functions';
import {
  afterCount,
  afterDiagnosis,
  afterLook,
  afterResize,
  nextStep,
  startGrowing,
  type Growing,
  type GrowthStep,
} from '../domain/growth/growing';
import type { GrowthEnd } from '../domain/growth/growthJob';
import { ACTIVITIES, type TracedGrowth } from './contracts';
import { showGrowth } from './status';
import { note, nowMs, run, sleepUntil, traceAs, type Step } from './steps';

export function* growPool(ctx: OrchestrationContext): Step<GrowthEnd> {
  const { trace, ...job } = ctx.df.getInput<TracedGrowth>();
  if (trace !== undefined) traceAs(ctx, trace);
  const startedAtMs = nowMs(ctx);
  let growing = startGrowing(job, startedAtMs);
  for (;;) {
    const step = nextStep(growing);
    if (step.do === 'end') {
      note(ctx, `${ctx.df.instanceId}: ${step.end.outcome}`);
      return step.end;
    }
    showGrowth(ctx, growing, startedAtMs);
    yield* sleepUntil(ctx, step.dueMs);
    growing = yield* carryOut(ctx, growing, step);
  }
}

type Doing = Exclude<GrowthStep, { readonly do: 'end' }>;

function* carryOut(ctx: OrchestrationContext, growing: Growing, step: Doing): Step<Growing> {
  const { poolId, resizeTimeoutMinutes } = growing.job;
  switch (step.do) {
    case 'look':
      return afterLook(growing, yield* run(ctx, ACTIVITIES.lookAtPool, poolId), nowMs(ctx));
    case 'resize': {
      note(
        ctx,
        `${ctx.df.instanceId}: resize to ${step.targets.dedicated} dedicated and ${step.targets.spot} Spot nodes`,
      );
      const order = {
        poolId,
        targets: step.targets,
        ...(resizeTimeoutMinutes === undefined ? {} : { resizeTimeoutMinutes }),
        ...(step.etag === undefined ? {} : { etag: step.etag }),
      };
      return afterResize(growing, yield* run(ctx, ACTIVITIES.resizePool, order), nowMs(ctx));
    }
    case 'diagnose':
      return afterDiagnosis(growing, yield* run(ctx, ACTIVITIES.diagnosePool, poolId), nowMs(ctx));
    case 'count':
      return afterCount(growing, yield* run(ctx, ACTIVITIES.countNodes, poolId), nowMs(ctx));
  }
}
