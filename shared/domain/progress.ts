/** What an operator sees of a running build: the orchestration's custom status. */
import { BUILD_STEPS, type BuildStep } from './buildSteps';
import { progressOf, type Growing } from './growth/growing';
import { isOpen, type Making } from './making';
import { isRemovalOpen, type Removing } from './removing';
import type { ReplicaState } from './sighting';

/** The durable store keeps 16 KB of UTF-16 at most (DurableOrchestrationContext.SetCustomStatus): so not more than these. */
const MOST_SHOWN = 16;

/** Why things are taken away: the build failed, or nothing needs them any more. */
export type RemovalPhase = Extract<BuildPhase, 'undo' | 'letGo'>;

/** Every phase of a build, in the order in which they may come. */
export const BUILD_PHASES = ['survey', ...BUILD_STEPS, 'undo', 'letGo', 'answer', 'done'] as const;
export type BuildPhase = (typeof BUILD_PHASES)[number];

export interface BuildProgress {
  readonly phase: BuildPhase;
  readonly since: string;
  readonly waitingFor: readonly {
    readonly name: string;
    readonly progress?: string | undefined;
    /** Of an image version: each region. */
    readonly replicas?: readonly ReplicaState[] | undefined;
  }[];
  /** How many more are waited for than are listed. */
  readonly andMore?: number | undefined;
  /** The orchestration that knows more, when another one does the waiting. */
  readonly instance?: string | undefined;
  /** When the first of them counts as failed. */
  readonly deadline?: string | undefined;
}

export const phaseOf = (phase: BuildProgress['phase'], sinceMs: number): BuildProgress => ({
  phase,
  since: new Date(sinceMs).toISOString(),
  waitingFor: [],
});

const lastName = (id: string): string => id.split('/').at(-1) ?? id;

export const growthProgress = (growing: Growing, sinceMs: number): BuildProgress => ({
  ...phaseOf('growth', sinceMs),
  waitingFor: [{ name: lastName(growing.job.poolId), progress: progressOf(growing) }],
});

export const growthElsewhere = (poolId: string, instance: string, sinceMs: number): BuildProgress => ({
  ...phaseOf('growth', sinceMs),
  waitingFor: [{ name: lastName(poolId) }],
  instance,
});

/** Azure's details of a region are free text of any length. */
const MOST_REGIONS_SHOWN = 40;
const shown = (replicas: readonly ReplicaState[]): readonly ReplicaState[] =>
  replicas
    .slice(0, MOST_REGIONS_SHOWN)
    .map(({ region, state, percent }) => ({ region, state, ...(percent === undefined ? {} : { percent }) }));

interface Waited {
  readonly spec: { readonly id: string };
  readonly progress?: string | undefined;
  readonly replicas?: readonly ReplicaState[] | undefined;
  readonly deadlineMs: number;
}

function waiting(phase: BuildProgress['phase'], open: readonly Waited[], sinceMs: number): BuildProgress {
  const waitingFor = open.slice(0, MOST_SHOWN).map(({ spec, progress, replicas }) => ({
    name: lastName(spec.id),
    ...(progress === undefined ? {} : { progress }),
    ...(replicas === undefined ? {} : { replicas: shown(replicas) }),
  }));
  const first = Math.min(...open.map(({ deadlineMs }) => deadlineMs));
  return {
    ...phaseOf(phase, sinceMs),
    waitingFor,
    ...(open.length > MOST_SHOWN ? { andMore: open.length - MOST_SHOWN } : {}),
    ...(open.length === 0 ? {} : { deadline: new Date(first).toISOString() }),
  };
}

export const stageProgress = (step: BuildStep, makings: readonly Making[], sinceMs: number): BuildProgress =>
  waiting(step, makings.filter(isOpen), sinceMs);

export const removalProgress = (phase: RemovalPhase, removings: readonly Removing[], sinceMs: number): BuildProgress =>
  waiting(phase, removings.filter(isRemovalOpen), sinceMs);
