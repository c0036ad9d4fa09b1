/** Rules on the number of nodes and the resize timeout. */
import { found } from '../facts';
import { durationMinutes } from '../isoDuration';
import {
  DEFAULT_RESIZE_TIMEOUT_MINUTES,
  MAX_DEDICATED_NODES,
  MAX_INTER_NODE_NODES,
  MAX_SPOT_NODES,
  MIN_RESIZE_TIMEOUT_MINUTES,
  UNDISPUTED_DEDICATED_NODES,
} from '../limits';
import { acceptAtLeastOf, nodeTargets } from '../request';
import { nodesOf, recommendedResize, resizeTimeoutFor } from '../sizing';
import type { Case, Remark, Rule } from './rule';

const FIXED_SCALE = 'pool.properties.scaleSettings.fixedScale';
const DEDICATED = `${FIXED_SCALE}.targetDedicatedNodes`;
const SPOT = `${FIXED_SCALE}.targetLowPriorityNodes`;
const RESIZE_TIMEOUT = `${FIXED_SCALE}.resizeTimeout`;

function tooManyNodes({ request }: Case): readonly Remark[] {
  const targets = nodeTargets(request.pool.properties);
  return [
    { subject: DEDICATED, kind: 'dedicated', nodes: targets?.dedicated ?? 0, limit: MAX_DEDICATED_NODES },
    { subject: SPOT, kind: 'Spot', nodes: targets?.spot ?? 0, limit: MAX_SPOT_NODES },
  ]
    .filter(({ nodes, limit }) => nodes > limit)
    .map(({ subject, kind, nodes, limit }) => ({
      subject,
      message: `The request asks for ${nodes} ${kind} nodes, and a pool on a custom image may have ${limit}.`,
    }));
}

function manyDedicatedNodes({ request }: Case): readonly Remark[] {
  const nodes = nodeTargets(request.pool.properties)?.dedicated ?? 0;
  if (nodes <= UNDISPUTED_DEDICATED_NODES) return [];
  return [
    {
      subject: DEDICATED,
      message: `The request asks for ${nodes} dedicated nodes. Azure's pages disagree on how many a custom image allows: ${UNDISPUTED_DEDICATED_NODES} or ${MAX_DEDICATED_NODES}.`,
    },
  ];
}

function interNodePoolTooLarge({ request, facts }: Case): readonly Remark[] {
  const account = found(facts.account);
  const { properties } = request.pool;
  if (!account || properties['interNodeCommunication'] !== 'Enabled') return [];
  const nodes = nodesOf(properties);
  const limit = MAX_INTER_NODE_NODES[account.allocationMode];
  if (nodes <= limit) return [];
  return [
    {
      subject: 'pool.properties.interNodeCommunication',
      message: `The request asks for ${nodes} nodes that talk to each other, and an account in mode ${account.allocationMode} allows ${limit} in such a pool.`,
    },
  ];
}

/** Minutes that the request itself states; undefined for a pool that a formula scales. */
const statedMinutes = ({ request: { pool } }: Case): number | undefined =>
  nodeTargets(pool.properties) && durationMinutes(pool.properties.scaleSettings?.fixedScale?.resizeTimeout ?? '');

function resizeTimeoutTooShort(given: Case): readonly Remark[] {
  const stated = statedMinutes(given);
  if (stated === undefined || stated >= MIN_RESIZE_TIMEOUT_MINUTES) return [];
  const text = given.request.pool.properties.scaleSettings?.fixedScale?.resizeTimeout ?? '';
  return [
    {
      subject: RESIZE_TIMEOUT,
      message: `The resize timeout ${text} is shorter than the ${MIN_RESIZE_TIMEOUT_MINUTES} minutes that Batch takes at least.`,
    },
  ];
}

function resizeTimeoutLow(given: Case): readonly Remark[] {
  const stated = statedMinutes(given);
  const nodes = nodesOf(given.request.pool.properties);
  const advised = recommendedResize(nodes);
  if (stated === undefined || nodes === 0 || stated >= advised.minutes) return [];
  const text = given.request.pool.properties.scaleSettings?.fixedScale?.resizeTimeout ?? '';
  return [
    {
      subject: RESIZE_TIMEOUT,
      message: `The resize timeout ${text} may end before ${nodes} nodes are there: advised are ${advised.minutes} minutes (${advised.reason}).`,
    },
  ];
}

function resizeTimeoutChosen({ request }: Case): readonly Remark[] {
  const timeout = resizeTimeoutFor(request.pool.properties);
  if (!timeout || timeout.given || timeout.minutes === DEFAULT_RESIZE_TIMEOUT_MINUTES) return [];
  return [
    {
      subject: RESIZE_TIMEOUT,
      message: `The request leaves the resize timeout out, and the pool gets ${timeout.minutes} minutes instead of Azure's ${DEFAULT_RESIZE_TIMEOUT_MINUTES} (${timeout.reason}).`,
    },
  ];
}

const ACCEPT = 'pool.acceptAtLeast';

function acceptAtLeastTooHigh({ request }: Case): readonly Remark[] {
  const accept = acceptAtLeastOf(request);
  const nodes = nodesOf(request.pool.properties);
  if (accept === undefined || !('nodes' in accept) || accept.nodes <= nodes) return [];
  return [
    {
      subject: ACCEPT,
      message: `The request accepts ${accept.nodes} nodes at least, and asks for ${nodes} only: the pool could never be enough.`,
    },
  ];
}

function acceptAtLeastIgnored({ request }: Case): readonly Remark[] {
  if (acceptAtLeastOf(request) === undefined || nodeTargets(request.pool.properties) !== undefined) return [];
  const message = 'The request says how many nodes are enough, but a formula decides how many the pool gets.';
  return [{ subject: ACCEPT, message }];
}

export const scaleRules: readonly Rule[] = [
  {
    code: 'TooManyNodes',
    severity: 'refuse',
    source: 'article, point 16; batch/batch-custom-images',
    why: 'A pool on a custom image has at most 2,500 dedicated and 1,000 Spot nodes.',
    how: '`targetDedicatedNodes` and `targetLowPriorityNodes` of `fixedScale`, each against its limit',
    needs: [],
    remedy: 'Ask for fewer nodes, or for several pools, each on an image of its own.',
    check: tooManyNodes,
  },
  {
    code: 'ManyDedicatedNodes',
    severity: 'warn',
    source: 'batch/batch-quota-limit: 2,000 dedicated nodes, against 2,500 of the article, point 16',
    why: "Azure's pages contradict each other on nodes between 2,000 and 2,500, so the pool may not get them all.",
    how: '`fixedScale.targetDedicatedNodes` is more than 2,000',
    needs: [],
    remedy: 'Ask for at most 2,000 dedicated nodes to be sure, or watch whether the pool reaches its target.',
    check: manyDedicatedNodes,
  },
  {
    code: 'InterNodePoolTooLarge',
    severity: 'refuse',
    source: 'batch/batch-quota-limit',
    why: 'A pool whose nodes talk to each other is placed as one, and may have fewer nodes.',
    how: "all nodes of a pool with `interNodeCommunication` `Enabled`, against the limit of the account's pool allocation mode",
    needs: ['account'],
    remedy: 'Ask for fewer nodes, or leave interNodeCommunication out.',
    check: interNodePoolTooLarge,
  },
  {
    code: 'ResizeTimeoutTooShort',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, resizeTimeout',
    why: 'Azure answers 400 to a resize timeout of less than 5 minutes.',
    how: '`fixedScale.resizeTimeout`, when the request states it',
    needs: [],
    remedy: 'Leave resizeTimeout out, and the app takes the one that Azure advises; or state a longer one.',
    check: resizeTimeoutTooShort,
  },
  {
    code: 'ResizeTimeoutLow',
    severity: 'warn',
    source: 'article, point 19; batch/batch-sig-images; batch/batch-pool-node-error-checking',
    why: 'A resize that runs out of time leaves the pool with fewer nodes than it was asked for.',
    how: '`fixedScale.resizeTimeout`, when the request states it, against what Azure advises for so many nodes',
    needs: [],
    remedy: 'Leave resizeTimeout out, and the app takes the one that Azure advises; or state a longer one.',
    check: resizeTimeoutLow,
  },
  {
    code: 'ResizeTimeoutChosen',
    severity: 'note',
    source: 'article, point 19; batch/batch-sig-images; batch/batch-pool-node-error-checking',
    why: 'Large pools need longer than the resize timeout that Azure takes when a request states none.',
    how: '`fixedScale.resizeTimeout` is left out, and Azure advises more than its default for so many nodes',
    needs: [],
    remedy: 'Nothing, or state a resizeTimeout of your own.',
    check: resizeTimeoutChosen,
  },
  {
    code: 'AcceptAtLeastTooHigh',
    severity: 'refuse',
    source: 'docs/requests.md, `pool.acceptAtLeast`',
    why: 'A pool never gets more nodes than it asks for, so that it would be taken away again however well it grew.',
    how: '`pool.acceptAtLeast`, when it is a number of nodes, against all nodes of `fixedScale`',
    needs: [],
    remedy: 'Accept fewer nodes, or a share of them such as "90%", or ask for more nodes.',
    appliesTo: ({ pool }) => nodeTargets(pool.properties) !== undefined,
    check: acceptAtLeastTooHigh,
  },
  {
    code: 'AcceptAtLeastIgnored',
    severity: 'warn',
    source: 'docs/requests.md, `pool.acceptAtLeast`',
    why: 'A pool that a formula scales has no target that it could fall short of.',
    how: '`pool.acceptAtLeast` beside `autoScale`',
    needs: [],
    remedy: 'Leave acceptAtLeast out, or ask for a fixed number of nodes.',
    check: acceptAtLeastIgnored,
  },
];
