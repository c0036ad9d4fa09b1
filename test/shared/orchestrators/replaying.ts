/** Replays a run at every point of its history: today's code must schedule then what it scheduled before. */
import { EventType, type HistoryEvent } from '../../../local/host/durable/events';
import { replay } from '../../../local/host/durable/replay';
import { execute, type Ended, type Orchestrator } from './executor';

const SCHEDULING: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.TimerCreated,
  EventType.SubOrchestrationInstanceCreated,
]);

function taskText(event: HistoryEvent): string {
  if (event.EventType === EventType.TimerCreated) return `${event.EventId} timer`;
  return `${event.EventId} ${'Name' in event ? event.Name : ''}`;
}

/** What the orchestrator has scheduled after these events; throws when it contradicts them. */
async function scheduledAfter(orchestrator: Orchestrator, input: unknown, events: readonly HistoryEvent[]) {
  const lastWake = events.findLastIndex(({ EventType: type }) => type === EventType.OrchestratorStarted);
  const answer = await execute(orchestrator, {
    instanceId: 'the-instance',
    input,
    played: events.slice(0, lastWake),
    fresh: events.slice(lastWake),
  });
  const next = replay(events, answer.actions).decisions;
  const recorded = events.filter(({ EventType: type }) => SCHEDULING.has(type)).map(taskText);
  return [...recorded, ...next.map(({ id, step }) => `${id} ${'name' in step ? step.name : step.kind}`)];
}

/** Expects that every prefix of the run's history replays to what the run did. */
export async function expectToReplay(orchestrator: Orchestrator, input: unknown, { history }: Ended): Promise<void> {
  const tasks = history.filter(({ EventType: type }) => SCHEDULING.has(type)).map(taskText);
  const ends = history.findIndex(({ EventType: type }) => type === EventType.ExecutionCompleted);
  for (let length = 2; length <= ends; length += 1) {
    const scheduled = await scheduledAfter(orchestrator, input, history.slice(0, length));
    expect(scheduled).toEqual(tasks.slice(0, scheduled.length));
  }
  expect(await scheduledAfter(orchestrator, input, history.slice(0, ends))).toEqual(tasks);
}
