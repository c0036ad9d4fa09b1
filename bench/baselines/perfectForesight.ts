/**
 * The critical path of a build: the same writes as the app sent, each sent in the very instant in which all that it needs
 * is done, on a fresh Azure with the same table of durations. No client can be faster. No peer works like this.
 */
import * as z from 'zod';
import type { ArmCall, SimulatorOptions } from '../../local/arm/simulator';
import { ask, withAzureAlone, type AzureAlone } from './azureAlone';

export type Write = Pick<ArmCall, 'method' | 'path' | 'query' | 'body' | 'startedMs'>;

export interface CriticalPath {
  /** In milliseconds of Azure's time. */
  readonly tookMs: number;
  /** When each write could be sent, and when it was done, from the beginning on. */
  readonly spans: ReadonlyMap<Write, { readonly sentMs: number; doneMs: number }>;
}

/** Ends are seen so late at most. */
const STEP_MS = 250;
/** The data plane is asked for nodes; that is slower than to look into the simulator. */
const NODES_STEP_MS = 1_000;
const MOST_HOURS = 24;

const ARM = 'https://management.azure.com';
const BATCH = 'https://batch.core.windows.net';
const NODE_COUNTS_VERSION = '2025-06-01';

const idOf = ({ path }: Write): string => path.toLowerCase();

/** What the app made or changed: POSTs that only ask (Resource Graph, permissions) are no writes. */
export const writesOf = (calls: readonly ArmCall[]): readonly Write[] =>
  calls.filter(({ method, status }) => ['PUT', 'PATCH', 'DELETE'].includes(method) && status >= 200 && status < 300);

/** A creation waits for what it names and for what it lies in; a change or a deletion for all that came before. */
function needs(write: Write, before: readonly Write[]): readonly Write[] {
  if (write.method !== 'PUT') return before;
  const text = `"${idOf(write)}" ${JSON.stringify(write.body ?? '').toLowerCase()}`;
  // Whole names: one may begin like another.
  return before.filter((earlier) => ['"', '/'].some((end) => text.includes(`${idOf(earlier)}${end}`)));
}

/** Sends each write as soon as it can be sent, until all are done. */
export async function criticalPath(
  options: Omit<SimulatorOptions, 'clock' | 'tls'>,
  writes: readonly Write[],
): Promise<CriticalPath> {
  return withAzureAlone(options, async (alone) => {
    const startMs = alone.clock.nowMs();
    const spans = new Map<Write, { sentMs: number; doneMs: number }>();
    const open = new Set(writes);
    const passedMs = (): number => alone.clock.nowMs() - startMs;
    while (open.size > 0) {
      for (const [write, span] of spans) {
        if (!open.has(write) || !(await isDone(alone, write))) continue;
        open.delete(write);
        span.doneMs = passedMs();
      }
      for (const [index, write] of writes.entries()) {
        const isFree = needs(write, writes.slice(0, index)).every((earlier) => !open.has(earlier));
        if (spans.has(write) || !isFree) continue;
        await send(alone, write);
        spans.set(write, { sentMs: passedMs(), doneMs: Infinity });
      }
      if (open.size > 0) pass(alone, startMs);
    }
    return { tookMs: passedMs(), spans };
  });
}

function pass({ clock }: AzureAlone, startMs: number): void {
  if (clock.nowMs() - startMs > MOST_HOURS * 3_600_000) throw new Error(`The writes took over ${MOST_HOURS} hours.`);
  clock.advanceTo(clock.nowMs() + STEP_MS);
}

const send = ({ origin }: AzureAlone, { method, path, query, body }: Write): Promise<unknown> =>
  ask(`${origin}${path}?${query}`, ARM, { method, body });

const resource = z.looseObject({
  properties: z.looseObject({ provisioningState: z.string().optional(), allocationState: z.string().optional() }),
});

const UNDER_WAY = ['Creating', 'Updating', 'Deleting'];

async function isDone(alone: AzureAlone, write: Write): Promise<boolean> {
  const found = alone.azure.find(write.path);
  if (write.method === 'DELETE') return found === undefined;
  const { provisioningState = '', allocationState = 'Steady' } = resource.parse(found).properties;
  if (UNDER_WAY.includes(provisioningState) || allocationState !== 'Steady') return false;
  if (!write.path.includes('/pools/') || alone.clock.nowMs() % NODES_STEP_MS !== 0)
    return !write.path.includes('/pools/');
  return haveStarted(alone, write.path);
}

const account = z.looseObject({ properties: z.looseObject({ accountEndpoint: z.string() }) });
const counts = z.looseObject({ total: z.number(), idle: z.number() });
const nodeCounts = z.object({ value: z.array(z.looseObject({ dedicated: counts, lowPriority: counts })) });

/** Every node of the pool has run its start task. */
async function haveStarted({ azure }: AzureAlone, poolId: string): Promise<boolean> {
  const [accountId = '', pool = ''] = poolId.split('/pools/');
  const { accountEndpoint } = account.parse(azure.find(accountId)).properties;
  const query = new URLSearchParams({ 'api-version': NODE_COUNTS_VERSION, $filter: `poolId eq '${pool}'` });
  const answer = await ask(`https://${accountEndpoint}/nodecounts?${query.toString()}`, BATCH);
  return nodeCounts
    .parse(answer)
    .value.every(
      ({ dedicated, lowPriority }) => dedicated.total === dedicated.idle && lowPriority.total === lowPriority.idle,
    );
}
