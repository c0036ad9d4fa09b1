/** How large the parts of a build must be for the nodes that the pool is to have, each number with its reason. */
import { regionKey } from './armId';
import { found, sourceLocation, type BuildFacts } from './facts';
import { durationMinutes } from './isoDuration';
import {
  DEFAULT_RESIZE_TIMEOUT_MINUTES,
  LARGE_POOL_NODES,
  LARGE_POOL_RESIZE_MINUTES,
  MAX_CHOSEN_RESIZE_MINUTES,
  MAX_REPLICAS,
  MIDDLE_POOL_NODES,
  MIDDLE_POOL_RESIZE_MINUTES,
  NODES_PER_REPLICA,
  RESIZE_MINUTES_PER_1000_NODES,
} from './limits';
import { nodeTargets, type BuildRequest, type PoolProperties, type TargetRegion } from './request';
import type { ReplicaSpec } from './resources';

export interface SizedRegion extends ReplicaSpec {
  /** Why so many replicas, for the user. */
  readonly reason: string;
}

/** What is asked of Azure for a region. */
export const replicaSpec = ({ name, replicas, ...rest }: SizedRegion): ReplicaSpec => ({
  name,
  replicas,
  ...given(rest),
});

/** Nodes of both kinds that the pool is to reach; 0 when a formula decides. */
export function nodesOf(properties: PoolProperties): number {
  const targets = nodeTargets(properties);
  return (targets?.dedicated ?? 0) + (targets?.spot ?? 0);
}

const replicasFor = (nodes: number, nodesPerReplica: number): number => Math.max(1, Math.ceil(nodes / nodesPerReplica));

/** Replicas that Batch recommends at least for so many nodes (batch/batch-sig-images, "Considerations for large pools"). */
export const recommendedReplicas = (nodes: number): number =>
  Math.min(MAX_REPLICAS, replicasFor(nodes, NODES_PER_REPLICA));

/** A region before it is known how many replicas there is room for. */
interface RegionWish extends SizedRegion {
  /** True when the number is by rule, so that it may be less where there is no room. */
  readonly isByRule: boolean;
}

function wishOf({ name, replicas, ...rest }: TargetRegion, request: BuildRequest, facts: BuildFacts): RegionWish {
  return { name: regionKey(name), ...given(rest), ...replicaWish(regionKey(name), replicas, request, facts) };
}

/** What a region is given beside its replicas; nothing of what is left out. */
const given = ({
  storageAccountType,
  diskEncryptionSetId,
}: Pick<TargetRegion, 'storageAccountType' | 'diskEncryptionSetId'>): Omit<ReplicaSpec, 'name' | 'replicas'> => ({
  ...(storageAccountType === undefined ? {} : { storageAccountType }),
  ...(diskEncryptionSetId === undefined ? {} : { diskEncryptionSetId }),
});

function replicaWish(
  key: string,
  replicas: number | undefined,
  request: BuildRequest,
  facts: BuildFacts,
): Pick<RegionWish, 'replicas' | 'reason' | 'isByRule'> {
  const home = found(facts.account)?.location;
  if (replicas !== undefined) return { replicas, reason: 'as the request says', isByRule: false };
  if (request.image.replicationMode === 'Shallow') {
    return { replicas: 1, reason: 'mode Shallow makes one', isByRule: false };
  }
  if (home !== undefined && regionKey(home) !== key && request.image.regions === undefined) {
    const reason = "the image is made in the source's region, and the pool runs elsewhere";
    return { replicas: 1, reason, isByRule: false };
  }
  const { nodesPerReplica } = facts.policy;
  if (nodeTargets(request.pool.properties) === undefined) {
    const reason = `a formula decides how many nodes there will be; for more than ${nodesPerReplica}, state the replicas in image.regions`;
    return { replicas: 1, reason, isByRule: true };
  }
  const nodes = nodesOf(request.pool.properties);
  const rule =
    nodesPerReplica === NODES_PER_REPLICA
      ? 'the least that Azure Batch advises'
      : `setting NODES_PER_REPLICA; Azure Batch advises one for ${NODES_PER_REPLICA} at least`;
  const reason = `one for every ${nodesPerReplica} of the pool's ${nodes} nodes (${rule})`;
  return { replicas: replicasFor(nodes, nodesPerReplica), reason, isByRule: true };
}

/** The regions that the image goes to: the request's own, or those of the source and of the account. */
function regionNames(request: BuildRequest, facts: BuildFacts): readonly TargetRegion[] {
  if (request.image.regions) return request.image.regions;
  const places = [sourceLocation(facts), found(facts.account)?.location];
  const keys = new Set(places.flatMap((place) => (place === undefined ? [] : [regionKey(place)])));
  return [...keys].map((name) => ({ name }));
}

/** Where the image version goes, with how many replicas: within what a version may have, as far as that is ours to say. */
export function targetRegions(request: BuildRequest, facts: BuildFacts): readonly SizedRegion[] {
  const wishes = regionNames(request, facts).map((region) => wishOf(region, request, facts));
  const firm = wishes.filter(({ isByRule }) => !isByRule).reduce((sum, { replicas }) => sum + replicas, 0);
  const room = Math.max(1, Math.floor((MAX_REPLICAS - firm) / wishes.filter(({ isByRule }) => isByRule).length));
  return wishes.map(({ isByRule, ...region }) => {
    if (!isByRule || region.replicas <= room) return region;
    const most = `an image version has at most ${MAX_REPLICAS} over all of its regions`;
    return { ...region, replicas: room, reason: `${most}; without that, ${region.reason}` };
  });
}

export interface SizedTimeout {
  readonly minutes: number;
  readonly reason: string;
  /** True when the request states it. */
  readonly given: boolean;
}

/** What is advised for pools of more than so many nodes, the largest last. */
const RESIZE_ADVICE = [
  { moreThan: MIDDLE_POOL_NODES, minutes: MIDDLE_POOL_RESIZE_MINUTES },
  { moreThan: LARGE_POOL_NODES, minutes: LARGE_POOL_RESIZE_MINUTES },
] as const;

/** Minutes that are advised for a resize to so many nodes of a custom image, and why. */
export function recommendedResize(nodes: number): { readonly minutes: number; readonly reason: string } {
  const perNode = Math.ceil((nodes / 1_000) * RESIZE_MINUTES_PER_1000_NODES);
  const most = [
    { minutes: DEFAULT_RESIZE_TIMEOUT_MINUTES, reason: "Azure's default" },
    ...RESIZE_ADVICE.filter(({ moreThan }) => nodes > moreThan).map(({ moreThan, minutes }) => ({
      minutes,
      reason: `${nodes} nodes are more than ${moreThan}`,
    })),
    { minutes: perNode, reason: `${RESIZE_MINUTES_PER_1000_NODES} min for every 1,000 of the pool's ${nodes} nodes` },
  ].reduce((longest, one) => (one.minutes > longest.minutes ? one : longest));
  if (most.minutes <= MAX_CHOSEN_RESIZE_MINUTES) return most;
  return { minutes: MAX_CHOSEN_RESIZE_MINUTES, reason: 'the longest that the app chooses by itself' };
}

/** The pool's resize timeout; undefined for a pool that a formula scales, which has none. */
export function resizeTimeoutFor(properties: PoolProperties): SizedTimeout | undefined {
  if (nodeTargets(properties) === undefined) return undefined;
  const stated = durationMinutes(properties.scaleSettings?.fixedScale?.resizeTimeout ?? '');
  if (stated !== undefined) return { minutes: stated, reason: 'as the request says', given: true };
  return { ...recommendedResize(nodesOf(properties)), given: false };
}
