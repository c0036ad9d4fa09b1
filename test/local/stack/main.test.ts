/** `npm start` as somebody runs it: it says where things are, takes a request, and stops on Ctrl-C. */
import { exec, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const PROJECT = join(__dirname, '..', '..', '..');

let stack: ChildProcess;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bip-start-'));
});
afterEach(async () => {
  if (stack.exitCode === null) {
    stack.kill('SIGKILL');
    await once(stack, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Reads what the process says until a line matches; answers with the match. */
async function heard(lines: AsyncIterator<string>, pattern: RegExp): Promise<RegExpExecArray> {
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const match = pattern.exec(line.value);
    if (match) return match;
  }
  throw new Error(`It ended without a line like ${String(pattern)}.`);
}

/** Sends the request as the welcome tells to, but for the build that npm would make first. */
async function asTold(command: string): Promise<string> {
  const direct = command.replace('npm run send --', `"${process.execPath}" dist/cli/send.js`);
  expect(direct).not.toBe(command);
  return (await promisify(exec)(direct, { cwd: PROJECT })).stdout;
}

it('starts, builds what is asked for, and stops all of it on Ctrl-C', async () => {
  const main = join(PROJECT, 'dist', 'local', 'main.js');
  stack = spawn(process.execPath, [main, '--free-ports', '--speed', '600', '--state', folder], { cwd: PROJECT });
  if (!stack.stdout) throw new Error('No output to read.');
  const lines = createInterface({ input: stack.stdout })[Symbol.asyncIterator]();

  const [, command = ''] = await heard(lines, /Send a request:\s+(SERVICE_BUS=.+)/);
  await heard(lines, /Stop:\s+Ctrl-C/);
  const sent = await asTold(command);
  expect(sent).toContain('"type": "BatchImagePools.BuildSucceeded"');
  await heard(lines, /build-[0-9a-f]+: BuildSucceeded/);

  stack.kill('SIGINT');
  await once(stack, 'exit');
  expect(stack.exitCode).toBe(0);
}, 60_000);
