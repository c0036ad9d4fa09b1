/** The making of one resource, as a state machine: what to do next, when, and what an answer means. */
import { isPassing, type Failure, type Outcome } from './outcome';
import type { Begun, Sighting, Spec } from './resources';
import type { ReplicaState } from './sighting';
import {
  deadlineMs,
  longestStayMs,
  pauseByProgressMs,
  pauseMs,
  postpone,
  RHYTHMS,
  type Patience,
  type Point,
} from './waiting';

/** With the pauses of `RETRY`, some five minutes. */
const MOST_CONFLICTS = 7;

/** One resource on its way: not begun, being looked at, or settled. */
export interface Making extends Patience {
  readonly spec: Spec;
  readonly begun?: Begun;
  readonly ready: boolean;
  readonly failure?: Failure;
  readonly progress?: string;
  /** Of an image version: each region, as it was last seen. */
  readonly replicas?: readonly ReplicaState[];
  /** How far the slowest region was at the last look. */
  readonly reached?: Point;
  readonly startedAtMs: number;
  readonly dueMs: number;
  readonly looks: number;
  /** Tries in a row that met a passing fault, and those of them, at the end, that met a conflict. */
  readonly stumbles: number;
  readonly conflicts: number;
  /** The last look did not find it. */
  readonly missing: boolean;
}

export const startMaking = (spec: Spec, nowMs: number): Making => ({
  spec,
  ready: false,
  startedAtMs: nowMs,
  dueMs: nowMs,
  deadlineMs: deadlineMs(RHYTHMS[spec.kind], nowMs),
  latestMs: longestStayMs(nowMs),
  looks: 0,
  stumbles: 0,
  conflicts: 0,
  missing: false,
});

export const isOpen = (making: Making): boolean => !making.ready && making.failure === undefined;
export const isDue = (making: Making, nowMs: number): boolean => isOpen(making) && making.dueMs <= nowMs;

/**
 * After an attempt to begin. A `Retry-After` of this answer says when to ask for the record of the operation
 * (azure-resource-manager/management/async-operations), and is the same for long and short ones; a look reads the resource.
 */
export function afterBegin(making: Making, answer: Outcome<Begun>, nowMs: number): Making {
  if (!answer.ok) return afterFailure(making, answer.failure, nowMs);
  const { ready = false } = answer.value;
  const dueMs = nowMs + pauseMs(RHYTHMS[making.spec.kind], 1);
  return { ...making, ready, begun: answer.value, dueMs, looks: 1, stumbles: 0, conflicts: 0 };
}

/** As late as the server wishes, but not past the deadline: then is the last look. */
function nextLookMs(making: Making, pause: number, wishMs: number | undefined, nowMs: number): number {
  const wished = Math.min(nowMs + (wishMs ?? 0), making.deadlineMs);
  return Math.max(wished, nowMs + pause);
}

/** Undefined as long as a region does not say how far it is. */
function reachedBy(replicas: readonly ReplicaState[] | undefined, nowMs: number): Point | undefined {
  const percents = (replicas ?? []).map(({ percent }) => percent);
  if (percents.length === 0 || percents.includes(undefined)) return undefined;
  return { percent: Math.min(...percents.map((percent = 0) => percent)), atMs: nowMs };
}

/** After a look. */
export function afterLook(before: Making, answer: Outcome<Sighting>, nowMs: number): Making {
  if (!answer.ok) return afterFailure(before, answer.failure, nowMs);
  const sighting = answer.value;
  const seen = sighting.state === 'missing' || sighting.replicas === undefined ? {} : { replicas: sighting.replicas };
  const making = { ...before, ...seen };
  if (sighting.state === 'ready') return { ...making, ready: true };
  if (sighting.state === 'failed') {
    return { ...making, failure: { kind: 'rejected', code: sighting.code, message: sighting.message } };
  }
  const missing = sighting.state === 'missing';
  // One 404 can be a replica of ARM that is behind; two looks apart are no longer that.
  if (missing && making.missing) return { ...making, failure: vanished(making) };
  const { progress: told, retryAfterMs: wishMs }: { progress?: string; retryAfterMs?: number } = missing
    ? {}
    : sighting;
  if (nowMs >= making.deadlineMs) return { ...making, failure: overdue(making, told) };
  const looks = making.looks + 1;
  const waitedMs = nowMs - making.startedAtMs;
  const reached = missing ? undefined : reachedBy(sighting.replicas, nowMs);
  const usualMs = pauseMs(RHYTHMS[making.spec.kind], looks, waitedMs);
  const pause = reached ? pauseByProgressMs(usualMs, { before: making.reached, now: reached, waitedMs }) : usualMs;
  const dueMs = nextLookMs(making, pause, wishMs, nowMs);
  const progress = told === undefined ? {} : { progress: told };
  const seenAt = reached === undefined ? {} : { reached };
  return { ...making, ...progress, ...seenAt, dueMs, looks, stumbles: 0, conflicts: 0, missing };
}

function afterFailure(making: Making, failure: Failure, nowMs: number): Making {
  if (!isPassing(failure)) return { ...making, failure };
  const stumbles = making.stumbles + 1;
  // A name or a lock that stays in the way answers 409 for ever; another operation does so for minutes.
  const conflicts = failure.kind === 'conflict' ? making.conflicts + 1 : 0;
  if (conflicts >= MOST_CONFLICTS) return { ...making, failure };
  const next = postpone(making, failure, stumbles, nowMs);
  if (next) return { ...making, ...next, stumbles, conflicts };
  return {
    ...making,
    failure: {
      ...failure,
      message: `${failure.message} Gave up after ${stumbles} ${stumbles === 1 ? 'try' : 'tries'}${wishText(failure)}.`,
    },
  };
}

const wishText = ({ retryAfterMs }: Failure): string =>
  retryAfterMs === undefined ? '' : `; the last answer asked to wait ${Math.round(retryAfterMs / 60_000)} minutes`;

const vanished = (making: Making): Failure => ({
  kind: 'notFound',
  code: 'ResourceVanished',
  message: `${making.spec.id} was begun, and is not there any more (404 at two looks); someone may have deleted it.`,
});

function overdue(making: Making, progress: string | undefined): Failure {
  const waitedMinutes = Math.round((making.deadlineMs - making.startedAtMs) / 60_000);
  const seen = progress === undefined ? 'still under way' : progress;
  return {
    kind: 'rejected',
    code: 'DeadlineExceeded',
    message: `Waited ${waitedMinutes} minutes for ${making.spec.id}: ${seen}. Look at the resource in Azure, then send the request again.`,
  };
}
