/** What waiting costs: billed time, executions, calls and history of a build, beside one that waits inside of an activity. */
import { Journal } from '../local/host/durable/journal';
import type { Durations } from '../local/arm/durations';
import { SteppedClock } from '../local/clock';
import { Timeline } from '../local/timeline';
import { sendRequest } from '../cli/sendRequest';
import { START_MS, withAzureAlone } from './baselines/azureAlone';
import { buildWaiting } from './baselines/waitingInside';
import { consumptionSeconds, flexSeconds, runSeconds } from './bill';
import { requestOfSize, usualWorld } from './requests';
import { expectOne, untilWaiting } from './results';
import { onStage, WITHOUT_GUARD } from './scene';
import { repeat, sum } from './statistics';
import { stretched } from './stretched';
import { fixed, type Bench, type Row, type Table } from './table';
import { warmUp } from './warmUp';

const MOST_OF_THE_BASELINE = 0.01;
const LATENCY_MS = 100;
const SIZE = { disks: 3, nodes: 16 };

/** What a build of that size takes by local/arm/durations.ts: the sum over its steps, as perfectForesight.ts finds it. */
const USUAL_MINUTES = 33;

/** Of Azure's work; the longest is a publication on a slow day. */
const MINUTES = [5, 30, 90];

interface Cost {
  readonly azureMinutes: number;
  readonly runSeconds: number;
  readonly consumptionSeconds: number;
  readonly flexSeconds: number;
  readonly executions: number;
  readonly calls: number;
  /** Of them, before anything is made: the preflight's. */
  readonly callsBefore: number;
  readonly historyEvents: number;
}

async function costOfApp(durations: Durations): Promise<Cost> {
  const request = await requestOfSize(SIZE);
  const options = { clock: new SteppedClock(START_MS), world: await usualWorld(), settings: WITHOUT_GUARD };
  return onStage({ ...options, durations }, async ({ stack, executions, durableFolder }) => {
    await new Timeline(stack).settle();
    const planned = await warmUp(stack, request);
    const [startedMs, ran, called] = [stack.clock.nowMs(), executions.all.length, stack.azure.calls.length];
    await sendRequest(stack.environment['SERVICE_BUS'] ?? '', request, 'bench');
    await untilWaiting(stack, 1);
    const { atMs } = await expectOne(stack, 'BuildSucceeded');
    await new Timeline(stack).settle();
    const activities = stack.host.functions.filter(({ trigger }) => trigger === 'activityTrigger');
    const calls = stack.azure.calls.slice(called);
    const build = executions.all.slice(ran);
    const names = new Set(activities.map(({ name }) => name));
    const run = { executions: build, calls, activities: names, latencyMs: LATENCY_MS };
    await stack.killHost();
    return {
      azureMinutes: (atMs - startedMs) / 60_000,
      runSeconds: runSeconds(run),
      consumptionSeconds: consumptionSeconds(run),
      flexSeconds: flexSeconds(run),
      executions: build.length,
      calls: calls.length,
      callsBefore: calls.findIndex(({ method }) => method === 'PUT'),
      historyEvents: historyEvents(durableFolder, planned),
    };
  });
}

/** Of all instances of the task hub but one; the host must have ended. */
function historyEvents(folder: string, except: string): number {
  const journal = new Journal(folder);
  journal.close();
  const others = [...journal.instances].filter(([id]) => id !== except);
  return sum(others.map(([, { history }]) => history.length));
}

/** Calls and executions are the same in every round; the wall time is not. */
function middleOf(costs: readonly Cost[]): Cost {
  const middle = costs.toSorted((one, other) => one.consumptionSeconds - other.consumptionSeconds)[costs.length >> 1];
  if (middle === undefined) throw new RangeError('A bench has at least one round.');
  return middle;
}

/** One execution, which is billed for as long as it waits. */
async function costOfWaitingInside(durations: Durations): Promise<Pick<Cost, 'consumptionSeconds' | 'calls'>> {
  const options = { world: await usualWorld(), durations, latencyMs: LATENCY_MS };
  return withAzureAlone(options, async (alone) => {
    const tookMs = await alone.timed(() => buildWaiting(alone, SIZE.nodes));
    return { consumptionSeconds: tookMs / 1_000, calls: alone.azure.calls.length };
  });
}

interface Compared {
  readonly minutes: number;
  readonly app: Cost;
  readonly inside: Pick<Cost, 'consumptionSeconds' | 'calls'>;
}

const seconds = (value: number): string => `${fixed(value, 1)} s`;

const rowsOf = ({ minutes, app, inside }: Compared): readonly Row[] => [
  {
    name: `${minutes} min of Azure: billed execution time (Consumption)`,
    measured: seconds(app.consumptionSeconds),
    baseline: seconds(inside.consumptionSeconds),
    ratio: app.consumptionSeconds / inside.consumptionSeconds,
    goal: '≤ 1 %',
    held: app.consumptionSeconds <= MOST_OF_THE_BASELINE * inside.consumptionSeconds,
  },
  {
    name: `${minutes} min of Azure: calls`,
    measured: String(app.calls),
    baseline: String(inside.calls),
    ratio: app.calls / inside.calls,
    goal: '≤ 1 ×',
    held: app.calls <= inside.calls,
  },
];

const growth = (compared: readonly Compared[]): Table => ({
  title: 'How it grows with the minutes of Azure',
  columns: [
    'minutes of Azure',
    'build took',
    'executions',
    'ran',
    'billed, Consumption',
    'billed, Flex Consumption',
    'billed, waiting inside',
    'calls',
    'of them before the first write',
    'calls, waiting inside',
    'history events',
  ],
  rows: compared.map(({ minutes, app, inside }) => [
    String(minutes),
    `${fixed(app.azureMinutes, 1)} min`,
    String(app.executions),
    seconds(app.runSeconds),
    seconds(app.consumptionSeconds),
    seconds(app.flexSeconds),
    seconds(inside.consumptionSeconds),
    String(app.calls),
    String(app.callsBefore),
    String(inside.calls),
    String(app.historyEvents),
  ]),
});

export const waitingBench: Bench = {
  name: 'waiting',
  title: 'What waiting costs',
  method:
    `A build of ${SIZE.disks} disks and ${SIZE.nodes} nodes, with Azure's table of durations stretched so that its operations take ` +
    `${MINUTES.join(', ')} minutes, on a stepped clock and a warm instance. An execution is billed for the wall time that the machine needed and for ` +
    `${LATENCY_MS} ms per call to Azure, one call after another: at least 100 ms each (Consumption), or at least 1 s for each period ` +
    'in which anything runs (Flex Consumption). The baseline makes the same resources inside one activity, without any check, ' +
    "and waits with the SDK's pollers; it is billed for as long as it runs. Median of several runs.",
  run: async ({ quick, rounds }) => {
    const compared: Compared[] = [];
    for (const minutes of quick ? MINUTES.slice(0, 2) : MINUTES) {
      const durations = stretched(minutes / USUAL_MINUTES);
      const app = middleOf(await repeat(rounds, () => costOfApp(durations)));
      compared.push({ minutes, app, inside: await costOfWaitingInside(durations) });
    }
    return { rows: compared.flatMap(rowsOf), tables: [growth(compared)] };
  },
};
