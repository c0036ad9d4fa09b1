/** The making of several resources side by side: which are attended to next, and what the answers mean for all of them. */
import { afterBegin, afterLook, isDue, isOpen, startMaking, type Making } from './making';
import type { Outcome } from './outcome';
import { mayBeShared, type Begun, type Sighting } from './resources';

export const nextDueMs = (makings: readonly Making[]): number =>
  Math.min(...makings.filter(isOpen).map((making) => making.dueMs));

/** Those that are due to begin. */
export const toBegin = (makings: readonly Making[], nowMs: number): readonly Making[] =>
  makings.filter((making) => isDue(making, nowMs) && making.begun === undefined);

/** One that was begun and is due for a look. */
export type Watched = Making & { readonly begun: Begun };

/** Those that are due for a look; first the one that was looked at least. */
export const toLookAt = (makings: readonly Making[], nowMs: number): readonly Watched[] =>
  makings
    .flatMap((making) =>
      isDue(making, nowMs) && making.begun !== undefined ? [{ ...making, begun: making.begun }] : [],
    )
    .toSorted((one, other) => one.looks - other.looks);

/** After several attempts to begin; those that got no answer were not tried. */
export function afterBegins(
  makings: readonly Making[],
  tried: readonly Making[],
  answers: readonly Outcome<Begun>[],
  nowMs: number,
): readonly Making[] {
  return holdBack(
    makings.map((making) => {
      const answer = answers[tried.indexOf(making)];
      return answer === undefined ? making : afterBegin(making, answer, nowMs);
    }),
  );
}

/**
 * A resource that others may share begins when all of the others have: a build that lost its names to another one must
 * not have touched what that one stands on. Its time runs from then on.
 */
function holdBack(makings: readonly Making[]): readonly Making[] {
  const isUnbegun = (making: Making): boolean => isOpen(making) && making.begun === undefined;
  const own = makings.filter((making) => isUnbegun(making) && !mayBeShared(making.spec));
  const untilMs = Math.max(...own.map(({ dueMs }) => dueMs));
  return makings.map((making) =>
    isUnbegun(making) && mayBeShared(making.spec) && making.dueMs < untilMs
      ? startMaking(making.spec, untilMs)
      : making,
  );
}

/**
 * After looks at several, one after another, which ended at the first that was not ready: while that one takes its time,
 * none of the others needs a look, so they are next due with it.
 */
export function afterLooks(
  makings: readonly Making[],
  watched: readonly Watched[],
  answers: readonly Outcome<Sighting>[],
  nowMs: number,
): readonly Making[] {
  const seen = new Map(
    answers.flatMap((answer, index) => {
      const making = watched[index];
      return making === undefined ? [] : [[making.spec, afterLook(making, answer, nowMs)] as const];
    }),
  );
  const last = [...seen.values()].at(-1);
  const untilMs = last !== undefined && isOpen(last) ? last.dueMs : nowMs;
  return makings.map((making) => {
    const after = seen.get(making.spec);
    if (after !== undefined) return after;
    return making.begun === undefined ? making : { ...making, dueMs: Math.max(making.dueMs, untilMs) };
  });
}
