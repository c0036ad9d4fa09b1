/** Audits of many pools on the local Azure, in real time: time, calls and memory, beside a GET for each image and beside one page. */
import { askForAudit } from '../cli/auditQuestion';
import type { ArmCall } from '../local/arm/simulator';
import { bigAccountId, bigVersionId, bigWorld, type BigWorldSize } from '../local/bigWorld';
import { PacedClock } from '../local/clock';
import { countKinds, MISSES } from './auditCalls';
import { auditByGets, type AuditedByGets } from './baselines/oneGetPerPool';
import { auditByOnePage, type AuditedByOnePage } from './baselines/onePageOfOneSubscription';
import { refusedReads } from './baselines/throttle';
import { memoryText, peakMb, SMALL_HEAP } from './memory';
import { onStage, WITHOUT_TIMER } from './scene';
import { median } from './statistics';
import { fixed, type Bench, type Row, type Table } from './table';

const LATENCY_MS = 100;
const PATIENCE_MS = 600_000;
const MOST_SECONDS = 60;
const MOST_MB = 300;
/** Of a pool whose image is not on the list: the image, the pool, the image again, its definition. */
const MOST_GETS_PER_MISS = 4;

const VERSIONS = 10_000;
const SIZES: readonly BigWorldSize[] = [
  { accounts: 10, poolsPerAccount: 100, versions: VERSIONS },
  { accounts: 50, poolsPerAccount: 100, versions: VERSIONS },
  { accounts: 50, poolsPerAccount: 500, versions: VERSIONS },
];
const QUICK_SIZES: readonly BigWorldSize[] = [{ accounts: 10, poolsPerAccount: 20, versions: 1_500 }];

/** Image versions that are gone although pools stand on them. */
const GONE = Array.from({ length: 10 }, (_, index) => bigVersionId(10 * index + 7));

function worldOf(size: BigWorldSize) {
  const { resources } = bigWorld(size);
  return { resources: resources.filter(({ id }) => !GONE.includes(id)) };
}

interface Round {
  readonly seconds: number;
  readonly calls: readonly ArmCall[];
  readonly findings: number;
  readonly pools: number;
  readonly gaps: number;
  readonly peakMb: number | undefined;
}

interface Audited {
  readonly startMb: number | undefined;
  readonly rounds: readonly Round[];
}

async function audit(size: BigWorldSize, rounds: number): Promise<Audited> {
  const options = { clock: PacedClock.startingNow(), world: worldOf(size), withStorage: true, latencyMs: LATENCY_MS };
  const settings = { ...WITHOUT_TIMER, NODE_OPTIONS: SMALL_HEAP };
  return onStage({ ...options, settings }, async ({ stack }) => {
    const startMb = await peakMb(stack.host.pid);
    const measured: Round[] = [];
    while (measured.length < rounds) {
      const [from, startedMs] = [stack.azure.calls.length, performance.now()];
      const summary = await askForAudit(stack.environment['SERVICE_BUS'] ?? '', PATIENCE_MS);
      if (summary === undefined) throw new Error(`No audit ended within ${PATIENCE_MS / 1_000} s.`);
      measured.push({
        seconds: (performance.now() - startedMs) / 1_000,
        calls: stack.azure.calls.slice(from),
        findings: summary.open.critical,
        pools: summary.coverage.pools,
        gaps: summary.coverage.gaps.length + summary.coverage.moreGaps,
        peakMb: await peakMb(stack.host.pid),
      });
    }
    return { startMb, rounds: measured };
  });
}

interface Compared {
  readonly size: BigWorldSize;
  readonly app: Audited;
  readonly gets: AuditedByGets;
  readonly page: AuditedByOnePage;
}

async function compare(size: BigWorldSize, rounds: number): Promise<Compared> {
  const app = await audit(size, rounds);
  const accounts = Array.from({ length: size.accounts }, (_, index) => bigAccountId(index).split('/').at(-1) ?? '');
  const gets = await auditByGets(worldOf(size), accounts, LATENCY_MS);
  return { size, app, gets, page: await auditByOnePage(worldOf(size), accounts) };
}

const nameOf = ({ accounts, poolsPerAccount }: BigWorldSize): string =>
  `${fixed(accounts * poolsPerAccount, 0)} pools in ${accounts} accounts`;

function rowsOf({ size, app, gets, page }: Compared): readonly Row[] {
  const seconds = median(app.rounds.map((round) => round.seconds));
  const calls = median(app.rounds.map((round) => round.calls.length));
  const last = app.rounds.at(-1);
  const [name, findings] = [nameOf(size), last?.findings ?? 0];
  const gettingOfMisses = countKinds(last?.calls ?? []).get(MISSES) ?? 0;
  const peak = last?.peakMb;
  return [
    {
      name: `${name}: time; baseline: one GET per image`,
      measured: `${fixed(seconds, 1)} s`,
      baseline: `${fixed(gets.tookMs / 1_000, 1)} s`,
      ratio: (seconds * 1_000) / gets.tookMs,
      goal: `≤ ${MOST_SECONDS} s`,
      held: seconds <= MOST_SECONDS,
    },
    {
      name: `${name}: calls; baseline: one GET per image`,
      measured: fixed(calls, 0),
      baseline: fixed(gets.calls, 0),
      ratio: calls / gets.calls,
      goal: `pages + ≤ ${MOST_GETS_PER_MISS} per miss`,
      held: gettingOfMisses <= MOST_GETS_PER_MISS * gets.broken,
    },
    {
      name: `${name}: broken pools found; baseline: one page`,
      measured: `${Math.min(findings, gets.broken)} of ${gets.broken}, ${Math.max(0, findings - gets.broken)} false alarms`,
      baseline: `judges ${fixed(page.judged, 0)} of ${fixed(page.pools, 0)}, ${fixed(page.falseAlarms, 0)} false alarms`,
      goal: 'all, and no other',
      held: findings === gets.broken && last?.gaps === 0,
    },
    {
      name: `${name}: peak memory of host and app`,
      measured: memoryText(peak),
      goal: `≤ ${MOST_MB} MB`,
      ...(peak === undefined ? {} : { held: peak <= MOST_MB }),
    },
  ];
}

/** Reads of Azure Resource Manager; each data plane has limits of its own. */
const armReads = (calls: readonly ArmCall[]): readonly number[] =>
  calls
    .filter(({ method, path }) => method === 'GET' && !path.startsWith('/_batch/'))
    .map(({ startedMs }) => startedMs);

const callTable = (compared: readonly Compared[]): Table => {
  const kinds = compared.map(({ app }) => countKinds(app.rounds.at(-1)?.calls ?? []));
  const names = [...new Set(kinds.flatMap((one) => [...one.keys()]))];
  return {
    title: 'Calls of the last audit, by kind',
    columns: ['kind', ...compared.map(({ size }) => nameOf(size))],
    rows: [
      ...names.map((name) => [name, ...kinds.map((one) => fixed(one.get(name) ?? 0, 0))]),
      [
        "that Azure's limit on reads would have refused",
        ...compared.map(({ app }) => fixed(refusedReads(armReads(app.rounds.at(-1)?.calls ?? [])), 0)),
      ],
    ],
  };
};

const memoryTable = (compared: readonly Compared[]): Table => ({
  title: 'Peak memory of the host with the app: after the start, and after each audit',
  columns: ['pools', 'start', 'audits, one after another'],
  rows: compared.map(({ size, app }) => [
    nameOf(size),
    memoryText(app.startMb),
    app.rounds.map((round) => memoryText(round.peakMb)).join(', '),
  ]),
});

export const auditBench: Bench = {
  name: 'audit',
  title: 'Audit',
  method:
    `${fixed(VERSIONS, 0)} image versions with a snapshot each, ${GONE.length} of them gone under the pools; in real time, every call to ` +
    `Azure takes ${LATENCY_MS} ms; Resource Graph throttles at 15 queries in 5 s, and the limit on reads of Azure Resource Manager (250, and 25 ` +
    `more each second) is applied to the recorded calls afterwards. Memory is that of the local host and the app in one process, with ${SMALL_HEAP}. ` +
    'The first baseline reads every image by a GET of its own, twenty at a time, within the limit on reads; the second reads one page of ' +
    'Resource Graph. Both run on a stepped clock, on which their own work takes no time.',
  run: async ({ quick, rounds }) => {
    const compared: Compared[] = [];
    for (const size of quick ? QUICK_SIZES : SIZES) compared.push(await compare(size, rounds));
    return { rows: compared.flatMap(rowsOf), tables: [callTable(compared), memoryTable(compared)] };
  },
};
