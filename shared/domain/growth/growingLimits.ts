/** How often and how long a pool is helped to grow: every limit of it, with its reason. */
// Orchestrations in flight replay with the numbers of the day, as with those of waiting.ts (CONTRIBUTING.md, "What not to touch").
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * A pool that gets a tenth of its nodes at a time needs ten; five times as many are enough for one that takes small
 * steps, and still few enough to read in one history.
 */
export const MOST_RESIZES = 50;

/** Trouble that passes at once has passed by then; what is left is capacity, which comes back in minutes or hours. */
export const MOST_FRUITLESS_RESIZES = 3;

/** Pause before the same resize again when nothing says how long, and between the smallest steps. */
export const RETRY_LATER_MINUTES = 15;

/** Capacity comes and goes within hours; no page of Azure says how many, so three of them are sat out with room to spare. */
export const NO_PROGRESS_MS = 6 * HOUR;

/** A pool that has not come together within a day needs a person. */
export const TOTAL_MS = 24 * HOUR;

/** Until a resize that Azure took on shows at the pool; and until a new pool's first one does. Azure states no time. */
export const UNTIL_IT_SHOWS_MS = 5 * MINUTE;

/** Azure itself ends a resize at its timeout (batch/batch-pool-node-error-checking, "Resize timeout"). */
export const AFTER_RESIZE_TIMEOUT_MS = 30 * MINUTE;

/** Errors of a resize that ended so long before the growing are not of the pool's creation: what they say may be over, so it is tried first. */
export const OLD_NEWS_MS = HOUR;

/** A lock that stays in the way answers 409 for ever; another operation does so for minutes. With the pauses of `RETRY`, some five minutes. */
export const MOST_CONFLICTS = 7;

/** What only explains or counts is not worth holding a build up for longer. */
export const UNREACHABLE_MS = 10 * MINUTE;

/** Nodes still start after the pool is steady, and run its start task (batch/batch-pool-node-error-checking, "Node errors"). */
export const UNTIL_NODES_ARE_UP_MS = 20 * MINUTE;

/** Between counts of the nodes: a node starts within minutes, and the build waits for nothing else. */
export const COUNTING = { firstMs: 30_000, growth: 1.1, capMs: MINUTE, deadlineMinutes: 20 };

/** Enough to see the course; the report travels in the result event, together with much else. */
export const MOST_POINTS = 50;
