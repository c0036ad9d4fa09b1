/** The commands of the project as a user runs them: built, and each in a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const PROJECT = join(__dirname, '../..');

/** None lasts longer than the test that waits for it. */
const LONGEST_MS = 25_000;

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a built command (`npm run build`) in the project's folder, with these settings and no others. */
export function runCommand(
  command: 'send' | 'plan' | 'audit' | 'deadLetters',
  settings: { readonly SERVICE_BUS: string; readonly FORCE_COLOR?: string; readonly NO_COLOR?: string },
  ...args: readonly string[]
): Promise<Ended> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(PROJECT, `dist/cli/${command}.js`), ...args],
      { cwd: PROJECT, env: { PATH, HOME, ...settings }, timeout: LONGEST_MS },
      (_, out, err) => {
        if (child.exitCode === null)
          reject(new Error(`${command} was killed by ${child.signalCode ?? 'nobody'}: ${err}`));
        else resolve({ code: child.exitCode, out, err });
      },
    );
  });
}
