/** Many builds at once: how fast requests are taken on, what a build under way needs of memory, and whether throttling is respected. */
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { IMAGE_BUILD_REQUESTS } from '../functions/queues';
import type { ArmCall } from '../local/arm/simulator';
import { SteppedClock } from '../local/clock';
import type { Stack } from '../local/stack';
import { Timeline } from '../local/timeline';
import { START_MS } from './baselines/azureAlone';
import { memoryText, peakMb } from './memory';
import { requestFor, worldWithPools } from './requests';
import { takeEvents, untilWaiting, type Told } from './results';
import { onStage, WITHOUT_GUARD } from './scene';
import { median } from './statistics';
import { fixed, type Bench, type Findings, type Row } from './table';

const BUILDS = 200;
const QUICK_BUILDS = 10;
const BATCH = 50;
/** So many builds' state is held by the local host, too, which in Azure keeps it in storage. */
const HEAP = '--max-old-space-size=512 --max-semi-space-size=2';

/** Of the first writes and reads of each run, for every build. */
const THROTTLED = { writesPerBuild: 2, readsPerBuild: 2, retryAfterSeconds: 17 };

interface Crowd {
  readonly takenOnSeconds: number;
  readonly wallSeconds: number;
  readonly told: readonly Told[];
  readonly azureMinutes: readonly number[];
  readonly startMb: number | undefined;
  readonly peakMb: number | undefined;
  readonly calls: readonly ArmCall[];
}

const nameOf = (index: number): string => `crowd-${String(index).padStart(3, '0')}`;

/** All that a sender can put into few batches. */
async function sendAll(bus: string, builds: number): Promise<void> {
  const messages: ServiceBusMessage[] = [];
  for (let index = 0; index < builds; index += 1) {
    const name = nameOf(index);
    const body = await requestFor({ poolName: name, imageName: name, nodes: 1 });
    messages.push({ body, messageId: name, contentType: 'application/json' });
  }
  const client = new ServiceBusClient(bus);
  try {
    const sender = client.createSender(IMAGE_BUILD_REQUESTS);
    for (let from = 0; from < builds; from += BATCH) await sender.sendMessages(messages.slice(from, from + BATCH));
  } finally {
    await client.close();
  }
}

function throttle({ azure }: Stack, builds: number): void {
  const { writesPerBuild, readsPerBuild, retryAfterSeconds } = THROTTLED;
  const answer = { kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterSeconds } as const;
  azure.faults.add({ ...answer, method: 'PUT', times: writesPerBuild * builds });
  azure.faults.add({ ...answer, method: 'GET', path: '/snapshots/', times: readsPerBuild * builds });
}

async function build(builds: number, isThrottled: boolean): Promise<Crowd> {
  const options = { clock: new SteppedClock(START_MS), world: await worldWithPools(builds) };
  return onStage({ ...options, settings: { ...WITHOUT_GUARD, NODE_OPTIONS: HEAP } }, async ({ stack, executions }) => {
    const timeline = new Timeline(stack);
    await timeline.settle();
    const startMb = await peakMb(stack.host.pid);
    if (isThrottled) throttle(stack, builds);
    const startedMs = performance.now();
    await sendAll(stack.environment['SERVICE_BUS'] ?? '', builds);
    const taken = (): number => executions.all.filter(({ name }) => name === 'imageBuildRequested').length;
    while (taken() < builds) await stack.host.status();
    const takenOnSeconds = (performance.now() - startedMs) / 1_000;
    await untilWaiting(stack, builds);
    const wallSeconds = (performance.now() - startedMs) / 1_000;
    const told = await takeEvents(stack);
    const azureMinutes = told.map(({ atMs }) => (atMs - START_MS) / 60_000);
    const memory = { startMb, peakMb: await peakMb(stack.host.pid) };
    return { takenOnSeconds, wallSeconds, told, azureMinutes, ...memory, calls: [...stack.azure.calls] };
  });
}

/** Requests that came again before the time that a 429 asked to wait was over. */
function hastyCalls(calls: readonly ArmCall[]): number {
  let hasty = 0;
  const freeMs = new Map<string, number>();
  for (const { method, path, status, startedMs } of calls) {
    const key = `${method} ${path.toLowerCase()}`;
    if (startedMs < (freeMs.get(key) ?? 0)) hasty += 1;
    if (status === 429) freeMs.set(key, startedMs + THROTTLED.retryAfterSeconds * 1_000);
  }
  return hasty;
}

function rowsOf(crowd: Crowd, alone: Crowd, builds: number): readonly Row[] {
  const succeeded = crowd.told.filter(({ type }) => type.endsWith('.BuildSucceeded')).length;
  const refused = crowd.calls.filter(({ status }) => status === 429).length;
  const hasty = hastyCalls(crowd.calls);
  return [
    { name: 'requests taken on', measured: `${fixed(builds / crowd.takenOnSeconds, 1)} a second` },
    {
      name: `${builds} builds at once: those that succeeded`,
      measured: String(succeeded),
      goal: 'all',
      held: succeeded === builds,
    },
    {
      name: `of ${fixed(refused, 0)} calls refused with 429, those sent again too early`,
      measured: String(hasty),
      goal: 'none',
      held: hasty === 0 && refused > 0,
    },
    ...besideOne(crowd, alone, builds),
  ];
}

function besideOne(crowd: Crowd, alone: Crowd, builds: number): readonly Row[] {
  const [together, single] = [median(crowd.azureMinutes), median(alone.azureMinutes)];
  const grownMb = (crowd.peakMb ?? Number.NaN) - (alone.peakMb ?? Number.NaN);
  return [
    {
      name: 'Azure time of a build; baseline: one build, not throttled',
      measured: `${fixed(together, 1)} min`,
      baseline: `${fixed(single, 1)} min`,
      ratio: together / single,
    },
    {
      name: 'peak memory of host and app; baseline: one build',
      measured: memoryText(crowd.peakMb),
      baseline: memoryText(alone.peakMb),
    },
    ...(Number.isNaN(grownMb)
      ? []
      : [{ name: 'memory for each further build', measured: `${fixed((grownMb / (builds - 1)) * 1_024, 0)} KB` }]),
    {
      name: 'work of this machine for each build; baseline: one build',
      measured: `${fixed(crowd.wallSeconds / builds, 2)} s`,
      baseline: `${fixed(alone.wallSeconds, 2)} s`,
      ratio: crowd.wallSeconds / builds / alone.wallSeconds,
    },
  ];
}

export const intakeBench: Bench = {
  name: 'intake',
  title: 'Many builds at once',
  method:
    `${BUILDS} requests for pools of one node, each with an image of its own, sent in batches; on a stepped clock, so that all builds are under ` +
    `way at once. The first ${THROTTLED.writesPerBuild} writes and ${THROTTLED.readsPerBuild} reads of snapshots per build are refused with 429 and a Retry-After of ` +
    `${THROTTLED.retryAfterSeconds} s. The memory is that of the local host, which holds all histories, and the app in one process, with ${HEAP}.`,
  run: async ({ quick }): Promise<Findings> => {
    const builds = quick ? QUICK_BUILDS : BUILDS;
    const alone = await build(1, false);
    return { rows: rowsOf(await build(builds, true), alone, builds) };
  },
};
