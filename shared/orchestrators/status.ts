/** Shows where a build is, in the orchestration's custom status and once in the log. */
import type { OrchestrationContext } from 'durable-functions';
import type { BuildStep } from '../domain/draft';
import type { Growing } from '../domain/growth/growing';
import type { Making } from '../domain/making';
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
import { note, nowMs } from './steps';

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
