/** The nodes of pools on the data plane: counted by state, and listed one by one (rest/api/batchservice/nodes). */
import { ArmError, notSupported } from './armError';
import { comparisonOf, LIST_QUERIES, listOf, type DataRoute, type Served } from './dataRoute';
import type { Json, Stored } from './kind';
import { NODE_STATES, nodesOf, type SeenNode, type StartTask } from './nodeStates';
import { vmSizeOf } from './poolFacts';
import type { Nodes } from './resize';

const nameOf = (pool: Stored): string => pool.id.split('/').at(-1) ?? '';

function poolNamed(name: string, { account, site }: Served): Stored {
  const pool = site.find(`${account.id}/pools/${name}`);
  if (pool !== undefined) return pool;
  throw new ArmError(404, 'PoolNotFound', 'The specified pool does not exist.');
}

function countsOf(nodes: readonly SeenNode[], kind: keyof Nodes): Json {
  const these = nodes.filter((node) => node.kind === kind);
  const counts: Record<string, number> = {};
  for (const state of NODE_STATES) counts[state] = these.filter((node) => node.state === state).length;
  return { ...counts, total: these.length };
}

/** From 2025-06-01 on `maxresults` may be 1,000; before, 10 at most (rest/api/batchservice, list-pool-node-counts). */
const FULL_PAGES_SINCE = '2025-06-01';
const SMALL_PAGE = 10;

/** The counts of one pool by $filter, or of all. UNCONFIRMED: 404 when the pool of the $filter is not there. */
function nodeCounts(served: Served): Json {
  const { account, site, url } = served;
  const query = url.searchParams;
  const isOld = (query.get('api-version') ?? '') < FULL_PAGES_SINCE;
  if (isOld && Number(query.get('maxresults') ?? 0) > SMALL_PAGE) {
    throw new ArmError(400, 'InvalidQueryParameterValue', `maxresults must be between 1 and ${SMALL_PAGE} here.`);
  }
  const filter = query.get('$filter');
  const pools = filter === null ? site.childrenOf(account.id) : [poolNamed(poolIn(filter), served)];
  return listOf(pools, url, {
    metadata: 'poolnodecounts',
    ...(isOld ? { largest: SMALL_PAGE } : {}),
    show: (pool) => {
      const nodes = nodesOf(pool, site);
      return {
        poolId: nameOf(pool),
        dedicated: countsOf(nodes, 'dedicated'),
        lowPriority: countsOf(nodes, 'lowPriority'),
      };
    },
  });
}

function poolIn(filter: string): string {
  const { property, wanted } = comparisonOf(filter, 'node counts');
  if (property !== 'poolid') throw notSupported(`the $filter '${filter}' on node counts`);
  return wanted;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function startTaskInfo({ startMs, endMs, failure }: StartTask): Json {
  if (endMs === undefined) return { state: 'running', startTime: iso(startMs), retryCount: 0 };
  const ended = { state: 'completed', startTime: iso(startMs), endTime: iso(endMs), retryCount: 0 };
  if (failure === undefined) return { ...ended, exitCode: 0, result: 'success' };
  const { code, message } = failure;
  return { ...ended, exitCode: 1, result: 'failure', failureInfo: { category: 'usererror', code, message } };
}

function shown(node: SeenNode, pool: Stored, url: URL): Json {
  const { error, startTask } = node;
  return {
    id: node.id,
    url: `${url.origin}/pools/${nameOf(pool)}/nodes/${node.id}`,
    state: node.state.toLowerCase(),
    schedulingState: 'enabled',
    stateTransitionTime: iso(node.sinceMs),
    allocationTime: iso(node.allocatedMs),
    vmSize: vmSizeOf(pool).toLowerCase(),
    isDedicated: node.kind === 'dedicated',
    ...(error === undefined ? {} : { errors: [{ code: error.code, message: error.message, errorDetails: [] }] }),
    ...(startTask === undefined ? {} : { startTaskInfo: startTaskInfo(startTask) }),
  };
}

/** `state eq '…'`, joined by `or`. */
function filterOf(filter: string | null): (node: SeenNode) => boolean {
  if (filter === null) return () => true;
  const states = filter.split(/\s+or\s+/i).map((clause) => {
    const { property, wanted } = comparisonOf(clause, 'nodes');
    if (property !== 'state') throw notSupported(`the $filter '${filter}' on nodes`);
    return wanted.toLowerCase();
  });
  return ({ state }) => states.includes(state.toLowerCase());
}

const SELECTABLE = [
  'id',
  'url',
  'state',
  'schedulingState',
  'stateTransitionTime',
  'allocationTime',
  'vmSize',
  'isDedicated',
  'errors',
  'startTaskInfo',
];

function selectOf(select: string | null): (node: Json) => Json {
  if (select === null) return (node) => node;
  const names = select.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SELECTABLE.includes(name));
  if (unknown !== undefined) throw notSupported(`'${unknown}' in the $select of nodes`);
  return (node) => Object.fromEntries(Object.entries(node).filter(([name]) => names.includes(name)));
}

function nodes(served: Served): Json {
  const { site, url, at } = served;
  const pool = poolNamed(decodeURIComponent(at['pool'] ?? ''), served);
  const select = selectOf(url.searchParams.get('$select'));
  const found = nodesOf(pool, site).filter(filterOf(url.searchParams.get('$filter')));
  return listOf(found, url, { metadata: 'nodes', show: (node) => select(shown(node, pool, url)) });
}

export const NODE_ROUTES: readonly DataRoute[] = [
  {
    method: 'GET',
    path: /^\/nodecounts$/i,
    queries: LIST_QUERIES,
    permission: 'Microsoft.Batch/batchAccounts/read',
    answer: nodeCounts,
  },
  {
    method: 'GET',
    path: /^\/pools\/(?<pool>[^/]+)\/nodes$/i,
    queries: [...LIST_QUERIES, '$select'],
    permission: 'Microsoft.Batch/batchAccounts/read',
    answer: nodes,
  },
];
