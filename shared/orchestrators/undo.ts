/** Undoes a build: takes away what it made, last made first, and reports what could not be taken. */
import type { OrchestrationContext } from 'durable-functions';
import {
  afterFault,
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
import { nowMs, run, sleepUntil, type Step } from './steps';

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
    const after: Removing[] = [];
    for (const removing of removings) after.push(yield* attend(ctx, removing));
    removings = after;
  }
  return removings;
}

/** One by one, so that a fault in one does not hide the others' answers; Azure deletes side by side all the same. */
function* attend(ctx: OrchestrationContext, removing: Removing): Step<Removing> {
  if (!isRemovalOpen(removing) || removing.dueMs > nowMs(ctx)) return removing;
  try {
    const answer = yield* run(ctx, ACTIVITIES.removeResource, removing.spec);
    return afterRemoval(removing, answer, nowMs(ctx));
  } catch (error) {
    return afterFault(removing, error instanceof Error ? error.message : String(error));
  }
}
