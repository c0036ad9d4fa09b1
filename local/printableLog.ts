/** A line of the host's log for people. */
import type { HostLog } from './host/log';

export function printableLog({ time, level, category, message, function: name }: HostLog): string {
  const mark = level === 'information' ? '' : `${level.toUpperCase()} `;
  return `${time.slice(0, 19)}Z  ${(name ?? category).padEnd(20)}  ${mark}${message}`;
}
