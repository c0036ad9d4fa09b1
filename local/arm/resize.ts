/** The arithmetic of a pool's resize: how many nodes there are at an instant, from when it began and what it aims at. */
import type { ErrorDetail } from './armError';
import { minutesToMs, type Durations } from './durations';

export interface Nodes {
  readonly dedicated: number;
  readonly lowPriority: number;
}

export interface ResizeError {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[] | undefined;
}

export interface NodeFault {
  readonly state: 'unusable' | 'startTaskFailed';
  readonly code: string;
  readonly message: string;
}

/** So many nodes with the same fault. */
export interface BadNodes {
  readonly count: number;
  readonly fault: NodeFault;
}

/** One node. */
export interface Member {
  readonly kind: keyof Nodes;
  /** No other node of the pool has it. */
  readonly serial: string;
  readonly allocatedMs: number;
  readonly fault?: NodeFault;
  readonly isLeaving?: boolean;
}

export interface Resize {
  readonly startedMs: number;
  readonly endsMs: number;
  readonly from: Nodes;
  /** Where it will have come when it ends, which may be short of the targets. */
  readonly to: Nodes;
  readonly targets: Nodes;
  readonly resizeTimeout: string;
  readonly nodeDeallocationOption?: string | undefined;
  readonly errors: readonly ResizeError[];
  /** When stopResize came. */
  readonly stoppingMs?: number;
  /** What the pool shows until this resize begins, when it begins later than it was asked for. */
  readonly before?: Resize | undefined;
  /** The nodes that there were when it was asked for. */
  readonly roster: readonly Member[];
  /** The first of the new nodes, which do not become usable. */
  readonly bad?: readonly BadNodes[];
  /** Why the formula of the pool gave no targets. */
  readonly autoScaleError?: ResizeError;
  readonly growth: Growth;
}

/** The constants of growth, kept with the resize so that its past does not change. */
export interface Growth {
  readonly startMs: number;
  readonly sixteenMs: number;
  readonly exponent: number;
}

export function growthOf(durations: Durations, slowness: number): Growth {
  return {
    startMs: minutesToMs(durations.poolStartMinutes) * slowness,
    sixteenMs: minutesToMs(durations.sixteenNodesMinutes) * slowness,
    exponent: durations.poolGrowthExponent,
  };
}

/** How long `count` new nodes take. */
export function growthMs(growth: Growth, count: number): number {
  return Math.round(growth.startMs + growth.sixteenMs * (count / 16) ** growth.exponent);
}

/** How many new nodes there are after `elapsedMs`. */
export function grownBy(growth: Growth, elapsedMs: number): number {
  const growingMs = elapsedMs - growth.startMs;
  if (growingMs <= 0) return 0;
  return Math.floor(16 * (growingMs / growth.sixteenMs) ** (1 / growth.exponent) + 1e-9);
}

export const sumOf = (nodes: Nodes): number => nodes.dedicated + nodes.lowPriority;

const added = (from: Nodes, to: Nodes): Nodes => ({
  dedicated: Math.max(0, to.dedicated - from.dedicated),
  lowPriority: Math.max(0, to.lowPriority - from.lowPriority),
});

/** Nodes to add; dedicated and low-priority ones come side by side, so the larger group sets the time. */
export function mostAdded(from: Nodes, to: Nodes): number {
  const more = added(from, to);
  return Math.max(more.dedicated, more.lowPriority);
}

/** The resize that a pool shows at an instant: the one before, until a late one begins. */
export function resizeAt(resize: Resize, nowMs: number): Resize {
  return resize.before !== undefined && nowMs < resize.startedMs ? resize.before : resize;
}

/** Whether a resize is asked for and has not ended. */
export const isUnderway = (resize: Resize, nowMs: number): boolean => nowMs < resize.endsMs;

/** The nodes of a pool at an instant. Leaving nodes leave at the end. */
export function nodesAt(latest: Resize, nowMs: number): Nodes {
  const resize = resizeAt(latest, nowMs);
  if (nowMs >= resize.endsMs) return resize.to;
  const grown = grownBy(resize.growth, nowMs - resize.startedMs);
  const at = (from: number, to: number): number => (to > from ? Math.min(to, from + grown) : from);
  return {
    dedicated: at(resize.from.dedicated, resize.to.dedicated),
    lowPriority: at(resize.from.lowPriority, resize.to.lowPriority),
  };
}

export type AllocationState = 'Steady' | 'Resizing' | 'Stopping';

export function allocationStateAt(latest: Resize, nowMs: number): AllocationState {
  const resize = resizeAt(latest, nowMs);
  if (nowMs >= resize.endsMs) return 'Steady';
  return resize.stoppingMs === undefined ? 'Resizing' : 'Stopping';
}

/** When the allocation state at an instant began. */
export function stateSinceMs(latest: Resize, nowMs: number): number {
  const resize = resizeAt(latest, nowMs);
  return nowMs >= resize.endsMs ? resize.endsMs : (resize.stoppingMs ?? resize.startedMs);
}

/** Cuts a resize short: it ends at `endsMs` with the nodes that it has at `atMs`, for the given reason. */
export function cutShort(resize: Resize, atMs: number, endsMs: number, error: ResizeError): Resize {
  return { ...resize, to: nodesAt(resize, atMs), endsMs, errors: [...resize.errors, error] };
}
