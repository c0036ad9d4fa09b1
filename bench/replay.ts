/** Replay: what one turn of an orchestration costs as its history grows. */
import { sendRequest } from '../cli/sendRequest';
import { AZURE_DURATIONS } from '../local/arm/durations';
import { SteppedClock } from '../local/clock';
import { loadCheckedApp, readAppFiles } from '../local/host/checkedApp';
import { EventType, type HistoryEvent } from '../local/host/durable/events';
import type { Instance } from '../local/host/durable/instance';
import { Journal } from '../local/host/durable/journal';
import { triggerJson } from '../local/host/durable/protocol';
import { FunctionsCore } from '../local/host/worker/functionsCore';
import { Invocations } from '../local/host/worker/invocations';
import { Timeline } from '../local/timeline';
import { START_MS } from './baselines/azureAlone';
import { requestOfSize, usualWorld } from './requests';
import { expectOne, untilWaiting } from './results';
import { onStage, PROJECT, SUBSCRIPTION, WITHOUT_GUARD } from './scene';
import { median } from './statistics';
import { fixed, type Bench, type Row } from './table';

const LENGTHS = [10, 50, 100, 200, 300, 400, 500];
const WARM_UP_TURNS = 300;
const SIZE = { disks: 3, nodes: 16 };
/** A publication that takes so long is looked at often enough for a history of 500 events. */
const SLOW_VERSION_MINUTES = 330;

/** Of a build whose image version took hours. */
async function longInstance(): Promise<Instance> {
  const durations = { ...AZURE_DURATIONS, versionMinutes: SLOW_VERSION_MINUTES };
  const options = { clock: new SteppedClock(START_MS), world: await usualWorld(), settings: WITHOUT_GUARD, durations };
  return onStage(options, async ({ stack, durableFolder }) => {
    await new Timeline(stack).settle();
    await sendRequest(stack.environment['SERVICE_BUS'] ?? '', await requestOfSize(SIZE), 'bench');
    await untilWaiting(stack, 1);
    await expectOne(stack, 'BuildSucceeded');
    await new Timeline(stack).settle();
    await stack.killHost();
    const journal = new Journal(durableFolder);
    journal.close();
    const [longest] = [...journal.instances.values()].toSorted((a, b) => b.history.length - a.history.length);
    if (longest === undefined) throw new Error('The build left no history.');
    return longest;
  });
}

/** The turn that a host would ask for next: what was played before, and the events of the turn itself. */
function turnAt({ history, instanceId, input }: Instance, length: number): { trigger: string; events: number } {
  const starts = history.flatMap((event, at) => (event.EventType === EventType.OrchestratorStarted ? [at] : []));
  const ends = [...starts.slice(1), history.length];
  const turn = Math.max(
    0,
    ends.findIndex((end) => end >= length),
  );
  const [from = 0, to = history.length] = [starts[turn], ends[turn]];
  const fresh = history.slice(from, to).filter((event: HistoryEvent) => !DECIDED.has(event.EventType));
  const trigger = triggerJson({ instanceId, parentInstanceId: null, input, played: history.slice(0, from), fresh });
  return { trigger, events: from + fresh.length };
}

/** What a turn itself adds to the history after it was given its events. */
const DECIDED: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.TimerCreated,
  EventType.SubOrchestrationInstanceCreated,
  EventType.OrchestratorCompleted,
  EventType.ExecutionCompleted,
]);

/** The app in this process, as the local host loads it. */
async function loadApp(): Promise<(name: string, trigger: string) => Promise<void>> {
  const environment = {
    ...process.env,
    TASK_HUB: 'BenchHub',
    ALLOWED_SCOPES: SUBSCRIPTION,
    SERVICE_BUS: LOCAL_BUS,
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  };
  const core = new FunctionsCore(() => undefined);
  await loadCheckedApp(core, PROJECT, readAppFiles(PROJECT, environment));
  const invocations = new Invocations(core, new SteppedClock(START_MS));
  return async (name, trigger) => {
    const target = core.functions.find((one) => one.name === name);
    if (target === undefined) throw new Error(`The app has no function '${name}'.`);
    await invocations.invoke(target, { trigger: { string: trigger }, reason: 'bench' });
  };
}

/** Never reached: an orchestrator calls nobody. */
const LOCAL_BUS =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true';

export const replayBench: Bench = {
  name: 'replay',
  title: 'Replay',
  method:
    `The history of a real build whose publication took ${SLOW_VERSION_MINUTES} minutes, cut at its turns; each turn is run again in this process by the app's own ` +
    'orchestrator, as the host asks for it: the JSON of the trigger is read, everything is replayed, the new actions are written. Median of many runs; the baseline is the shortest history.',
  run: async ({ quick }) => {
    const instance = await longInstance();
    const run = await loadApp();
    const times = quick ? 20 : 100;
    // What runs first would pay for the compiler, too.
    for (let time = 0; time < WARM_UP_TURNS; time += 1) await run(instance.name, turnAt(instance, 500).trigger);
    const measured: { events: number; ms: number; kb: number }[] = [];
    for (const length of LENGTHS) {
      const { trigger, events } = turnAt(instance, length);
      const samples: number[] = [];
      for (let time = 0; time < times; time += 1) {
        const startedMs = performance.now();
        await run(instance.name, trigger);
        samples.push(performance.now() - startedMs);
      }
      measured.push({ events, ms: median(samples.slice(times / 4)), kb: trigger.length / 1_024 });
    }
    const [first] = measured;
    return {
      rows: measured.map(({ events, ms, kb }): Row => ({
        name: `a turn after ${events} events (trigger of ${fixed(kb, 0)} KB)`,
        measured: `${fixed(ms, 2)} ms`,
        ...(first === undefined ? {} : { baseline: `${fixed(first.ms, 2)} ms`, ratio: ms / first.ms }),
      })),
    };
  },
};
