/** What a build would do, for the answer to `mode: "plan"`: what it makes, by which calls and rights, and how long that takes. */
import { allocationOf, type Allocation } from './allocation';
import { stepOf, type BuildStep, type Stage } from './buildSteps';
import type { BuildFacts } from './facts';
import { growthPlan, type GrowthPlan } from './growthPlan';
import type { Layout } from './layout';
import { nodeAgentSkuId } from './nodeAgent';
import type { BuildPlan } from './plan';
import type { BuildRequest } from './request';
import { isAct, stands, type Spec } from './resources';
import { chooseRoute, type RouteChoice } from './route';
import { rightsNeeded, type NeededRight } from './rightsNeeded';
import { resizeTimeoutFor, targetRegions, type SizedRegion, type SizedTimeout } from './sizing';
import type { Verdict } from './verdict';
import { TOTAL_MS } from './growth/growingLimits';
import { looksWithin, RHYTHMS, usualGrowthMinutes } from './waiting';

/** One call to Azure Resource Manager; reads come as often as the resource takes time. */
export type PlannedCall =
  | { readonly step: BuildStep; readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE'; readonly resourceId: string }
  | { readonly step: BuildStep; readonly method: 'GET'; readonly resourceId: string; readonly about: number };

export interface PlannedStep {
  readonly step: BuildStep;
  readonly minutes: number;
  /** After so long the step counts as failed. */
  readonly deadlineMinutes: number;
}

export interface PlanAnswer {
  readonly lineage: Layout;
  readonly route: RouteChoice;
  /** Where the account's nodes are allocated, and what that means for this build. */
  readonly allocation?: Allocation;
  readonly creates: readonly {
    readonly step: BuildStep;
    readonly resources: readonly Pick<Spec, 'kind' | 'id'>[];
  }[];
  /** What of it goes again when the pool stands. */
  readonly letsGo: readonly string[];
  /** Where the image version goes; empty when none is made, because a pool that stands is grown. */
  readonly regions: readonly SizedRegion[];
  /** Undefined for a pool that a formula scales. */
  readonly resizeTimeout?: Pick<SizedTimeout, 'minutes' | 'reason'>;
  /** How the pool will get its nodes; undefined for one that a formula scales. */
  readonly growth?: GrowthPlan;
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
  const creating = creatingStages(plan.stages);
  const timeout = resizeTimeoutFor(request.pool.properties);
  const agent = nodeAgentSkuId(request, facts);
  const growth = growthPlan(request, facts);
  const allocation = allocationOf(request, facts);
  const makesVersion = creating.some(({ step }) => step === 'version');
  return {
    lineage: plan.layout,
    route: chooseRoute(request, facts),
    ...(allocation === undefined ? {} : { allocation }),
    creates: creating.map(({ step, resources }) => ({
      step,
      resources: resources.map(({ kind, id }) => ({ kind, id })),
    })),
    letsGo: plan.closing.letGo.map(({ id }) => id),
    regions: makesVersion ? targetRegions(request, facts) : [],
    ...(timeout === undefined ? {} : { resizeTimeout: { minutes: timeout.minutes, reason: timeout.reason } }),
    ...(growth === undefined ? {} : { growth }),
    ...(agent === undefined ? {} : { nodeAgentSkuId: agent }),
    calls: [
      ...plan.stages.flatMap(callsOf),
      ...growthCalls(plan, growth),
      ...plan.closing.stages.flatMap(callsOf),
      ...plan.closing.letGo.map(({ id }) => ({ step: 'latest', method: 'DELETE', resourceId: id }) as const),
    ],
    permissions: rightsNeeded(request, facts).map(({ action, scopeId, for: purpose, role }) => ({
      action,
      scopeId,
      for: purpose,
      role,
    })),
    estimate: estimate(creating, plan.closing.stages, growth?.nodesToCome ?? 0),
    verdicts: plan.verdicts,
  };
}

/** What is there already is only made sure of. */
const creatingStages = (stages: readonly Stage[]): readonly Stage[] =>
  stages
    .map(({ step, resources }) => ({ step, resources: resources.filter((spec) => !stands(spec)) }))
    .filter(({ resources }) => resources.length > 0);

const methodOf = (spec: Spec): 'PUT' | 'POST' | 'PATCH' => {
  if (!isAct(spec)) return 'PUT';
  return spec.kind === 'release' ? 'PATCH' : 'POST';
};

function callsOf({ resources }: Stage): readonly PlannedCall[] {
  const writes = resources.flatMap((spec) =>
    stands(spec) ? [] : [{ step: stepOf(spec), method: methodOf(spec), resourceId: spec.id } as const],
  );
  return [...writes, ...resources.flatMap(readsOf)];
}

/**
 * Each creation first looks for its own earlier work. Of several, one is looked at until it is ready, and then the others;
 * what stands is not looked at again, and a pool is shown by the answer to its PUT.
 */
function readsOf(spec: Spec, index: number): readonly PlannedCall[] {
  if (spec.kind === 'pool') return [];
  const { usualMinutes } = RHYTHMS[spec.kind];
  const looks = index === 0 ? looksWithin(RHYTHMS[spec.kind], usualMinutes) : 1;
  return [{ step: stepOf(spec), method: 'GET', resourceId: spec.id, about: stands(spec) ? 1 : 1 + looks }];
}

/** Half a minute is as exact as an estimate can be. */
const toHalves = (minutes: number): number => Math.ceil(minutes * 2) / 2;

/** Looks at the pool while it grows, the counts of its nodes aside; and the resizes that are expected after its creation. */
function growthCalls(
  { growth: { poolId }, stages }: BuildPlan,
  growth: GrowthPlan | undefined,
): readonly PlannedCall[] {
  const step = 'growth';
  const resizes = Math.max(0, (growth?.expectedResizes ?? 0) - (stages.length > 0 ? 1 : 0));
  const about = looksWithin(RHYTHMS.pool, usualGrowthMinutes(growth?.nodesToCome ?? 0));
  const patches = Array.from({ length: resizes }, () => ({ step, method: 'PATCH', resourceId: poolId }) as const);
  return [...patches, { step, method: 'GET', resourceId: poolId, about }];
}

/** Stages follow each other; what one holds is made side by side; then the pool grows, and the image goes into latest. */
function estimate(stages: readonly Stage[], closing: readonly Stage[], nodesToCome: number): PlanAnswer['estimate'] {
  const rhythmsOf = ({ resources }: Stage) => resources.map(({ kind }) => RHYTHMS[kind]);
  const planned = (stage: Stage): PlannedStep => ({
    step: stage.step,
    minutes: toHalves(Math.max(...rhythmsOf(stage).map(({ usualMinutes }) => usualMinutes))),
    deadlineMinutes: Math.max(...rhythmsOf(stage).map(({ deadlineMinutes }) => deadlineMinutes)),
  });
  const growing: PlannedStep = {
    step: 'growth',
    minutes: toHalves(usualGrowthMinutes(nodesToCome)),
    deadlineMinutes: TOTAL_MS / 60_000,
  };
  const steps = [...stages.map(planned), growing, ...closing.map(planned)];
  return { steps, minutes: Math.ceil(steps.reduce((sum, { minutes }) => sum + minutes, 0)) };
}
