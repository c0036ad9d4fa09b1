/** Makes the stages of a plan, one after another, until one of them stops. */
import type { OrchestrationContext } from 'durable-functions';
import type { Stage } from '../domain/buildSteps';
import { errorText } from '../domain/outcome';
import type { Spec } from '../domain/resources';
import type { ReplicaState } from '../domain/sighting';
import { lostItsDefinition, timing, type Stop, type Timing } from '../domain/result';
import { makeStage, type StageEnd } from './make';
import { nowMs, type Step } from './steps';

/** How often a definition is made again that another build's undo took away before it had a version. */
const MOST_DEFINITION_TRIES = 5;

/** What the making of a plan has come to; grows with each stage. */
export interface Made {
  /** Noted before the act: one that timed out may still have happened. */
  readonly tried: Spec[];
  /** Known to have been taken on by Azure. */
  readonly begun: Spec[];
  readonly timings: Timing[];
  /** Of the image version: each region, as it was last seen. */
  replicas: readonly ReplicaState[];
}

/** Where the making stopped; undefined when everything stands. */
export function* makeStages(ctx: OrchestrationContext, stages: readonly Stage[], made: Made): Step<Stop | undefined> {
  const open = [...stages];
  let setbacks = 0;
  for (let stage = open.shift(); stage !== undefined; stage = open.shift()) {
    const stageStartedAtMs = nowMs(ctx);
    made.tried.push(...stage.resources);
    const end = yield* endOfStage(ctx, stage);
    made.begun.push(...end.begun);
    if (end.replicas.length > 0) made.replicas = end.replicas;
    made.timings.push(timing(stage.step, stageStartedAtMs, nowMs(ctx)));
    if (!end.stop) continue;
    if (!lostItsDefinition(end.stop) || setbacks === MOST_DEFINITION_TRIES) return end.stop;
    setbacks += 1;
    open.unshift({ step: 'definition', resources: definitionsOf(stages) }, stage);
  }
  return undefined;
}

const definitionsOf = (stages: readonly Stage[]): readonly Spec[] =>
  stages.flatMap(({ resources }) => resources.filter(({ kind }) => kind === 'definition'));

/** An activity that keeps throwing is our fault, not Azure's; what was made is undone all the same. */
function* endOfStage(ctx: OrchestrationContext, stage: Stage): Step<StageEnd> {
  try {
    return yield* makeStage(ctx, stage);
  } catch (error) {
    const resourceId = stage.resources[0]?.id ?? '';
    const stop = { step: stage.step, resourceId, code: 'UnexpectedFault', message: errorText(error) };
    return { begun: stage.resources, replicas: [], stop };
  }
}
