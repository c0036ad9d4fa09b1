/** Counts the nodes of a pool by their states, with the errors of those that cannot be used: only the data plane knows. */
import * as z from 'zod';
import { armKey } from '../domain/armId';
import type { NodeStates } from '../domain/growth/poolLook';
import { accountOf } from '../domain/guard/poolId';
import { fail, isPassing, succeed, type Outcome } from '../domain/outcome';
import { readAgainIfCut, readBatch, readPages } from './armCall';
import type { Arm } from './clients';
import { attempt } from './failure';
import { poolPlace } from './poolResources';

/**
 * What the states of a node mean (rest/api/batchservice/pool/list-pool-node-counts). The others count in the total only:
 * an offline node takes no tasks but is well, and a deallocated one is not there because someone wants it so.
 */
const MEANING: Readonly<Record<string, 'usable' | 'underway' | 'unusable' | 'startTaskFailed' | 'preempted'>> = {
  idle: 'usable',
  running: 'usable',
  creating: 'underway',
  starting: 'underway',
  waitingForStartTask: 'underway',
  rebooting: 'underway',
  reimaging: 'underway',
  upgradingOS: 'underway',
  leavingPool: 'underway',
  unknown: 'underway',
  unusable: 'unusable',
  startTaskFailed: 'startTaskFailed',
  preempted: 'preempted',
};

const perState = z.record(z.string(), z.number());
const countsPage = z
  .object({
    value: z.array(z.object({ poolId: z.string(), dedicated: perState, lowPriority: perState })),
    'odata.nextLink': z.string().optional(),
  })
  .transform(({ value, 'odata.nextLink': next }) => ({ items: value, next }));

type Counted = z.infer<typeof countsPage>['items'][number];

type Counts = Omit<NodeStates, 'errors'>;

function countsFrom({ dedicated, lowPriority }: Counted): Counts {
  const sum = { total: 0, usable: 0, underway: 0, unusable: 0, startTaskFailed: 0, preempted: 0 };
  for (const [state, nodes] of [dedicated, lowPriority].flatMap((kind) => Object.entries(kind))) {
    if (state === 'total') sum.total += nodes;
    const meaning = MEANING[state];
    if (meaning !== undefined) sum[meaning] += nodes;
  }
  const { preempted, ...counts } = sum;
  return preempted === 0 ? counts : sum;
}

interface NodeError {
  readonly code: string;
  readonly message: string;
}

const errorBody = z.object({ code: z.string(), message: z.string().default('') });

const failedNode = z
  .object({
    errors: z.array(errorBody).default([]),
    startTaskInfo: z.object({ exitCode: z.number().optional(), failureInfo: errorBody.optional() }).optional(),
  })
  .transform(({ errors, startTaskInfo }): readonly NodeError[] => [...errors, ...startTaskErrors(startTaskInfo ?? {})]);

function startTaskErrors(info: {
  readonly exitCode?: number | undefined;
  readonly failureInfo?: NodeError | undefined;
}): readonly NodeError[] {
  const { exitCode, failureInfo } = info;
  if (failureInfo === undefined) return [];
  const ended = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  return [{ code: failureInfo.code, message: `${failureInfo.message}${ended}` }];
}

const nodesPage = z
  .object({ value: z.array(failedNode), 'odata.nextLink': z.string().optional() })
  .transform(({ value, 'odata.nextLink': next }) => ({ items: value, next }));

/** The answer is kept in the history of an orchestration: the most frequent errors say enough. */
const MOST_ERRORS = 10;

/** Each different error with the number of nodes that have it, the most frequent first. */
function grouped(nodes: readonly (readonly NodeError[])[]): NodeStates['errors'] {
  const groups = new Map<string, NodeStates['errors'][number]>();
  for (const errors of nodes) {
    const ofNode = new Map(errors.map((error) => [`${error.code}\n${error.message}`, error]));
    for (const [key, error] of ofNode) groups.set(key, { ...error, nodes: (groups.get(key)?.nodes ?? 0) + 1 });
  }
  const inOrder = [...groups.values()].toSorted(
    (one, other) => other.nodes - one.nodes || one.code.localeCompare(other.code),
  );
  return inOrder.slice(0, MOST_ERRORS);
}

/** Endpoints of accounts, which never change: asked for once by each process. */
const ENDPOINTS = new WeakMap<Arm, Map<string, string>>();

function endpointsOf(arm: Arm): Map<string, string> {
  const known = ENDPOINTS.get(arm) ?? new Map<string, string>();
  ENDPOINTS.set(arm, known);
  return known;
}

/** Whoever has read an account has read its endpoint. */
export function rememberEndpoint(arm: Arm, accountId: string, endpoint: string): void {
  endpointsOf(arm).set(armKey(accountId), endpoint);
}

/** Where the data plane of the pool's account is. */
async function endpointOf(arm: Arm, poolId: string): Promise<Outcome<string>> {
  const known = endpointsOf(arm);
  const { batch, group, account } = poolPlace(arm, poolId);
  const key = armKey(accountOf(poolId) ?? poolId);
  const remembered = known.get(key);
  if (remembered !== undefined) return succeed(remembered);
  const doing = `read Batch account ${account} of pool ${poolId}`;
  const answer = await attempt(doing, () => batch.batchAccountOperations.get(group, account));
  if (!answer.ok) return answer;
  const { accountEndpoint } = answer.value;
  if (accountEndpoint !== undefined) {
    known.set(key, accountEndpoint);
    return succeed(accountEndpoint);
  }
  const message = `Tried to ${doing}; Azure states no endpoint of it, so its nodes cannot be counted.`;
  return fail({ kind: 'rejected', code: 'NoEndpoint', message });
}

interface Place {
  readonly endpoint: string;
  readonly poolId: string;
  readonly pool: string;
}

async function readCounts(arm: Arm, { endpoint, poolId, pool }: Place): Promise<Outcome<Counts>> {
  const doing = `count the nodes of ${poolId} at ${endpoint}`;
  const first = `/nodecounts?${new URLSearchParams({ $filter: `poolId eq '${pool}'` }).toString()}`;
  const answer = await readPages(first, countsPage, (path) => readBatch(arm, doing, { endpoint, path }));
  if (!answer.ok) return answer;
  const counted = answer.value.find((one) => one.poolId.toLowerCase() === pool.toLowerCase());
  if (counted !== undefined) return succeed(countsFrom(counted));
  const message = `Tried to ${doing}; the answer has no counts of this pool.`;
  return fail({ kind: 'rejected', code: 'PoolNotCounted', message });
}

/** Counts of every pool of an account, by the pool's name in lower case; without the errors of their nodes. */
export async function readAccountNodeStates(
  arm: Arm,
  endpoint: string,
): Promise<Outcome<ReadonlyMap<string, NodeStates>>> {
  const doing = `count the nodes of all pools at ${endpoint}`;
  const answer = await readAgainIfCut(() =>
    readPages('/nodecounts', countsPage, (path) => readBatch(arm, doing, { endpoint, path })),
  );
  if (!answer.ok) return answer;
  return succeed(
    new Map(answer.value.map((counted) => [counted.poolId.toLowerCase(), { ...countsFrom(counted), errors: [] }])),
  );
}

const FAILED_NODES = "state eq 'unusable' or state eq 'starttaskfailed'";

/** A page has 1,000 nodes, and a pool on a custom image has 2,500 and 1,000 at most: a few pages (batch/batch-custom-images). */
async function readErrors(arm: Arm, { endpoint, poolId, pool }: Place): Promise<Outcome<NodeStates['errors']>> {
  const doing = `list the unusable nodes of ${poolId} at ${endpoint}`;
  const query = new URLSearchParams({ $filter: FAILED_NODES, $select: 'id,state,errors,startTaskInfo' });
  const first = `/pools/${pool}/nodes?${query.toString()}`;
  const answer = await readPages(first, nodesPage, (path) => readBatch(arm, doing, { endpoint, path }));
  return answer.ok ? succeed(grouped(answer.value)) : answer;
}

/** How many nodes of a pool are in which state, by the pool's id; the unusable ones with what Azure says of them. */
export async function readNodeStates(arm: Arm, poolId: string): Promise<Outcome<NodeStates>> {
  const endpoint = await endpointOf(arm, poolId);
  if (!endpoint.ok) return endpoint;
  const place = { endpoint: endpoint.value, poolId, pool: poolPlace(arm, poolId).pool };
  const counts = await readCounts(arm, place);
  if (!counts.ok) return counts;
  const failed = counts.value.unusable + counts.value.startTaskFailed;
  if (failed === 0) return succeed({ ...counts.value, errors: [] });
  const errors = await readErrors(arm, place);
  if (errors.ok) return succeed({ ...counts.value, errors: errors.value });
  if (isPassing(errors.failure)) return errors;
  // The counts stand without their reasons; that these may not be read is what there is to say of them.
  const { code, message } = errors.failure;
  return succeed({ ...counts.value, errors: [{ code, message, nodes: failed }] });
}
