/** Azure Resource Manager's limit on reads, as a client that never breaks it keeps to it (request-limits-and-throttling). */
import type { Clock } from '../../local/clock';

/** Per subscription, principal and region: so many tokens at most, and so many new ones each second. */
const BUCKET = 250;
const REFILL_PER_SECOND = 25;

export class ReadBucket {
  #tokens = BUCKET;
  #atMs: number | undefined;

  /** Takes one token, and answers with how many milliseconds that read has to wait. */
  take(nowMs: number): number {
    const passedMs = this.#atMs === undefined ? 0 : Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(BUCKET, this.#tokens + (passedMs / 1_000) * REFILL_PER_SECOND) - 1;
    this.#atMs = Math.max(nowMs, this.#atMs ?? nowMs);
    return this.#tokens >= 0 ? 0 : (-this.#tokens / REFILL_PER_SECOND) * 1_000;
  }
}

/** Waits until the next read is allowed. */
export async function takeTurn(bucket: ReadBucket, clock: Clock): Promise<void> {
  const waitMs = bucket.take(clock.nowMs());
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

/** How many reads at these instants the limit would have refused. */
export function refusedReads(instantsMs: readonly number[]): number {
  const bucket = new ReadBucket();
  return instantsMs.toSorted((a, b) => a - b).filter((atMs) => bucket.take(atMs) > 0).length;
}
