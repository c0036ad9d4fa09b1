/** How many queries each caller may send in a window of time (governance/resource-graph, guidance-for-throttled-requests). */

const MOST_QUERIES = 15;
const WINDOW_MS = 5_000;

interface Used {
  /** A window begins with its first query. */
  readonly startMs: number;
  readonly queries: number;
}

export interface Allowance {
  readonly isSpent: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** `hh:mm:ss`, rounded up so that who waits for it has waited long enough. */
const span = (ms: number): string => new Date(Math.ceil(ms / 1_000) * 1_000).toISOString().slice(11, 19);

export class Quota {
  readonly #used = new Map<string, Used>();

  /** Counts one query; one too many is counted, but changes nothing. */
  take(caller: string, nowMs: number): Allowance {
    const known = this.#used.get(caller);
    const isOver = known === undefined || nowMs >= known.startMs + WINDOW_MS;
    const { startMs, queries } = isOver ? { startMs: nowMs, queries: 0 } : known;
    const leftMs = startMs + WINDOW_MS - nowMs;
    const isSpent = queries >= MOST_QUERIES;
    if (!isSpent) this.#used.set(caller, { startMs, queries: queries + 1 });
    return {
      isSpent,
      headers: {
        'x-ms-user-quota-remaining': String(Math.max(0, MOST_QUERIES - queries - 1)),
        'x-ms-user-quota-resets-after': span(leftMs),
        ...(isSpent ? { 'retry-after': String(Math.ceil(leftMs / 1_000)) } : {}),
      },
    };
  }
}
