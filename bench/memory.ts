/** How much memory a process of the stack takes, as Linux tells (proc_pid_status(5)). */
import { readFile } from 'node:fs/promises';

/** V8 takes what a machine has before it collects garbage; a small instance has little (docs/deploying.md). */
export const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=2';

async function statusMb(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid ?? 'none'}/status`, 'utf8').catch(() => '');
  const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

/** Most memory that a process has ever had, in MB; undefined where the system does not tell. */
export const peakMb = (pid: number | undefined): Promise<number | undefined> => statusMb(pid, 'VmHWM');

export const memoryText = (mb: number | undefined): string => (mb === undefined ? 'unknown' : `${Math.round(mb)} MB`);
