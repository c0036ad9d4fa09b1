/** The nodes of a pool that does not grow any more: how many of them can work. */
import { isPassing, type Failure, type Outcome } from '../outcome';
import { pauseMs } from '../waiting';
import { COUNTING, UNTIL_NODES_ARE_UP_MS } from './growingLimits';
import { failed, grown, withFinding } from './growthReport';
import { nodesOf, openNodes, type Growing } from './growthState';
import { answered, lastingText, putOff } from './pacing';
import { sumOf, type NodeStates } from './poolLook';

/** Different errors that a message names; the report holds all of them. */
const MOST_ERRORS_NAMED = 3;

export const startCounting = (growing: Growing): Growing => ({
  ...growing,
  step: { do: 'count', dueMs: growing.atMs },
});

export function afterCount(before: Growing, answer: Outcome<NodeStates>, nowMs: number): Growing {
  const growing = { ...before, atMs: nowMs };
  if (!answer.ok) return afterFailedCount(growing, answer.failure);
  const { sinceMs, counts } = growing.counting ?? { sinceMs: nowMs, counts: 0 };
  const counted = {
    ...answered(growing, 'count'),
    counting: { sinceMs, counts: counts + 1 },
    nodeStates: answer.value,
  };
  if (openNodes(counted, answer.value) > 0 && nowMs - sinceMs < UNTIL_NODES_ARE_UP_MS) {
    return { ...counted, step: { do: 'count', dueMs: nowMs + pauseMs(COUNTING, counts + 1) } };
  }
  return afterLastCount(withPreempted(withUnderway(counted, answer.value), answer.value), answer.value);
}

/** A node that has not come up in time may still do so, after a long start task; or it never will, on an image that does not fit. */
function withUnderway(growing: Growing, states: NodeStates): Growing {
  const open = openNodes(growing, states);
  if (open === 0) return growing;
  const all = Math.max(states.total, sumOf(nodesOf(growing)));
  const message = `${open} of the ${all} nodes of ${growing.job.poolId} were not up ${UNTIL_NODES_ARE_UP_MS / 60_000} minutes after the pool was steady: it is not known whether they work. Look at them again later: nodes that never start point to an image that was not generalized, or that does not fit the VM size and the node agent.`;
  return withFinding(growing, 'NodesUnderway', message);
}

/** `currentLowPriorityNodes` includes them (rest/api/batchservice/pool/get), and Batch itself seeks to replace them (batch/batch-spot-vms). */
function withPreempted(growing: Growing, { total, preempted = 0 }: NodeStates): Growing {
  if (preempted === 0) return growing;
  const message = `${preempted} of the ${total} nodes of ${growing.job.poolId} are Spot nodes that Azure took back. It brings others by itself when it has room; use dedicated nodes where that is not good enough.`;
  return withFinding(growing, 'NodesPreempted', message);
}

function afterFailedCount(growing: Growing, failure: Failure): Growing {
  const later = isPassing(failure) ? putOff(growing, 'count', failure) : undefined;
  if (later) return later;
  const message = `The nodes of ${growing.job.poolId} could not be counted by their states, so nodes that are unusable would not have been noticed. ${lastingText(growing, 'count', failure)}`;
  // An earlier count saw nodes that were still starting: it would be read as the last word.
  return grown(withFinding({ ...growing, nodeStates: undefined }, 'NodesNotCounted', message));
}

function afterLastCount(growing: Growing, states: NodeStates): Growing {
  const { mostUnusablePercent } = growing.job;
  const broken = states.unusable + states.startTaskFailed;
  if (broken === 0) return grown(growing);
  const isTooMany = broken * 100 > mostUnusablePercent * states.total;
  const limit = isTooMany ? 'more than' : 'within';
  const message = `${broken} of the ${states.total} nodes of ${growing.job.poolId} cannot work: ${states.unusable} unusable, ${states.startTaskFailed} with a failed start task; ${limit} the ${mostUnusablePercent} % that are put up with.${errorsText(states)} ${WHAT_TO_DO}`;
  return isTooMany ? failed(growing, 'UnusableNodes', message) : grown(withFinding(growing, 'UnusableNodes', message));
}

// batch/batch-pool-node-error-checking, "Nodes in unusable state" and "Start task failures".
const WHAT_TO_DO =
  "Look at the image (is it generalized, does it fit the VM size and the node agent), at the network's rules, and at what the start task writes on such a node.";

function errorsText({ errors }: NodeStates): string {
  const named = errors.toSorted((one, other) => other.nodes - one.nodes).slice(0, MOST_ERRORS_NAMED);
  const texts = named.map(({ code, message, nodes }) => ` ${code} on ${nodes}: ${sentence(message)}`);
  const rest = errors.length - named.length;
  return `${texts.join('')}${rest > 0 ? ` And ${rest} other kinds of errors.` : ''}`;
}

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
