/** The one clock of the local stack: real time, real time made faster, or time that a test steps. */

/** Ends a timer; calling it after the timer fired does nothing. */
export type Cancel = () => void;

/** Azure time for every part of the stack; all instants are milliseconds since the Unix epoch. */
export interface Clock {
  nowMs(): number;
  /** Runs `action` once, when the clock reaches `dueMs` (at once, but never synchronously, if that has passed). */
  at(dueMs: number, action: () => void): Cancel;
}

/** Node's timers hold at most 2^31-1 ms (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface Pace {
  /** Wall-clock instant at which `azureStartMs` was shown. */
  readonly wallStartMs: number;
  readonly azureStartMs: number;
  /** Azure seconds per wall-clock second; 1 is real time. */
  readonly speed: number;
}

/** Real time from `wallStartMs` on, `speed` times as fast; processes that share a pace agree on the time. */
export class PacedClock implements Clock {
  readonly pace: Pace;

  constructor(pace: Pace) {
    if (!(pace.speed > 0)) throw new RangeError(`The clock's speed must be above 0, not ${pace.speed}.`);
    this.pace = pace;
  }

  /** A clock that starts now and runs `speed` times as fast as real time. */
  static startingNow(speed = 1): PacedClock {
    const wallStartMs = Date.now();
    return new PacedClock({ wallStartMs, azureStartMs: wallStartMs, speed });
  }

  nowMs(): number {
    const { wallStartMs, azureStartMs, speed } = this.pace;
    return Math.floor(azureStartMs + (Date.now() - wallStartMs) * speed);
  }

  at(dueMs: number, action: () => void): Cancel {
    let handle: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = Math.ceil((dueMs - this.nowMs()) / this.pace.speed);
      if (leftMs > LONGEST_TIMEOUT_MS) handle = setTimeout(wait, LONGEST_TIMEOUT_MS);
      else handle = setTimeout(action, Math.max(0, leftMs));
    };
    wait();
    return () => clearTimeout(handle);
  }
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly action: () => void;
}

/** Time that stands still until `advanceTo` moves it; timers fire in the order of their instants. */
export class SteppedClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  at(dueMs: number, action: () => void): Cancel {
    const timer = { dueMs, order: this.#order++, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The instant of the next timer, or undefined when nothing waits. */
  nextDueMs(): number | undefined {
    return this.#next()?.dueMs;
  }

  /** Moves time forward to `toMs`, running every timer due by then at its own instant. Time never moves back. */
  advanceTo(toMs: number): void {
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= toMs; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.action();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
