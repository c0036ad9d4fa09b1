/** The out-of-process protocol of durable-functions v3: what an orchestrator is given and what it answers. */
import { z } from 'zod';
import { EventType, type HistoryEvent } from './events';
import { isError } from './failures';

/** Numbers of durable-functions lib/src/actions/ActionType. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

const retryOptionsSchema = z.object({
  firstRetryIntervalInMilliseconds: z.number(),
  maxNumberOfAttempts: z.number(),
  backoffCoefficient: z.number().nullish(),
  maxRetryIntervalInMilliseconds: z.number().nullish(),
  retryTimeoutInMilliseconds: z.number().nullish(),
});
export type RetryOptions = z.infer<typeof retryOptionsSchema>;

export const httpRequestSchema = z.object({
  method: z.string(),
  uri: z.string(),
  content: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tokenSource: z.unknown().optional(),
  asynchronousPatternEnabled: z.boolean().nullish(),
});
export type HttpRequest = z.infer<typeof httpRequestSchema>;

const call = { functionName: z.string(), input: z.unknown().optional() };
const subOrchestration = { ...call, instanceId: z.string().nullish(), version: z.string().nullish() };
const retried = { retryOptions: retryOptionsSchema };

const actionSchema = z.discriminatedUnion('actionType', [
  z.object({ actionType: z.literal(ActionType.CallActivity), ...call }),
  z.object({ actionType: z.literal(ActionType.CallActivityWithRetry), ...call, ...retried }),
  z.object({ actionType: z.literal(ActionType.CallSubOrchestrator), ...subOrchestration }),
  z.object({ actionType: z.literal(ActionType.CallSubOrchestratorWithRetry), ...subOrchestration, ...retried }),
  z.object({ actionType: z.literal(ActionType.ContinueAsNew), input: z.unknown().optional() }),
  z.object({ actionType: z.literal(ActionType.CreateTimer), fireAt: z.string(), isCanceled: z.boolean() }),
  z.object({ actionType: z.literal(ActionType.WaitForExternalEvent), externalEventName: z.string() }),
  z.object({ actionType: z.literal(ActionType.CallHttp), httpRequest: httpRequestSchema }),
  z.object({
    actionType: z.literal([ActionType.WhenAny, ActionType.WhenAll]),
    get compoundActions() {
      return z.array(actionSchema);
    },
  }),
  z.object({
    actionType: z.literal([
      ActionType.CallEntity,
      ActionType.SignalEntity,
      ActionType.LockEntities,
      ActionType.ReleaseEntities,
    ]),
  }),
]);
export type Action = z.infer<typeof actionSchema>;

const answerSchema = z.object({
  isDone: z.boolean(),
  actions: z.array(z.array(actionSchema)),
  output: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  error: z.string().optional(),
});

/** What one run of an orchestrator function said. */
export interface OrchestratorAnswer {
  readonly isDone: boolean;
  readonly actions: readonly Action[];
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly failure?: { readonly message: string; readonly stack: string };
}

/** The label behind which OrchestrationFailureError carries the answer of an orchestrator that threw. */
const OUT_OF_PROC_DATA = '\n\n$OutOfProcData$:';

export function parseAnswer(json: string): OrchestratorAnswer {
  const { isDone, actions, output, customStatus, error } = answerSchema.parse(JSON.parse(json));
  const answer = { isDone, actions: actions[0] ?? [], output: output ?? null, customStatus: customStatus ?? null };
  return error === undefined ? answer : { ...answer, failure: { message: error, stack: '' } };
}

/** The answer inside a worker's error, or undefined when the orchestrator never got as far as answering. */
export function parseFailure(error: unknown): OrchestratorAnswer | undefined {
  if (!isError(error)) return undefined;
  // The answer follows the last label: inside JSON the label's line breaks are escaped.
  const at = error.message.lastIndexOf(OUT_OF_PROC_DATA);
  if (at < 0) return undefined;
  const answer = parseAnswer(error.message.slice(at + OUT_OF_PROC_DATA.length));
  const message = answer.failure?.message ?? error.message.slice(0, at);
  return { ...answer, failure: { message, stack: error.stack ?? '' } };
}

/** Timers longer than six days are cut into pieces of three: the defaults of the Azure Storage provider. */
export const TIMER_LIMITS = { shortTimerMs: 6 * 86_400_000, longTimerStepMs: 3 * 86_400_000 } as const;
export const HTTP_POLL_MS = 30_000;

export interface Trigger {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly input: unknown;
  readonly played: readonly HistoryEvent[];
  readonly fresh: readonly HistoryEvent[];
}

/** The value of an orchestrationTrigger binding: OrchestrationContextToString of the extension, schema V3. */
export function triggerJson({ instanceId, parentInstanceId, input, played, fresh }: Trigger): string {
  return JSON.stringify({
    history: [...played.map((event) => wireEvent(event, true)), ...fresh.map((event) => wireEvent(event, false))],
    input,
    instanceId,
    isReplaying: played.length > 0,
    parentInstanceId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: HTTP_POLL_MS,
  });
}

/** The inputs of activities are not sent back: `storeInputsInOrchestrationHistory` is off in Azure, too. */
function wireEvent(event: HistoryEvent, isPlayed: boolean): object {
  if (event.EventType !== EventType.TaskScheduled) return { ...event, IsPlayed: isPlayed };
  return { ...event, Input: undefined, IsPlayed: isPlayed };
}
