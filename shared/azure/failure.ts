/** Sorts what the SDKs throw, once: by status and code, never by the text of a message. */
import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { fail, succeed, type Failure, type FailureKind, type Outcome } from '../domain/outcome';

const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  // A token that ran out or was not yet known; the next one may be taken. Missing rights are 403.
  401: 'unavailable',
  403: 'forbidden',
  404: 'notFound',
  408: 'unavailable',
  409: 'rejected',
  429: 'throttled',
};

/**
 * 409 means "never" (a lock, a name that is taken, an immutable property) unless its code says "not now"
 * (azure-resource-manager/troubleshooting/common-deployment-errors; batch PoolBeingResized, PoolBeingDeleted).
 */
const NOT_NOW: ReadonlySet<string> = new Set([
  'anotheroperationinprogress',
  'cannotdeleteresource',
  'conflict',
  'operationpreempted',
  'poolbeingdeleted',
  'poolbeingresized',
  'retryableerror',
  'retryableerrorduetoanotheroperation',
]);

function kindOf(status: number, code: string): FailureKind {
  if (status === 409 && NOT_NOW.has(code.toLowerCase())) return 'conflict';
  return BY_STATUS[status] ?? (status >= 500 ? 'unavailable' : 'rejected');
}

interface Headers {
  get(name: string): string | undefined;
}

/** Milliseconds that the answer asks to stay away: seconds or an HTTP date (RFC 9110, 10.2.3), by the server's own clock. */
export function retryAfterMs(headers: Headers | undefined): number | undefined {
  const text = headers?.get('retry-after');
  if (headers === undefined || text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

const retryAfter = (headers: Headers | undefined): { retryAfterMs?: number } => {
  const wait = retryAfterMs(headers);
  return wait === undefined ? {} : { retryAfterMs: wait };
};

/** The failure of an answer that arrived, whoever parsed it. */
export function answeredFailure(
  doing: string,
  answer: { readonly status: number; readonly code?: string; readonly message?: string; readonly headers?: Headers },
): Failure {
  const code = answer.code ?? `Http${answer.status}`;
  const text = answer.message ?? 'no message';
  return {
    kind: kindOf(answer.status, code),
    code,
    status: answer.status,
    message: `Tried to ${doing}; Azure answered ${answer.status} ${code}: ${text}`,
    ...retryAfter(answer.headers),
  };
}

/** Batch says which property is wrong only in the details (Reason, PropertyName, PropertyPath). */
export const errorDetails = z
  .array(z.object({ code: z.string(), message: z.string() }))
  .optional()
  .catch(undefined);

export const withDetails = (message: string, details: z.infer<typeof errorDetails>): string =>
  details === undefined || details.length === 0
    ? message
    : `${message} (${details.map(({ code, message: text }) => `${code}: ${text}`).join('; ')})`;

const restDetails = z.object({ error: z.object({ details: errorDetails }) });

function restFailure(doing: string, error: RestError): Failure {
  // An answer that broke off is parsed to an error that carries its 200.
  if (error.statusCode === undefined || error.statusCode < 400) {
    return {
      kind: 'unavailable',
      code: error.code ?? 'NoAnswer',
      message: `Tried to ${doing}; no answer: ${error.message}`,
    };
  }
  return answeredFailure(doing, {
    status: error.statusCode,
    ...(error.code === undefined ? {} : { code: error.code }),
    message: withDetails(error.message, restDetails.safeParse(error.details).data?.error.details),
    ...(error.response === undefined ? {} : { headers: error.response.headers }),
  });
}

/** Names of errors that pass: of @azure/identity, when its endpoint is down or does not know the app yet, and of time-outs. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'AggregateAuthenticationError',
  // A request that got no answer in time (clients.ts).
  'AbortError',
  'AuthenticationError',
  'CredentialUnavailableError',
]);

/** Node's own codes for a connection that broke (nodejs.org/api/errors.html#common-system-errors). */
const BROKEN_CONNECTION = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)/;

/** By shape, because an SDK's errors need not come from this module's realm. */
const isErrorLike = (error: unknown): error is { readonly name: string; readonly message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'name' in error &&
  'message' in error &&
  typeof error.name === 'string';

/** Code of the failure when a call would have left the allow-list; it was not made. */
export const OUTSIDE_ALLOW_LIST = 'OutsideAllowList';

export class OutsideAllowList extends Error {
  constructor(path: string) {
    super(`${path} is not on the app's allow-list (setting ALLOWED_SCOPES); it was not called.`);
    this.name = OUTSIDE_ALLOW_LIST;
  }
}

/** What an error of the SDKs, the identity or the network means; undefined for anything else, which is a bug of ours. */
export function failureOf(doing: string, error: unknown): Failure | undefined {
  if (isRestError(error)) return restFailure(doing, error);
  if (error instanceof OutsideAllowList) {
    return { kind: 'forbidden', code: OUTSIDE_ALLOW_LIST, message: `Tried to ${doing}, but ${error.message}` };
  }
  if (!isErrorLike(error)) return undefined;
  const message = `Tried to ${doing}; ${error.message}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (PASSING_ERRORS.has(error.name) || BROKEN_CONNECTION.test(code)) return { kind: 'unavailable', code, message };
  // core-amqp throws all tries together when there was more than one; the last one tells how it is now.
  if ('errors' in error && Array.isArray(error.errors)) return failureOf(doing, error.errors.at(-1));
  if (!('retryable' in error)) return undefined;
  // ServiceBusError, and core-amqp's MessagingError below it, say whether waiting helps. `GeneralError` is all that the
  // SDK has no name for; it says no, but a refused connection, as while the bus restarts, is among it.
  const helps = error.retryable === true || code === 'GeneralError';
  return { kind: helps ? 'unavailable' : 'rejected', code, message };
}

/** Runs a call; its value, or the failure that Azure gave. Errors that are not Azure's pass through. */
export async function attempt<T>(doing: string, call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await call());
  } catch (error) {
    const failure = failureOf(doing, error);
    if (!failure) throw error;
    return fail(failure);
  }
}
