/** A long-running operation: two instants and how it ends; its status is read off the clock, nothing ticks. */
import { randomUUID } from 'node:crypto';
import type { ErrorDetail } from './armError';

export type OperationVerb = 'create' | 'update' | 'delete' | 'action';
export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

export interface Operation {
  readonly id: string;
  readonly verb: OperationVerb;
  readonly resourceId: string;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly failure?: ErrorDetail | undefined;
  /** Set when a later operation put an end to this one. */
  preemptedAtMs?: number;
}

/** What the Compute resource provider says of an operation that a later one ended. */
const PREEMPTED: ErrorDetail = {
  code: 'OperationPreempted',
  message: 'Operation execution has been preempted by a more recent operation.',
};

export function startOperation(from: Omit<Operation, 'id' | 'preemptedAtMs'>): Operation {
  return { id: randomUUID(), ...from };
}

export function statusOf(operation: Operation, nowMs: number): OperationStatus {
  if (operation.preemptedAtMs !== undefined && nowMs >= operation.preemptedAtMs) return 'Canceled';
  if (nowMs < operation.endsMs) return 'InProgress';
  return operation.failure === undefined ? 'Succeeded' : 'Failed';
}

/** The body of an operation's URL (azure-resource-manager/management/async-operations). */
export function showOperation(operation: Operation, nowMs: number): Record<string, unknown> {
  const status = statusOf(operation, nowMs);
  const error = status === 'Failed' ? operation.failure : status === 'Canceled' ? PREEMPTED : undefined;
  return {
    name: operation.id,
    status,
    startTime: new Date(operation.startedMs).toISOString(),
    ...(status === 'InProgress'
      ? {}
      : { endTime: new Date(operation.preemptedAtMs ?? operation.endsMs).toISOString() }),
    ...(error === undefined ? {} : { error }),
  };
}
