/** POST actions on a resource: at once, or as a long operation that ends without a body. */
import { notSupported } from './armError';
import type { Stored, WritePlan } from './kind';
import { statusOf } from './operation';
import { missing } from './parents';
import { monitoredHeaders, type Asked, type Desk, type Reply } from './replies';
import { checkApiVersion, checkQuery } from './route';
import {
  begin,
  busy,
  operationOf,
  record,
  refuseWhileDeleting,
  requestOf,
  written,
  type ActionRoute,
  type Write,
} from './writes';

export function act(route: ActionRoute, asked: Asked, desk: Desk): Reply {
  const apiVersion = checkApiVersion(asked.url.searchParams, route.kind);
  checkQuery(asked.url.searchParams, []);
  const at = begin(route, asked, desk);
  const { kind, id, site, stored } = at;
  const run = kind.actions?.[route.action];
  if (stored === undefined) throw missing(kind, id, site);
  if (run === undefined) throw notSupported(`POST ${asked.url.pathname}`);
  refuseWhileDeleting(stored, site.nowMs);
  const plan = run(requestOf(at, 'PUT', apiVersion));
  const next: Stored = { ...stored, ...record(kind, id, plan), changedMs: site.nowMs };
  if (plan.durationMs > 0) return actOverTime(route.action, next, plan, at);
  desk.store.put(next);
  desk.announce({ verb: 'action', stored: next, action: route.action, asked });
  return written(next, at, 200);
}

/** UNCONFIRMED: the same action again while it is being carried out joins it. */
function actOverTime(action: string, acted: Stored, plan: WritePlan, at: Write): Reply {
  const { asked, desk, site, stored } = at;
  if (stored?.write !== undefined && statusOf(stored.write, site.nowMs) === 'InProgress') {
    if (stored.write.verb !== 'action') throw busy(stored, site.nowMs);
    return { status: 202, headers: monitoredHeaders(stored, stored.write, asked) };
  }
  const operation = operationOf(at, 'action', plan);
  const next: Stored = { ...acted, write: operation };
  desk.store.put(next);
  desk.announce({ verb: 'action', stored: next, action, operation, asked });
  return { status: 202, headers: monitoredHeaders(next, operation, asked) };
}
