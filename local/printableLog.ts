/** The host's log for people: which lines are news, and how one reads. */
import type { HostLog } from './host/log';

const TROUBLE: ReadonlySet<string> = new Set(['warning', 'error', 'critical']);

/** True for what the app says itself, and for trouble; the host's own comings and goings are for `--verbose`. */
export const isNews = ({ category, level }: HostLog): boolean => category === 'user' || TROUBLE.has(level);

export function printableLog({ time, level, category, message, function: name }: HostLog): string {
  const mark = level === 'information' ? '' : `${level.toUpperCase()} `;
  return `${time.slice(0, 19)}Z  ${(name ?? category).padEnd(20)}  ${mark}${message}`;
}
