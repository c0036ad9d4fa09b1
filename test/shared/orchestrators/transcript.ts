/** A history as lines that a person can read and a diff can show; every line stands for one event, and back. */
import { EventType, timestamp, type HistoryEvent } from '../../../local/host/durable/events';

type Of<Name extends keyof typeof EventType> = Extract<HistoryEvent, { EventType: (typeof EventType)[Name] }>;

/** `21.5 fired 4 due 21`: seconds of the run, what happened, to which task, and what came with it. */
export function lineOf(event: HistoryEvent, startMs: number): string {
  const seconds = (iso: string): number => (Date.parse(iso) - startMs) / 1_000;
  const at = seconds(event.Timestamp);
  switch (event.EventType) {
    case EventType.OrchestratorStarted:
      return `${at} wake`;
    case EventType.ExecutionStarted:
      return `${at} start ${event.Name}`;
    case EventType.TaskScheduled:
      return `${at} call ${event.EventId} ${event.Name}`;
    case EventType.TaskCompleted:
      return `${at} answer ${event.TaskScheduledId} ${event.Result}`;
    case EventType.TaskFailed:
      return `${at} failure ${event.TaskScheduledId} ${event.Reason}`;
    case EventType.SubOrchestrationInstanceCreated:
      return `${at} child ${event.EventId} ${event.Name} ${event.InstanceId}`;
    case EventType.SubOrchestrationInstanceCompleted:
      return `${at} childAnswer ${event.TaskScheduledId} ${event.Result}`;
    case EventType.TimerCreated:
      return `${at} sleep ${event.EventId} until ${seconds(event.FireAt)}`;
    case EventType.TimerFired:
      return `${at} fired ${event.TimerId} due ${seconds(event.FireAt)}`;
    case EventType.OrchestratorCompleted:
      return `${at} rest`;
    case EventType.ExecutionCompleted:
      return `${at} end ${event.OrchestrationStatus}`;
    default:
      throw new Error(`The transcript has no word for event type ${event.EventType}.`);
  }
}

interface Line {
  readonly common: { readonly EventId: number; readonly Timestamp: string };
  readonly task: number;
  readonly rest: string;
  readonly instant: (seconds: number) => string;
}

const WORDS: Readonly<Record<string, (line: Line) => HistoryEvent>> = {
  wake: ({ common }): Of<'OrchestratorStarted'> => ({ EventType: EventType.OrchestratorStarted, ...common }),
  rest: ({ common }): Of<'OrchestratorCompleted'> => ({ EventType: EventType.OrchestratorCompleted, ...common }),
  start: ({ common, rest }): Of<'ExecutionStarted'> => ({
    ...{ EventType: EventType.ExecutionStarted, ...common, Name: rest, Version: '', Input: 'null' },
    OrchestrationInstance: { InstanceId: '', ExecutionId: '' },
  }),
  call: ({ common, task, rest }): Of<'TaskScheduled'> => ({
    ...{ EventType: EventType.TaskScheduled, ...common, EventId: task, Name: rest },
  }),
  answer: ({ common, task, rest }): Of<'TaskCompleted'> => ({
    ...{ EventType: EventType.TaskCompleted, ...common, TaskScheduledId: task, Result: rest },
  }),
  failure: ({ common, task, rest }): Of<'TaskFailed'> => ({
    ...{ EventType: EventType.TaskFailed, ...common, TaskScheduledId: task, Reason: rest, Details: '' },
  }),
  child: ({ common, task, rest }): Of<'SubOrchestrationInstanceCreated'> => ({
    ...{ EventType: EventType.SubOrchestrationInstanceCreated, ...common, EventId: task },
    ...{ Name: rest.split(' ')[0] ?? '', InstanceId: rest.split(' ')[1] ?? '' },
  }),
  childAnswer: ({ common, task, rest }): Of<'SubOrchestrationInstanceCompleted'> => ({
    ...{ EventType: EventType.SubOrchestrationInstanceCompleted, ...common, TaskScheduledId: task, Result: rest },
  }),
  sleep: ({ common, task, rest, instant }): Of<'TimerCreated'> => ({
    ...{ EventType: EventType.TimerCreated, ...common, EventId: task, FireAt: instant(Number(rest.split(' ')[1])) },
  }),
  fired: ({ common, task, rest, instant }): Of<'TimerFired'> => ({
    ...{ EventType: EventType.TimerFired, ...common, TimerId: task, FireAt: instant(Number(rest.split(' ')[1])) },
  }),
  end: ({ common, rest }): Of<'ExecutionCompleted'> => ({
    ...{ EventType: EventType.ExecutionCompleted, ...common, OrchestrationStatus: rest, Result: 'null' },
  }),
};

const WITH_TASK: ReadonlySet<string> = new Set(['call', 'answer', 'failure', 'child', 'childAnswer', 'sleep', 'fired']);

export function eventOf(line: string, startMs: number): HistoryEvent {
  const [, at, word = '', tail = ''] = /^(\S+) (\S+) ?(.*)$/s.exec(line) ?? [];
  const make = WORDS[word];
  if (!make) throw new Error(`The transcript does not know the line "${line}".`);
  const [task = '', ...rest] = WITH_TASK.has(word) ? tail.split(' ') : ['-1', tail];
  const instant = (seconds: number): string => timestamp(startMs + Math.round(seconds * 1_000));
  const common = { EventId: -1, Timestamp: instant(Number(at)) };
  return make({ common, task: Number(task), rest: rest.join(' '), instant });
}
