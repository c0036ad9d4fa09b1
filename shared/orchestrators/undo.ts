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
  staysDone,
  undoReport,
  type Removing,
  type UndoReport,
} from '../domain/removing';
import { errorText } from '../domain/outcome';
import { isAct, type ResourceSpec, type Spec } from '../domain/resources';
import type { RemovalPhase } from '../domain/progress';
import { ACTIVITIES } from './contracts';
import { showRemoval } from './status';
import { nowMs, run, sleepUntil, type Step } from './steps';

/**
 * Takes away all that was tried; `begun` of it is known to have been taken on by Azure. What was done and cannot be
 * undone is told.
 */
export function* undo(ctx: OrchestrationContext, tried: readonly Spec[], begun: readonly Spec[]): Step<UndoReport> {
  const made = tried.filter((spec) => !isAct(spec));
  const { removed, left } = undoReport(yield* removeAll(ctx, 'undo', made, begun));
  return { removed, left: [...left, ...staysDone(begun)] };
}

/** Takes away what a build that ended well needs no more; what stays of it is told, and fails nothing. */
export function* letGo(ctx: OrchestrationContext, specs: readonly ResourceSpec[]): Step<UndoReport> {
  return undoReport(yield* removeAll(ctx, 'letGo', specs, specs));
}

/** Last made first: each stage is gone, or given up, before the one that it stands on is touched. */
function* removeAll(
  ctx: OrchestrationContext,
  phase: RemovalPhase,
  specs: readonly ResourceSpec[],
  begun: readonly Spec[],
): Step<readonly Removing[]> {
  const removings: Removing[] = [];
  for (const stage of inReverse(specs)) {
    const base = removings.find(isStillStoodOn);
    const opening = stage.map((spec) => startRemoving(spec, begun.includes(spec), nowMs(ctx)));
    const stays = base !== undefined && stage.every(isStoodOn);
    removings.push(
      ...(stays ? opening.map((removing) => leftUnder(removing, base)) : yield* removeStage(ctx, phase, opening)),
    );
  }
  return removings;
}

function* removeStage(
  ctx: OrchestrationContext,
  phase: RemovalPhase,
  opening: readonly Removing[],
): Step<readonly Removing[]> {
  let removings = opening;
  const startedAtMs = nowMs(ctx);
  while (removings.some(isRemovalOpen)) {
    showRemoval(ctx, phase, removings, startedAtMs);
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
