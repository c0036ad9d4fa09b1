/** The history of an orchestration: the events of DTFx that the out-of-process protocol carries, as they are stored and sent. */
import { z } from 'zod';

/** Numbers of DurableTask.Core/History/EventType.cs. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventRaised: 15,
  Generic: 17,
} as const;

/** `EventId` is the task's number for what the orchestrator schedules, -1 for everything else. */
const common = { EventId: z.int(), Timestamp: z.string() };
const result = { TaskScheduledId: z.int(), Result: z.string() };

/** Structured failure that the library turns into a TaskFailedError. */
const failureDetailsSchema = z.looseObject({ ErrorType: z.string(), ErrorMessage: z.string() });
const failure = {
  TaskScheduledId: z.int(),
  Reason: z.string(),
  Details: z.string(),
  FailureDetails: failureDetailsSchema.optional(),
};

function event<Number extends number, Shape extends z.ZodRawShape>(type: Number, shape: Shape) {
  return z.object({ EventType: z.literal(type), ...common, ...shape });
}

export const historyEventSchema = z.discriminatedUnion('EventType', [
  event(EventType.ExecutionStarted, {
    Name: z.string(),
    Version: z.string(),
    Input: z.string(),
    OrchestrationInstance: z.object({ InstanceId: z.string(), ExecutionId: z.string() }),
  }),
  event(EventType.ExecutionCompleted, { OrchestrationStatus: z.string(), Result: z.string() }),
  event(EventType.ExecutionTerminated, { Input: z.string() }),
  event(EventType.TaskScheduled, { Name: z.string(), Input: z.string().optional() }),
  event(EventType.TaskCompleted, result),
  event(EventType.TaskFailed, failure),
  event(EventType.SubOrchestrationInstanceCreated, { Name: z.string(), InstanceId: z.string() }),
  event(EventType.SubOrchestrationInstanceCompleted, result),
  event(EventType.SubOrchestrationInstanceFailed, failure),
  event(EventType.TimerCreated, { FireAt: z.string() }),
  event(EventType.TimerFired, { TimerId: z.int(), FireAt: z.string() }),
  event(EventType.OrchestratorStarted, {}),
  event(EventType.OrchestratorCompleted, {}),
  event(EventType.EventRaised, { Name: z.string(), Input: z.string() }),
  event(EventType.Generic, { Data: z.string() }),
]);

export type HistoryEvent = z.infer<typeof historyEventSchema>;
export type FailureDetails = z.infer<typeof failureDetailsSchema>;

/** The name that DTFx gives to the activity behind callHttp. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

export function timestamp(nowMs: number): string {
  return new Date(nowMs).toISOString();
}

/** The number of the task that this event completes, if it completes one. */
export function completedTask(event: HistoryEvent): number | undefined {
  switch (event.EventType) {
    case EventType.TaskCompleted:
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceCompleted:
    case EventType.SubOrchestrationInstanceFailed:
      return event.TaskScheduledId;
    case EventType.TimerFired:
      return event.TimerId;
    default:
      return undefined;
  }
}
