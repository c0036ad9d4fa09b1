/** How long to wait between looks at a resource, and when to stop: one table, and the arithmetic on it. */
import { RESIZE_MINUTES_PER_1000_NODES } from './limits';
import type { Failure } from './outcome';
import type { ResourceKind, SpecKind } from './resources';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface Rhythm {
  /** Before it there is nothing to see: hardly anything of the kind is done sooner. */
  readonly firstMs: number;
  /** The second pause, when it does not grow from the first one. */
  readonly thenMs?: number;
  readonly growth: number;
  /** Until the wait is so long that `PATIENCE_SHARE` of it is more. */
  readonly capMs: number;
  /** From the start of the creation; past it the creation counts as failed. */
  readonly deadlineMinutes: number;
}

interface MakingRhythm extends Rhythm {
  /** How long Azure usually takes for one of a usual size. */
  readonly usualMinutes: number;
}

/**
 * The longer something has taken, the less often it is looked at: a look comes late by a twentieth of the wait at most,
 * and a publication of six hours stays a history of a few hundred events.
 */
const PATIENCE_SHARE = 0.05;

/**
 * Looks are often enough that a build of half an hour ends within a twentieth of Azure's own time, and rare enough that it
 * stays under 100 calls. When operations end is not to be had: Microsoft documents no times, because they are "highly
 * variable" (MicrosoftDocs/azure-docs#31076 on snapshots), and users tell of 30 minutes to an hour for a version
 * (hashicorp/terraform-provider-azurerm#3517). So what takes a few minutes is looked at evenly, and of a version Azure's own
 * percent decides (`pauseByProgressMs`). Deadlines: publication waits "up to six hours" (virtual-machines/troubleshooting-shared-images); the others
 * are several times what Azure needs on a bad day. The usual minutes are estimates for a plan, of the right order and not
 * measured: no page of Azure gives any, and nothing waits by them.
 */
// Orchestrations in flight replay with the numbers of the day: changing one here breaks builds that are under way, as
// changing the order of steps would (CONTRIBUTING.md, "What not to touch").
export const RHYTHMS: Readonly<Record<SpecKind, MakingRhythm>> = {
  deallocation: { firstMs: 20 * SECOND, growth: 1.5, capMs: 40 * SECOND, deadlineMinutes: 60, usualMinutes: 2 },
  generalization: { firstMs: 5 * SECOND, growth: 1.5, capMs: 30 * SECOND, deadlineMinutes: 15, usualMinutes: 0.5 },
  snapshot: {
    firstMs: 30 * SECOND,
    thenMs: 25 * SECOND,
    growth: 1,
    capMs: 25 * SECOND,
    deadlineMinutes: 120,
    usualMinutes: 3,
  },
  image: {
    firstMs: 30 * SECOND,
    thenMs: 25 * SECOND,
    growth: 1,
    capMs: 25 * SECOND,
    deadlineMinutes: 60,
    usualMinutes: 2,
  },
  definition: { firstMs: 30 * SECOND, growth: 1, capMs: 30 * SECOND, deadlineMinutes: 15, usualMinutes: 0.5 },
  version: {
    firstMs: 200 * SECOND,
    thenMs: 80 * SECOND,
    growth: 1,
    capMs: 80 * SECOND,
    deadlineMinutes: 360,
    usualMinutes: 20,
  },
  pool: {
    firstMs: 150 * SECOND,
    thenMs: 40 * SECOND,
    growth: 1,
    capMs: 40 * SECOND,
    deadlineMinutes: 90,
    usualMinutes: 0.5,
  },
  release: { firstMs: 15 * SECOND, growth: 1.5, capMs: 30 * SECOND, deadlineMinutes: 60, usualMinutes: 0.5 },
};

const USUAL_REMOVAL: Rhythm = { firstMs: 20 * SECOND, growth: 1.5, capMs: 60 * SECOND, deadlineMinutes: 60 };

/**
 * Deletions take seconds to a few minutes; one that takes an hour needs a person. A definition that still has versions
 * after some minutes (Azure is late by seconds in noticing that the last one went) is in use by another build.
 */
export const REMOVALS: Readonly<Record<ResourceKind, Rhythm>> = {
  snapshot: USUAL_REMOVAL,
  image: USUAL_REMOVAL,
  definition: { ...USUAL_REMOVAL, deadlineMinutes: 10 },
  version: USUAL_REMOVAL,
  pool: USUAL_REMOVAL,
};

/** Between tries of a call that was throttled or met a passing fault. */
export const RETRY: Rhythm = { firstMs: 5 * SECOND, growth: 2, capMs: 5 * MINUTE, deadlineMinutes: 60 };

/** Pause before look number `look` (1 is the first), after `waitedMs` of waiting. */
export function pauseMs(rhythm: Rhythm, look: number, waitedMs = 0): number {
  const { firstMs, thenMs = firstMs * rhythm.growth, growth, capMs } = rhythm;
  const grown = look === 1 ? firstMs : Math.min(capMs, Math.round(thenMs * growth ** (look - 2)));
  return Math.max(grown, Math.round(waitedMs * PATIENCE_SHARE));
}

/** How much of something is done, and when that was seen. */
export interface Point {
  readonly percent: number;
  readonly atMs: number;
}

/** Of what is left by Azure's own percent: the rest is for what goes faster towards its end. */
const SHARE_OF_THE_REST = 0.75;

/** Close to the end. */
const LEAST_PAUSE_MS = 25 * SECOND;

/** What a look that tells a percent is followed by. */
export interface Progress {
  readonly before: Point | undefined;
  readonly now: Point;
  readonly waitedMs: number;
}

/**
 * Pause before the next look, by how fast the percent grew between two looks. What has gone on for `waitedMs` is left alone
 * for half as long at most: percents need not grow evenly. From nothing on, nobody knows when it began to grow, so the
 * rest is less than it seems: then it only makes the pause of the rhythm shorter.
 */
export function pauseByProgressMs(usualMs: number, { before, now, waitedMs }: Progress): number {
  if (now.percent <= 0) return usualMs;
  const grew = before !== undefined && before.percent > 0 && now.percent > before.percent;
  const from = grew ? before : { percent: 0, atMs: now.atMs - waitedMs };
  const restMs = ((100 - now.percent) * (now.atMs - from.atMs)) / (now.percent - from.percent);
  const pauseMs = Math.max(LEAST_PAUSE_MS, Math.round(Math.min(SHARE_OF_THE_REST * restMs, waitedMs / 2)));
  return grew ? pauseMs : Math.min(usualMs, pauseMs);
}

/** Looks at something that takes this long, until one sees it done. */
export function looksWithin(rhythm: Rhythm, minutes: number): number {
  let waitedMs = 0;
  for (let looks = 1; ; looks += 1) {
    waitedMs += pauseMs(rhythm, looks, waitedMs);
    if (waitedMs >= minutes * MINUTE) return looks;
  }
}

/** Until the first nodes of a pool are there; the others follow by the number of them. An estimate, like the usual minutes. */
const FIRST_NODES_MINUTES = 5;

/**
 * How long a pool usually takes to get so many nodes. How much longer more of them take is unknown, so it is reckoned by
 * the minutes that Azure advises to give a resize (batch/batch-sig-images).
 */
export const usualGrowthMinutes = (nodes: number): number =>
  FIRST_NODES_MINUTES + (nodes / 1_000) * RESIZE_MINUTES_PER_1000_NODES;

/** Pause before try number `tries + 1`: the server's wish, however long, or the rhythm's. */
export function retryPauseMs(failure: Failure, tries: number): number {
  return Math.max(failure.retryAfterMs ?? 0, pauseMs(RETRY, tries));
}

/** A throttling server may ask for any wait, and gets it; only a step that took a week counts as failed all the same. */
export const longestStayMs = (startedAtMs: number): number => startedAtMs + 7 * 24 * 60 * MINUTE;

/** How long something is waited for: until the deadline, which throttling moves on, but never past `latestMs`. */
export interface Patience {
  readonly deadlineMs: number;
  readonly latestMs: number;
}

/** When to try again after a failure that passes, and the deadline from then on; undefined when patience is at its end. */
export function postpone(
  { deadlineMs: dueBy, latestMs }: Patience,
  failure: Failure,
  tries: number,
  nowMs: number,
): { readonly dueMs: number; readonly deadlineMs: number } | undefined {
  const dueMs = nowMs + retryPauseMs(failure, tries);
  const extendedMs = Math.min(latestMs, dueBy + (failure.retryAfterMs ?? 0));
  return dueMs <= extendedMs ? { dueMs, deadlineMs: extendedMs } : undefined;
}

export const deadlineMs = (rhythm: Rhythm, startedAtMs: number): number =>
  startedAtMs + rhythm.deadlineMinutes * MINUTE;
