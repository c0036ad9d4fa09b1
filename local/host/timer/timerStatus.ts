/** When each timer last ran and is due next, kept in a folder so that a restarted host knows what it missed. */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const stored = z.object({ Last: instant, Next: instant, LastUpdated: instant });

export interface TimerStatus {
  readonly lastMs: number;
  readonly nextMs: number;
  readonly updatedMs: number;
}

export const statusJson = ({ lastMs, nextMs, updatedMs }: TimerStatus): Record<string, string> => ({
  Last: new Date(lastMs).toISOString(),
  Next: new Date(nextMs).toISOString(),
  LastUpdated: new Date(updatedMs).toISOString(),
});

export class TimerStatusStore {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'timers');
  }

  read(functionName: string): TimerStatus | undefined {
    const file = this.#file(functionName);
    if (!existsSync(file)) return undefined;
    const { Last, Next, LastUpdated } = stored.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { lastMs: Last, nextMs: Next, updatedMs: LastUpdated };
  }

  write(functionName: string, status: TimerStatus): void {
    mkdirSync(this.#folder, { recursive: true });
    const file = this.#file(functionName);
    writeFileSync(`${file}.new`, JSON.stringify(statusJson(status)));
    renameSync(`${file}.new`, file);
  }

  #file(functionName: string): string {
    return join(this.#folder, `${functionName}.json`);
  }
}
