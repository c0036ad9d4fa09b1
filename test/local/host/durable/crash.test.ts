/** The backend loses nothing when its process is killed, whatever it was writing at that moment. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { completedTask } from '../../../../local/host/durable/events';
import type { Instance } from '../../../../local/host/durable/instance';
import { Journal } from '../../../../local/host/durable/journal';
import { DEATHS, type Death } from './crash/deadlyWrites';

const CRASH = join(__dirname, 'crash');

interface Life {
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

async function live(folder: string, wallStartMs: number, end?: { countdown: number; death: Death }): Promise<Life> {
  const args = [join(CRASH, 'typescript.cjs'), join(CRASH, 'child.ts'), folder, String(wallStartMs)];
  const child = spawn(process.execPath, [...args, ...(end ? [String(end.countdown), end.death] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  try {
    return { said: await text(child.stdout), signal: await exit };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Lives and dies again and again, each time a little further on, until one life is long enough. */
async function liveOn(folder: string, firstDeath: number): Promise<{ kills: number; said: string }> {
  const wallStartMs = Date.now();
  for (let kills = 0; kills < 80; kills++) {
    const death = DEATHS[(firstDeath + kills) % DEATHS.length] ?? 'after';
    // A start writes each instance that there is anew; every seventh life does not get beyond that.
    const progress = (death === 'after' ? 1 : 2) + (kills % 2) * 2;
    const countdown = kills % 7 === 6 ? 1 : stored(folder).length + progress;
    const { signal, said } = await live(folder, wallStartMs, { countdown, death });
    if (signal === null) return { kills, said };
  }
  throw new Error('The story never ended.');
}

function stored(folder: string): Instance[] {
  const journal = new Journal(folder);
  journal.close();
  return [...journal.instances.values()];
}

const STORY = [
  ...['a', 'b', 'c'],
  [['kid1-1', 'kid1-2'], ['kid2-1', 'kid2-2'], 'aside'],
  'd',
  ['e', 'f', 'g'],
  ['kid3-1', 'kid3-2'],
];

describe('a backend that is killed', () => {
  it('ends its story right, after dying at every write', async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'durable-crash-')));
    try {
      const lives = await Promise.all(folders.map((folder, firstDeath) => liveOn(folder, firstDeath)));
      for (const { said } of lives)
        expect(JSON.parse(said)).toMatchObject({ runtimeStatus: 'Completed', output: STORY });
      expect(lives.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThanOrEqual(30);
      for (const folder of folders) expectOneHistory(folder);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true });
    }
  }, 180_000);
});

function expectOneHistory(folder: string): void {
  const runs = readFileSync(join(folder, 'runs.log'), 'utf8').trim().split('\n');
  expect(new Set(runs)).toEqual(new Set(STORY.flat(2)));
  // Every step ran, and none again once the next had begun.
  for (const line of [
    ['a', 'b', 'c', 'd', 'kid3-1', 'kid3-2'],
    ['kid1-1', 'kid1-2'],
    ['kid2-1', 'kid2-2'],
  ]) {
    const order = runs.map((run) => line.indexOf(run)).filter((index) => index >= 0);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  for (const { status, history, inbox } of stored(folder)) {
    const answers = history.map(completedTask).filter((id) => id !== undefined);
    expect(answers).toHaveLength(new Set(answers).size);
    expect({ status, inbox }).toEqual({ status: 'Completed', inbox: [] });
  }
}
