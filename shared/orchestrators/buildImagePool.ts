/** Builds one pool from one prepared VM: survey, plan, make each stage; on failure, undo; always, answer. */
import type { OrchestrationContext } from 'durable-functions';
import type { BuildJob } from '../domain/admission';
import type { BuildFacts } from '../domain/facts';
import { namingInstantMs } from '../domain/names';
import { errorText, fail, type Outcome } from '../domain/outcome';
import { decideBuild } from '../domain/plan';
import type { BuildRequest } from '../domain/request';
import {
  builtAlready,
  lostTheNames,
  planned,
  preflightRefused,
  refused,
  summaryOf,
  timing,
  type BuildResult,
} from '../domain/result';
import { resultEvent } from '../domain/resultEvent';
import { traceOfRequest } from '../domain/trace';
import { ACTIVITIES } from './contracts';
import { makeAll } from './makeAll';
import { persist } from './persist';
import { noteBegin, noteTimings, showPhase } from './status';
import { note, nowMs, traceAs, type Step } from './steps';

/** Each try takes other names; more would mean that something else is wrong. */
const MOST_NAMING_TRIES = 5;

export function* buildImagePool(ctx: OrchestrationContext): Step<BuildResult> {
  const job = ctx.df.getInput<BuildJob>();
  traceAs(ctx, traceOfRequest(job.request));
  noteBegin(ctx, job);
  const result = yield* build(ctx, job);
  note(ctx, `${ctx.df.instanceId}: ${summaryOf(result)}`);
  noteTimings(ctx, result);

  showPhase(ctx, 'answer');
  const told = yield* persist(ctx, ACTIVITIES.publishEvent, resultEvent(result, job, nowMs(ctx)));
  if (!told.ok) throw new Error(`The result could not be published: ${told.failure.message}`);

  showPhase(ctx, 'done');
  return result;
}

function* build(ctx: OrchestrationContext, { request, previous }: BuildJob): Step<BuildResult> {
  const startedAtMs = nowMs(ctx);

  showPhase(ctx, 'survey');
  const facts = yield* survey(ctx, request);
  if (!facts.ok) return refused(request, 'SurveyFailed', facts.failure.message);
  const surveyed = timing('survey', startedAtMs, nowMs(ctx));

  for (let tries = 1; ; tries += 1) {
    const namedAtMs = namingInstantMs(request, startedAtMs, tries);
    const choice = decideBuild(request, facts.value, { startedAtMs, namedAtMs, wasWhole: previous !== undefined });
    if (choice.decision === 'built') return previous ?? builtAlready(request, choice.imageId, choice.layout);
    if (choice.decision === 'refuse') return preflightRefused(request, choice.verdicts);
    if (request.mode === 'plan') return planned(request, facts.value, choice.plan);

    const result = yield* makeAll(ctx, request, choice.plan, { startedAtMs, timings: [surveyed] });
    if (!lostTheNames(result) || tries === MOST_NAMING_TRIES) return result;
  }
}

/** An activity that keeps throwing is our fault, not Azure's; the request is answered all the same. */
function* survey(ctx: OrchestrationContext, request: BuildRequest): Step<Outcome<BuildFacts>> {
  try {
    return yield* persist(ctx, ACTIVITIES.surveyBuild, request);
  } catch (error) {
    return fail({ kind: 'rejected', code: 'UnexpectedFault', message: errorText(error) });
  }
}
