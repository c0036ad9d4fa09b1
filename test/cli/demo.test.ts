/** The demo as a newcomer runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(__dirname, '..', '..');

it('shows every step, the lineage and the result event, and prints nothing else to worry about', async () => {
  const run = await promisify(execFile)(process.execPath, [join(PROJECT, 'dist', 'cli', 'demo.js')], { cwd: PROJECT });
  expect(run.stderr).toBe('');
  const said = run.stdout.split('\n');
  const steps = ['Survey', 'Snapshots', 'Managed image', 'Image definition', 'Image version', 'Pool', 'Result event'];
  const done = said.filter((line) => line.startsWith('✔ '));
  expect(done.map((line) => steps.find((step) => line.startsWith(`✔ ${step}`)))).toEqual(steps);
  expect(said.filter((line) => line.startsWith('  snapshot '))).toHaveLength(3);
  expect(run.stdout).toContain('"type": "BatchImagePools.BuildSucceeded"');
  expect(run.stdout).toContain('Everything is as it should be.');
  expect(run.stdout).not.toMatch(/deprecat|warning[^s]|error/i);
}, 60_000);
