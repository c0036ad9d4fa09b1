/** What a build would do, for the answer to `mode: "plan"`: what it makes, by which calls and rights, and how long that takes. */
import type { BuildStep, Stage } from './draft';
import type { BuildFacts } from './facts';
import type { Layout } from './layout';
import { startMaking } from './making';
import { nodeAgentSkuId } from './nodeAgent';
import type { BuildPlan } from './plan';
import type { BuildRequest } from './request';
import type { ResourceSpec } from './resources';
import { rightsNeeded, type NeededRight } from './rightsNeeded';
import { resizeTimeoutFor, targetRegions, type SizedRegion, type SizedTimeout } from './sizing';
import type { Verdict } from './verdict';
import { looksWithin, makingDeadlineMs, RHYTHMS, usualMinutes } from './waiting';

/** One call to Azure Resource Manager; reads come as often as the resource takes time. */
export type PlannedCall =
  | { readonly step: BuildStep; readonly method: 'PUT'; readonly resourceId: string }
  | { readonly step: BuildStep; readonly method: 'GET'; readonly resourceId: string; readonly about: number };

export interface PlannedStep {
  readonly step: BuildStep;
  readonly minutes: number;
  /** After so long the step counts as failed. */
  readonly deadlineMinutes: number;
}

export interface PlanAnswer {
  readonly lineage: Layout;
  readonly creates: readonly {
    readonly step: BuildStep;
    readonly resources: readonly Pick<ResourceSpec, 'kind' | 'id'>[];
  }[];
  /** Where the image version goes. */
  readonly regions: readonly SizedRegion[];
  /** Undefined for a pool that a formula scales. */
  readonly resizeTimeout?: Pick<SizedTimeout, 'minutes' | 'reason'>;
  /** The request's, or the one that Batch names for the VM's base image. */
  readonly nodeAgentSkuId?: string;
  /** In order, without those of the survey, which a plan makes as well, and of an undo. */
  readonly calls: readonly PlannedCall[];
  readonly permissions: readonly Pick<NeededRight, 'action' | 'scopeId' | 'for' | 'role'>[];
  /** Estimates, from the table that the deadlines come from (waiting.ts); `minutes` is for the whole build. */
  readonly estimate: { readonly steps: readonly PlannedStep[]; readonly minutes: number };
  readonly verdicts: readonly Verdict[];
}

/** Everything that is known of a build before it begins. Ids only: a pool's body can hold secrets, and events have other readers than requests. */
export function planAnswer(request: BuildRequest, facts: BuildFacts, plan: BuildPlan): PlanAnswer {
  const creating = plan.stages.filter(({ stands }) => stands !== true);
  const timeout = resizeTimeoutFor(request.pool.properties);
  const agent = nodeAgentSkuId(request, facts);
  return {
    lineage: plan.layout,
    creates: creating.map(({ step, resources }) => ({
      step,
      resources: resources.map(({ kind, id }) => ({ kind, id })),
    })),
    regions: targetRegions(request, facts),
    ...(timeout === undefined ? {} : { resizeTimeout: { minutes: timeout.minutes, reason: timeout.reason } }),
    ...(agent === undefined ? {} : { nodeAgentSkuId: agent }),
    calls: plan.stages.flatMap(callsOf),
    permissions: rightsNeeded(request, facts).map(({ action, scopeId, for: purpose, role }) => ({
      action,
      scopeId,
      for: purpose,
      role,
    })),
    estimate: estimate(creating),
    verdicts: plan.verdicts,
  };
}

function callsOf({ step, stands, resources }: Stage): readonly PlannedCall[] {
  const writes = stands === true ? [] : resources.map(({ id }) => ({ step, method: 'PUT', resourceId: id }) as const);
  const reads = resources.map((spec) => {
    const minutes = stands === true ? 0 : usualMinutes(spec);
    const { crowd } = startMaking(spec, 0, resources.length);
    // One more than the looks: each creation first looks for its own earlier work.
    const about = 1 + looksWithin(RHYTHMS[spec.kind], minutes, crowd);
    return { step, method: 'GET', resourceId: spec.id, about } as const;
  });
  return [...writes, ...reads];
}

/** Half a minute is as exact as an estimate can be. */
const toHalves = (minutes: number): number => Math.ceil(minutes * 2) / 2;

/** Stages follow each other; what one holds is made side by side. */
function estimate(stages: readonly Stage[]): PlanAnswer['estimate'] {
  const steps = stages.map(({ step, resources }) => ({
    step,
    minutes: toHalves(Math.max(...resources.map(usualMinutes))),
    deadlineMinutes: Math.max(...resources.map((spec) => makingDeadlineMs(spec, 0) / 60_000)),
  }));
  return { steps, minutes: Math.ceil(steps.reduce((sum, { minutes }) => sum + minutes, 0)) };
}
