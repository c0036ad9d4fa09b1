/** A change to a resource, as Event Grid tells of it after the fact. */
import { armKey } from '../armId';
import { inChunks } from '../lists';
import { digest } from '../names';
import type { Author } from './ledger';

export interface ResourceChange {
  readonly verb: 'deleted' | 'written';
  readonly resourceId: string;
  /** Of the event; redeliveries keep it. */
  readonly eventId: string;
  readonly by: Author;
}

type Verb = ResourceChange['verb'];

const BOTH: readonly Verb[] = ['deleted', 'written'];

/**
 * What pools stand on or lie in, by type in lower case, with the changes that may matter. A resource group, a gallery or an
 * account that is written brings nothing back. The event subscription lets the same through (docs/deploying.md).
 */
const WATCHED: Readonly<Record<string, readonly Verb[]>> = {
  'microsoft.compute/images': BOTH,
  'microsoft.compute/galleries': ['deleted'],
  'microsoft.compute/galleries/images': BOTH,
  'microsoft.compute/galleries/images/versions': BOTH,
  'microsoft.compute/snapshots': ['deleted'],
  'microsoft.compute/disks': ['deleted'],
  'microsoft.storage/storageaccounts': ['deleted'],
  'microsoft.batch/batchaccounts': ['deleted'],
  'microsoft.batch/batchaccounts/pools': BOTH,
  'microsoft.resources/subscriptions/resourcegroups': ['deleted'],
};

const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/;
const PROVIDERS = /\/providers\/([^/]+)((?:\/[^/]+\/[^/]+)+)$/;

/** Type of the resource that an id names, in lower case; of a resource group as RBAC spells it. Undefined for others. */
export function changedType(resourceId: string): string | undefined {
  const key = armKey(resourceId);
  if (RESOURCE_GROUP.test(key)) return 'microsoft.resources/subscriptions/resourcegroups';
  const [, namespace, path] = PROVIDERS.exec(key) ?? [];
  if (namespace === undefined || path === undefined) return undefined;
  const types = path
    .slice(1)
    .split('/')
    .filter((_, index) => index % 2 === 0);
  return [namespace, ...types].join('/');
}

export const isWatched = ({ resourceId, verb }: Pick<ResourceChange, 'resourceId' | 'verb'>): boolean =>
  WATCHED[changedType(resourceId) ?? '']?.includes(verb) === true;

export const isPool = (resourceId: string): boolean =>
  changedType(resourceId) === 'microsoft.batch/batchaccounts/pools';

/** Stands for an event where there is none: the pool is to be looked at. */
export const poolWritten = (poolId: string, eventId: string, atMs: number): ResourceChange => ({
  verb: 'written',
  resourceId: poolId,
  eventId,
  by: { at: new Date(atMs).toISOString() },
});

/** Changes that are looked at together, by one orchestration. */
export interface GuardJob {
  readonly instanceId: string;
  readonly changes: readonly ResourceChange[];
}

/** At some 450 bytes each they stay below the 64 KiB of a message of the durable store, which puts larger ones into blobs. */
const MOST_CHANGES = 100;

const shortDigest = (texts: readonly string[]): string => digest(texts.join('\n')).slice(0, 16);

/** Of the same changes always the same, so that a redelivery finds its own; a later event is never taken for it. */
function instanceIdOf(changes: readonly ResourceChange[]): string {
  const resources = shortDigest(changes.map(({ resourceId }) => armKey(resourceId)));
  return `guard-${resources}-${shortDigest(changes.map(({ eventId }) => eventId))}`;
}

const jobsOf = (changes: readonly ResourceChange[]): readonly GuardJob[] =>
  inChunks(changes, MOST_CHANGES).map((chunk) => ({ instanceId: instanceIdOf(chunk), changes: chunk }));

/**
 * Orchestrations for changes that came together, each change once. Those of pools are by themselves: whom they concern is known
 * without an audit, and the others may have to wait for one.
 */
export function guardJobs(changes: readonly ResourceChange[]): readonly GuardJob[] {
  const once = [...new Map(changes.map((change) => [instanceIdOf([change]), change])).values()];
  const ofPools = once.filter(({ resourceId }) => isPool(resourceId));
  return [...jobsOf(ofPools), ...jobsOf(once.filter((change) => !ofPools.includes(change)))];
}
