/** How an answer from Azure travels: a value, or a failure that says what was tried and what came back. */

/** What kind of failure it is; decides whether waiting can help. */
export type FailureKind = 'throttled' | 'unavailable' | 'conflict' | 'notFound' | 'forbidden' | 'rejected';

export interface Failure {
  readonly kind: FailureKind;
  /** Azure's own code, such as `SkuNotAvailable`, or ours where Azure sent none. */
  readonly code: string;
  /** One paragraph for an operator: what was tried, on what, what came back. */
  readonly message: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** How long the server asked us to stay away. */
  readonly retryAfterMs?: number;
}

/** Plain data, because everything an orchestrator sees passes through JSON on every replay. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const succeed = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const fail = (failure: Failure): Outcome<never> => ({ ok: false, failure });

/** What an error says, without the stack that the durable host adds behind the first line of an activity's failure. */
export const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split(' \n ')[0] ?? '';

const PASSING: Readonly<Record<FailureKind, boolean>> = {
  throttled: true,
  unavailable: true,
  // "Target busy": another operation holds the resource (azure-resource-manager/management/request-limits-and-throttling).
  conflict: true,
  notFound: false,
  forbidden: false,
  rejected: false,
};

/** True when the same call may succeed later, with nothing changed by anyone. */
export const isPassing = (failure: Failure): boolean => PASSING[failure.kind];
