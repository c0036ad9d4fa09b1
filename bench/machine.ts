/** The machine, the day and the state of the code that were measured: no name of a host, no path. */
import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { PROJECT } from './scene';

const git = (...words: string[]): string => {
  try {
    return execFileSync('git', words, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
};

/** With what is not committed, numbers belong to no commit; those that a run itself writes do not count. */
function commitText(): string {
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === '') return 'an unknown commit';
  const others = git('status', '--porcelain', '--', '.', ':!bench/results.md', ':!docs/performance.md');
  return others === '' ? `commit ${commit}` : `commit ${commit} and changes beside it`;
}

export function machineText(): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return (
    `${day}, ${commitText()}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memoryGb} GB, ` +
    `${platform()} ${release()} ${arch()}, Node ${process.version}.`
  );
}
