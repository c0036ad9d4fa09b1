/** From event to finding: how long after the event of a deletion has come the finding's message goes out, for one and for many at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { askForAudit } from '../cli/auditQuestion';
import { bigVersionId, bigWorld } from '../local/bigWorld';
import { PacedClock } from '../local/clock';
import type { Stack } from '../local/stack';
import type { Execution } from './executions';
import { memoryText, peakMb } from './memory';
import { takeEvents, untilWaiting } from './results';
import { onStage, WITHOUT_TIMER, type Scene } from './scene';
import { median, percentile } from './statistics';
import { fixed, type Bench, type Findings, type Row, type Table } from './table';

const LATENCY_MS = 100;
const PATIENCE_MS = 900_000;
const QUIET_MS = 50;

interface Burst {
  readonly events: number;
  /** One after another, each when the last one's findings are there. */
  readonly times: number;
  readonly mostSeconds?: number;
  /** All in the first account; else spread over the others. */
  readonly inOneAccount?: true;
}

const BURSTS: readonly Burst[] = [
  { events: 1, times: 20, mostSeconds: 1 },
  { events: 100, times: 1, mostSeconds: 5 },
  { events: 80, times: 1, inOneAccount: true },
  { events: 1_000, times: 1 },
];
const QUICK_BURSTS: readonly Burst[] = [
  { events: 1, times: 3, mostSeconds: 1 },
  { events: 20, times: 1, mostSeconds: 5 },
  { events: 10, times: 1, inOneAccount: true },
];

/** As many pools in an account as versions in a definition: so the change of a version concerns one account. */
const POOLS = 100;
const FULL_WORLD = { accounts: 20, poolsPerAccount: POOLS, versions: 20 * POOLS };
const QUICK_WORLD = { accounts: 5, poolsPerAccount: POOLS, versions: 5 * POOLS };

/** Versions that one pool of these accounts has for itself, the accounts in turn: every tenth pool stands on a definition. */
function ownVersions(accounts: readonly number[]): number[] {
  const places = Array.from({ length: POOLS }, (_, place) => place).filter((place) => place % 10 !== 0);
  return places.flatMap((place) => accounts.map((account) => account * POOLS + place));
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

function rowOf({ events, mostSeconds, inOneAccount }: Burst, lags: readonly number[], wallSeconds: number): Row {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(lags, percent));
  const rate = events > 1 ? `; ${fixed(events / wallSeconds, 1)} a second` : '';
  const where = inOneAccount === true ? ', all in one account' : '';
  return {
    name: `${fixed(events, 0)} at once${where}: p50, p95, p99`,
    measured: [p50, p95, p99].map((value) => seconds(value ?? 0)).join(', ') + rate,
    ...(mostSeconds === undefined ? {} : { goal: `p95 ≤ ${mostSeconds} s`, held: (p95 ?? Infinity) <= mostSeconds }),
  };
}

/** What the events, one at a time, made the app do. */
function costTable(executions: readonly Execution[], calls: number, events: number): Table {
  const byName = [...Map.groupBy(executions, ({ name }) => name)];
  return {
    title: `What one event makes the app do (an event at a time, ${fixed(calls / events, 0)} calls to Azure each)`,
    columns: ['function', 'executions for each event', 'median time of one'],
    rows: byName.map(([name, ran]) => [
      name,
      fixed(ran.length / events, 1),
      `${fixed(median(ran.map(({ startMs, endMs }) => endMs - startMs)), 0)} ms`,
    ]),
  };
}

/** The guard looks once more at what it has found: a little later, nothing runs any more. */
async function untilQuiet({ host }: Stack): Promise<void> {
  while (!(await host.status()).idle) await delay(QUIET_MS);
}

async function measure({ stack, executions }: Scene, quick: boolean): Promise<Findings> {
  const { accounts } = quick ? QUICK_WORLD : FULL_WORLD;
  const spread = ownVersions(Array.from({ length: accounts - 1 }, (_, index) => index + 1));
  const first = ownVersions([0]);
  const rows: Row[] = [];
  const tables: Table[] = [];
  for (const each of quick ? QUICK_BURSTS : BURSTS) {
    const [calls, ran, startedMs] = [stack.azure.calls.length, executions.all.length, performance.now()];
    const lags: number[] = [];
    for (let time = 0; time < each.times; time += 1) {
      lags.push(...(await burst(stack, (each.inOneAccount === true ? first : spread).splice(0, each.events))));
      if (each.events === 1) await untilQuiet(stack);
    }
    rows.push(rowOf(each, lags, (performance.now() - startedMs) / 1_000));
    await untilQuiet(stack);
    if (each.events > 1) continue;
    tables.push(costTable(executions.all.slice(ran), stack.azure.calls.length - calls, each.times));
  }
  const peak = memoryText(await peakMb(stack.host.pid));
  return { rows: [...rows, { name: 'peak memory of host and app', measured: peak }], tables };
}

export const eventsBench: Bench = {
  name: 'events',
  title: 'From event to finding',
  method:
    `${FULL_WORLD.accounts} accounts of ${POOLS} pools, in real time, every call to Azure takes ${LATENCY_MS} ms; an audit has ended. ` +
    "Image versions are deleted behind the app's back; each takes one pool with it, and ten others that follow the newest version are looked at. " +
    'From the instant in which the event is on queue resource-events to the one in which the finding is on queue image-pool-events. ' +
    'One event: 20 times. One instance of the app, the bus, the storage and all of Azure on this machine.',
  run: async ({ quick }) => {
    const options = { clock: PacedClock.startingNow(), withStorage: true, latencyMs: LATENCY_MS };
    const world = bigWorld(quick ? QUICK_WORLD : FULL_WORLD);
    return onStage({ ...options, world, settings: WITHOUT_TIMER }, async (scene) => {
      await askForAudit(scene.stack.environment['SERVICE_BUS'] ?? '', PATIENCE_MS);
      await takeEvents(scene.stack);
      return measure(scene, quick);
    });
  },
};
