/** One orchestration instance as it is stored, and the changes that it goes through. */
import { z } from 'zod';
import { completedTask, EventType, historyEventSchema, timestamp, type HistoryEvent } from './events';

export const STATUSES = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const;
const statusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof statusSchema>;

const DONE: ReadonlySet<Status> = new Set<Status>(['Completed', 'Failed', 'Terminated']);

const instanceSchema = z.object({
  instanceId: z.string(),
  executionId: z.string(),
  name: z.string(),
  version: z.string(),
  status: statusSchema,
  input: z.unknown(),
  output: z.unknown(),
  customStatus: z.unknown(),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  parent: z.object({ instanceId: z.string(), executionId: z.string(), taskId: z.int() }).optional(),
  history: z.array(historyEventSchema),
  /** What has arrived and no episode has seen yet. */
  inbox: z.array(historyEventSchema),
  cancelledTimers: z.array(z.int()),
});
export type Instance = z.infer<typeof instanceSchema>;

const progressSchema = instanceSchema
  .pick({
    status: true,
    output: true,
    customStatus: true,
    lastUpdatedTime: true,
    cancelledTimers: true,
  })
  .partial();
export type Progress = z.infer<typeof progressSchema>;

export const changeSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('put'), instance: instanceSchema }),
  z.object({ op: z.literal('deliver'), instanceId: z.string(), event: historyEventSchema }),
  z.object({
    op: z.literal('progress'),
    instanceId: z.string(),
    /** How many events of the inbox this consumed. */
    taken: z.int(),
    history: z.array(historyEventSchema),
    set: progressSchema,
  }),
  z.object({ op: z.literal('purge'), instanceId: z.string() }),
]);
export type Change = z.infer<typeof changeSchema>;

export function isDone({ status }: Pick<Instance, 'status'>): boolean {
  return DONE.has(status);
}

export function applyChange(instances: Map<string, Instance>, change: Change): void {
  if (change.op === 'put') {
    instances.set(change.instance.instanceId, change.instance);
    return;
  }
  const instance = instances.get(change.instanceId);
  if (instance === undefined) return;
  if (change.op === 'purge') instances.delete(change.instanceId);
  else if (change.op === 'deliver') instance.inbox.push(change.event);
  else {
    instance.inbox.splice(0, change.taken);
    instance.history.push(...change.history);
    Object.assign(instance, change.set);
  }
}

export interface Start {
  readonly name: string;
  readonly instanceId: string;
  readonly executionId: string;
  readonly version: string;
  readonly input: unknown;
  readonly parent?: Instance['parent'];
}

export function newInstance(start: Start, nowMs: number): Instance {
  const now = timestamp(nowMs);
  const { name, instanceId, executionId, version, input, parent } = start;
  return {
    ...{ instanceId, executionId, name, version, input, ...(parent && { parent }) },
    ...{ status: 'Pending', output: null, customStatus: null, createdTime: now, lastUpdatedTime: now },
    ...{ history: [], inbox: [executionStarted(start, now)], cancelledTimers: [] },
  };
}

function executionStarted({ name, version, input, instanceId, executionId }: Start, now: string): HistoryEvent {
  return {
    ...{ EventType: EventType.ExecutionStarted, EventId: -1, Timestamp: now, Name: name, Version: version },
    Input: JSON.stringify(input),
    OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
  };
}

/** The same instance with a new input and no past; what was sent to it meanwhile is kept. */
export function nextGeneration(instance: Instance, input: unknown, executionId: string, nowMs: number): Instance {
  const { instanceId, name, version, parent, createdTime, customStatus, inbox } = instance;
  const status = instance.status === 'Suspended' ? 'Suspended' : 'Running';
  const fresh = newInstance({ instanceId, name, version, parent, input, executionId }, nowMs);
  const kept = inbox.filter(({ EventType: type }) => CARRIED.has(type));
  return { ...fresh, status, createdTime, customStatus, inbox: [...fresh.inbox, ...kept] };
}

const CARRIED: ReadonlySet<number> = new Set([EventType.EventRaised, EventType.ExecutionTerminated]);

/** Scheduling events that nothing has answered, in the order of their numbers. */
export function openTasks({ history, inbox, cancelledTimers }: Instance): HistoryEvent[] {
  const answered = new Set([...history, ...inbox].map(completedTask));
  const cancelled = new Set(cancelledTimers);
  return history.filter(
    ({ EventType: type, EventId: id }) => SCHEDULING.has(type) && !answered.has(id) && !cancelled.has(id),
  );
}

const SCHEDULING: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
]);
