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
  /** Set by stopResize. */
  readonly stopping?: true;
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

/** The nodes of a pool at an instant. Leaving nodes leave at the end. */
export function nodesAt(resize: Resize, nowMs: number): Nodes {
  if (nowMs >= resize.endsMs) return resize.to;
  const grown = grownBy(resize.growth, nowMs - resize.startedMs);
  const at = (from: number, to: number): number => (to > from ? Math.min(to, from + grown) : from);
  return {
    dedicated: at(resize.from.dedicated, resize.to.dedicated),
    lowPriority: at(resize.from.lowPriority, resize.to.lowPriority),
  };
}

export type AllocationState = 'Steady' | 'Resizing' | 'Stopping';

export function allocationStateAt(resize: Resize, nowMs: number): AllocationState {
  if (nowMs >= resize.endsMs) return 'Steady';
  return resize.stopping === true ? 'Stopping' : 'Resizing';
}

/** Cuts a resize short: it ends at `endsMs` with the nodes that it has at `atMs`, for the given reason. */
export function cutShort(resize: Resize, atMs: number, endsMs: number, error: ResizeError): Resize {
  return { ...resize, to: nodesAt(resize, atMs), endsMs, errors: [...resize.errors, error] };
}
