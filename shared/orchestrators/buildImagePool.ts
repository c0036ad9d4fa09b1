/** Builds one pool from one prepared VM: survey, plan, make each stage; on failure, undo; always, answer. */
import type { OrchestrationContext } from 'durable-functions';
import type { BuildJob } from '../domain/admission';
import type { Stage } from '../domain/draft';
import type { BuildFacts } from '../domain/facts';
import { fail, type Outcome } from '../domain/outcome';
import { namingInstantMs } from '../domain/names';
import { decideBuild, type BuildPlan } from '../domain/plan';
import type { UndoReport } from '../domain/removing';
import type { BuildRequest } from '../domain/request';
import { NAME_TAKEN, type ResourceSpec } from '../domain/resources';
import {
  builtAlready,
  failed,
  lostTheNames,
  planned,
  preflightRefused,
  refused,
  resultEvent,
  succeeded,
  summaryOf,
  timing,
  type BuildResult,
  type Timing,
} from '../domain/result';
import { ACTIVITIES } from './contracts';
import { makeStage, type StageEnd } from './make';
import { persist } from './persist';
import { showPhase } from './status';
import { note, nowMs, type Step } from './steps';
import { undo } from './undo';

/** Each try takes other names; more would mean that something else is wrong. */
const MOST_NAMING_TRIES = 5;

export function* buildImagePool(ctx: OrchestrationContext): Step<BuildResult> {
  const job = ctx.df.getInput<BuildJob>();
  const result = yield* build(ctx, job.request);

  note(ctx, `${ctx.df.instanceId}: ${summaryOf(result)}`);
  showPhase(ctx, 'answer');
  const told = yield* persist(ctx, ACTIVITIES.publishEvent, resultEvent(result, job.messageId, nowMs(ctx)));
  if (!told.ok) throw new Error(`The result could not be published: ${told.failure.message}`);

  showPhase(ctx, 'done');
  return result;
}

function* build(ctx: OrchestrationContext, request: BuildRequest): Step<BuildResult> {
  const startedAtMs = nowMs(ctx);

  showPhase(ctx, 'survey');
  const facts = yield* surveyOrFault(ctx, request);
  if (!facts.ok) return refused(request, 'SurveyFailed', facts.failure.message);

  for (let tries = 1; ; tries += 1) {
    const choice = decideBuild(request, facts.value, namingInstantMs(request, startedAtMs, tries));
    if (choice.decision === 'built') return builtAlready(request, choice.imageVersionId, choice.layout);
    if (choice.decision === 'refuse') return preflightRefused(request, choice.verdicts);
    if (request.mode === 'plan') return planned(request, choice.plan);

    const result = yield* makeAll(ctx, request, choice.plan, startedAtMs);
    if (!lostTheNames(result) || tries === MOST_NAMING_TRIES) return result;
  }
}

function* makeAll(
  ctx: OrchestrationContext,
  request: BuildRequest,
  plan: BuildPlan,
  startedAtMs: number,
): Step<BuildResult> {
  const timings: Timing[] = [];
  const tried: ResourceSpec[] = [];
  const begun: ResourceSpec[] = [];

  for (const stage of plan.stages) {
    const stageStartedAtMs = nowMs(ctx);
    tried.push(...stage.resources); // before the act: one that timed out may still have happened
    const end = yield* endOfStage(ctx, stage);
    begun.push(...end.begun);
    timings.push(timing(stage.step, stageStartedAtMs, nowMs(ctx)));
    if (end.stop) {
      const keeps = request.keepOnFailure === true && end.stop.code !== NAME_TAKEN;
      const rest = keeps ? keep(begun) : yield* takeBack(ctx, tried, begun);
      return failed(request, plan, end.stop, { ...rest, startedAtMs, endedAtMs: nowMs(ctx), timings });
    }
  }

  return succeeded(request, plan, { startedAtMs, endedAtMs: nowMs(ctx), timings });
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An activity that keeps throwing is our fault, not Azure's; the request is answered all the same. */
function* surveyOrFault(ctx: OrchestrationContext, request: BuildRequest): Step<Outcome<BuildFacts>> {
  try {
    return yield* persist(ctx, ACTIVITIES.surveyBuild, request);
  } catch (error) {
    return fail({ kind: 'rejected', code: 'UnexpectedFault', message: textOf(error) });
  }
}

/** As above; what was made is undone. */
function* endOfStage(ctx: OrchestrationContext, stage: Stage): Step<StageEnd> {
  try {
    return yield* makeStage(ctx, stage);
  } catch (error) {
    const message = textOf(error);
    const resourceId = stage.resources[0]?.id ?? '';
    return { begun: stage.resources, stop: { step: stage.step, resourceId, code: 'UnexpectedFault', message } };
  }
}

type Aftermath = UndoReport & { readonly kept: readonly string[] };

const keep = (begun: readonly ResourceSpec[]): Aftermath => ({
  removed: [],
  left: [],
  kept: begun.map(({ id }) => id),
});

function* takeBack(
  ctx: OrchestrationContext,
  tried: readonly ResourceSpec[],
  begun: readonly ResourceSpec[],
): Step<Aftermath> {
  showPhase(ctx, 'undo');
  return { ...(yield* undo(ctx, tried, begun)), kept: [] };
}
