/** Plans a pool's resize: how far it gets, how long it takes, and what it complains of. */
import { accountOf } from './batchAccounts';
import { minutesToMs } from './durations';
import { durationMs } from './isoDuration';
import type { Shortage, Site, Stored } from './kind';
import type { PoolInput } from './poolBody';
import { findImage, generationOf } from './poolImages';
import { regionOf } from './resourceId';
import {
  growthMs,
  growthOf,
  grownBy,
  mostAdded,
  nodesAt,
  sumOf,
  type Nodes,
  type Resize,
  type ResizeError,
} from './resize';
import { coresOf, poolFacts } from './poolFacts';

export interface Ask {
  readonly input: PoolInput;
  readonly account: Stored;
  /** The pool as it is, for its nodes; undefined when it is new. */
  readonly pool: Stored | undefined;
  readonly poolKey: string;
  readonly site: Site;
  readonly shortage: Shortage | undefined;
  slowed(durationMs: number): number;
}

const NO_NODES: Nodes = { dedicated: 0, lowPriority: 0 };

/** UNCONFIRMED in ARM: entries of code and message, with the names that the data plane uses (Azure/Batch#103). */
export const IMAGE_GONE: ResizeError = {
  code: 'AllocationFailed',
  message: 'Desired number of dedicated nodes could not be allocated',
  details: [{ code: 'Reason', message: 'The specified image is not found' }],
};

const TIMED_OUT: ResizeError = {
  code: 'AllocationTimedOut',
  message: 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached',
};

/** batch-pool-node-error-checking.md, example 1. */
function cannotBoot(vmSize: string, generation: string): ResizeError {
  const message = `The selected VM size '${vmSize.toUpperCase()}' cannot boot Hypervisor Generation '${generation.slice(1)}'.`;
  return {
    code: 'AllocationFailed',
    message: 'Desired number of dedicated nodes could not be allocated',
    details: [
      { code: 'Reason', message: 'The server encountered an error while allocating compute nodes.' },
      { code: 'Provider Error Json', message: JSON.stringify({ error: { code: 'BadRequest', message } }) },
      { code: 'Provider Error Json Truncated', message: 'False' },
    ],
  };
}

const quotaReached = (code: string, kind: string): ResizeError => ({
  code,
  message: `The specified account has reached ${kind} core quota`,
});

/** Av1 and Av2 sizes boot Generation 1 only (compute docs, generation-2.md). */
const GENERATION_1_ONLY = /^standard_a\d/i;

/** What makes allocation impossible, before any node. */
function obstacle(ask: Ask): ResizeError | undefined {
  const { vmSize, deploymentConfiguration } = ask.input.properties;
  const { id } = deploymentConfiguration.virtualMachineConfiguration.imageReference;
  if (id === undefined) return undefined;
  const image = findImage(id, regionOf(accountOf(ask.account).location), ask.site);
  if (image === undefined) return IMAGE_GONE;
  const generation = generationOf(image, ask.site);
  return generation === 'V2' && GENERATION_1_ONLY.test(vmSize) ? cannotBoot(vmSize, generation) : undefined;
}

/** Nodes that the account's cores still allow this pool; other pools count with what they have or are getting. */
function withinQuota(ask: Ask, wanted: Nodes, from: Nodes): { reachable: Nodes; errors: ResizeError[] } {
  const { dedicatedCoreQuota = Infinity, lowPriorityCoreQuota = Infinity } = accountOf(ask.account).properties;
  const others = ask.site.childrenOf(ask.account.id).filter((pool) => pool.key !== ask.poolKey);
  const used = others.reduce(
    (sum, pool) => {
      const { cores, nodes } = poolFacts(pool);
      return {
        dedicated: sum.dedicated + cores * nodes.dedicated,
        lowPriority: sum.lowPriority + cores * nodes.lowPriority,
      };
    },
    { dedicated: 0, lowPriority: 0 },
  );
  const cores = coresOf(ask.input.properties.vmSize);
  const fit = (want: number, have: number, quota: number): number =>
    Math.min(want, Math.max(Math.min(have, want), Math.floor(quota / cores)));
  const reachable = {
    dedicated: fit(wanted.dedicated, from.dedicated, dedicatedCoreQuota - used.dedicated),
    lowPriority: fit(wanted.lowPriority, from.lowPriority, lowPriorityCoreQuota - used.lowPriority),
  };
  const errors = [
    reachable.dedicated < wanted.dedicated ? quotaReached('AccountCoreQuotaReached', 'dedicated') : undefined,
    reachable.lowPriority < wanted.lowPriority
      ? quotaReached('AccountLowPriorityCoreQuotaReached', 'low-priority')
      : undefined,
  ];
  return { reachable, errors: errors.filter((error) => error !== undefined) };
}

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

/** The resize that a write starts now. */
export function planResize(ask: Ask): Resize {
  const { site, input } = ask;
  const targets = targetsOf(input);
  const from = ask.pool?.resize === undefined ? NO_NODES : nodesAt(ask.pool.resize, site.nowMs);
  const slowness = ask.slowed(60_000) / 60_000;
  const growth = growthOf(site.durations, slowness);
  const fixed = input.properties.scaleSettings.fixedScale;
  const plan = {
    startedMs: site.nowMs,
    from,
    targets,
    resizeTimeout: fixed?.resizeTimeout ?? 'PT15M',
    nodeDeallocationOption: fixed?.nodeDeallocationOption,
    slowness,
    growth,
  };
  const lasting = (minutes: number): number => site.nowMs + ask.slowed(minutesToMs(minutes));
  if (mostAdded(from, targets) === 0) {
    const same = sumOf(from) === sumOf(targets);
    const { poolUnchangedMinutes, poolShrinkMinutes } = site.durations;
    return { ...plan, to: targets, endsMs: lasting(same ? poolUnchangedMinutes : poolShrinkMinutes), errors: [] };
  }
  const blocked = obstacle(ask);
  if (blocked !== undefined) {
    return { ...plan, to: from, endsMs: lasting(site.durations.allocationFailureMinutes), errors: [blocked] };
  }
  const { reachable, errors } = withinQuota(ask, targets, from);
  const to = shortBy(reachable, from, ask.shortage);
  const short = ask.shortage === undefined || sumOf(to) === sumOf(reachable) ? [] : [errorOf(ask.shortage)];
  return withinTimeout({ ...plan, to, errors: [...errors, ...short], endsMs: 0 }, site);
}

const errorOf = ({ code, message, details }: Shortage): ResizeError => ({ code, message, details });

/** A resize that would take longer than its timeout ends there, with what it has. */
function withinTimeout(resize: Resize, site: Site): Resize {
  const { from, to, growth, startedMs } = resize;
  const count = mostAdded(from, to);
  const takesMs =
    count === 0 ? minutesToMs(site.durations.allocationFailureMinutes) * resize.slowness : growthMs(growth, count);
  const limitMs = durationMs(resize.resizeTimeout) ?? takesMs;
  if (takesMs <= limitMs) return { ...resize, endsMs: startedMs + takesMs };
  const grown = grownBy(growth, limitMs);
  const reached = {
    dedicated: Math.min(to.dedicated, from.dedicated + grown),
    lowPriority: Math.min(to.lowPriority, from.lowPriority + grown),
  };
  return { ...resize, to: reached, endsMs: startedMs + limitMs, errors: [...resize.errors, TIMED_OUT] };
}
