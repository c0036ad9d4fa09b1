/** Answers and their headers: where a long operation can be watched, when to look again, which version was answered. */
import type { EventVerb } from './events';
import type { Effects } from './faults';
import type { Stored } from './kind';
import type { Operation } from './operation';
import { regionOf } from './resourceId';
import type { Store } from './store';
import type { Caller } from './token';
import type { WorldFacts } from './worldFacts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  readonly effects: Effects;
  readonly caller: Caller;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Told when a change is accepted, with the instant at which it has happened. */
export type Announce = (change: {
  readonly verb: EventVerb;
  readonly stored: Stored;
  readonly action?: string;
  readonly operation?: Operation;
  readonly asked: Asked;
}) => void;

/** What every request works with. */
export interface Desk {
  readonly store: Store;
  readonly world: WorldFacts;
  readonly announce: Announce;
  readonly graph: { answer(asked: Asked, desk: Desk): Reply };
}

/** Seconds between looks that Azure asks for (azure-rest-api-specs#11559 shows 60 for a version's deletion). */
const RETRY_AFTER_SECONDS: Readonly<Record<string, number>> = {
  'Microsoft.Compute/galleries/images/versions': 60,
  'Microsoft.Batch/batchAccounts/pools': 15,
};
export const USUAL_RETRY_AFTER_SECONDS = 10;

export const etagOf = (stored: Stored): Record<string, string> => (stored.etag === '' ? {} : { etag: stored.etag });

function retryAfter(stored: Stored): Record<string, string> {
  return { 'retry-after': String(RETRY_AFTER_SECONDS[stored.kind.type] ?? USUAL_RETRY_AFTER_SECONDS) };
}

function operationUrl(stored: Stored, operation: Operation, asked: Asked): URL {
  const [, , subscription = ''] = stored.id.split('/');
  const region = regionOf(String(stored.input['location']));
  const url = new URL(
    `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${region}/${stored.kind.operations ?? 'operations'}/${operation.id}`,
    asked.url,
  );
  url.searchParams.set('api-version', asked.url.searchParams.get('api-version') ?? '');
  return url;
}

export function asyncHeaders(stored: Stored, operation: Operation, asked: Asked): Record<string, string> {
  return { ...retryAfter(stored), 'azure-asyncoperation': operationUrl(stored, operation, asked).href };
}

/** Of what ends without a resource to show: deletions and actions. */
export function monitoredHeaders(stored: Stored, operation: Operation, asked: Asked): Record<string, string> {
  if (stored.kind.dialect === 'batch') {
    const account = stored.id.slice(0, stored.id.lastIndexOf('/pools/'));
    const url = new URL(`${account}/poolOperationResults/${operation.id}`, asked.url);
    url.searchParams.set('api-version', asked.url.searchParams.get('api-version') ?? '');
    return { ...retryAfter(stored), location: url.href };
  }
  const monitor = operationUrl(stored, operation, asked);
  monitor.searchParams.set('monitor', 'true');
  return { ...asyncHeaders(stored, operation, asked), location: monitor.href };
}
