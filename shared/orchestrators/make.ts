/** Makes the resources of one stage side by side: begins each, then looks at them until all stand. */
import type { OrchestrationContext } from 'durable-functions';
import { stepOf, type Stage } from '../domain/buildSteps';
import { isOpen, startMaking, type Making } from '../domain/making';
import { afterBegins, afterLooks, nextDueMs, toBegin, toLookAt } from '../domain/makingTogether';
import type { Spec } from '../domain/resources';
import type { ReplicaState } from '../domain/sighting';
import type { Stop } from '../domain/result';
import { ACTIVITIES } from './contracts';
import { nowMs, run, sleepUntil, type Step } from './steps';
import { showStage } from './status';

/** ARM counts writes per subscription: more at once would only be throttled. */
const WIDTH = 8;

export interface StageEnd {
  /** Where the stage stopped; undefined when all of its resources stand. */
  readonly stop?: Stop;
  /** Resources whose making Azure took on for this build, whatever became of them. */
  readonly begun: readonly Spec[];
  /** Of an image version: each region, as it was last seen. */
  readonly replicas: readonly ReplicaState[];
}

export function* makeStage(ctx: OrchestrationContext, stage: Stage): Step<StageEnd> {
  const startedAtMs = nowMs(ctx);
  let makings: readonly Making[] = stage.resources.map((spec) => startMaking(spec, startedAtMs));
  for (;;) {
    showStage(ctx, stage.step, makings, startedAtMs);
    const begun = makings.filter(({ begun: one }) => one !== undefined && one.adopted !== true).map(({ spec }) => spec);
    const replicas = makings.flatMap((making) => making.replicas ?? []);
    const broken = makings.find((making) => making.failure !== undefined);
    if (broken?.failure) {
      const { code, message } = broken.failure;
      return { begun, replicas, stop: { step: stepOf(broken.spec), resourceId: broken.spec.id, code, message } };
    }
    if (!makings.some(isOpen)) return { begun, replicas };
    yield* sleepUntil(ctx, nextDueMs(makings));
    makings = yield* attend(ctx, makings);
  }
}

/** Begins what is due to begin; when nothing is, looks at what is due for a look. A few at a time, in one activity. */
function* attend(ctx: OrchestrationContext, makings: readonly Making[]): Step<readonly Making[]> {
  const due = toBegin(makings, nowMs(ctx)).slice(0, WIDTH);
  if (due.length > 0) {
    const specs = due.map(({ spec }) => spec);
    const answers = yield* run(ctx, ACTIVITIES.beginResources, specs);
    return afterBegins(makings, due, answers, nowMs(ctx));
  }
  const watched = toLookAt(makings, nowMs(ctx)).slice(0, WIDTH);
  const looks = watched.map(({ spec, begun }) => ({ spec, begun }));
  const answers = yield* run(ctx, ACTIVITIES.lookAtResources, looks);
  return afterLooks(makings, watched, answers, nowMs(ctx));
}
