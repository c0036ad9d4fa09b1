/** When a growing pool is looked at again, and how trouble that passes puts off what was to be done. */
import type { Failure } from '../outcome';
import { pauseMs, postpone, RHYTHMS } from '../waiting';
import { MOST_CONFLICTS, UNREACHABLE_MS } from './growingLimits';
import type { Asked, Growing } from './growthState';

/** In the rhythm of pools; the last look is at the deadline. */
export function lookAgain(growing: Growing): Growing {
  const { atMs, looks, pacedFromMs, deadlineMs } = growing;
  const dueMs = atMs + pauseMs(RHYTHMS.pool, Math.max(1, looks), atMs - pacedFromMs);
  return { ...growing, step: { do: 'look', dueMs: atMs < deadlineMs ? Math.min(dueMs, deadlineMs) : dueMs } };
}

interface Retry {
  readonly as: 'look' | 'diagnose' | 'count';
  /** From the first failure on; undefined: as long as the pool may take. */
  readonly forMs?: number;
}

const RETRIES: Readonly<Record<Asked, Retry>> = {
  look: { as: 'look' },
  // The order may have been taken although the answer was lost: the pool tells.
  resize: { as: 'look' },
  diagnose: { as: 'diagnose', forMs: UNREACHABLE_MS },
  count: { as: 'count', forMs: UNREACHABLE_MS },
};

/** After a failure that passes: the same later, with the limits moved by what Azure asked for; undefined when it lasts too long. */
export function putOff(growing: Growing, asked: Asked, failure: Failure): Growing | undefined {
  const { atMs, latestMs } = growing;
  const { as, forMs } = RETRIES[asked];
  const trouble = growing.troubles[asked];
  const tries = (trouble?.tries ?? 0) + 1;
  const conflicts = failure.kind === 'conflict' ? (trouble?.conflicts ?? 0) + 1 : 0;
  if (conflicts >= MOST_CONFLICTS) return undefined;
  const until = forMs === undefined ? growing.deadlineMs : (trouble?.deadlineMs ?? atMs + forMs);
  const next = postpone({ deadlineMs: until, latestMs }, failure, tries, atMs);
  if (!next) return undefined;
  const wishMs = failure.retryAfterMs ?? 0;
  return {
    ...growing,
    deadlineMs: Math.min(latestMs, growing.deadlineMs + wishMs),
    grewAtMs: growing.grewAtMs + wishMs,
    troubles: {
      ...growing.troubles,
      [asked]: { tries, conflicts, deadlineMs: next.deadlineMs, said: failure.message },
    },
    step: { do: as, dueMs: next.dueMs },
  };
}

/** After an answer: trouble with this activity is over. */
export const answered = (growing: Growing, asked: Asked): Growing => ({
  ...growing,
  troubles: { ...growing.troubles, [asked]: undefined },
});

/** What came back, and how often, for the message of a failure that lasted. */
export function lastingText(growing: Growing, asked: Asked, failure: Failure): string {
  const tries = (growing.troubles[asked]?.tries ?? 0) + 1;
  return tries === 1 ? failure.message : `${failure.message} Gave up after ${tries} tries.`;
}
