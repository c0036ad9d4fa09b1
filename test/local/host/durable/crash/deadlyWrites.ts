/** Kills this process at one of its writes to the journal. */
import fs from 'node:fs';

/** When the process dies: in front of the write, in the middle of it, or before anything can act on it. */
export const DEATHS = ['before', 'half', 'after'] as const;
export type Death = (typeof DEATHS)[number];

type Write = (file: number, line: Buffer, ...place: [from: number, length: number, at: number]) => number;

/** The `countdown`th write from now on is the last thing that this process does. */
export function dieAtWrite(countdown: number, death: Death): void {
  const write = fs.writeSync.bind(fs) as Write;
  let left = countdown;
  const deadly: Write = (file, line, ...[from, length, at]) => {
    left -= 1;
    if (left > 0) return write(file, line, from, length, at);
    if (death === 'half') write(file, line, from, Math.floor(length / 2), at);
    if (death === 'after') write(file, line, from, length, at);
    process.kill(process.pid, 'SIGKILL');
    return 0;
  };
  Object.assign(fs, { writeSync: deadly });
}
