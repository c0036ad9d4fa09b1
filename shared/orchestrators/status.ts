/** Shows where a build is, in the orchestration's custom status and once in the log. */
import type { OrchestrationContext } from 'durable-functions';
import type { BuildJob } from '../domain/admission';
import type { BuildStep } from '../domain/buildSteps';
import type { Growing } from '../domain/growth/growing';
import { logFields } from '../domain/logFields';
import type { Making } from '../domain/making';
import { requestIdOf } from '../domain/names';
import {
  growthElsewhere,
  growthProgress,
  phaseOf,
  stageProgress,
  removalProgress,
  type BuildProgress,
  type RemovalPhase,
} from '../domain/progress';
import type { Removing } from '../domain/removing';
import { timingsOf, type BuildResult } from '../domain/result';
import { note, nowMs, traceOf } from './steps';

/** The line by which a message, the orchestration that it started, and Azure's own log are put together. */
export function noteBegin(ctx: OrchestrationContext, { request, messageId }: BuildJob): void {
  const { correlationId: correlation, pool } = traceOf(ctx);
  const fields = { request: requestIdOf(request), message: messageId, pool, correlation };
  note(ctx, `${ctx.df.instanceId}: begins ${logFields(fields)}`);
}

/** How long each step took; one line for each, so that a query adds up and compares them. */
export function noteTimings(ctx: OrchestrationContext, result: BuildResult): void {
  const { correlationId: correlation, pool, build } = traceOf(ctx);
  for (const { step, seconds } of timingsOf(result)) {
    note(ctx, `${ctx.df.instanceId}: took ${logFields({ step, seconds, build, pool, correlation })}`);
  }
}

export function showPhase(ctx: OrchestrationContext, phase: BuildProgress['phase']): void {
  ctx.df.setCustomStatus(phaseOf(phase, nowMs(ctx)));
  note(ctx, `${ctx.df.instanceId}: ${phase}`);
}

export function showStage(
  ctx: OrchestrationContext,
  step: BuildStep,
  makings: readonly Making[],
  startedAtMs: number,
): void {
  ctx.df.setCustomStatus(stageProgress(step, makings, startedAtMs));
  if (makings.every(({ begun }) => begun === undefined)) note(ctx, `${ctx.df.instanceId}: ${step}`);
}

/** Of the orchestration that grows a pool. */
export function showGrowth(ctx: OrchestrationContext, growing: Growing, startedAtMs: number): void {
  ctx.df.setCustomStatus(growthProgress(growing, startedAtMs));
}

/** Of a build that waits for that orchestration. */
export function showGrowthAt(ctx: OrchestrationContext, poolId: string, instanceId: string): void {
  ctx.df.setCustomStatus(growthElsewhere(poolId, instanceId, nowMs(ctx)));
  note(ctx, `${ctx.df.instanceId}: growth`);
}

export function showRemoval(
  ctx: OrchestrationContext,
  phase: RemovalPhase,
  removings: readonly Removing[],
  startedAtMs: number,
): void {
  ctx.df.setCustomStatus(removalProgress(phase, removings, startedAtMs));
  if (removings.every(({ tries }) => tries === 0)) {
    note(ctx, `${ctx.df.instanceId}: ${phase} of ${removings.map(({ spec }) => spec.kind).join(', ')}`);
  }
}
