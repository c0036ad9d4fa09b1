/** Runs a function on its schedule, never twice at a time, and makes up for one missed run after a restart. */

import type { Cancel, Clock } from '../../clock';
import type { TimerTrigger } from '../bindings';
import type { TypedData } from '../worker/typedData';
import type { Schedule } from './schedule';
import type { TimerStatus, TimerStatusStore } from './timerStatus';
import { statusJson } from './timerStatus';

/** As in Azure, schedules with shorter gaps are not monitored. */
const SHORTEST_MONITORED_MS = 60_000;

export interface TimerTriggerOptions {
  readonly name: string;
  readonly binding: TimerTrigger;
  readonly schedule: Schedule;
  readonly statuses: TimerStatusStore;
  readonly clock: Clock;
  readonly track: (work: () => Promise<void>) => Promise<void>;
  readonly invoke: (trigger: TypedData, reason: string) => Promise<void>;
}

export class TimerListener {
  readonly #options: TimerTriggerOptions;
  readonly #isMonitored: boolean;
  #status: TimerStatus;
  #cancel: Cancel = () => undefined;
  #stopped = false;

  constructor(options: TimerTriggerOptions) {
    this.#options = options;
    const { binding, schedule, statuses, clock, name } = options;
    const nowMs = clock.nowMs();
    const nextMs = schedule.nextMs(nowMs);
    this.#isMonitored = binding.useMonitor && schedule.nextMs(nextMs) - nextMs >= SHORTEST_MONITORED_MS;
    const known = this.#isMonitored ? statuses.read(name) : undefined;
    // From the last run on by today's schedule: the stored instant may come from an older one.
    this.#status = known
      ? { ...known, nextMs: schedule.nextMs(known.updatedMs) }
      : { lastMs: 0, nextMs, updatedMs: nowMs };
    const isPastDue = this.#status.nextMs < nowMs;
    if (isPastDue || binding.runOnStartup)
      this.#fire(isPastDue, isPastDue ? 'missed while the host was down' : 'start');
    else this.#arm(this.#status.nextMs);
    this.#remember(this.#status);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Runs the function now, beside its schedule. */
  runByHand(): void {
    void this.#run(false, 'run by hand');
  }

  #arm(dueMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.at(dueMs, () => this.#fire(false, 'schedule'));
  }

  #fire(isPastDue: boolean, reason: string): void {
    const { schedule, clock } = this.#options;
    const firedMs = clock.nowMs();
    const next = { lastMs: firedMs, nextMs: schedule.nextMs(firedMs), updatedMs: firedMs };
    void this.#run(isPastDue, reason).finally(() => {
      this.#remember(next);
      this.#arm(next.nextMs);
    });
  }

  async #run(isPastDue: boolean, reason: string): Promise<void> {
    const { track, invoke } = this.#options;
    const ScheduleStatus = this.#isMonitored ? statusJson(this.#status) : null;
    const data = { Schedule: { AdjustForDST: true }, ScheduleStatus, IsPastDue: isPastDue };
    // The invocation logs its failure; a timer goes on after it.
    await track(() => invoke({ json: JSON.stringify(data) }, `timer, ${reason}`)).catch(() => undefined);
  }

  #remember(status: TimerStatus): void {
    this.#status = status;
    if (this.#isMonitored) this.#options.statuses.write(this.#options.name, status);
  }
}
