/** What every kind of resource offers the activities: see it, put it, delete it; each one call, none of them waiting. */
import type { Outcome } from '../domain/outcome';
import type { Begun, ResourceSpec, Sighting, Tags } from '../domain/resources';
import { attempt, retryAfterMs } from './failure';

/** A resource as it is now. */
export interface Seen {
  readonly tags: Tags;
  readonly deleting: boolean;
  readonly sighting: Sighting;
}

export interface ResourceClient<S extends ResourceSpec> {
  /** Azure itself refuses (412) to put one where one is: what is there need not be looked for before. */
  readonly putsOnlyNew?: true;
  see(spec: S): Promise<Outcome<Seen>>;
  put(spec: S): Promise<Outcome<Begun>>;
  delete(spec: S): Promise<Outcome<Begun>>;
}

interface AnswerHeaders {
  get(name: string): string | undefined;
}

interface CallOptions {
  onResponse: (raw: { readonly headers: AnswerHeaders }) => void;
}

/** What an answer's headers say about following an operation (azure-resource-manager/management/async-operations). */
export function begunFrom(headers: AnswerHeaders | undefined): Begun {
  const operationUrl = headers?.get('azure-asyncoperation');
  const wait = retryAfterMs(headers);
  return {
    ...(operationUrl === undefined ? {} : { operationUrl }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** Sends the first request of a long-running operation, and nothing more: `submitted` ends when Azure has taken it on. */
export async function submit(
  doing: string,
  start: (options: CallOptions) => { submitted(): Promise<void> },
): Promise<Outcome<Begun>> {
  let headers: AnswerHeaders | undefined;
  const outcome = await attempt(doing, () =>
    start({
      onResponse: (raw) => {
        headers ??= raw.headers;
      },
    }).submitted(),
  );
  return outcome.ok ? { ok: true, value: begunFrom(headers) } : outcome;
}

/** Reads a resource, with what its answer says about when to look again. */
export async function look<T>(
  doing: string,
  get: (options: CallOptions) => Promise<T>,
): Promise<Outcome<{ readonly resource: T; readonly retryAfterMs?: number }>> {
  let wait: number | undefined;
  const outcome = await attempt(doing, () =>
    get({
      onResponse: (raw) => {
        wait = retryAfterMs(raw.headers);
      },
    }),
  );
  if (!outcome.ok) return outcome;
  return { ok: true, value: { resource: outcome.value, ...(wait === undefined ? {} : { retryAfterMs: wait }) } };
}

/** What `provisioningState` means; whatever is not an end is under way (async-operations, "provisioningState values"). */
export function sightingOf(id: string, state: string | undefined, wait?: number): Sighting {
  switch (state?.toLowerCase()) {
    case undefined:
    case 'succeeded':
      return { state: 'ready' };
    case 'failed':
    case 'canceled':
      return {
        state: 'failed',
        code: `Provisioning${state}`,
        message: `Azure could not make ${id}; its activity log says why.`,
      };
    default:
      return { state: 'underway', progress: state ?? '', ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
}

export const isDeleting = (state: string | undefined): boolean => state?.toLowerCase() === 'deleting';
