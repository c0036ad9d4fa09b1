/** What an orchestrator can schedule, and the check that a replay schedules what the history recorded. */
import { EventType, HTTP_ACTIVITY, type HistoryEvent } from './events';
import type { HttpRequest } from './protocol';
import type { ReplayTask } from './replayTask';

export type Step =
  | { readonly kind: 'activity'; readonly name: string; readonly input: string | undefined }
  | { readonly kind: 'http'; readonly request: HttpRequest }
  | {
      readonly kind: 'subOrchestration';
      readonly name: string;
      readonly input: unknown;
      readonly instanceId: string | undefined;
      readonly version: string | undefined;
    }
  | { readonly kind: 'timer'; readonly fireAtMs: number; readonly isCancelled: boolean };

export interface NumberedStep {
  readonly id: number;
  readonly step: Step;
}

/** Gives steps their numbers; the replay is the one that does. */
export interface StepNumbering {
  readonly nowMs: number;
  schedule(step: Step): ReplayTask;
}

/** The orchestrator's code no longer schedules what it scheduled before; DTFx fails such an instance at once. */
export class NonDeterminism extends Error {
  override readonly name = 'NonDeterminism';
}

interface Recorded {
  readonly kind: 'activity' | 'subOrchestration' | 'timer';
  readonly name: string | undefined;
}

const NOUNS = {
  activity: 'an activity task',
  subOrchestration: 'a sub-orchestration task',
  timer: 'a timer task',
} as const;

function recordedStep(event: HistoryEvent): Recorded | undefined {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return { kind: 'activity', name: event.Name };
    case EventType.SubOrchestrationInstanceCreated:
      return { kind: 'subOrchestration', name: event.Name };
    case EventType.TimerCreated:
      return { kind: 'timer', name: undefined };
    default:
      return undefined;
  }
}

function asRecorded(step: Step): Recorded {
  if (step.kind === 'timer') return { kind: 'timer', name: undefined };
  if (step.kind === 'http') return { kind: 'activity', name: HTTP_ACTIVITY };
  return { kind: step.kind, name: step.name };
}

function describe({ kind, name }: Recorded, id: number): string {
  return `${NOUNS[kind]} with sequence number ${id}${name === undefined ? '' : ` named '${name}'`}`;
}

/**
 * Compares a scheduling event of the history with the step that the replay made under the same number; kind and name
 * must match, names regardless of case (TaskOrchestrationContext.HandleTaskScheduledEvent and its siblings).
 */
export function checkAgainstHistory(event: HistoryEvent, found: Step | undefined): void {
  const recorded = recordedStep(event);
  if (recorded === undefined) return;
  const expected = describe(recorded, event.EventId);
  const advice = 'Was a change made to the orchestrator code after this instance had already started running?';
  const previously = `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${expected}, but the current`;
  if (found === undefined)
    throw new NonDeterminism(`${previously} replay hasn't (yet?) scheduled this task. ${advice}`);
  const actual = asRecorded(found);
  if (actual.kind === recorded.kind && actual.name?.toLowerCase() === recorded.name?.toLowerCase()) return;
  throw new NonDeterminism(`${previously} replay instead scheduled ${describe(actual, event.EventId)}. ${advice}`);
}
