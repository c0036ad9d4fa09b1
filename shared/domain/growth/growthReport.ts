/** What is told of a pool that grows: how it ended, how far it got, and what is being waited for. */
import type { AcceptAtLeast, GrowthFinding, GrowthPoint, GrowthReport } from './growthJob';
import { MOST_POINTS } from './growingLimits';
import { nodesOf, openNodes, type Growing } from './growthState';
import { counted } from '../words';
import { sumOf, type NodeCounts } from './poolLook';

export function reportSoFar(growing: Growing): GrowthReport {
  const { job, resizes, over, nodeStates, findings, verdict } = growing;
  return {
    poolId: job.poolId,
    ...(job.targets === undefined ? {} : { target: job.targets }),
    reached: nodesOf(growing),
    resizes,
    over,
    ...(nodeStates === undefined ? {} : { nodeStates }),
    findings,
    ...(verdict?.cause === undefined ? {} : { cause: verdict.cause }),
  };
}

export const grown = (growing: Growing): Growing => ({
  ...growing,
  step: { do: 'end', end: { outcome: 'grown', ...reportSoFar(growing) } },
});

export const failed = (growing: Growing, code: string, message: string): Growing => ({
  ...growing,
  step: { do: 'end', end: { outcome: 'failed', code, message, ...reportSoFar(growing) } },
});

export const withFinding = (growing: Growing, code: GrowthFinding['code'], message: string): Growing => ({
  ...growing,
  findings: [...growing.findings, { code, message }],
});

/** How the pool grew, with what a look shows; where the points lie closest, one goes for each that is too many. */
export function withPoint(over: readonly GrowthPoint[], nodes: NodeCounts, atMs: number): readonly GrowthPoint[] {
  const last = over.at(-1);
  if (last?.dedicated === nodes.dedicated && last.spot === nodes.spot) return over;
  const { dedicated, spot } = nodes;
  const points = [...over, { at: new Date(atMs).toISOString(), dedicated, spot }];
  return points.length > MOST_POINTS ? points.toSpliced(closest(points), 1) : points;
}

/** The point between two others that are nearest to each other in time; never the first, nor the last. */
function closest(points: readonly GrowthPoint[]): number {
  const times = points.map(({ at }) => Date.parse(at));
  const gaps = times.slice(2).map((time, index) => time - (times[index] ?? time));
  return gaps.indexOf(Math.min(...gaps)) + 1;
}

/** Nodes of both kinds; more of one kind than asked for do not stand in for the other. */
const countedNodes = (nodes: NodeCounts, targets: NodeCounts): number =>
  Math.min(nodes.dedicated, targets.dedicated) + Math.min(nodes.spot, targets.spot);

/** A share in decimals is not exact in binary: what is above a whole number by that alone is no node more. */
const nodesIn = (percent: number, nodes: number): number => Math.ceil(Number(((nodes * percent) / 100).toFixed(9)));

const leastNodes = (accept: AcceptAtLeast, targets: NodeCounts): number =>
  'nodes' in accept ? accept.nodes : nodesIn(accept.percent, sumOf(targets));

/** How many nodes the request accepts, when the pool has as many of them; else undefined. */
export function acceptedNodes(growing: Growing): number | undefined {
  const { acceptAtLeast, targets } = growing.job;
  if (acceptAtLeast === undefined || targets === undefined) return undefined;
  const least = leastNodes(acceptAtLeast, targets);
  return countedNodes(nodesOf(growing), targets) >= least ? least : undefined;
}

/** How far it got: the first sentence of every message on the number of nodes. */
export function reachText(growing: Growing): string {
  const { job, resizes } = growing;
  const { dedicated, spot } = nodesOf(growing);
  if (job.targets === undefined) return `The pool ${job.poolId} has ${counted(dedicated + spot, 'node')}.`;
  const both =
    job.targets.dedicated > 0 && job.targets.spot > 0
      ? ` (${dedicated} of ${job.targets.dedicated} dedicated, ${spot} of ${job.targets.spot} Spot)`
      : '';
  const after = resizes === 0 ? '' : ` after ${counted(resizes, 'more resize')}`;
  return `The pool ${job.poolId} has ${dedicated + spot} of its ${sumOf(job.targets)} nodes${both}${after}.`;
}

/** What is being waited for, for the custom status: `480 of 600 nodes, 2 resizes`. */
export function progressOf(growing: Growing): string {
  const { job, resizes } = growing;
  const nodes = sumOf(nodesOf(growing));
  const reached = job.targets === undefined ? counted(nodes, 'node') : `${nodes} of ${sumOf(job.targets)} nodes`;
  const sent = resizes === 0 ? [] : [counted(resizes, 'resize')];
  return [reached, ...sent, ...waitedFor(growing)].join(', ');
}

function waitedFor(growing: Growing): readonly string[] {
  const { step, atMs, verdict, job, look, nodeStates } = growing;
  const why = verdict === undefined ? '' : `: ${verdict.code}`;
  switch (step.do) {
    case 'resize': {
      const minutes = Math.round((step.dueMs - atMs) / 60_000);
      return [`next resize ${minutes < 1 ? 'now' : `in ${minutes} min`}${why}`];
    }
    case 'diagnose':
      return [`finding out what failed${why}`];
    case 'count':
      return nodeStates === undefined
        ? ['counting the nodes']
        : [`${counted(openNodes(growing, nodeStates), 'node')} starting`];
    case 'look':
      return job.targets === undefined && look !== undefined && look.formula?.evaluatedAt === undefined
        ? ['waiting for the first evaluation of the formula']
        : [];
    case 'end':
      return [];
  }
}
