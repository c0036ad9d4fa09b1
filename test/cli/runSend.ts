/** `npm run send` as a user runs it: the built command in a process of its own. */
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

/** Runs the built command (`npm run build`) in the project's folder, against this bus. */
export function runSend(serviceBus: string, ...args: readonly string[]): Promise<Ended> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(PROJECT, 'dist/cli/send.js'), ...args],
      { cwd: PROJECT, env: { PATH, HOME, SERVICE_BUS: serviceBus }, timeout: LONGEST_MS },
      (_, out, err) => {
        if (child.exitCode === null) reject(new Error(`send was killed by ${child.signalCode ?? 'nobody'}: ${err}`));
        else resolve({ code: child.exitCode, out, err });
      },
    );
  });
}
