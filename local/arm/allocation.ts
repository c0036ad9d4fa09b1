/** Plans a pool's resize: how far it gets, how long it takes, and what it complains of. */
import { placeOf } from './batchAccounts';
import { withinQuota } from './coreQuotas';
import { minutesToMs } from './durations';
import { targetsByFormula } from './formula';
import { withinImageSum } from './imageSum';
import { durationMs } from './isoDuration';
import type { Site, Stored } from './kind';
import { membersAt } from './members';
import { obstacle } from './obstacles';
import type { PoolInput } from './poolBody';
import { newNodes, shortOf, type Reach } from './reach';
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
import { resizeError, waitsForTimeout } from './resizeErrors';
import { formulaError, type ResizeFaults } from './resizeFaults';

export interface Ask {
  readonly input: PoolInput;
  readonly account: Stored;
  /** The pool as it is, for its nodes; undefined when it is new. */
  readonly pool: Stored | undefined;
  readonly poolKey: string;
  readonly site: Site;
  readonly faults: ResizeFaults;
  slowed(durationMs: number): number;
}

const NO_NODES: Nodes = { dedicated: 0, lowPriority: 0 };

const TIMED_OUT = resizeError({ code: 'AllocationTimedOut' });

/** What a pool aims at: its fixed targets, or what its formula says; after a failed evaluation, what it has. */
function targetsOf({ input, faults }: Ask, from: Nodes): { targets: Nodes; autoScaleError?: ResizeError } {
  const { fixedScale, autoScale } = input.properties.scaleSettings;
  if (autoScale === undefined) {
    const { targetDedicatedNodes = 0, targetLowPriorityNodes = 0 } = fixedScale ?? {};
    return { targets: { dedicated: targetDedicatedNodes, lowPriority: targetLowPriorityNodes } };
  }
  const failed = faults.formulaError();
  const targets = targetsByFormula(autoScale.formula);
  if (failed === undefined && targets !== undefined) return { targets };
  return { targets: from, autoScaleError: failed ?? formulaError() };
}

/** Growth so slow that `count` nodes take as long as the faults say. */
function growthFor(ask: Ask, count: number): Growth {
  const usualMs = growthMs(growthOf(ask.site.durations, 1), count);
  return growthOf(ask.site.durations, count === 0 ? 1 : ask.slowed(usualMs) / usualMs);
}

type Start = Omit<Resize, 'to' | 'endsMs' | 'errors'>;

function startOf(ask: Ask): Start {
  const { site, input, pool } = ask;
  const earlier = pool?.resize;
  const lateMs = earlier === undefined ? 0 : ask.faults.lateMs();
  const from = earlier === undefined ? NO_NODES : nodesAt(earlier, site.nowMs);
  const aim = targetsOf(ask, from);
  const fixed = input.properties.scaleSettings.fixedScale;
  return {
    ...aim,
    startedMs: site.nowMs + lateMs,
    from,
    roster: earlier === undefined ? [] : membersAt(earlier, site.nowMs),
    resizeTimeout: fixed?.resizeTimeout ?? 'PT15M',
    nodeDeallocationOption: fixed?.nodeDeallocationOption,
    growth: growthFor(ask, mostAdded(from, aim.targets)),
    ...(earlier === undefined || lateMs === 0 ? {} : { before: { ...earlier, before: undefined } }),
  };
}

/** The resize that a write starts now. */
export function planResize(ask: Ask): Resize {
  const { site, input } = ask;
  const start = startOf(ask);
  const { from, targets, startedMs } = start;
  const lasting = (minutes: number): number => startedMs + ask.slowed(minutesToMs(minutes));
  if (ask.faults.isStuck()) return { ...start, to: from, endsMs: Infinity, errors: [] };
  if (mostAdded(from, targets) === 0) {
    const same = sumOf(from) === sumOf(targets);
    const { poolUnchangedMinutes, poolShrinkMinutes } = site.durations;
    return { ...start, to: targets, endsMs: lasting(same ? poolUnchangedMinutes : poolShrinkMinutes), errors: [] };
  }
  const blocked = obstacle(input, placeOf(ask.account), site);
  if (blocked !== undefined) {
    return { ...start, to: from, endsMs: lasting(site.durations.allocationFailureMinutes), errors: [blocked] };
  }
  const reach = reachOf(ask, start);
  const bad = ask.faults.badNodes(newNodes(from, reach.to));
  return withinTimeout({ ...start, ...(bad.length === 0 ? {} : { bad }) }, reach, site);
}

/** The resize of a pool that has long had its nodes: those that are stated, or else its targets. */
export function settledResize(ask: Ask, stated: Partial<Nodes>): Resize {
  const start = startOf(ask);
  const nodes = { ...start.targets, ...stated };
  return { ...start, from: nodes, to: nodes, endsMs: start.startedMs, errors: [] };
}

function reachOf(ask: Ask, { from, targets, startedMs }: Start): Reach {
  const { vmSize, deploymentConfiguration } = ask.input.properties;
  const { imageReference } = deploymentConfiguration.virtualMachineConfiguration;
  const quota = withinQuota({ ...ask, vmSize }, targets, from);
  const sum = withinImageSum({ ...ask, imageReference, place: placeOf(ask.account) }, quota.reachable, from);
  const short = shortOf(sum.reachable, from, ask.faults.shortfalls(startedMs));
  return { ...short, limits: [...quota.errors, ...sum.errors] };
}

/** A resize that would take longer than its timeout ends there, with what it has. */
function withinTimeout(start: Start, { to, limits, shortfalls }: Reach, site: Site): Resize {
  const { from, growth, startedMs } = start;
  const count = mostAdded(from, to);
  const takesMs = count === 0 ? minutesToMs(site.durations.allocationFailureMinutes) : growthMs(growth, count);
  const limitMs = durationMs(start.resizeTimeout) ?? takesMs;
  if (takesMs <= limitMs) {
    const endsMs = startedMs + (shortfalls.some(waitsForTimeout) ? limitMs : takesMs);
    return { ...start, to, endsMs, errors: [...limits, ...shortfalls] };
  }
  const grown = grownBy(growth, limitMs);
  const reached = {
    dedicated: Math.min(to.dedicated, from.dedicated + grown),
    lowPriority: Math.min(to.lowPriority, from.lowPriority + grown),
  };
  return { ...start, to: reached, endsMs: startedMs + limitMs, errors: [...limits, TIMED_OUT] };
}
