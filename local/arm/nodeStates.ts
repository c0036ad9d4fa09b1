/** The state of each node of a pool at an instant, read off the clock: starting, its start task, then usable or not. */
import { createHash } from 'node:crypto';
import { minutesToMs } from './durations';
import type { Site, Stored } from './kind';
import { membersAt } from './members';
import type { Member, NodeFault, Nodes } from './resize';
import { objectAt } from './schema';

/** In the spelling of node counts; a node itself has its state in lower case (rest/api/batchservice). */
export const NODE_STATES = [
  'creating',
  'idle',
  'leavingPool',
  'offline',
  'preempted',
  'rebooting',
  'reimaging',
  'running',
  'starting',
  'startTaskFailed',
  'unknown',
  'unusable',
  'waitingForStartTask',
] as const;
export type NodeState = (typeof NODE_STATES)[number];

export interface StartTask {
  readonly startMs: number;
  /** Undefined while it runs. */
  readonly endMs: number | undefined;
  readonly failure: NodeFault | undefined;
}

export interface SeenNode {
  readonly id: string;
  readonly kind: keyof Nodes;
  readonly state: NodeState;
  readonly sinceMs: number;
  readonly allocatedMs: number;
  /** Of an unusable node. */
  readonly error: NodeFault | undefined;
  readonly startTask: StartTask | undefined;
}

interface Rules {
  readonly nowMs: number;
  readonly startMs: number;
  readonly taskMs: number;
  readonly hasStartTask: boolean;
  /** batchmanagement/pool/create: StartTask.waitForSuccess, true when it is left out. */
  readonly waits: boolean;
}

function startTaskOf(member: Member, rules: Rules): StartTask | undefined {
  const startMs = member.allocatedMs + rules.startMs;
  const fails = member.fault?.state === 'startTaskFailed';
  if (rules.nowMs < startMs || !(rules.hasStartTask || fails)) return undefined;
  const endMs = startMs + (rules.hasStartTask ? rules.taskMs : 0);
  if (rules.nowMs < endMs) return { startMs, endMs: undefined, failure: undefined };
  return { startMs, endMs, failure: fails ? member.fault : undefined };
}

type Phase = Pick<SeenNode, 'state' | 'sinceMs'>;

function phaseOf(member: Member, task: StartTask | undefined, rules: Rules): Phase {
  const { allocatedMs, fault } = member;
  const startedMs = allocatedMs + rules.startMs;
  if (rules.nowMs < startedMs) return { state: 'starting', sinceMs: allocatedMs };
  if (fault?.state === 'unusable') return { state: 'unusable', sinceMs: startedMs };
  if (task === undefined || !rules.waits) return { state: 'idle', sinceMs: startedMs };
  if (task.endMs === undefined) return { state: 'waitingForStartTask', sinceMs: startedMs };
  return { state: task.failure === undefined ? 'idle' : 'startTaskFailed', sinceMs: task.endMs };
}

function rulesOf(pool: Stored, { nowMs, durations }: Site): Rules {
  const task = objectAt(pool.input, 'properties')['startTask'];
  return {
    nowMs,
    startMs: minutesToMs(durations.nodeStartMinutes),
    taskMs: minutesToMs(durations.startTaskMinutes),
    hasStartTask: task !== undefined,
    waits: objectAt(task)['waitForSuccess'] !== false,
  };
}

/** As Batch names nodes: dedicated ones end in d, low-priority ones in p. */
function nodeId(pool: Stored, { serial, kind }: Member): string {
  const hash = createHash('sha256').update(`${pool.key}/${pool.createdMs}/${serial}`).digest('hex');
  return `tvmps_${hash}_${kind === 'dedicated' ? 'd' : 'p'}`;
}

export function nodesOf(pool: Stored, site: Site): SeenNode[] {
  if (pool.resize === undefined) return [];
  const { startedMs } = pool.resize;
  const rules = rulesOf(pool, site);
  return membersAt(pool.resize, site.nowMs).map((member) => {
    const found = startTaskOf(member, rules);
    const startTask = member.fault?.state === 'unusable' ? undefined : found;
    const phase = phaseOf(member, startTask, rules);
    const leaving: Phase = { state: 'leavingPool', sinceMs: startedMs };
    return {
      id: nodeId(pool, member),
      kind: member.kind,
      allocatedMs: member.allocatedMs,
      ...(member.isLeaving === true ? leaving : phase),
      error: phase.state === 'unusable' ? member.fault : undefined,
      startTask,
    };
  });
}
