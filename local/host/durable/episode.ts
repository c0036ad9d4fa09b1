/** What follows from one run of an orchestrator: its answer and its history become changes. Pure. */
import { checkCustomStatus, recordDecisions, type World } from './decisions';
import { EventType, timestamp, type HistoryEvent } from './events';
import { orchestratorFailed } from './failures';
import { isDone, nextGeneration, type Change, type Instance, type Progress } from './instance';
import type { OrchestratorAnswer } from './protocol';
import { replay, type ReplayResult } from './replay';

/** An instance and the events that its next run sees first; all but the leading one come from its inbox. */
export interface Episode {
  readonly instance: Instance;
  readonly fresh: readonly HistoryEvent[];
}

export interface Ending {
  readonly status: 'Completed' | 'Failed' | 'Terminated';
  readonly output: unknown;
  /** For the parent, when this is a sub-orchestration that did not complete. */
  readonly details?: string;
}

export function beginEpisode(instance: Instance, nowMs: number): Episode {
  const started = { EventType: EventType.OrchestratorStarted, EventId: -1, Timestamp: timestamp(nowMs) };
  return { instance, fresh: [started, ...instance.inbox] };
}

/** Throws when the orchestrator cannot go on: it changed, or it wants what cannot be. */
export function conclude(episode: Episode, answer: OrchestratorAnswer, world: World): Change[] {
  const { instance, fresh } = episode;
  checkCustomStatus(answer.customStatus);
  const outcome = replay([...instance.history, ...fresh], answer.actions);
  const ending = endingOf(instance, answer, outcome);
  if (ending === 'continues') {
    const customStatus = answer.customStatus ?? instance.customStatus;
    const unseen = { ...instance, customStatus, inbox: instance.inbox.slice(taken(episode)) };
    const next = nextGeneration(unseen, outcome.continueAsNew?.input ?? null, world.newExecutionId(), world.nowMs);
    return [{ op: 'put', instance: next }];
  }
  const recorded = recordDecisions(outcome.decisions, instance, world);
  const others = recorded.flatMap(({ change }) => change ?? []);
  const set = {
    ...(answer.customStatus !== null && { customStatus: answer.customStatus }),
    ...(outcome.cancelledTimers.length > 0 && { cancelledTimers: [...outcome.cancelledTimers] }),
  };
  const decided = recorded.map(({ event }) => event);
  if (ending === 'waits') return [progress(episode, decided, set, world.nowMs), ...others];
  return [...end(episode, ending, world, { decided, set }), ...others];
}

function endingOf(
  instance: Instance,
  { failure, isDone: hasReturned, output }: OrchestratorAnswer,
  { isFinished, continueAsNew }: ReplayResult,
): Ending | 'continues' | 'waits' {
  if (!isFinished) return 'waits';
  if (failure !== undefined) {
    const details = `Message: ${failure.message}, StackTrace: ${failure.stack}`;
    return { status: 'Failed', output: orchestratorFailed(instance.name, failure.message), details };
  }
  if (continueAsNew !== undefined) return 'continues';
  return hasReturned ? { status: 'Completed', output } : 'waits';
}

interface Decided {
  readonly decided: HistoryEvent[];
  readonly set: Progress;
}

/** The instance is done, and its parent, if it waits, learns it in the same transaction. */
export function end(episode: Episode, ending: Ending, world: World, so: Decided = { decided: [], set: {} }): Change[] {
  const { instance } = episode;
  const { status, output } = ending;
  const Result = JSON.stringify(output);
  const completed: HistoryEvent = {
    ...{ EventType: EventType.ExecutionCompleted, EventId: -1, Timestamp: timestamp(world.nowMs) },
    ...{ OrchestrationStatus: status, Result },
  };
  const set = { ...so.set, status, output };
  return [progress(episode, [...so.decided, completed], set, world.nowMs), ...tellParent(instance, ending, world)];
}

function tellParent({ parent }: Instance, ending: Ending, world: World): Change[] {
  const waiting = parent && world.instances.get(parent.instanceId);
  if (parent === undefined || waiting?.executionId !== parent.executionId || isDone(waiting)) return [];
  return [{ op: 'deliver', instanceId: parent.instanceId, event: childEnded(parent.taskId, ending, world.nowMs) }];
}

export function childEnded(taskId: number, { status, output, details }: Ending, nowMs: number): HistoryEvent {
  const common = { EventId: -1, Timestamp: timestamp(nowMs), TaskScheduledId: taskId };
  if (status === 'Completed') {
    return { EventType: EventType.SubOrchestrationInstanceCompleted, ...common, Result: JSON.stringify(output) };
  }
  const Reason = typeof output === 'string' ? output : JSON.stringify(output);
  return { EventType: EventType.SubOrchestrationInstanceFailed, ...common, Reason, Details: details ?? '' };
}

function taken({ fresh }: Episode): number {
  return fresh.length - 1;
}

function progress(episode: Episode, decided: readonly HistoryEvent[], set: Progress, nowMs: number): Change {
  const { instance, fresh } = episode;
  const completed = { EventType: EventType.OrchestratorCompleted, EventId: -1, Timestamp: timestamp(nowMs) };
  return {
    op: 'progress',
    instanceId: instance.instanceId,
    taken: taken(episode),
    history: [...fresh, ...decided, completed],
    // An instance that was suspended while this episode ran stays suspended.
    set: { ...(instance.status === 'Pending' && { status: 'Running' }), ...set, lastUpdatedTime: timestamp(nowMs) },
  };
}
