/** Rules on the node agent of the pool: that there is one, that Batch has it, and that it fits the VM's image. */
import { baseImageOf, imageText } from '../baseImage';
import { found } from '../facts';
import { endOfAgent, isSameAgent, nodeAgentSkuId, statedAgent } from '../nodeAgent';
import { osTypeOf } from '../osType';
import { sourceNoun } from '../source';
import { readingsOf, unreadBecause } from './readings';
import { nounOf, type Case, type Remark, type Rule } from './rule';

const SUBJECT = 'pool.properties.deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId';

const said = (message: string): readonly Remark[] => [{ subject: SUBJECT, message }];

/** What was not read, of all that choosing a node agent takes. */
function unreadForChoice({ request, facts }: Case): readonly string[] {
  const disks = baseImageOf(facts) ? [] : facts.disks.filter(({ lun }) => lun === undefined);
  return readingsOf({ request, facts: { ...facts, disks } }, ['machine', 'disks', 'supportedImages']).flatMap(
    (reading) => unreadBecause(reading) ?? [],
  );
}

/** True when nobody states a node agent: neither the request nor, as far as it was asked, Batch. */
const hasNone = ({ request, facts }: Case): boolean =>
  nodeAgentSkuId(request, facts) === undefined &&
  facts.machine?.read !== 'missing' &&
  facts.sourceImage?.read !== 'missing';

function missing(given: Case): readonly Remark[] {
  if (!hasNone(given) || unreadForChoice(given).length > 0) return [];
  return said(
    `The request names no node agent, and Batch names none for the image that the ${nounOf(given)} was made from.`,
  );
}

function notChosen(given: Case): readonly Remark[] {
  const unread = unreadForChoice(given);
  if (!hasNone(given) || unread.length === 0) return [];
  return said(`The request names no node agent, and none could be chosen: ${unread.join('; ')}.`);
}

function filledIn({ request, facts }: Case): readonly Remark[] {
  const agent = nodeAgentSkuId(request, facts);
  if (statedAgent(request) !== undefined || agent === undefined) return [];
  return said(
    `The request names no node agent: the pool gets ${agent}, which Batch names for the base image of the ${sourceNoun(request.source)}.`,
  );
}

/** The node agents for the base image, by what they are for, as the end of a sentence. */
function fitting({ facts }: Case): { readonly base: string; readonly agents: readonly string[] } | undefined {
  const base = baseImageOf(facts);
  const agents = [...new Set((found(facts.supportedImages)?.forBase ?? []).map((one) => one.nodeAgentSkuId))];
  return base?.from === 'marketplace' && agents.length > 0 ? { base: imageText(base.image), agents } : undefined;
}

/** The stated agent as Batch knows it; undefined when none is stated, when Batch was not asked, or does not have it any more. */
function statedAndKnown({ request, facts, nowMs }: Case) {
  const stated = statedAgent(request);
  if (stated === undefined || endOfAgent(stated, nowMs)?.ended) return undefined;
  return found(facts.supportedImages)?.nodeAgents.find(({ skuId }) => isSameAgent(skuId, stated));
}

function mismatch(given: Case): readonly Remark[] {
  const agent = statedAndKnown(given);
  if (!agent) return [];
  const asks = `The request asks for node agent ${agent.skuId}`;
  const fits = fitting(given);
  if (fits) {
    if (fits.agents.some((skuId) => isSameAgent(skuId, agent.skuId))) return [];
    return said(
      `${asks}, but for ${fits.base}, which the ${nounOf(given)} was made from, Batch has ${fits.agents.join(' or ')}.`,
    );
  }
  const osType = osTypeOf(given.request, given.facts);
  if (osType === undefined || osType === agent.osType) return [];
  return said(`${asks}, which is for ${agent.osType}, but the ${nounOf(given)} runs ${osType}.`);
}

function unknown({ request, facts, nowMs }: Case): readonly Remark[] {
  const stated = statedAgent(request);
  const known = found(facts.supportedImages)?.nodeAgents;
  if (stated === undefined || !known || endOfAgent(stated, nowMs)?.ended) return [];
  if (known.some(({ skuId }) => isSameAgent(skuId, stated))) return [];
  return said(`Batch has no node agent ${stated}. It has ${known.map(({ skuId }) => skuId).join(', ')}.`);
}

function retired({ request, facts, nowMs }: Case): readonly Remark[] {
  const agent = nodeAgentSkuId(request, facts);
  const end = agent === undefined ? undefined : endOfAgent(agent, nowMs);
  if (agent === undefined || !end?.ended) return [];
  return said(`Batch has taken node agent ${agent} away${end.lastDay === undefined ? '' : ` after ${end.lastDay}`}.`);
}

function ends({ request, facts, nowMs }: Case): readonly Remark[] {
  const agent = nodeAgentSkuId(request, facts);
  const end = agent === undefined ? undefined : endOfAgent(agent, nowMs);
  if (agent === undefined || end?.lastDay === undefined || end.ended) return [];
  return said(`Batch takes node agent ${agent} away after ${end.lastDay}.`);
}

export const nodeAgentRules: readonly Rule[] = [
  {
    code: 'NodeAgentMissing',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, nodeAgentSkuId; batch/batch-sig-images',
    why: 'A pool must say which node agent runs on its image, and it must be the one for the image.',
    how: 'the request leaves `nodeAgentSkuId` out, and no image that Batch supports is the base image of the source',
    // What could not be read is told by NodeAgentNotChosen, and only where an agent is missing.
    needs: [],
    remedy: 'State nodeAgentSkuId in the virtualMachineConfiguration of pool.properties.',
    check: missing,
  },
  {
    code: 'NodeAgentNotChosen',
    severity: 'refuse',
    state: 'unknown',
    source: 'rest/api/batchmanagement/pool/create, nodeAgentSkuId; batch/batch-sig-images',
    why: 'A pool must say which node agent runs on its image, and it must be the one for the image.',
    how: 'the request leaves `nodeAgentSkuId` out, and VM, OS disk or the images that Batch supports could not be read',
    needs: [],
    remedy:
      "State nodeAgentSkuId in the virtualMachineConfiguration of pool.properties, or let the app's identity read what it names.",
    check: notChosen,
  },
  {
    code: 'NodeAgentFilledIn',
    severity: 'note',
    source: 'rest/api/batchservice/account/list-supported-images, nodeAgentSKUId',
    why: 'The app chooses what the request leaves open, and says what it chose.',
    how: 'the request leaves `nodeAgentSkuId` out, and Batch names one for the base image; a verified one first',
    needs: [],
    remedy: 'Nothing; state nodeAgentSkuId to have another.',
    check: filledIn,
  },
  {
    code: 'NodeAgentMismatch',
    severity: 'refuse',
    source: 'batch/batch-sig-images: the node agent must match the image; MicrosoftDocs/azure-docs#99836',
    why: 'Azure takes a pool with the wrong node agent, and then its nodes never start.',
    how: '`nodeAgentSkuId` against those that Batch names for the base image; when that is not known, its operating system against that of the OS disk',
    needs: ['machine', 'disks', 'supportedImages'],
    remedy: 'Correct nodeAgentSkuId, or leave it out: the app then takes the one that Batch names.',
    appliesTo: (request) => statedAgent(request) !== undefined,
    check: mismatch,
  },
  {
    code: 'NodeAgentUnknown',
    severity: 'refuse',
    source: 'rest/api/batchservice/account/list-supported-images, nodeAgentSKUId',
    why: 'Batch starts nodes only with a node agent that it has.',
    how: '`nodeAgentSkuId` against all that the Batch account lists, without regard to case',
    needs: ['supportedImages'],
    remedy: 'Correct nodeAgentSkuId, or leave it out: the app then takes the one that Batch names.',
    appliesTo: (request) => statedAgent(request) !== undefined,
    check: unknown,
  },
  {
    code: 'NodeAgentRetired',
    severity: 'refuse',
    source: 'Azure/Batch#180; Azure/Batch#200; UCL/TLOmodel#1549',
    why: 'Without its node agent a node cannot start; images of a gallery are no exception.',
    how: '`nodeAgentSkuId`, stated or chosen, against the node agents whose end is known',
    needs: [],
    remedy: 'Prepare a VM with a newer operating system, and use its node agent.',
    check: retired,
  },
  {
    code: 'NodeAgentEnds',
    severity: 'warn',
    source: 'Azure/Batch#200',
    why: 'After that day the pool may not grow any more, and its nodes may be taken away.',
    how: '`nodeAgentSkuId`, stated or chosen, against the node agents whose end is known',
    needs: [],
    remedy: 'Prepare a VM with a newer operating system before that day, and use its node agent.',
    check: ends,
  },
];
