/** `npm run demo`: one request, from the queue to a pool of 600 nodes, which is then guarded; exits 1 on any deviation. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PacedClock } from '../local/clock';
import { Stack } from '../local/stack';
import { buildInstanceId } from '../shared/domain/names';
import type { BuildRequest } from '../shared/domain/request';
import { parseBuildRequest } from '../shared/messages';
import { watchBuild } from './buildWatch';
import { deviations } from './demoChecks';
import { demoStory } from './demoStory';
import { showBuild } from './demoView';
import { guardStory } from './demoGuard';
import { receiveEvent, type ReceivedEvent } from './receiveEvent';
import { sendRequest } from './sendRequest';

const APP_FOLDER = join(__dirname, '..', '..');
const REQUEST = 'examples/build-600-nodes.json';
const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An hour of Azure in some twelve seconds. */
const SPEED = 300;

/** On a busy day Azure brings so many nodes with one resize, and says that it has no more. */
const NODES_PER_RESIZE = 280;

/**
 * What the first activity loads, loaded before the clock counts: a second of that is minutes of Azure's time, and the host here,
 * unlike Azure's, renews no lock of a message while the app of the same process loads.
 */
const LOADED_EARLY = `--require ${JSON.stringify(join(APP_FOLDER, 'dist/functions/activityHandlers.js'))}`;

async function startStack(stateFolder: string, problems: string[]): Promise<Stack> {
  return Stack.start({
    clock: PacedClock.startingNow(SPEED),
    appFolder: APP_FOLDER,
    stateFolder,
    world: JSON.parse(await readFile(join(APP_FOLDER, 'local/world.json'), 'utf8')),
    settings: { TASK_HUB: 'DemoHub', ALLOWED_SCOPES: SUBSCRIPTION, NODE_OPTIONS: LOADED_EARLY },
    withStorage: true,
    onLog: ({ level, message }) => {
      if (['warning', 'error', 'critical'].includes(level)) problems.push(`the app logged: ${message}`);
    },
    onConsole: (line) => problems.push(`the app printed: ${line}`),
  });
}

/** Runs the story; answers with everything that was not as it should be. */
async function run(stateFolder: string): Promise<readonly string[]> {
  const parsed = parseBuildRequest(await readFile(join(APP_FOLDER, REQUEST), 'utf8'));
  if (!parsed.ok) return parsed.problems;
  const problems: string[] = [];
  console.log(demoStory.opening(REQUEST, SPEED));
  const stack = await startStack(stateFolder, problems);
  try {
    problems.push(...(await build(stack, parsed.message)));
  } catch (error) {
    problems.push(textOf(error));
  } finally {
    await stack.stop();
  }
  return problems;
}

async function build(stack: Stack, request: BuildRequest): Promise<readonly string[]> {
  stack.azure.faults.add({ kind: 'mostPerResize', nodes: NODES_PER_RESIZE, code: 'AllocationTimedOut' });
  const bus = stack.environment['SERVICE_BUS'] ?? '';
  await sendRequest(bus, request, 'demo-request');
  await showBuild(watchBuild(stack.host.url, buildInstanceId(request)));
  const event = await receiveEvent(bus);
  console.log(demoStory.result(event, stack.azure.calls.length));
  const problems = deviations(event, stack.azure);
  return [...problems, ...(await guardStory(stack, event.subject, versionOf(event)))];
}

/** The image version that the build made. */
function versionOf({ data }: ReceivedEvent): string {
  if (data.outcome !== 'BuildSucceeded') throw new Error(`The build ended with ${data.outcome}.`);
  const version = data.lineage?.imageVersionId;
  if (version === undefined) throw new Error('The pool does not run on an image version.');
  return version;
}

async function main(): Promise<number> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'batch-image-pools-demo-'));
  try {
    const problems = await run(stateFolder);
    if (problems.length === 0) {
      console.log(demoStory.closing());
      return 0;
    }
    console.error(`The demo went wrong:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    return 1;
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`The demo went wrong: ${textOf(error)}`);
    process.exit(1);
  },
);
