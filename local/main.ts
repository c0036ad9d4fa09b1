/** `npm start`: the local stack on the ports of local.settings.sample.json, kept running until Ctrl-C. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PacedClock } from './clock';
import { StartRefused } from './host/refusals';
import { isNews, printableLog } from './printableLog';
import { Stack } from './stack';

/** A build of half an hour then takes half a minute. */
const DEFAULT_SPEED = 60;

const APP_FOLDER = join(__dirname, '..', '..');

const settingsFile = z.object({ Values: z.record(z.string(), z.string()) });

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(APP_FOLDER, file), 'utf8'));
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      speed: { type: 'string' },
      world: { type: 'string' },
      'free-ports': { type: 'boolean' },
      verbose: { type: 'boolean' },
      state: { type: 'string' },
    },
  });
  const speed = Number(values.speed ?? DEFAULT_SPEED);
  if (!(speed > 0))
    throw new Error(`--speed is how many times faster than real time, so above 0, not ${values.speed}.`);
  return {
    speed,
    world: values.world ?? 'local/world.json',
    fixedPorts: values['free-ports'] !== true,
    verbose: values.verbose === true,
    stateFolder: values.state ?? join(APP_FOLDER, '.local'),
  };
}

async function main(): Promise<void> {
  const { speed, world, fixedPorts, verbose, stateFolder } = readArguments();
  const { Values: settings } = settingsFile.parse(await readJson('local.settings.sample.json'));
  console.log(`Starting Azure on this machine, ${speed} times as fast as real time …`);
  // The world begins anew with every start, and so must what the app remembers of it.
  await rm(join(stateFolder, 'host'), { recursive: true, force: true });
  const stack = await Stack.start({
    clock: PacedClock.startingNow(speed),
    appFolder: APP_FOLDER,
    stateFolder,
    world: await readJson(world),
    settings: { TASK_HUB: settings['TASK_HUB'] ?? '', ALLOWED_SCOPES: settings['ALLOWED_SCOPES'] ?? '' },
    fixedPorts,
    withStorage: true,
    controlDoor: true,
    onLog: (entry) => {
      if (verbose || isNews(entry)) console.log(printableLog(entry));
    },
    onConsole: (line) => console.error(line),
  });
  console.log(welcome(stack, fixedPorts));
  stopOnSignal(stack);
}

function welcome({ environment, host }: Stack, fixedPorts: boolean): string {
  const functions = host.functions.map(({ name, trigger }) => `  ${name.padEnd(22)} ${trigger}`);
  const bus = environment['SERVICE_BUS'] ?? '';
  // `send` knows the ports of the sample settings by itself, and no others.
  const elsewhere = fixedPorts ? '' : `SERVICE_BUS="${bus}" `;
  return [
    '',
    'The local stack is up.',
    `  Service Bus    ${bus}`,
    `  ARM and Batch  ${environment['ARM_ENDPOINT'] ?? ''}   (faults: POST /_control/faults, see docs/local-stack.md)`,
    `  Storage        ${/BlobEndpoint=[^;]+/.exec(environment['AzureWebJobsStorage'] ?? '')?.[0] ?? ''}`,
    `  Functions host ${host.url}`,
    `  Durable API    ${host.url}/runtime/webhooks/durabletask/instances`,
    '',
    'Functions:',
    ...functions,
    '',
    `Send a request:  ${elsewhere}npm run send -- examples/build-16-nodes.json --wait`,
    `Audit all pools: ${elsewhere}npm run audit`,
    'Stop:            Ctrl-C',
    '',
  ].join('\n');
}

function stopOnSignal(stack: Stack): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    console.log('Stopping …');
    stack.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  if (error instanceof StartRefused) console.error(error.problems.map((problem) => `- ${problem}`).join('\n'));
  else console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
