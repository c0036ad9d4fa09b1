/** Undoes a build: takes away what it made, last made first, and reports what could not be taken. */
import type { OrchestrationContext } from 'durable-functions';
import {
  afterRemoval,
  inReverse,
  isRemovalOpen,
  startRemoving,
  undoReport,
  type Removing,
  type UndoReport,
} from '../domain/removing';
import type { ResourceSpec } from '../domain/resources';
import { ACTIVITIES } from './contracts';
import { nowMs, runAll, sleepUntil, type Step } from './steps';

const WIDTH = 8;

/**
 * Takes away all that was tried; `begun` of it is known to have been taken on by Azure. Each stage is gone, or given up,
 * before the one that it stands on is touched.
 */
export function* undo(
  ctx: OrchestrationContext,
  tried: readonly ResourceSpec[],
  begun: readonly ResourceSpec[],
): Step<UndoReport> {
  const removings: Removing[] = [];
  for (const stage of inReverse(tried)) {
    const opening = stage.map((spec) => startRemoving(spec, begun.includes(spec), nowMs(ctx)));
    removings.push(...(yield* removeStage(ctx, opening)));
  }
  return undoReport(removings);
}

function* removeStage(ctx: OrchestrationContext, opening: readonly Removing[]): Step<readonly Removing[]> {
  let removings = opening;
  while (removings.some(isRemovalOpen)) {
    yield* sleepUntil(ctx, Math.min(...removings.filter(isRemovalOpen).map(({ dueMs }) => dueMs)));
    const due = removings.filter((removing) => isRemovalOpen(removing) && removing.dueMs <= nowMs(ctx));
    const specs = due.map(({ spec }) => spec);
    const answers = yield* runAll(ctx, ACTIVITIES.removeResource, specs, WIDTH);
    removings = removings.map((removing) => {
      const answer = answers[due.indexOf(removing)];
      return answer ? afterRemoval(removing, answer, nowMs(ctx)) : removing;
    });
  }
  return removings;
}
