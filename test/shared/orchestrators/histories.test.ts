/**
 * Builds that ran before, replayed against today's code at every prefix of their histories: a step that is renamed,
 * moved, added in between or dropped would break every build under way when the app is deployed. When such a change is
 * meant, drain the old builds first (or give the new orchestration a new name), then record anew:
 *
 *   RECORD_HISTORIES=1 npx jest test/shared/orchestrators/histories.test.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EventType, type HistoryEvent } from '../../../local/host/durable/events';
import { replay } from '../../../local/host/durable/replay';
import { buildJob } from '../../../shared/domain/admission';
import { fail, succeed } from '../../../shared/domain/outcome';
import { answerRequest } from '../../../shared/orchestrators/answerRequest';
import { buildImagePool } from '../../../shared/orchestrators/buildImagePool';
import { growPool } from '../../../shared/orchestrators/growPool';
import { refused } from '../../../shared/domain/result';
import { azure, nodeStates, poolLook, sighted, throttled, type AzureOptions } from '../../given/azure';
import * as given from '../../given/build';
import { execute, runToEnd, type Orchestrator } from './executor';
import { eventOf, lineOf } from './transcript';

const FOLDER = join(__dirname, '..', '..', 'histories');
const ORCHESTRATIONS: Readonly<Record<string, Orchestrator>> = { buildImagePool, growPool, answerRequest };

const recordingSchema = z.object({
  orchestration: z.string(),
  about: z.string(),
  startedAt: z.string(),
  input: z.unknown(),
  history: z.array(z.string()),
});
type Recording = z.infer<typeof recordingSchema>;

interface Script {
  readonly about: string;
  readonly orchestration: string;
  readonly input: unknown;
  readonly azure: AzureOptions;
}

const oneLook = { snapshot: 0.5, image: 0.5, definition: 0, version: 2, pool: 1 };
const job = buildJob(given.request(), 'message-1');
const LATE = new Date(given.STARTED_AT_MS + 3_600_000).toISOString();
const short = {
  code: 'AllocationTimedOut',
  message: 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached',
  details: [],
};
/** Of a pool that gets 280 nodes with its creation, and the others with one resize. */
const LOOKS = [
  poolLook({ allocationState: 'Resizing', nodes: { dedicated: 100, spot: 0 } }),
  poolLook({ nodes: { dedicated: 280, spot: 0 } }),
  poolLook({ nodes: { dedicated: 280, spot: 0 }, resizeErrors: [short] }),
  poolLook({
    allocationState: 'Resizing',
    nodes: { dedicated: 400, spot: 0 },
    resizeStartedAt: LATE,
    allocationStateSince: LATE,
  }),
  poolLook({ nodes: { dedicated: 600, spot: 0 }, resizeStartedAt: LATE, allocationStateSince: LATE }),
];

const SCRIPTS: Readonly<Record<string, Script>> = {
  'build-succeeded': {
    ...{ about: 'Three disks, all four stages, some looks before each is ready.', orchestration: 'buildImagePool' },
    ...{ input: job, azure: { minutes: oneLook } },
  },
  'build-refused': {
    ...{ about: 'The VM was not generalized.', orchestration: 'buildImagePool', azure: {} },
    input: buildJob(given.request({ source: { generalized: false } }), 'message-1'),
  },
  'build-failed-at-version': {
    ...{ about: 'The version fails; three stages are undone, one deletion takes a while.' },
    ...{ orchestration: 'buildImagePool', input: job },
    azure: {
      minutes: { snapshot: 0, image: 0, definition: 0, version: 0 },
      lookAtResource: ({ spec }) =>
        spec.kind === 'version' ? sighted({ state: 'failed', code: 'ReplicationFailed', message: 'No.' }) : undefined,
      removeResource: (_, { nth }) => (nth === 1 ? { ok: true, value: { state: 'underway' } } : undefined),
    },
  },
  'build-throttled': {
    ...{ about: 'Azure throttles a beginning and a look for 480 s; one activity crashes once.' },
    ...{ orchestration: 'buildImagePool', input: job },
    azure: {
      minutes: { snapshot: 0, image: 0, definition: 0, version: 0, pool: 0 },
      surveyBuild: (_, { nth }) => {
        if (nth === 1) throw new Error('The process died.');
        return undefined;
      },
      beginResource: (_, { nth }) => (nth === 2 ? fail(throttled(480_000)) : undefined),
      lookAtResource: (_, { nth }) => (nth === 4 ? fail(throttled(480_000)) : undefined),
    },
  },
  'pool-grown': {
    ...{
      about: 'A resize ends short, the next one brings the rest; one look is throttled.',
      orchestration: 'growPool',
    },
    input: { poolId: given.POOL, targets: { dedicated: 600, spot: 0 }, mostUnusablePercent: 20 },
    azure: {
      lookAtPool: (_, { nth }) =>
        nth === 2 ? fail(throttled(60_000)) : succeed(LOOKS[Math.min(nth, LOOKS.length) - 1] ?? poolLook()),
      countNodes: (_, { nth }) =>
        succeed(
          nth === 1 ? nodeStates({ total: 600, usable: 590, underway: 10 }) : nodeStates({ total: 600, usable: 600 }),
        ),
    },
  },
  'answer-published': {
    ...{ about: 'The bus is away once.', orchestration: 'answerRequest' },
    input: {
      result: refused(given.request(), 'BuildInProgress', 'Wait.'),
      cause: { messageId: 'message-1', fingerprint: 'f' },
    },
    azure: { publishEvent: (_, { nth }) => (nth === 1 ? fail({ ...throttled(), kind: 'unavailable' }) : undefined) },
  },
};

async function record({ about, orchestration, input, azure: options }: Script): Promise<Recording> {
  const startAtMs = given.STARTED_AT_MS;
  const run = await runToEnd(orchestratorOf(orchestration), {
    input,
    startAtMs,
    activities: azure(options),
    children: { growPool },
  });
  const history = run.history.map((event) => lineOf(event, startAtMs));
  return { orchestration, about, startedAt: new Date(startAtMs).toISOString(), input, history };
}

async function recordAll(): Promise<void> {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(await record(script), null, 2)}\n`);
  }
}

beforeAll(async () => {
  if (process.env['RECORD_HISTORIES'] === '1') await recordAll();
});

function orchestratorOf(name: string): Orchestrator {
  const orchestrator = ORCHESTRATIONS[name];
  if (!orchestrator) throw new Error(`There is no orchestration ${name}: builds under way could not go on.`);
  return orchestrator;
}

const SCHEDULING: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.TimerCreated,
  EventType.SubOrchestrationInstanceCreated,
]);
const taskText = (event: HistoryEvent): string =>
  event.EventType === EventType.TimerCreated ? `${event.EventId} timer` : `${event.EventId} ${nameIn(event)}`;
const nameIn = (event: HistoryEvent): string => ('Name' in event ? event.Name : '');

/** What today's code has scheduled after these events; throws when it contradicts them. */
async function scheduledAfter(recording: Recording, events: readonly HistoryEvent[]): Promise<readonly string[]> {
  const lastWake = events.findLastIndex(({ EventType: type }) => type === EventType.OrchestratorStarted);
  const answer = await execute(orchestratorOf(recording.orchestration), {
    instanceId: 'the-instance',
    input: recording.input,
    played: events.slice(0, lastWake),
    fresh: events.slice(lastWake),
  });
  const next = replay(events, answer.actions).decisions;
  const recorded = events.filter(({ EventType: type }) => SCHEDULING.has(type)).map(taskText);
  return [...recorded, ...next.map(({ id, step }) => `${id} ${'name' in step ? step.name : step.kind}`)];
}

async function replayAll(recording: Recording): Promise<void> {
  const startMs = Date.parse(recording.startedAt);
  const events = recording.history.map((line) => eventOf(line, startMs));
  const tasks = events.filter(({ EventType: type }) => SCHEDULING.has(type)).map(taskText);
  const ends = events.findIndex(({ EventType: type }) => type === EventType.ExecutionCompleted);
  for (let length = 2; length <= ends; length += 1) {
    const scheduled = await scheduledAfter(recording, events.slice(0, length));
    // Whatever is scheduled now was scheduled then, under the same number.
    expect({ line: recording.history[length - 1], scheduled }).toEqual({
      line: recording.history[length - 1],
      scheduled: tasks.slice(0, scheduled.length),
    });
  }
  expect(await scheduledAfter(recording, events.slice(0, ends))).toEqual(tasks);
}

const read = (file: string): Recording => recordingSchema.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
const files = Object.keys(SCRIPTS).map((name) => `${name}.json`);

describe('histories that were recorded', () => {
  it('all have the script that they were recorded with', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(files.toSorted());
  });

  it.each(files)('%s replays at every prefix', async (file) => {
    await replayAll(read(file));
  });

  it.each(files)('%s reads back as it was written', (file) => {
    const { history, startedAt } = read(file);
    const startMs = Date.parse(startedAt);
    expect(history.map((line) => lineOf(eventOf(line, startMs), startMs))).toEqual(history);
  });
});

describe('a replay finds out', () => {
  const changed = (from: RegExp, to: string): Recording => {
    const recording = read('build-succeeded.json');
    return { ...recording, history: recording.history.map((line) => line.replace(from, to)) };
  };

  it.each([
    { label: 'a step that was renamed', from: /(call \d+) lookAtResources/, to: '$1 inspectResources' },
    {
      label: 'a step that took the place of another',
      from: /(call \d+) beginResources/,
      to: '$1 lookAtResources',
    },
    { label: 'a timer where a call was', from: /call (1) .*/, to: 'sleep $1 until 30' },
    { label: 'a call where a timer was', from: /sleep (\d+) .*/, to: 'call $1 lookAtResources' },
  ])('$label', async ({ from, to }) => {
    await expect(replayAll(changed(from, to))).rejects.toThrow();
  });
});
