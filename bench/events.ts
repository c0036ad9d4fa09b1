/** From event to finding: how long after the event of a deletion has come the finding's message goes out, for one and for many at once. */
import { askForAudit } from '../cli/auditQuestion';
import { bigVersionId, bigWorld } from '../local/bigWorld';
import { PacedClock } from '../local/clock';
import type { Stack } from '../local/stack';
import { memoryText, peakMb } from './memory';
import { takeEvents, untilWaiting } from './results';
import { onStage, WITHOUT_TIMER } from './scene';
import { percentile } from './statistics';
import { fixed, type Bench, type Row } from './table';

const LATENCY_MS = 100;
const PATIENCE_MS = 900_000;

interface Burst {
  readonly events: number;
  /** One after another, each when the last one's findings are there. */
  readonly times: number;
  readonly mostSeconds?: number;
}

const BURSTS: readonly Burst[] = [
  { events: 1, times: 20, mostSeconds: 1 },
  { events: 100, times: 1, mostSeconds: 5 },
  { events: 1_000, times: 1 },
];
const QUICK_BURSTS: readonly Burst[] = [
  { events: 1, times: 3, mostSeconds: 1 },
  { events: 20, times: 1, mostSeconds: 5 },
];

const FULL_WORLD = { accounts: 20, poolsPerAccount: 100, versions: 2_000 };
const QUICK_WORLD = { accounts: 5, poolsPerAccount: 20, versions: 100 };

/** In a big world, every tenth pool stands on a definition; each of the others has an image version for itself. */
function* ownVersions(): Generator<number, never> {
  for (let index = 0; ; index += 1) if (index % 10 !== 0) yield index;
}

/** Deletes image versions, and answers with the seconds from each event to the finding of its pool. */
async function burst(stack: Stack, indexes: readonly number[]): Promise<readonly number[]> {
  const arrivedMs = new Map<number, number>();
  for (const index of indexes) {
    arrivedMs.set(index, stack.clock.nowMs());
    stack.azure.deleteBehindTheBack(bigVersionId(index));
  }
  await untilWaiting(stack, indexes.length, PATIENCE_MS);
  const told = await takeEvents(stack);
  return told.map(({ subject, atMs, type }) => {
    const begunMs = arrivedMs.get(Number(/\/pool-(\d+)$/.exec(subject)?.[1]));
    if (begunMs === undefined) throw new Error(`Nobody asked for this event: ${type} about ${subject}`);
    return (atMs - begunMs) / 1_000;
  });
}

const seconds = (value: number): string => `${fixed(value, 2)} s`;

function rowOf({ events, mostSeconds }: Burst, lags: readonly number[], wallSeconds: number): Row {
  const p95 = percentile(lags, 95);
  const [p50, p99] = [percentile(lags, 50), percentile(lags, 99)];
  const rate = events > 1 ? `, ${fixed(events / wallSeconds, 1)} findings a second` : '';
  return {
    name: `${fixed(events, 0)} at once: p50, p95, p99${rate}`,
    measured: [p50, p95, p99].map(seconds).join(', '),
    ...(mostSeconds === undefined ? {} : { goal: `p95 ≤ ${mostSeconds} s`, held: p95 <= mostSeconds }),
  };
}

export const eventsBench: Bench = {
  name: 'events',
  title: 'From event to finding',
  method:
    `${FULL_WORLD.accounts} accounts of ${FULL_WORLD.poolsPerAccount} pools, in real time, every call to Azure takes ${LATENCY_MS} ms; an audit has ended. ` +
    "Image versions are deleted behind the app's back; each takes one pool with it. From the instant in which the event is on queue resource-events " +
    'to the one in which the finding is on queue image-pool-events. One event: 20 times. One instance of the app, and all of Azure, on this machine.',
  run: async ({ quick }) => {
    const options = { clock: PacedClock.startingNow(), withStorage: true, latencyMs: LATENCY_MS };
    const world = bigWorld(quick ? QUICK_WORLD : FULL_WORLD);
    return onStage({ ...options, world, settings: WITHOUT_TIMER }, async ({ stack }) => {
      await askForAudit(stack.environment['SERVICE_BUS'] ?? '', PATIENCE_MS);
      await takeEvents(stack);
      const versions = ownVersions();
      const next = (count: number): readonly number[] => Array.from({ length: count }, () => versions.next().value);
      const rows: Row[] = [];
      for (const each of quick ? QUICK_BURSTS : BURSTS) {
        const startedMs = performance.now();
        const lags: number[] = [];
        for (let time = 0; time < each.times; time += 1) lags.push(...(await burst(stack, next(each.events))));
        rows.push(rowOf(each, lags, (performance.now() - startedMs) / 1_000));
      }
      const peak = memoryText(await peakMb(stack.host.pid));
      return { rows: [...rows, { name: 'peak memory of host and app', measured: peak }] };
    });
  },
};
