/** Loses the host, as a machine is lost, at a chosen point of a story. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Story } from './story';

const PATIENCE_MS = 48 * 3_600_000;

/** Lets the story go on until the point is reached, then kills the host in the same turn, and starts it again. */
export async function killWhen(story: Story, reached: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = story.clock.nowMs() + PATIENCE_MS;
  let [isDying, isOver] = [false, false];
  const killed = (async () => {
    while (!(await reached())) {
      if (isOver) throw new Error('The story ended before the point at which its host was to be killed.');
      await nextTurn();
    }
    isDying = true;
    await story.stack.killHost();
  })();
  const moved = (async () => {
    try {
      while (!isDying && story.clock.nowMs() < endMs && (await story.timeline.step()));
    } catch (error) {
      if (!isDying) throw error; // the host dies while it is asked: that is the point
    } finally {
      isOver = true;
    }
  })();
  await Promise.all([killed, moved]);
  await story.stack.startHost();
}

/** Kills the host once Azure has been called `count` times since call `from`. */
export const killAfter = (story: Story, from: number, count: number): Promise<void> =>
  killWhen(story, () => story.calls().length - from >= count);
