/** How large the parts of a build must be for the nodes that the pool is to have, each number with its reason. */
import { regionKey } from './armId';
import { found, type BuildFacts } from './facts';
import { durationMinutes } from './isoDuration';
import {
  DEFAULT_RESIZE_TIMEOUT_MINUTES,
  LARGE_POOL_NODES,
  LARGE_POOL_RESIZE_MINUTES,
  MAX_REPLICAS,
  NODES_PER_REPLICA,
  RESIZE_MINUTES_PER_1000_NODES,
} from './limits';
import { nodeTargets, type BuildRequest, type PoolProperties } from './request';

export interface SizedRegion {
  readonly name: string;
  readonly replicas: number;
  /** Why so many, for the user. */
  readonly reason: string;
}

/** Nodes of both kinds that the pool is to reach; 0 when a formula decides. */
export function nodesOf(properties: PoolProperties): number {
  const targets = nodeTargets(properties);
  return (targets?.dedicated ?? 0) + (targets?.spot ?? 0);
}

/** Replicas that Batch recommends at least for so many nodes (batch/batch-sig-images, "Considerations for large pools"). */
export const recommendedReplicas = (nodes: number): number =>
  Math.min(MAX_REPLICAS, Math.max(1, Math.ceil(nodes / NODES_PER_REPLICA)));

/** The regions that the image goes to: the request's own, or those of the VM and of the account. */
function regionNames(request: BuildRequest, facts: BuildFacts): BuildRequest['image']['regions'] & object {
  if (request.image.regions) return request.image.regions;
  const places = [found(facts.machine)?.location, found(facts.account)?.location];
  return [...new Set(places.flatMap((place) => (place === undefined ? [] : [regionKey(place)])))].map((name) => ({
    name,
  }));
}

/** Where the image version goes, with how many replicas. */
export function targetRegions(request: BuildRequest, facts: BuildFacts): readonly SizedRegion[] {
  const nodes = nodesOf(request.pool.properties);
  const home = found(facts.account)?.location;
  return regionNames(request, facts).map(({ name, replicas }) => {
    const key = regionKey(name);
    if (replicas !== undefined) return { name: key, replicas, reason: 'as the request says' };
    if (home !== undefined && regionKey(home) !== key && request.image.regions === undefined) {
      return { name: key, replicas: 1, reason: "the image is made in the VM's region, and the pool runs elsewhere" };
    }
    const count = recommendedReplicas(nodes);
    return { name: key, replicas: count, reason: `one for every ${NODES_PER_REPLICA} of the pool's ${nodes} nodes` };
  });
}

export interface SizedTimeout {
  readonly minutes: number;
  readonly reason: string;
  /** True when the request states it. */
  readonly given: boolean;
}

/** Minutes that Azure advises for a resize to so many nodes of a custom image, and why. */
export function recommendedResize(nodes: number): { readonly minutes: number; readonly reason: string } {
  const perNode = Math.ceil((nodes / 1_000) * RESIZE_MINUTES_PER_1000_NODES);
  return [
    { minutes: DEFAULT_RESIZE_TIMEOUT_MINUTES, reason: "Azure's default" },
    {
      minutes: nodes > LARGE_POOL_NODES ? LARGE_POOL_RESIZE_MINUTES : 0,
      reason: `${nodes} nodes are more than ${LARGE_POOL_NODES}`,
    },
    { minutes: perNode, reason: `${RESIZE_MINUTES_PER_1000_NODES} min for every 1,000 of the pool's ${nodes} nodes` },
  ].reduce((most, one) => (one.minutes > most.minutes ? one : most));
}

/** The pool's resize timeout; undefined for a pool that a formula scales, which has none. */
export function resizeTimeoutFor(properties: PoolProperties): SizedTimeout | undefined {
  if (nodeTargets(properties) === undefined) return undefined;
  const stated = durationMinutes(properties.scaleSettings?.fixedScale?.resizeTimeout ?? '');
  if (stated !== undefined) return { minutes: stated, reason: 'as the request says', given: true };
  return { ...recommendedResize(nodesOf(properties)), given: false };
}
