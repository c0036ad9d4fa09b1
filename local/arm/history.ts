/** What there was a moment ago: Azure Resource Graph hears of a change only some time after it. */
import type { Clock } from '../clock';
import type { Stored } from './kind';

interface Change {
  readonly key: string;
  /** Undefined when the change made the resource. */
  readonly before: Stored | undefined;
  readonly atMs: number;
}

export class History {
  readonly #clock: Clock;
  #lagMs: number;
  /** The instant that was come to; it never goes back, so a longer lag makes it stand still for a while. */
  #shownMs = -Infinity;
  /** Oldest first; only those that the lag still hides. */
  #changes: Change[] = [];

  constructor(clock: Clock, lagMs: number) {
    this.#clock = clock;
    this.#lagMs = lagMs;
  }

  setLag(lagMs: number): void {
    if (!(lagMs >= 0)) throw new RangeError(`The lag is a number of milliseconds, not ${lagMs}.`);
    this.shownMs();
    this.#lagMs = lagMs;
  }

  note(change: Change): void {
    this.shownMs();
    this.#changes.push(change);
  }

  /** From here on: what there is has always been there. */
  begin(): void {
    this.#changes = [];
  }

  /** The instant that is shown now. */
  shownMs(): number {
    const untilMs = this.#clock.nowMs() - this.#lagMs;
    this.#shownMs = Math.max(this.#shownMs, untilMs);
    const [oldest] = this.#changes;
    if (oldest !== undefined && oldest.atMs <= untilMs) {
      this.#changes = this.#changes.filter(({ atMs }) => atMs > untilMs);
    }
    return this.#shownMs;
  }

  /** Of what there is now, what there was at that instant. */
  shown(now: readonly Stored[]): readonly Stored[] {
    this.shownMs();
    if (this.#changes.length === 0) return now;
    const then = new Map<string, Stored | undefined>();
    for (const { key, before } of this.#changes) if (!then.has(key)) then.set(key, before);
    const unchanged = now.filter(({ key }) => !then.has(key));
    return [...unchanged, ...[...then.values()].filter((stored) => stored !== undefined)];
  }
}
