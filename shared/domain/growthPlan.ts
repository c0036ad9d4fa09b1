/** What growing a pool to its nodes will take, and how many nodes its image serves then; known before anything is made. */
import { found, type BuildFacts } from './facts';
import { growsExisting } from './growsExisting';
import { sumOf, type NodeCounts } from './growth/poolLook';
import { NODES_PER_RESIZE } from './limits';
import { nodeTargets, type BuildRequest } from './request';

/** Nodes of all pools that take the image, this one included. */
export interface ImageLoad extends NodeCounts {
  readonly pools: number;
  readonly reason: string;
}

export interface GrowthPlan {
  /** An estimate; the resize that a pool's creation begins is one of them. */
  readonly expectedResizes: number;
  readonly nodesToCome: number;
  readonly reason: string;
  readonly onImage: ImageLoad;
}

/** Nodes that are still to come: all of them, or what a pool that stands does not have. */
function nodesToCome(request: BuildRequest, facts: BuildFacts, targets: NodeCounts): number {
  const pool = found(facts.pool);
  if (!pool || !growsExisting(request, facts)) return sumOf(targets);
  const missing = (wanted: number, has: number): number => Math.max(0, wanted - has);
  return missing(targets.dedicated, pool.nodes.dedicated) + missing(targets.spot, pool.nodes.spot);
}

function resizes(nodes: number): Pick<GrowthPlan, 'expectedResizes' | 'reason'> {
  const expectedResizes = Math.ceil(nodes / NODES_PER_RESIZE);
  if (nodes === 0) return { expectedResizes, reason: 'no nodes are to come' };
  const few = `one resize may bring the ${nodes} nodes that are to come`;
  const many = `an estimate: a resize of a pool on a custom image may stop at about ${NODES_PER_RESIZE} nodes, and ${nodes} are to come`;
  return { expectedResizes, reason: expectedResizes === 1 ? few : many };
}

/** A build's version is shared by the pools that take the newest one by themselves; that of a pool that stands, by all on it. */
function imageLoad(request: BuildRequest, facts: BuildFacts, targets: NodeCounts): ImageLoad {
  const { sharing } = facts;
  const others = sharing.flatMap(({ fact }) => found(fact) ?? []);
  const unread = sharing.filter(({ fact }) => fact.read !== 'found').length;
  const newest = 'the newest version of the image definition';
  const isGrown = growsExisting(request, facts);
  const counted =
    others.length === 0
      ? `no other pool that could be seen takes ${isGrown ? 'the image of this one' : newest}`
      : `this pool, and ${others.length} that ${others.length === 1 ? 'takes' : 'take'} ${isGrown ? 'the same image' : newest}`;
  const gap = unread === 0 ? '' : `; the pools of ${unread} of ${sharing.length} Batch accounts could not be listed`;
  return {
    pools: 1 + others.length,
    dedicated: others.reduce((sum, pool) => sum + pool.dedicatedNodes, targets.dedicated),
    spot: others.reduce((sum, pool) => sum + pool.spotNodes, targets.spot),
    reason: `${counted}${gap}`,
  };
}

/** The plan of growing; undefined for a pool whose formula decides how many nodes it gets, and when. */
export function growthPlan(request: BuildRequest, facts: BuildFacts): GrowthPlan | undefined {
  const targets = nodeTargets(request.pool.properties);
  if (!targets) return undefined;
  const toCome = nodesToCome(request, facts, targets);
  return { ...resizes(toCome), nodesToCome: toCome, onImage: imageLoad(request, facts, targets) };
}
