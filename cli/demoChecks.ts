/** What must be true after the demo: every deviation is a sentence. */
import * as z from 'zod';
import type { ArmCall, AzureSimulator } from '../local/arm/simulator';
import type { ReceivedEvent } from './receiveEvent';

const WRITES: readonly { readonly what: string; readonly path: RegExp; readonly times: number }[] = [
  { what: 'snapshot', path: /\/snapshots\//i, times: 3 },
  { what: 'managed image', path: /\/Microsoft\.Compute\/images\//i, times: 1 },
  { what: 'image definition', path: /\/galleries\/[^/]+\/images\/[^/]+$/i, times: 1 },
  { what: 'image version', path: /\/versions\//i, times: 1 },
  { what: 'pool', path: /\/pools\//i, times: 1 },
];

/** A whole build stays below this many calls to Azure, however many nodes it waits for; audits of its hours included. */
const MAX_CALLS = 300;

/** Resource Graph is asked by POST, which changes nothing (rest/api/azureresourcegraph/resourcegraph/resources/resources). */
const isQuestion = ({ path }: ArmCall): boolean => path.startsWith('/providers/Microsoft.ResourceGraph/');

/** What the pool asks for, and the resizes beyond its creation when Azure brings 280 nodes with each. */
const NODES = 600;
const RESIZES = 2;

export function deviations(event: ReceivedEvent, azure: AzureSimulator): readonly string[] {
  const puts = azure.calls.filter(({ method }) => method === 'PUT');
  const others = azure.calls.filter((call) => !['PUT', 'GET', 'PATCH'].includes(call.method) && !isQuestion(call));
  const resizes = azure.calls.filter(({ method }) => method === 'PATCH').length;
  const problems = WRITES.flatMap(({ what, path, times }) => {
    const seen = puts.filter((call) => path.test(call.path)).length;
    return seen === times ? [] : [`${seen} PUTs (${what}) instead of ${times}`];
  });
  if (event.type !== 'BatchImagePools.BuildSucceeded') problems.push(`the result is ${event.type}`);
  if (event.correlationId !== event.data.requestId) problems.push('the correlation id is not the request id');
  if (others.length > 0) problems.push(`${others.length} writes besides the PUTs and the resizes`);
  if (resizes !== RESIZES) problems.push(`${resizes} resizes instead of ${RESIZES}`);
  if (azure.calls.length > MAX_CALLS) problems.push(`${azure.calls.length} calls to Azure, more than ${MAX_CALLS}`);
  if (nodesOf(azure.find(event.subject)) !== NODES) problems.push(`the pool does not have its ${NODES} nodes`);
  return problems;
}

const poolSchema = z.object({ properties: z.object({ currentDedicatedNodes: z.number() }) });

const nodesOf = (pool: unknown): number | undefined =>
  poolSchema.safeParse(pool).data?.properties.currentDedicatedNodes;
