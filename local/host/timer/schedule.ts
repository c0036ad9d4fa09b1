/** NCRONTAB schedules as the Functions host reads them: five or six fields, UTC. */

import type { CronExpression } from 'cron-parser';
import { CronExpressionParser } from 'cron-parser';

/** Only what NCRONTAB shares with cron; `?`, `L`, `W`, `#` and `@daily` are cron-parser's own. */
const RANGE = '(\\*|(\\d+|[a-z]{3})(-(\\d+|[a-z]{3}))?)(/\\d+)?';
const FIELD = new RegExp(`^${RANGE}(,${RANGE})*$`, 'i');
const DAY_MS = 24 * 60 * 60 * 1000;
/** Eight years of days: beyond the longest wait for a 29 February that falls on no weekday asked for. */
const MOST_DAYS = 8 * 366;

export class Schedule {
  readonly #text: string;
  readonly #fields: string[];
  /** NCRONTAB wants both day fields to match, cron either of them: the day of the month is then checked apart. */
  readonly #daysOfMonth: ReadonlySet<number> | undefined;

  constructor(text: string) {
    this.#text = text;
    const fields = text.trim().split(/\s+/);
    if (fields.length === 5) fields.unshift('0');
    if (fields.length !== 6 || !fields.every((field) => FIELD.test(field))) {
      throw new Error(`'${text}' is no NCRONTAB schedule: {second} {minute} {hour} {day} {month} {day of week}.`);
    }
    this.#fields = fields;
    const parsed = this.#parse(fields, 0);
    const [, , , day, , weekday] = fields;
    if (day !== '*' && weekday !== '*') {
      this.#daysOfMonth = new Set(parsed.fields.dayOfMonth.values.filter((value) => typeof value === 'number'));
      this.#fields[3] = '*';
    }
  }

  /** The first instant after `afterMs`. */
  nextMs(afterMs: number): number {
    let fromMs = afterMs;
    for (let day = 0; day < MOST_DAYS; day += 1) {
      const next = this.#parse(this.#fields, fromMs).next().toDate();
      if (!this.#daysOfMonth || this.#daysOfMonth.has(next.getUTCDate())) return next.getTime();
      fromMs = (Math.floor(next.getTime() / DAY_MS) + 1) * DAY_MS - 1;
    }
    throw new Error(`The schedule '${this.#text}' never comes due.`);
  }

  #parse(fields: readonly string[], currentMs: number): CronExpression {
    try {
      return CronExpressionParser.parse(fields.join(' '), { currentDate: new Date(currentMs), tz: 'UTC' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`'${this.#text}' is no NCRONTAB schedule: ${reason}.`, { cause: error });
    }
  }
}
