/** What the host and the app say, one JSON line each, stamped with Azure time. */

import type { Clock } from '../clock';
import { z } from 'zod';

const levels = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export const logLevel = z.enum(levels);
export type LogLevel = z.infer<typeof logLevel>;

export interface LogEntry {
  readonly level: LogLevel;
  /** 'host' for the host itself, 'user' for the app's own lines, 'system' for its library. */
  readonly category: string;
  readonly message: string;
  readonly function?: string;
  readonly invocationId?: string;
}

export type WriteLog = (entry: LogEntry) => void;

export const hostLog = z.object({
  time: z.string(),
  level: logLevel,
  function: z.string().optional(),
  invocationId: z.string().optional(),
  category: z.string(),
  message: z.string(),
});
/** A line of the host's log as it is read back. */
export type HostLog = z.infer<typeof hostLog>;

/** Anything that is no level is shown: better one line too many. */
export const logLevelOf = (level: unknown): LogLevel => logLevel.catch('information').parse(level);

/** A log that writes lines of at least `lowest` through `write`. */
export function jsonLinesLog(clock: Clock, lowest: LogLevel, write: (line: string) => void): WriteLog {
  return ({ level, function: name, invocationId, category, message }) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return;
    const time = new Date(clock.nowMs()).toISOString();
    write(JSON.stringify({ time, level, function: name, invocationId, category, message }) + '\n');
  };
}
