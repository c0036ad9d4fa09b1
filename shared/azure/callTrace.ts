/** What the calls of one activity have in common: the correlation id that they carry, and how many there were. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelinePolicy, PipelineRequest, PipelineResponse, SendRequest } from '@azure/core-rest-pipeline';

/**
 * Names a set of operations that belong together, as a GUID; for a call without it Azure Resource Manager makes one up
 * (azure-resource-manager-rpc, common-api-details). Its activity log shows it as `correlationId`.
 */
const CORRELATION_HEADER = 'x-ms-correlation-request-id';

/**
 * The same for the data plane of Batch: the caller's GUID, which the service gives back when it is asked to
 * (rest/api/batchservice, the options `clientRequestId` and `returnClientRequestId` of every operation).
 */
const BATCH_HEADERS = { id: 'client-request-id', comesBack: 'return-client-request-id' };

const TOO_MANY_REQUESTS = 429;

/** Grows while the work goes on. */
export interface CallTally {
  armCalls: number;
  batchCalls: number;
  /** Those of both that were answered with 429. */
  throttled: number;
}

/** An event that was sent, by what its receiver sees of it. */
export interface SentEvent {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  /** Of a finding. */
  readonly code?: string;
}

export interface CallTrace {
  readonly correlationId: string;
  readonly tally: CallTally;
  readonly eventSent: (event: SentEvent) => void;
}

const current = new AsyncLocalStorage<CallTrace>();

export const newTally = (): CallTally => ({ armCalls: 0, batchCalls: 0, throttled: 0 });

/** Does the work; whatever it calls, however deep, belongs to this trace. */
export const withTrace = <T>(trace: CallTrace, work: () => Promise<T>): Promise<T> => current.run(trace, work);

export const tellEventSent = (event: SentEvent): void => current.getStore()?.eventSent(event);

async function counted({ tally }: CallTrace, request: PipelineRequest, next: SendRequest): Promise<PipelineResponse> {
  const answer = await next(request);
  if (answer.status === TOO_MANY_REQUESTS) tally.throttled += 1;
  return answer;
}

export const armTracePolicy: PipelinePolicy = {
  name: 'armTrace',
  sendRequest: (request, next) => {
    const trace = current.getStore();
    if (trace === undefined) return next(request);
    request.headers.set(CORRELATION_HEADER, trace.correlationId);
    trace.tally.armCalls += 1;
    return counted(trace, request, next);
  },
};

export const batchTracePolicy: PipelinePolicy = {
  name: 'batchTrace',
  sendRequest: (request, next) => {
    const trace = current.getStore();
    if (trace === undefined) return next(request);
    request.headers.set(BATCH_HEADERS.id, trace.correlationId);
    request.headers.set(BATCH_HEADERS.comesBack, 'true');
    trace.tally.batchCalls += 1;
    return counted(trace, request, next);
  },
};
