/** The demo as a newcomer runs it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const PROJECT = join(__dirname, '..', '..');
const DEMO = join(PROJECT, 'dist', 'cli', 'demo.js');

it('shows every step, the lineage and the result event, and prints nothing else to worry about', async () => {
  const run = await promisify(execFile)(process.execPath, [DEMO], { cwd: PROJECT });
  expect(run.stderr).toBe('');
  const said = run.stdout.split('\n');
  const steps = [
    'Survey',
    'Snapshots',
    'Managed image',
    'Image version',
    'Pool',
    'Its 600 nodes',
    'Image version let into latest',
    'Managed image let go',
    'Result event',
    'Finding opened',
    'The audit agrees',
    'The image version comes back',
    'The last audit: green',
  ];
  const done = said.filter((line) => line.startsWith('✔ '));
  expect(done.map((line) => steps.findLast((step) => line.startsWith(`✔ ${step}`)))).toEqual(steps);
  expect(said.filter((line) => line.startsWith('  snapshot '))).toHaveLength(3);
  expect(run.stdout).toContain('"type": "BatchImagePools.BuildSucceeded"');
  expect(run.stdout).toContain('Everything is as it should be.');
  expect(run.stdout).not.toMatch(/deprecat|warning[^s]|\berror\b/i);
}, 60_000);

/** Ids of the processes that this one started, with their command lines. */
async function childrenOf(parent: number): Promise<readonly { readonly pid: number; readonly command: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : [];
  });
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('says what went wrong when its host is lost, stops everything and leaves no folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bip-demo-test-'));
  const demo = spawn(process.execPath, [DEMO], { cwd: PROJECT, env: { ...process.env, TMPDIR: folder } });
  const closed = once(demo, 'close');
  try {
    let stderr = '';
    demo.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    let children: Awaited<ReturnType<typeof childrenOf>> = [];
    for await (const line of createInterface({ input: demo.stdout })) {
      if (children.length > 0 || !line.startsWith('✔ Survey')) continue;
      children = await childrenOf(demo.pid ?? 0);
      const host = children.find(({ command }) => command.includes(join('local', 'host', 'main.js')));
      if (!host) throw new Error('The demo has no host.');
      process.kill(host.pid, 'SIGKILL');
    }
    await closed;

    expect(demo.exitCode).toBe(1);
    expect(stderr).toMatch(/^The demo went wrong:\n- The Functions host at \S+ gave no answer/m);
    expect(stderr).not.toMatch(/triggerUncaughtException|\n {4}at /);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('batch-image-pools-demo-'))).toEqual([]);
  } finally {
    demo.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
