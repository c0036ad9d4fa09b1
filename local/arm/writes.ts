/** Writes: PUT, PATCH and DELETE, with what Azure refuses of any resource type. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ArmError, notSupported } from './armError';
import type { ResourceKind, Site, Stored, WritePlan, WriteRequest } from './kind';
import { startOperation, statusOf, type Operation } from './operation';
import { missing, requireParents } from './parents';
import { checkPreconditions } from './preconditions';
import { asyncHeaders, monitoredHeaders, etagOf, type Asked, type Desk, type Reply } from './replies';
import { regionOf, spellId, type ResourceId } from './resourceId';
import { checkApiVersion, checkQuery, type Route } from './route';
import { json, mergePatch, readBody, withoutReadOnly } from './schema';
import { provisioningState, showResource } from './state';

type ItemRoute = Extract<Route, { to: 'item' }>;
export type ActionRoute = Extract<Route, { to: 'action' }>;

/** One write on its way: what is asked of which resource, and what is there. */
export interface Write {
  readonly kind: ResourceKind;
  readonly id: ResourceId;
  readonly asked: Asked;
  readonly desk: Desk;
  readonly site: Site;
  readonly stored: Stored | undefined;
}

export function begin({ kind, id }: ItemRoute | ActionRoute, asked: Asked, desk: Desk): Write {
  const site = desk.store.site();
  return { kind, id, asked, desk, site, stored: site.find(id.key) };
}

export function write(route: ItemRoute, asked: Asked, desk: Desk): Reply {
  const method = asked.method === 'PATCH' ? 'PATCH' : 'PUT';
  const apiVersion = checkApiVersion(asked.url.searchParams, route.kind);
  checkQuery(asked.url.searchParams, []);
  const at = begin(route, asked, desk);
  const { kind, id, site, stored } = at;
  if (kind.put === undefined || (method === 'PATCH' && kind.patch === undefined)) {
    throw notSupported(`${method} of ${kind.type}`);
  }
  requireParents(kind, id, site);
  if (stored === undefined && method === 'PATCH') throw missing(kind, id, site);
  checkPreconditions(kind, stored, asked.headers);
  if (stored !== undefined) refuseWhileDeleting(stored, site.nowMs);
  refuseName(kind, id);
  const request = requestOf(at, method, apiVersion);
  return accept(at, kind.put(request), request.existing === undefined);
}

/** Azure's own at the top of every body. */
export const ALWAYS_READ_ONLY = ['id', 'name', 'type', 'etag', 'systemData', 'properties.provisioningState'];

export function requestOf(at: Write, method: 'PUT' | 'PATCH', apiVersion: string): WriteRequest {
  const { kind, id, asked, site, stored } = at;
  const sent = inAzuresSpelling(withoutReadOnly(asked.body, [...ALWAYS_READ_ONLY, ...kind.readOnly]));
  const patch = method === 'PATCH' && kind.patch !== undefined ? readBody(kind.patch, sent, kind.dialect) : undefined;
  const depth = kind.dialect === 'batch' ? 2 : Infinity;
  return {
    method,
    id,
    apiVersion,
    input: patch === undefined ? sent : mergePatch(stored?.input, patch, depth),
    ...(patch === undefined ? {} : { patch }),
    existing: stored !== undefined && wasMade(stored, site.nowMs) ? stored : undefined,
    site,
    faults: asked.effects.resize,
    replicationFailure: (region) => asked.effects.replicationFailure(region),
    slowed: (durationMs) => asked.effects.slowed(durationMs),
  };
}

/** Azure answers with locations in lower case, however they were sent. */
function inAzuresSpelling(sent: unknown): unknown {
  const body = json.safeParse(sent);
  const location = body.data?.['location'];
  return typeof location === 'string' ? { ...body.data, location: regionOf(location) } : sent;
}

/** A creation that failed or was cut off is begun anew. */
function wasMade(stored: Stored, nowMs: number): boolean {
  if (stored.write?.verb !== 'create') return true;
  const status = statusOf(stored.write, nowMs);
  return status === 'Succeeded' || status === 'InProgress';
}

function accept(at: Write, plan: WritePlan, isNew: boolean): Reply {
  const { kind, id, asked, desk, site, stored } = at;
  const running = stored?.write !== undefined && statusOf(stored.write, site.nowMs) === 'InProgress';
  if (running) return join(stored, plan, at);
  const operation = plan.durationMs > 0 ? operationOf(at, isNew ? 'create' : 'update', plan) : undefined;
  const next: Stored = {
    ...record(kind, id, plan),
    createdMs: stored?.createdMs ?? site.nowMs,
    changedMs: site.nowMs,
    ...(operation === undefined ? {} : { write: operation }),
  };
  desk.store.put(next);
  desk.announce({ verb: 'write', stored: next, asked, ...(operation === undefined ? {} : { operation }) });
  return written(next, at, stored === undefined && kind.dialect === 'compute' ? 201 : 200);
}

/** UNCONFIRMED: the same PUT again while it is being carried out joins it; another one is a conflict. */
function join(stored: Stored, plan: WritePlan, at: Write): Reply {
  if (!isDeepStrictEqual(stored.input, json.parse(plan.input))) throw busy(stored, at.site.nowMs);
  return written(stored, at, 200);
}

type Course = Pick<WritePlan, 'durationMs' | 'failure'>;

export function operationOf(at: Write, verb: Operation['verb'], { durationMs, failure: planned }: Course): Operation {
  const { id, site, asked } = at;
  const { nowMs } = site;
  const failure = asked.effects.failure() ?? planned;
  return startOperation({ verb, resourceId: id.key, startedMs: nowMs, endsMs: nowMs + durationMs, failure });
}

export function written(stored: Stored, at: Write, status: number): Reply {
  const headers = stored.write === undefined ? etagOf(stored) : asyncHeaders(stored, stored.write, at.asked);
  return { status, body: showResource(stored, at.desk.store.site()), headers };
}

export function remove(route: ItemRoute, asked: Asked, desk: Desk): Reply {
  checkApiVersion(asked.url.searchParams, route.kind);
  checkQuery(asked.url.searchParams, []);
  const at = begin(route, asked, desk);
  const { kind, site, stored } = at;
  checkPreconditions(kind, stored, asked.headers);
  if (stored === undefined) return { status: 204 };
  if (kind.remove === undefined) throw notSupported(`DELETE of ${kind.type}`);
  if (stored.removal !== undefined && statusOf(stored.removal, site.nowMs) === 'InProgress') {
    return { status: 202, headers: monitoredHeaders(stored, stored.removal, asked) };
  }
  const { durationMs } = kind.remove(stored, site);
  if (durationMs === 0) return removedAtOnce(stored, at);
  const removal = operationOf(at, 'delete', { durationMs: asked.effects.slowed(durationMs) });
  if (stored.write !== undefined && statusOf(stored.write, site.nowMs) === 'InProgress') {
    stored.write.preemptedAtMs = site.nowMs;
  }
  const next: Stored = { ...stored, removal };
  desk.store.put(next);
  desk.announce({ verb: 'delete', stored: next, operation: removal, asked });
  return { status: 202, headers: monitoredHeaders(next, removal, asked) };
}

function removedAtOnce(stored: Stored, { asked, desk, site }: Write): Reply {
  desk.store.remove([stored], site.nowMs);
  desk.announce({ verb: 'delete', stored, asked });
  return { status: 200 };
}

type Recorded = Pick<
  Stored,
  'key' | 'id' | 'kind' | 'input' | 'properties' | 'etag' | 'replication' | 'resize' | 'machine'
>;

export function record(kind: ResourceKind, id: ResourceId, plan: WritePlan): Recorded {
  return {
    key: id.key,
    id: spellId(id, kind.type, kind.upperCasesResourceGroup === true),
    kind,
    input: json.parse(plan.input),
    properties: plan.properties,
    etag: hasEtag(kind) ? newEtag() : '',
    ...(plan.replication === undefined ? {} : { replication: plan.replication }),
    ...(plan.resize === undefined ? {} : { resize: plan.resize }),
    ...(plan.machine === undefined ? {} : { machine: plan.machine }),
  };
}

/** Pools have ETags; accounts have none. */
export const hasEtag = (kind: ResourceKind): boolean => kind.dialect === 'batch' && kind.put !== undefined;

export function newEtag(): string {
  return `W/"0x${randomUUID().replaceAll('-', '').slice(0, 15).toUpperCase()}"`;
}

function refuseName(kind: ResourceKind, id: ResourceId): void {
  const name = id.names.at(-1) ?? '';
  if (kind.name === undefined || kind.name.test(name)) return;
  const message = `The resource name '${name}' of type '${kind.type}' is invalid: it must match ${kind.name.source}.`;
  throw new ArmError(400, kind.dialect === 'batch' ? 'InvalidResourceName' : 'InvalidParameter', message);
}

export function refuseWhileDeleting(stored: Stored, nowMs: number): void {
  if (provisioningState(stored, nowMs) === 'Deleting') throw busy(stored, nowMs);
}

/** UNCONFIRMED codes; the data plane has PoolBeingDeleted. */
export function busy(stored: Stored, nowMs: number): ArmError {
  const state = provisioningState(stored, nowMs);
  const code = stored.kind.dialect === 'batch' ? 'PoolBeingDeleted' : 'Conflict';
  const message = `The resource '${stored.id}' is in provisioning state '${state}'; try again when that is over.`;
  return new ArmError(409, code, message);
}
