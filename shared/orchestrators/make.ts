/** Makes the resources of one stage side by side: begins each, then looks at each on its own rhythm. */
import type { OrchestrationContext } from 'durable-functions';
import type { Stage } from '../domain/draft';
import { afterBegin, afterLook, isDue, isOpen, nextDueMs, startMaking, type Making } from '../domain/making';
import type { Outcome } from '../domain/outcome';
import type { Begun, Sighting, Spec } from '../domain/resources';
import type { ReplicaState } from '../domain/sighting';
import type { Stop } from '../domain/result';
import { ACTIVITIES } from './contracts';
import { nowMs, runAll, sleepUntil, type Step } from './steps';
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
  let makings: readonly Making[] = stage.resources.map((spec) =>
    startMaking(spec, startedAtMs, stage.resources.length),
  );
  for (;;) {
    showStage(ctx, stage.step, makings, startedAtMs);
    const begun = makings.filter(({ begun: one }) => one !== undefined && one.adopted !== true).map(({ spec }) => spec);
    const replicas = makings.flatMap((making) => making.replicas ?? []);
    const broken = makings.find((making) => making.failure !== undefined);
    if (broken?.failure) {
      const { code, message } = broken.failure;
      return { begun, replicas, stop: { step: stage.step, resourceId: broken.spec.id, code, message } };
    }
    if (!makings.some(isOpen)) return { begun, replicas };
    yield* sleepUntil(ctx, nextDueMs(makings));
    makings = yield* attend(ctx, makings);
  }
}

/** One round: begins what is due to begin, looks at what is due for a look. */
function* attend(ctx: OrchestrationContext, makings: readonly Making[]): Step<readonly Making[]> {
  const due = makings.filter((making) => isDue(making, nowMs(ctx)));
  const toBegin = due.filter((making) => making.begun === undefined);
  const toLook = due.flatMap(({ spec, begun }) => (begun === undefined ? [] : [{ spec, begun }]));
  const specs = toBegin.map(({ spec }) => spec);
  const begun = new Map<string, Outcome<Begun>>();
  const seen = new Map<string, Outcome<Sighting>>();
  (yield* runAll(ctx, ACTIVITIES.beginResource, specs, WIDTH)).forEach((answer, index) =>
    begun.set(specs[index]?.id ?? '', answer),
  );
  (yield* runAll(ctx, ACTIVITIES.lookAtResource, toLook, WIDTH)).forEach((answer, index) =>
    seen.set(toLook[index]?.spec.id ?? '', answer),
  );
  return makings.map((making) => {
    const beginning = begun.get(making.spec.id);
    if (beginning) return afterBegin(making, beginning, nowMs(ctx));
    const look = seen.get(making.spec.id);
    return look ? afterLook(making, look, nowMs(ctx)) : making;
  });
}
