/** Rewinds a failed instance: its failures never happened, and failed sub-orchestrations are rewound with it. Pure. */
import { childEnded } from './episode';
import { EventType, timestamp, type HistoryEvent } from './events';
import { isDone, openTasks, type Change, type Instance } from './instance';

type Instances = ReadonlyMap<string, Instance>;

export function rewind(instance: Instance, instances: Instances, nowMs: number): Change[] {
  const failed = new Set(instance.history.flatMap((event) => (isFailure(event) ? event.TaskScheduledId : [])));
  // A failed sub-orchestration that still exists goes on itself; everything else that failed is scheduled anew.
  const goesOn = (event: HistoryEvent): boolean => childOf(instance, event, instances)?.status === 'Failed';
  const kept = instance.history.filter(
    (event) =>
      event.EventType !== EventType.ExecutionCompleted &&
      !isFailure(event) &&
      !(failed.has(event.EventId) && !goesOn(event)),
  );
  const generic = { EventType: EventType.Generic, EventId: -1, Timestamp: timestamp(nowMs), Data: 'Rewound' };
  const rewound: Instance = {
    ...instance,
    ...{ history: kept, inbox: [generic], status: 'Running', output: null, lastUpdatedTime: timestamp(nowMs) },
  };
  const children = openTasks(rewound).flatMap((task) => followChild(rewound, task, instances, nowMs));
  return [{ op: 'put', instance: rewound }, ...children];
}

function isFailure(event: HistoryEvent) {
  return event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed;
}

/** The instance that the event created, unless its id has gone to another one since. */
function childOf(parent: Instance, event: HistoryEvent, instances: Instances): Instance | undefined {
  if (event.EventType !== EventType.SubOrchestrationInstanceCreated) return undefined;
  const child = instances.get(event.InstanceId);
  const isOwn = child?.parent?.executionId === parent.executionId && child.parent.taskId === event.EventId;
  return isOwn ? child : undefined;
}

/** The children that the rewound instance waits for again: the failed go on, the finished are heard. */
function followChild(parent: Instance, task: HistoryEvent, instances: Instances, nowMs: number): Change[] {
  const child = childOf(parent, task, instances);
  if (child === undefined || !isDone(child)) return [];
  if (child.status === 'Failed') return rewind(child, instances, nowMs);
  const status = child.status === 'Completed' ? 'Completed' : 'Terminated';
  const event = childEnded(task.EventId, { status, output: child.output }, nowMs);
  return [{ op: 'deliver', instanceId: parent.instanceId, event }];
}
