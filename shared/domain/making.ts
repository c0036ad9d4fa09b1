/** The making of resources side by side, as a state machine: what to do next, when, and what an answer means. */
import { isPassing, type Failure, type Outcome } from './outcome';
import type { Begun, ResourceSpec, Sighting } from './resources';
import { longestStayMs, makingDeadlineMs, pauseMs, retryPauseMs, RHYTHMS } from './waiting';

/** One resource on its way: not begun, being looked at, or settled. */
export interface Making {
  readonly spec: ResourceSpec;
  readonly begun?: Begun;
  readonly ready: boolean;
  readonly failure?: Failure;
  readonly progress?: string;
  readonly startedAtMs: number;
  readonly dueMs: number;
  /** Moves on by what throttling asks for, up to `longestStayMs`. */
  readonly deadlineMs: number;
  readonly latestMs: number;
  readonly looks: number;
  /** Tries in a row that met a passing fault. */
  readonly stumbles: number;
}

export const startMaking = (spec: ResourceSpec, nowMs: number): Making => ({
  spec,
  ready: false,
  startedAtMs: nowMs,
  dueMs: nowMs,
  deadlineMs: makingDeadlineMs(spec, nowMs),
  latestMs: longestStayMs(nowMs),
  looks: 0,
  stumbles: 0,
});

export const isOpen = (making: Making): boolean => !making.ready && making.failure === undefined;
export const isDue = (making: Making, nowMs: number): boolean => isOpen(making) && making.dueMs <= nowMs;
export const nextDueMs = (makings: readonly Making[]): number =>
  Math.min(...makings.filter(isOpen).map((making) => making.dueMs));

/** After an attempt to begin. */
export function afterBegin(making: Making, answer: Outcome<Begun>, nowMs: number): Making {
  if (!answer.ok) return afterFailure(making, answer.failure, nowMs);
  const pause = pauseMs(RHYTHMS[making.spec.kind], 1);
  const dueMs = nextLookMs(making, pause, answer.value.retryAfterMs, nowMs);
  return { ...making, begun: answer.value, dueMs, looks: 1, stumbles: 0 };
}

/** As late as the server wishes, but not past the deadline: then is the last look. */
function nextLookMs(making: Making, pause: number, wishMs: number | undefined, nowMs: number): number {
  const wished = Math.min(nowMs + (wishMs ?? 0), making.deadlineMs);
  return Math.max(wished, nowMs + pause);
}

/** After a look. */
export function afterLook(making: Making, answer: Outcome<Sighting>, nowMs: number): Making {
  if (!answer.ok) return afterFailure(making, answer.failure, nowMs);
  const sighting = answer.value;
  if (sighting.state === 'ready') return { ...making, ready: true };
  if (sighting.state === 'failed') {
    return { ...making, failure: { kind: 'rejected', code: sighting.code, message: sighting.message } };
  }
  if (nowMs >= making.deadlineMs) return { ...making, failure: overdue(making, sighting.progress) };
  const looks = making.looks + 1;
  const pause = pauseMs(RHYTHMS[making.spec.kind], looks, nowMs - making.startedAtMs);
  const dueMs = nextLookMs(making, pause, sighting.retryAfterMs, nowMs);
  const progress = sighting.progress === undefined ? {} : { progress: sighting.progress };
  return { ...making, ...progress, dueMs, looks, stumbles: 0 };
}

function afterFailure(making: Making, failure: Failure, nowMs: number): Making {
  if (!isPassing(failure)) return { ...making, failure };
  const stumbles = making.stumbles + 1;
  const dueMs = nowMs + retryPauseMs(failure, stumbles);
  const extendedMs = Math.min(making.latestMs, making.deadlineMs + (failure.retryAfterMs ?? 0));
  if (dueMs <= extendedMs) return { ...making, dueMs, deadlineMs: extendedMs, stumbles };
  return {
    ...making,
    failure: { ...failure, message: `${failure.message} Tried ${stumbles} times without an answer that helps.` },
  };
}

function overdue(making: Making, progress: string | undefined): Failure {
  const waitedMinutes = Math.round((making.deadlineMs - making.startedAtMs) / 60_000);
  const seen = progress === undefined ? 'still under way' : progress;
  return {
    kind: 'rejected',
    code: 'DeadlineExceeded',
    message: `Waited ${waitedMinutes} minutes for ${making.spec.id}: ${seen}. Look at the resource in Azure, then send the request again.`,
  };
}
