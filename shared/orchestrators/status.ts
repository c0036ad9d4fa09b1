/** Shows where a build is, in the orchestration's custom status and once in the log. */
import type { OrchestrationContext } from 'durable-functions';
import type { Step as BuildStep } from '../domain/draft';
import type { Making } from '../domain/making';
import { phaseOf, stageProgress, type BuildProgress } from '../domain/progress';
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
