/** The undo of a build as a state machine: takes resources away, tells what could not be taken and why. */
import { armKey } from './armId';
import { isPassing, type Failure, type Outcome } from './outcome';
import { isAct, type ActSpec, type Removal, type ResourceSpec, type Spec } from './resources';
import { deadlineMs, longestStayMs, pauseMs, postpone, REMOVALS, type Patience } from './waiting';

export interface Leftover {
  readonly id: string;
  readonly why: string;
}

export interface Removing extends Patience {
  readonly spec: ResourceSpec;
  readonly done?: 'gone' | 'notOurs';
  /** It was seen, or Azure had taken on its making: its absence is then our doing. */
  readonly stood: boolean;
  readonly why?: string;
  readonly startedAtMs: number;
  readonly dueMs: number;
  readonly tries: number;
}

export const startRemoving = (spec: ResourceSpec, stood: boolean, nowMs: number): Removing => ({
  spec,
  stood,
  startedAtMs: nowMs,
  dueMs: nowMs,
  deadlineMs: deadlineMs(REMOVALS[spec.kind], nowMs),
  latestMs: longestStayMs(nowMs),
  tries: 0,
});

export const isRemovalOpen = (removing: Removing): boolean => removing.done === undefined && removing.why === undefined;

export function afterRemoval(removing: Removing, answer: Outcome<Removal>, nowMs: number): Removing {
  const tries = removing.tries + 1;
  if (!answer.ok) return afterFailure({ ...removing, tries }, answer.failure, nowMs);
  if (answer.value.state !== 'underway') return { ...removing, tries, done: answer.value.state };
  const pause = Math.max(answer.value.retryAfterMs ?? 0, pauseMs(REMOVALS[removing.spec.kind], tries));
  const dueMs = nowMs + pause;
  if (dueMs <= removing.deadlineMs) return { ...removing, tries, stood: true, dueMs };
  return givenUp({ ...removing, tries }, 'Azure is still deleting it.', nowMs);
}

function afterFailure(removing: Removing, failure: Failure, nowMs: number): Removing {
  if (!isPassing(failure)) return { ...removing, why: failure.message };
  const next = postpone(removing, failure, removing.tries, nowMs);
  return next ? { ...removing, ...next } : givenUp(removing, failure.message, nowMs);
}

const givenUp = (removing: Removing, trouble: string, nowMs: number): Removing => ({
  ...removing,
  why: `${trouble} Gave up after ${Math.round((nowMs - removing.startedAtMs) / 60_000)} minutes.`,
});

/** True for what could not be taken away and needs what was made before it: a pool its image, an image its snapshots. */
export const isStillStoodOn = ({ spec, why }: Removing): boolean =>
  why !== undefined && spec.kind !== 'definition' && spec.kind !== 'snapshot';

/** A definition is tried all the same: Azure keeps it as long as it has versions, and it may be another build's. */
export const isStoodOn = (spec: ResourceSpec): boolean => spec.kind !== 'definition';

/** Not touched, because something that could not be taken away stands on it. */
export const leftUnder = (removing: Removing, base: Removing): Removing => ({
  ...removing,
  why: `${base.spec.id}, which could not be taken away, stands on it.`,
});

/** After an attempt that threw: a fault of ours, which must not keep the rest from being taken away. */
export const afterFault = (removing: Removing, message: string): Removing => ({
  ...removing,
  tries: removing.tries + 1,
  why: `The removal failed unexpectedly: ${message}`,
});

/** Why an act stays done, by its kind. */
const STAYS: Readonly<Record<ActSpec['kind'], string>> = {
  deallocation: 'The build deallocated the VM; it stays deallocated.',
  generalization: 'The build generalized the VM, which can never start again. Images can still be made of it.',
  release: 'The version was let into latest.',
};

/** Acts cannot be undone; what Azure had taken on of them is told. */
export const staysDone = (specs: readonly Spec[]): readonly Leftover[] =>
  specs.filter(isAct).map(({ kind, id }) => ({ id, why: STAYS[kind] }));

export interface UndoReport {
  readonly removed: readonly string[];
  readonly left: readonly Leftover[];
}

/** What the undo came to: ids that are gone, and ids that stayed with the reason. */
export function undoReport(removings: readonly Removing[]): UndoReport {
  return {
    removed: removings.filter(({ done, stood }) => done === 'gone' && stood).map(({ spec }) => spec.id),
    left: removings.flatMap(({ spec, why }) => (why === undefined ? [] : [{ id: spec.id, why }])),
  };
}

/** Resources in the order in which they can go: what stands on another goes first (undo runs in reverse). */
export function inReverse(specs: readonly ResourceSpec[]): readonly (readonly ResourceSpec[])[] {
  const stages: ResourceSpec[][] = [];
  for (const spec of specs) {
    const last = stages.at(-1);
    if (last?.[0]?.kind === spec.kind) last.push(spec);
    else stages.push([spec]);
  }
  const seen = new Set<string>();
  const unseen = (spec: ResourceSpec): boolean => !seen.has(armKey(spec.id)) && Boolean(seen.add(armKey(spec.id)));
  return stages.reverse().map((stage) => stage.filter(unseen));
}
