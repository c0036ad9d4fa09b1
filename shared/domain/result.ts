/** How a build ends. */
import type { BuildStep } from './buildSteps';
import type { BuildFacts } from './facts';
import type { GrowthReport } from './growth/growthJob';
import type { Layout } from './layout';
import { poolIdOf, requestIdOf } from './names';
import type { BuildPlan } from './plan';
import { planAnswer, type PlanAnswer } from './planAnswer';
import type { Leftover, UndoReport } from './removing';
import type { BuildRequest } from './request';
import { NAME_TAKEN } from './resources';
import type { ReplicaState } from './sighting';
import { requestCorrelationId } from './trace';
import { refusalText, type Verdict } from './verdict';

export interface Timing {
  readonly step: 'survey' | BuildStep;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
}

interface Answer {
  readonly requestId: string;
  /** Of every call that was made to Azure for the request; its activity log has it, too. */
  readonly correlationId: string;
  readonly poolId: string;
}

export interface BuildSucceeded extends Answer {
  readonly outcome: 'BuildSucceeded';
  readonly buildId: string;
  readonly lineage: Layout;
  /** How the pool got its nodes; what its operator should know of them stands in `findings`. */
  readonly growth: GrowthReport;
  /** Of the image version that was made: each of its regions. */
  readonly replicas: readonly ReplicaState[];
  /** Ids of what went again because nothing needs it any more. */
  readonly letGo: readonly string[];
  /** What should have gone, or been done at the end, and was not, with the reason. */
  readonly left: readonly Leftover[];
  readonly warnings: readonly Verdict[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly timings: readonly Timing[];
}

/** The pool stood already, made by the same request; nothing was touched. */
export interface BuiltAlready extends Answer {
  readonly outcome: 'BuildSucceeded';
  readonly alreadyBuilt: true;
  readonly imageId: string;
  /** Undefined when the source is gone: the names below it derive from it. */
  readonly lineage?: Layout;
}

export type RefusalReason = 'PreflightRefused' | 'BuildInProgress' | 'SurveyFailed';

export interface BuildRefused extends Answer {
  readonly outcome: 'BuildRefused';
  readonly reason: RefusalReason;
  readonly message: string;
  readonly verdicts: readonly Verdict[];
}

/** Answer to `mode: "plan"`: all that a build would do; nothing was made. */
export interface BuildPlanned extends Answer, PlanAnswer {
  readonly outcome: 'BuildPlanned';
}

export interface BuildFailed extends Answer {
  readonly outcome: 'BuildFailed';
  readonly buildId: string;
  readonly step: BuildStep;
  readonly resourceId: string;
  /** Azure's own code and message where it gave them. */
  readonly code: string;
  readonly message: string;
  /** How far the pool got, when it is its nodes that failed. */
  readonly growth?: GrowthReport;
  /** Of the image version, when one was begun: each of its regions, those that failed and those that did not. */
  readonly replicas: readonly ReplicaState[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly timings: readonly Timing[];
  /** What the undo took away again. */
  readonly removed: readonly string[];
  /** What is still there although it should not be, with the reason. */
  readonly left: readonly Leftover[];
  /** What was kept because the request says `keepOnFailure`. */
  readonly kept: readonly string[];
}

export type BuildResult = BuildSucceeded | BuiltAlready | BuildRefused | BuildPlanned | BuildFailed;

const answerTo = (request: BuildRequest): Answer => ({
  requestId: requestIdOf(request),
  correlationId: requestCorrelationId(request),
  poolId: poolIdOf(request),
});

export const builtAlready = (request: BuildRequest, imageId: string, lineage?: Layout): BuiltAlready => ({
  ...answerTo(request),
  outcome: 'BuildSucceeded',
  alreadyBuilt: true,
  imageId,
  ...(lineage === undefined ? {} : { lineage }),
});

export function refused(
  request: BuildRequest,
  reason: RefusalReason,
  message: string,
  verdicts: readonly Verdict[] = [],
): BuildRefused {
  return { ...answerTo(request), outcome: 'BuildRefused', reason, message, verdicts };
}

export const preflightRefused = (request: BuildRequest, verdicts: readonly Verdict[]): BuildRefused =>
  refused(request, 'PreflightRefused', `Nothing was made: ${refusalText(verdicts)}`, verdicts);

export const planned = (request: BuildRequest, facts: BuildFacts, plan: BuildPlan): BuildPlanned => ({
  ...answerTo(request),
  outcome: 'BuildPlanned',
  ...planAnswer(request, facts, plan),
});

interface Span {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly timings: readonly Timing[];
  readonly replicas: readonly ReplicaState[];
}

/** What the last steps of a build that ended well came to. */
export interface Closed {
  readonly letGo: readonly string[];
  readonly left: readonly Leftover[];
}

const spanText = ({ startedAtMs, endedAtMs, timings, replicas }: Span) => ({
  startedAt: new Date(startedAtMs).toISOString(),
  endedAt: new Date(endedAtMs).toISOString(),
  timings,
  replicas,
});

export const timing = (step: Timing['step'], startedAtMs: number, endedAtMs: number): Timing => ({
  step,
  startedAt: new Date(startedAtMs).toISOString(),
  endedAt: new Date(endedAtMs).toISOString(),
  seconds: Math.round((endedAtMs - startedAtMs) / 1000),
});

export const succeeded = (
  request: BuildRequest,
  plan: BuildPlan,
  growth: GrowthReport,
  { closed, ...span }: Span & { readonly closed: Closed | undefined },
): BuildSucceeded => ({
  ...answerTo(request),
  outcome: 'BuildSucceeded',
  buildId: plan.buildId,
  lineage: plan.layout,
  growth,
  letGo: closed?.letGo ?? [],
  left: closed?.left ?? [],
  warnings: plan.verdicts,
  ...spanText(span),
});

/** Where a build stopped and why. */
export interface Stop {
  readonly step: BuildStep;
  readonly resourceId: string;
  readonly code: string;
  readonly message: string;
  readonly growth?: GrowthReport;
}

export const failed = (
  request: BuildRequest,
  plan: BuildPlan,
  stop: Stop,
  rest: Span & UndoReport & { readonly kept: readonly string[] },
): BuildFailed => ({
  ...answerTo(request),
  outcome: 'BuildFailed',
  buildId: plan.buildId,
  ...stop,
  ...spanText(rest),
  removed: rest.removed,
  left: rest.left,
  kept: rest.kept,
});

/**
 * True when another build of the same image, begun in the same second, was faster to take the names. All names derive
 * from that second, and snapshots come first, so nothing else was made.
 */
export const lostTheNames = (result: BuildResult): boolean =>
  result.outcome === 'BuildFailed' && result.step === 'snapshots' && result.code === NAME_TAKEN;

/**
 * True when a version could not be made because its definition went away: the undo of another build may remove a
 * definition that it made, as long as that has no version.
 */
export const lostItsDefinition = ({ step, code }: Stop): boolean =>
  step === 'version' && code === 'ParentResourceNotFound';

/** How long the steps took, as far as there were any, and all of them together. */
export const timingsOf = (result: BuildResult): readonly Pick<Timing | WholeTiming, 'step' | 'seconds'>[] =>
  'timings' in result ? [...result.timings, { step: 'whole', seconds: secondsBetween(result) }] : [];

interface WholeTiming {
  readonly step: 'whole';
  readonly seconds: number;
}

const secondsBetween = ({ startedAt, endedAt }: { readonly startedAt: string; readonly endedAt: string }): number =>
  Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);

/** One line for the log. */
export function summaryOf(result: BuildResult): string {
  switch (result.outcome) {
    case 'BuildSucceeded':
    case 'BuildPlanned':
      return result.outcome;
    case 'BuildRefused':
      return `${result.outcome}: ${result.message}`;
    case 'BuildFailed':
      return `${result.outcome} at ${result.step}: ${result.code}: ${result.message}`;
  }
}
