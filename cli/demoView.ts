/** Shows the steps of a build as they happen: a live list on a terminal, plain lines elsewhere. */
import { Listr, type ListrTask } from 'listr2';
import type { BuildProgress } from '../shared/domain/progress';
import type { BuildView } from './buildWatch';

type Phase = BuildProgress['phase'];

const STEPS: readonly { readonly phase: Phase; readonly title: string }[] = [
  { phase: 'survey', title: 'Survey: everything that the rules need, and every rule checked' },
  { phase: 'snapshots', title: 'Snapshots of the OS disk and both data disks, and the image definition, side by side' },
  { phase: 'image', title: 'Managed image from the snapshots' },
  { phase: 'version', title: 'Image version, replicated to the region of the pool' },
  { phase: 'pool', title: 'Pool on the image version' },
  { phase: 'growth', title: 'Its 600 nodes, of which Azure brings 280 at a time' },
  { phase: 'latest', title: 'Image version let into latest, now that the pool has proved it' },
  { phase: 'letGo', title: 'Managed image let go: it only carried the disks into the gallery' },
  { phase: 'answer', title: 'Result event on queue image-pool-events' },
];

/** Minutes and seconds of Azure time. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The views of a build, so that several steps can wait for theirs. */
class Progress {
  readonly #began = new Map<Phase, number>();
  #ended = false;
  #waiting: (() => void)[] = [];
  line = '';

  async follow(views: AsyncIterable<BuildView>): Promise<void> {
    try {
      for await (const { progress } of views) {
        if (!progress) continue;
        if (!this.#began.has(progress.phase)) this.#began.set(progress.phase, Date.parse(progress.since));
        this.line = progress.waitingFor
          .map(({ name, progress: told }) => (told === undefined ? name : `${name}: ${told}`))
          .join(' · ');
        this.#wake();
      }
    } finally {
      this.#ended = true;
      this.#wake();
    }
  }

  /** Waits until a later phase began; answers how long this one took (0: too short to be seen), or undefined when it never ended. */
  async passed(phase: Phase, onLine: (line: string) => void): Promise<number | undefined> {
    const order = [...STEPS.map((step) => step.phase), 'undo', 'done'];
    const later = (): number | undefined => {
      const ends = [...this.#began].filter(([other]) => order.indexOf(other) > order.indexOf(phase));
      return ends.length === 0 ? undefined : Math.min(...ends.map(([, atMs]) => atMs));
    };
    while (later() === undefined && !this.#ended) {
      if (this.#began.has(phase)) onLine(this.line);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const to = later();
    const isUndone = this.#began.has('undo') && !this.#madeIt(phase);
    return to === undefined || isUndone ? undefined : to - (this.#began.get(phase) ?? to);
  }

  /** Of a build that was undone: whether a later stage than this one was reached. */
  #madeIt(phase: Phase): boolean {
    const stages: readonly Phase[] = STEPS.map((step) => step.phase).filter((stage) => stage !== 'answer');
    return stages.slice(stages.indexOf(phase) + 1).some((stage) => this.#began.has(stage));
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** Shows the build until it has ended; throws when it could not be followed, or left a step out. */
export async function showBuild(views: AsyncIterable<BuildView>): Promise<void> {
  const progress = new Progress();
  const followed = progress.follow(views);
  const tasks = STEPS.map(({ phase, title }): ListrTask => ({
    title,
    task: async (_, task) => {
      const tookMs = await progress.passed(phase, (line) => {
        if (line !== '' && line !== task.output) task.output = line;
      });
      if (tookMs === undefined) throw new Error(`${title}: did not happen`);
      task.title = tookMs === 0 ? title : `${title} (${durationText(tookMs)})`;
    },
  }));
  const list = new Listr(tasks, { fallbackRenderer: 'simple', exitOnError: true });
  // Both come to their end; why a build was lost from sight says more than the step that then did not happen.
  for (const end of await Promise.allSettled([followed, list.run()])) {
    if (end.status === 'rejected') throw end.reason;
  }
}
