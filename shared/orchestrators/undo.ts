/** Undoes a build: takes away what it made, last made first, and reports what could not be taken. */
import type { OrchestrationContext } from 'durable-functions';
import {
  afterFault,
  afterRemoval,
  inReverse,
  isStillStoodOn,
  isStoodOn,
  leftUnder,
  isRemovalOpen,
  startRemoving,
  undoReport,
  type Removing,
  type UndoReport,
} from '../domain/removing';
import { errorText } from '../domain/outcome';
import type { ResourceSpec } from '../domain/resources';
import { ACTIVITIES } from './contracts';
import { showUndo } from './status';
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
    const base = removings.find(isStillStoodOn);
    const opening = stage.map((spec) => startRemoving(spec, begun.includes(spec), nowMs(ctx)));
    const stays = base !== undefined && stage.every(isStoodOn);
    removings.push(
      ...(stays ? opening.map((removing) => leftUnder(removing, base)) : yield* removeStage(ctx, opening)),
    );
  }
  return undoReport(removings);
}

function* removeStage(ctx: OrchestrationContext, opening: readonly Removing[]): Step<readonly Removing[]> {
  let removings = opening;
  const startedAtMs = nowMs(ctx);
  while (removings.some(isRemovalOpen)) {
    showUndo(ctx, removings, startedAtMs);
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
    return afterFault(removing, errorText(error));
  }
}
