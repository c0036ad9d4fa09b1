/** Cold start: from the start of a process until the app's functions could run, beside an app that does nothing with the same libraries. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFolder, PROJECT } from '../scene';
import { median, repeat } from '../statistics';
import { fixed, type Bench, type Row, type Table } from '../table';

/** What bench/coldstart/worker.ts tells of one start. */
export interface ColdStart {
  /** Since the process began. */
  readonly readyMs: number;
  /** What the first activity loads on top of it. */
  readonly activitiesMs: number;
  readonly functions: number;
  readonly modules: number;
  /** Time in each package's own modules. */
  readonly packages: readonly (readonly [name: string, ms: number])[];
  /** SDKs that were loaded before anything needs them. */
  readonly sdks: readonly string[];
}

const MOST_OVER_FLOOR = 1.5;
const PACKAGED = 'dist-package';
const SHOWN_PACKAGES = 10;

/** The smallest app with the same two libraries: one timer that starts one orchestration of one activity. */
const HELLO = `const { app } = require('@azure/functions');
const df = require('durable-functions');
df.app.orchestration('hello', function* (context) { return yield context.df.callActivity('greet', 'world'); });
df.app.activity('greet', { handler: (name) => 'Hello, ' + name });
app.timer('start', { schedule: '0 0 * * * *', extraInputs: [df.input.durableClient()], handler: () => undefined });
`;

async function writeHello(folder: string): Promise<string> {
  const app = join(folder, 'hello');
  await mkdir(app);
  await symlink(join(PROJECT, 'node_modules'), join(app, 'node_modules'));
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'hello', main: 'index.js' }));
  await writeFile(join(app, 'index.js'), HELLO);
  return app;
}

/** Without a cache of compiled code: an instance that starts in Azure has none. */
const start = (appFolder: string): Promise<ColdStart> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], NODE_DISABLE_COMPILE_CACHE: '1' };
    const child = fork(join(__dirname, 'worker.js'), [appFolder], { env, execArgv: [] });
    child.once('message', (message) => {
      resolve(message as ColdStart);
      child.kill();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The app in ${appFolder} could not be loaded: exit code ${code}.`)));
  });

interface Measured {
  readonly name: string;
  readonly ms: number;
  readonly activitiesMs: number;
  readonly last: ColdStart;
}

async function measure(name: string, folder: string, rounds: number): Promise<Measured> {
  const starts = await repeat(rounds, () => start(folder));
  const last = starts.at(-1);
  if (last === undefined) throw new RangeError('A bench has at least one round.');
  return {
    ...{ name, last },
    ms: median(starts.map(({ readyMs }) => readyMs)),
    activitiesMs: median(starts.map(({ activitiesMs }) => activitiesMs)),
  };
}

function rowsOf({ name, ms, activitiesMs, last }: Measured, floor: Measured): readonly Row[] {
  return [
    {
      name: `${name} (${last.functions} functions, ${fixed(last.modules, 0)} modules)`,
      measured: `${fixed(ms, 0)} ms`,
      baseline: `${fixed(floor.ms, 0)} ms`,
      ratio: ms / floor.ms,
      goal: `≤ ${MOST_OVER_FLOOR} ×`,
      held: ms <= MOST_OVER_FLOOR * floor.ms,
    },
    { name: `${name}: what the first activity loads later`, measured: `${fixed(activitiesMs, 0)} ms` },
  ];
}

const packageTable = ({ name, last }: Measured): Table => ({
  title: `The most expensive packages of the ${name}`,
  columns: ['package', 'time in its own modules'],
  rows: last.packages
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, SHOWN_PACKAGES)
    .map(([of, ms]) => [of, `${fixed(ms, 1)} ms`]),
});

const sdkRow = ({ name, last }: Measured): Row => ({
  name: `${name}: SDK clients loaded before they are used`,
  measured: last.sdks.join(', ') || 'none',
  goal: 'none',
  held: last.sdks.length === 0,
});

export const coldStartBench: Bench = {
  name: 'coldstart',
  title: 'Cold start',
  method:
    'A process of its own loads the app as the worker does, from the start of Node until all functions are registered, without a cache of compiled ' +
    'code; median of several starts. The floor is an app of one timer, one orchestration and one activity on @azure/functions and durable-functions. ' +
    `The packaged app is measured when ${PACKAGED}/ is there (npm run package).`,
  run: async ({ quick }) =>
    inFolder(async (folder) => {
      const rounds = quick ? 3 : 15;
      const floor = await measure('floor', await writeHello(folder), rounds);
      const packaged = join(PROJECT, PACKAGED);
      const plain = await measure('plain build', PROJECT, rounds);
      const isPackaged = existsSync(join(packaged, 'package.json'));
      const apps = [...(isPackaged ? [await measure('packaged app', packaged, rounds)] : []), plain];
      const rows = [...apps.flatMap((each) => rowsOf(each, floor)), sdkRow(plain)];
      // In the packaged app all is one file.
      return { rows, tables: [plain, floor].map(packageTable) };
    }),
};
