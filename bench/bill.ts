/** What a plan bills for the executions of a run on a stepped clock, on which the app's own work and Azure's answers take no time. */
import type { ArmCall } from '../local/arm/simulator';
import type { Execution } from './executions';
import { sum } from './statistics';

/** "The minimum execution time … for a single function execution is 100 ms" (azure.microsoft.com/pricing/details/functions). */
const LEAST_CONSUMPTION_MS = 100;

/** "The minimum billable execution period … is 1,000 ms. Past that … rounded up to the nearest 100 ms" (flex-consumption-plan, "Billing"). */
const LEAST_FLEX_MS = 1_000;
const FLEX_STEP_MS = 100;

export interface Run {
  readonly executions: readonly Execution[];
  readonly calls: readonly ArmCall[];
  /** Names of the functions that call Azure: orchestrators and triggers never do. */
  readonly activities: ReadonlySet<string>;
  /** Of every call. */
  readonly latencyMs: number;
}

/** All that ran in one instant of the clock, and how long each would have taken with the latencies, one call after another. */
function instants({ executions, calls, activities, latencyMs }: Run): readonly (readonly number[])[] {
  const callsAt = Map.groupBy(calls, ({ startedMs }) => startedMs);
  return [...Map.groupBy(executions, ({ startMs }) => startMs)].map(([atMs, ran]) => {
    const callers = ran.filter(({ name }) => activities.has(name)).length;
    const waitMs = callers === 0 ? 0 : (latencyMs * (callsAt.get(atMs)?.length ?? 0)) / callers;
    return ran.map(({ name, wallMs }) => wallMs + (activities.has(name) ? waitMs : 0));
  });
}

/** As long as they ran, before any plan rounds it up. */
export const runSeconds = (run: Run): number => sum(instants(run).flat()) / 1_000;

/** Consumption bills each execution, replays of orchestrators among them (durable-functions-billing). */
export const consumptionSeconds = (run: Run): number =>
  sum(
    instants(run)
      .flat()
      .map((ms) => Math.max(LEAST_CONSUMPTION_MS, Math.ceil(ms))),
  ) / 1_000;

/** Flex Consumption bills the periods in which an instance runs anything: what follows upon another in an instant is one. */
export const flexSeconds = (run: Run): number =>
  sum(
    instants(run).map((durations) => Math.max(LEAST_FLEX_MS, Math.ceil(sum(durations) / FLEX_STEP_MS) * FLEX_STEP_MS)),
  ) / 1_000;
