/** Control overhead of a build: its time over the critical path of Azure's operations, and what the machine does meanwhile. */
import { sendRequest } from '../cli/sendRequest';
import type { ArmCall } from '../local/arm/simulator';
import type { Durations } from '../local/arm/durations';
import { PacedClock, SteppedClock } from '../local/clock';
import { Timeline } from '../local/timeline';
import { START_MS } from './baselines/azureAlone';
import { criticalPath, writesOf, type CriticalPath } from './baselines/perfectForesight';
import { requestOfSize, worldWithDisks, type BuildSize } from './requests';
import { expectOne, untilWaiting } from './results';
import { onStage, WITHOUT_GUARD } from './scene';
import { median, repeat, sum } from './statistics';
import { stretched } from './stretched';
import { fixed, type Bench, type Row, type Table } from './table';
import { warmUp } from './warmUp';

const MOST_OVER_CRITICAL_PATH = 1.05;
const MOST_CONTROL_SECONDS = 2;

/** Of the run on a clock that goes by itself: the app's own work counts so many times as long. */
const SPEED = 30;

const SIZES: readonly BuildSize[] = [
  { disks: 3, nodes: 16 },
  { disks: 16, nodes: 16 },
  { disks: 3, nodes: 600 },
];

interface Built {
  readonly startedMs: number;
  readonly azureMs: number;
  readonly wallMs: number;
  readonly workMs: number;
  readonly executions: number;
  readonly calls: readonly ArmCall[];
}

async function build(
  size: BuildSize,
  clock: SteppedClock | PacedClock,
  durations: Partial<Durations> = {},
): Promise<Built> {
  const options = { clock, durations, world: await worldWithDisks(size.disks), settings: WITHOUT_GUARD };
  const request = await requestOfSize(size);
  return onStage(options, async ({ stack, executions }) => {
    if (clock instanceof SteppedClock) await new Timeline(stack).settle();
    await warmUp(stack, request);
    const [ran, called] = [executions.all.length, stack.azure.calls.length];
    const [startedMs, wallMs] = [clock.nowMs(), performance.now()];
    await sendRequest(stack.environment['SERVICE_BUS'] ?? '', request, 'bench');
    await untilWaiting(stack, 1);
    const own = executions.all.slice(ran);
    const took = { wallMs: performance.now() - wallMs, workMs: sum(own.map((one) => one.wallMs)) };
    const told = await expectOne(stack, 'BuildSucceeded');
    const made = { executions: own.length, calls: stack.azure.calls.slice(called) };
    return { ...took, ...made, startedMs, azureMs: told.atMs - startedMs };
  });
}

const minutes = (ms: number): string => `${fixed(ms / 60_000, 2)} min`;
const nameOf = ({ disks, nodes }: BuildSize): string => `${disks} disks, ${nodes} nodes`;

const overCriticalPath = (name: string, ms: number, criticalMs: number): Row => ({
  name,
  measured: minutes(ms),
  baseline: minutes(criticalMs),
  ratio: ms / criticalMs,
  goal: `≤ ${MOST_OVER_CRITICAL_PATH} ×`,
  held: ms <= MOST_OVER_CRITICAL_PATH * criticalMs,
});

/** Where the app falls behind: when it sent each write, and when it could have. */
function lateness(name: string, { startedMs, azureMs }: Built, { tookMs, spans }: CriticalPath): Table {
  const row = (what: string, appMs: number, criticalMs: number): readonly string[] => [
    what,
    minutes(appMs),
    minutes(criticalMs),
    `${fixed((appMs - criticalMs) / 1_000, 0)} s`,
  ];
  const sent = [...spans].map(([write, span]) =>
    row(`${write.method} ${kindOf(write.path)}`, write.startedMs - startedMs, span.sentMs),
  );
  // Side by side, many of one kind are one row.
  const distinct = [...new Map(sent.map((cells) => [cells.join(), cells])).values()];
  return {
    title: `${name}: when the app sends each write, and when it could at the earliest`,
    columns: ['write', 'sent by the app', 'critical path', 'late by'],
    rows: [...distinct, row('the end', azureMs, tookMs)],
  };
}

/** Such as `galleries/images`: the words of the id that are no names. */
const kindOf = (path: string): string =>
  (path.split('/providers/').at(-1) ?? '')
    .split('/')
    .filter((_, at) => at % 2 === 1)
    .join('/');

interface Compared {
  readonly rows: readonly Row[];
  readonly table: Table;
  readonly criticalMs: number;
}

async function compare(size: BuildSize, rounds: number): Promise<Compared> {
  const built = await repeat(rounds, () => build(size, new SteppedClock(START_MS)));
  const [first] = built;
  if (first === undefined) throw new RangeError('A bench has at least one round.');
  const middle = (of: (one: Built) => number): number => median(built.map(of));
  const critical = await criticalPath({ world: await worldWithDisks(size.disks) }, writesOf(first.calls));
  const wallSeconds = middle(({ wallMs }) => wallMs) / 1_000;
  const name = nameOf(size);
  return {
    criticalMs: critical.tookMs,
    table: lateness(name, first, critical),
    rows: [
      overCriticalPath(
        `${name}: Azure time, stepped clock`,
        middle(({ azureMs }) => azureMs),
        critical.tookMs,
      ),
      {
        name: `${name}: everything but waiting, no latency`,
        measured: `${fixed(wallSeconds, 2)} s`,
        goal: `≤ ${MOST_CONTROL_SECONDS} s`,
        held: wallSeconds <= MOST_CONTROL_SECONDS,
      },
      {
        name: `${name}: of that, in the app's ${middle((one) => one.executions)} executions`,
        measured: `${fixed(middle(({ workMs }) => workMs) / 1_000, 2)} s`,
      },
    ],
  };
}

/** How long Azure takes differs from day to day, and so does how soon after an end a look comes. */
const FACTORS = [0.7, 0.8, 0.9, 1.1, 1.25, 1.5];

async function onOtherDays(size: BuildSize): Promise<Row> {
  const ratios: number[] = [];
  for (const factor of FACTORS) {
    const durations = stretched(factor);
    const { azureMs, calls } = await build(size, new SteppedClock(START_MS), durations);
    const critical = await criticalPath({ world: await worldWithDisks(size.disks), durations }, writesOf(calls));
    ratios.push(azureMs / critical.tookMs);
  }
  const [middle, worst] = [median(ratios), Math.max(...ratios)];
  return {
    name: `${nameOf(size)}: Azure ${FACTORS.join(', ')} times as slow, worst in brackets`,
    measured: `${fixed(middle, 3)} × (${fixed(worst, 3)} ×)`,
    ratio: middle,
    goal: `≤ ${MOST_OVER_CRITICAL_PATH} ×`,
    held: middle <= MOST_OVER_CRITICAL_PATH,
  };
}

export const buildBench: Bench = {
  name: 'build',
  title: 'Control overhead of a build',
  method:
    "A build from the message to its result event, by the stack's clock, on a warm instance. The baseline replays the app's own writes on a fresh " +
    'Azure, each in the instant in which what it needs is done: the critical path, for any client. "Everything but waiting" is ' +
    'the wall time of a build on a clock that jumps from one due instant to the next: all work of the app, of the host, of the ' +
    `simulated Azure and of the stepping. The last row runs on a clock of its own, ${SPEED} times as fast as real time.`,
  run: async ({ quick, rounds }) => {
    const compared: Compared[] = [];
    for (const size of quick ? SIZES.slice(0, 1) : SIZES) compared.push(await compare(size, rounds));
    const [first] = SIZES;
    if (first === undefined) return { rows: [] };
    const paced = await repeat(quick ? 1 : 2, () => build(first, PacedClock.startingNow(quick ? 10 * SPEED : SPEED)));
    const { criticalMs = Number.NaN } = compared[0] ?? {};
    const real = median(paced.map(({ azureMs }) => azureMs));
    return {
      tables: compared.map(({ table }) => table),
      rows: [
        ...compared.flatMap(({ rows }) => rows),
        ...(quick ? [] : [await onOtherDays(first)]),
        overCriticalPath(`${nameOf(first)}: Azure time, clock that goes by itself`, real, criticalMs),
      ],
    };
  },
};
