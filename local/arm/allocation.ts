/** Plans a pool's resize: how far it gets, how long it takes, and what it complains of. */
import { accountOf } from './batchAccounts';
import { withinQuota } from './coreQuotas';
import { minutesToMs } from './durations';
import { durationMs } from './isoDuration';
import type { Shortage, Site, Stored } from './kind';
import type { PoolInput } from './poolBody';
import { obstacle } from './obstacles';
import {
  growthMs,
  growthOf,
  grownBy,
  mostAdded,
  nodesAt,
  sumOf,
  type Growth,
  type Nodes,
  type Resize,
  type ResizeError,
} from './resize';

export interface Ask {
  readonly input: PoolInput;
  readonly account: Stored;
  /** The pool as it is, for its nodes; undefined when it is new. */
  readonly pool: Stored | undefined;
  readonly poolKey: string;
  readonly site: Site;
  shortage(): Shortage | undefined;
  isStuck(): boolean;
  slowed(durationMs: number): number;
}

const NO_NODES: Nodes = { dedicated: 0, lowPriority: 0 };

const TIMED_OUT: ResizeError = {
  code: 'AllocationTimedOut',
  message: 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached',
};

/** The targets of a pool: fixed ones, or what a formula states plainly. */
export function targetsOf(input: PoolInput): Nodes {
  const { fixedScale, autoScale } = input.properties.scaleSettings;
  const stated = (name: string): number =>
    Number(new RegExp(`\\$${name}\\s*=\\s*(\\d+)`).exec(autoScale?.formula ?? '')?.[1] ?? 0);
  return {
    dedicated: fixedScale?.targetDedicatedNodes ?? stated('TargetDedicatedNodes'),
    lowPriority: fixedScale?.targetLowPriorityNodes ?? stated('TargetLowPriorityNodes'),
  };
}

function shortBy(nodes: Nodes, from: Nodes, shortage: Shortage | undefined): Nodes {
  if (shortage === undefined) return nodes;
  const dedicated = Math.max(Math.min(from.dedicated, nodes.dedicated), nodes.dedicated - shortage.nodes);
  const left = shortage.nodes - (nodes.dedicated - dedicated);
  return { dedicated, lowPriority: Math.max(Math.min(from.lowPriority, nodes.lowPriority), nodes.lowPriority - left) };
}

/** Growth so slow that `count` nodes take as long as the faults say. */
function growthFor(ask: Ask, count: number): Growth {
  const usualMs = growthMs(growthOf(ask.site.durations, 1), count);
  return growthOf(ask.site.durations, count === 0 ? 1 : ask.slowed(usualMs) / usualMs);
}

/** The resize that a write starts now. */
export function planResize(ask: Ask): Resize {
  const { site, input } = ask;
  const targets = targetsOf(input);
  const from = ask.pool?.resize === undefined ? NO_NODES : nodesAt(ask.pool.resize, site.nowMs);
  const growth = growthFor(ask, mostAdded(from, targets));
  const fixed = input.properties.scaleSettings.fixedScale;
  const plan = {
    startedMs: site.nowMs,
    from,
    targets,
    resizeTimeout: fixed?.resizeTimeout ?? 'PT15M',
    nodeDeallocationOption: fixed?.nodeDeallocationOption,
    growth,
  };
  const lasting = (minutes: number): number => site.nowMs + ask.slowed(minutesToMs(minutes));
  if (ask.isStuck()) return { ...plan, to: from, endsMs: Infinity, errors: [] };
  if (mostAdded(from, targets) === 0) {
    const same = sumOf(from) === sumOf(targets);
    const { poolUnchangedMinutes, poolShrinkMinutes } = site.durations;
    return { ...plan, to: targets, endsMs: lasting(same ? poolUnchangedMinutes : poolShrinkMinutes), errors: [] };
  }
  const blocked = obstacle(input, accountOf(ask.account).location, site);
  if (blocked !== undefined) {
    return { ...plan, to: from, endsMs: lasting(site.durations.allocationFailureMinutes), errors: [blocked] };
  }
  const { reachable, errors } = withinQuota({ ...ask, vmSize: input.properties.vmSize }, targets, from);
  const shortage = ask.shortage();
  const to = shortBy(reachable, from, shortage);
  const short = shortage === undefined || sumOf(to) === sumOf(reachable) ? [] : [errorOf(shortage)];
  return withinTimeout({ ...plan, to, errors: [...errors, ...short], endsMs: 0 }, site);
}

const errorOf = ({ code, message, details }: Shortage): ResizeError => ({ code, message, details });

/** A resize that would take longer than its timeout ends there, with what it has. */
function withinTimeout(resize: Resize, site: Site): Resize {
  const { from, to, growth, startedMs } = resize;
  const count = mostAdded(from, to);
  const takesMs = count === 0 ? minutesToMs(site.durations.allocationFailureMinutes) : growthMs(growth, count);
  const limitMs = durationMs(resize.resizeTimeout) ?? takesMs;
  if (takesMs <= limitMs) return { ...resize, endsMs: startedMs + takesMs };
  const grown = grownBy(growth, limitMs);
  const reached = {
    dedicated: Math.min(to.dedicated, from.dedicated + grown),
    lowPriority: Math.min(to.lowPriority, from.lowPriority + grown),
  };
  return { ...resize, to: reached, endsMs: startedMs + limitMs, errors: [...resize.errors, TIMED_OUT] };
}
