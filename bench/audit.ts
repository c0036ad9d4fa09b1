/** `npm run bench:audit`: audits many pools on the local Azure, in real time; prints time, calls and memory of the app. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askForAudit } from '../cli/auditQuestion';
import { bigWorld, type BigWorldSize } from '../local/bigWorld';
import { PacedClock } from '../local/clock';
import { Stack } from '../local/stack';

const APP_FOLDER = join(__dirname, '..', '..');
const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

/** The audit of 5,000 pools is to take less than a minute; ten of them is patience enough for any machine. */
const PATIENCE_MS = 600_000;
const ROUNDS = 3;

interface Measured {
  readonly seconds: number;
  readonly calls: number;
  readonly status: string;
  readonly pools: number;
}

/** Most memory that a process has ever had, in MB; undefined where the system does not tell (proc_pid_status(5)). */
async function peakMb(pid: number | undefined): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid ?? 'none'}/status`, 'utf8').catch(() => '');
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(text) ?? [];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
}

async function measure(stack: Stack): Promise<Measured> {
  const [calls, startedMs] = [stack.azure.calls.length, Date.now()];
  const summary = await askForAudit(stack.environment['SERVICE_BUS'] ?? '', PATIENCE_MS);
  if (summary === undefined) throw new Error(`No audit ended within ${PATIENCE_MS / 1_000} s.`);
  return {
    seconds: (Date.now() - startedMs) / 1_000,
    calls: stack.azure.calls.length - calls,
    status: summary.status,
    pools: summary.coverage.pools,
  };
}

/** V8 takes what a machine has before it collects garbage; a small instance has little (docs/deploying.md). */
const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=2';

async function run(size: BigWorldSize, latencyMs: number, nodeOptions: string): Promise<void> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'batch-image-pools-bench-'));
  const stack = await Stack.start({
    clock: PacedClock.startingNow(),
    appFolder: APP_FOLDER,
    stateFolder,
    world: bigWorld(size),
    settings: {
      TASK_HUB: 'BenchHub',
      ALLOWED_SCOPES: SUBSCRIPTION,
      'AzureWebJobs.auditDue.Disabled': 'true',
      NODE_OPTIONS: nodeOptions,
    },
    withStorage: true,
    latencyMs,
  });
  try {
    const before = await peakMb(stack.host.pid);
    console.log(
      `| audit | pools | status | seconds | calls to Azure | peak memory (MB) |\n| --- | --- | --- | --- | --- | --- |`,
    );
    console.log(`| – | – | – | – | – | ${before ?? 'unknown'} |`);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { seconds, calls, status, pools } = await measure(stack);
      const peak = await peakMb(stack.host.pid);
      console.log(`| ${round} | ${pools} | ${status} | ${seconds.toFixed(1)} | ${calls} | ${peak ?? 'unknown'} |`);
    }
  } finally {
    await stack.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '50' },
    pools: { type: 'string', default: '100' },
    versions: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '100' },
    'node-options': { type: 'string', default: SMALL_HEAP },
  },
});
const size = {
  accounts: Number(values.accounts),
  poolsPerAccount: Number(values.pools),
  versions: Number(values.versions),
};
const [cpu] = cpus();
console.log(
  `${size.accounts} accounts of ${size.poolsPerAccount} pools, ${size.versions} image versions with a snapshot each; ` +
    `every call to Azure takes ${values.latency} ms.\n${cpus().length} × ${cpu?.model ?? 'unknown'}, Node ${process.version}. ` +
    `Memory is that of the Functions host and the app together, with ${values['node-options'] || 'no Node options'}; the first row is after the start.\n`,
);
run(size, Number(values.latency), values['node-options']).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
