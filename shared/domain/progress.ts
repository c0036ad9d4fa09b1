/** What an operator sees of a running build: the orchestration's custom status. */
import type { Step } from './draft';
import { isOpen, type Making } from './making';

/** At most 16 KB as UTF-16 (DurableOrchestrationContext.SetCustomStatus): a phase and what is waited for. */
export interface BuildProgress {
  readonly phase: 'survey' | Step | 'undo' | 'answer' | 'done';
  readonly since: string;
  readonly waitingFor: readonly {
    readonly id: string;
    readonly progress?: string | undefined;
    readonly deadline?: string | undefined;
  }[];
}

export const phaseOf = (phase: BuildProgress['phase'], sinceMs: number): BuildProgress => ({
  phase,
  since: new Date(sinceMs).toISOString(),
  waitingFor: [],
});

export const stageProgress = (step: Step, makings: readonly Making[], sinceMs: number): BuildProgress => ({
  ...phaseOf(step, sinceMs),
  waitingFor: makings.filter(isOpen).map(({ spec, progress, deadlineMs }) => ({
    id: spec.id,
    ...(progress === undefined ? {} : { progress }),
    deadline: new Date(deadlineMs).toISOString(),
  })),
});
