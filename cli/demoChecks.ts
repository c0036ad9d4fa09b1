/** What must be true after the demo: every deviation is a sentence. */
import * as z from 'zod';
import type { ArmCall, AzureSimulator } from '../local/arm/simulator';
import type { ReceivedEvent } from './receiveEvent';

interface Write {
  readonly what: string;
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
  readonly times: number;
}

/** Everything that the demo may change: what the pool asks for comes in three parts, as Azure brings 280 nodes with each resize. */
const WRITES: readonly Write[] = [
  { what: 'snapshot', method: 'PUT', path: /\/snapshots\//i, times: 3 },
  { what: 'managed image', method: 'PUT', path: /\/Microsoft\.Compute\/images\//i, times: 1 },
  { what: 'image definition', method: 'PUT', path: /\/galleries\/[^/]+\/images\/[^/]+$/i, times: 1 },
  { what: 'image version', method: 'PUT', path: /\/versions\//i, times: 1 },
  { what: 'pool', method: 'PUT', path: /\/pools\//i, times: 1 },
  { what: 'resize', method: 'PATCH', path: /\/pools\//i, times: 2 },
  { what: 'way into latest', method: 'PATCH', path: /\/versions\//i, times: 1 },
  { what: 'managed image that is let go', method: 'DELETE', path: /\/Microsoft\.Compute\/images\//i, times: 1 },
];

/** A whole build stays below this many calls to Azure, however many nodes it waits for; audits of its hours included. */
const MAX_CALLS = 300;

/** Resource Graph is asked by POST, which changes nothing (rest/api/azureresourcegraph/resourcegraph/resources/resources). */
const isQuestion = ({ path }: ArmCall): boolean => path.startsWith('/providers/Microsoft.ResourceGraph/');

const NODES = 600;

const isOf =
  ({ method, path }: Write) =>
  (call: ArmCall): boolean =>
    call.method === method && path.test(call.path);

export function deviations(event: ReceivedEvent, azure: AzureSimulator): readonly string[] {
  const writes = azure.calls.filter((call) => call.method !== 'GET' && !isQuestion(call));
  const problems = WRITES.flatMap((write) => {
    const seen = writes.filter(isOf(write)).length;
    return seen === write.times ? [] : [`${seen} × ${write.method} (${write.what}) instead of ${write.times}`];
  });
  const others = writes.filter((call) => !WRITES.some((write) => isOf(write)(call)));
  if (event.type !== 'BatchImagePools.BuildSucceeded') problems.push(`the result is ${event.type}`);
  if (event.correlationId !== event.data.requestId) problems.push('the correlation id is not the request id');
  if (others.length > 0) problems.push(`${others.length} writes that a build does not need`);
  if (azure.calls.length > MAX_CALLS) problems.push(`${azure.calls.length} calls to Azure, more than ${MAX_CALLS}`);
  if (nodesOf(azure.find(event.subject)) !== NODES) problems.push(`the pool does not have its ${NODES} nodes`);
  return problems;
}

const poolSchema = z.object({ properties: z.object({ currentDedicatedNodes: z.number() }) });

const nodesOf = (pool: unknown): number | undefined =>
  poolSchema.safeParse(pool).data?.properties.currentDedicatedNodes;
