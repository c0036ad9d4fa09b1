/** Rules on the nodes of a pool: the end of their agent, a resize that failed and was left so, nodes that nobody can use. */
import { found, type Fact } from '../facts';
import { unreadText } from '../growth/diagnose';
import { sumOf } from '../growth/poolLook';
import { decidingError, verdictOn } from '../growth/resizeErrors';
import { endOfAgent, isSameAgent } from '../nodeAgent';
import { startingImage } from './foundation';
import { CLEAR, MOOT, seen, unknown, type GuardPolicy, type GuardRule, type PoolCase, type Ruling } from './poolCase';
import type { WatchedPool } from './watchedPool';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** A pool that was resized again within it is being looked after, by a person or by growPool (growth/growingLimits.ts). */
const STEADY_MINUTES = 60;

/** Why a rule cannot tell, whatever came back instead of an answer. */
const untold = (what: string, fact: Fact<unknown>): Ruling =>
  unknown(unreadText(what, fact) ?? `Azure has no answer about ${what} (404).`);

function agentEnds({ pool, foundation, agents, policy, nowMs }: PoolCase): Ruling {
  const skuId = pool.nodeAgentSkuId;
  // Batch looks after pools on Marketplace images itself: it refuses them long before.
  if (skuId === undefined || foundation === undefined) return CLEAR;
  const known = endOfAgent(skuId, nowMs);
  // What Batch says counts more than what is known, so that without its word no end is too far away.
  const otherwise = agents.read === 'found' ? CLEAR : untold('the supported images', agents);
  const told = found(agents)?.find((agent) => isSameAgent(agent.skuId, skuId))?.endsOn;
  const lastDay = told ?? known?.lastDay;
  const at = new Date(nowMs).toISOString();
  if (lastDay === undefined) {
    if (known?.ended === true) {
      const evidence = { asked: 'the ends of node agents (Azure/Batch#180)', answered: `${skuId} has ended`, at };
      return seen(`Batch has ended its support for the node agent ${skuId}.`, evidence);
    }
    return otherwise;
  }
  const endMs = Date.parse(lastDay);
  if (endMs > nowMs + policy.supportEndDays * DAY_MS) return otherwise;
  const verb = endMs <= nowMs ? 'ended' : 'ends';
  const evidence = { asked: `the end of node agent ${skuId}`, answered: lastDay, at };
  return seen(`Batch ${verb} its support for the node agent ${skuId} on ${lastDay.slice(0, 10)}.`, evidence);
}

const isBelowTarget = ({ nodes, targets }: WatchedPool): boolean =>
  targets !== undefined && (nodes.dedicated < targets.dedicated || nodes.spot < targets.spot);

const isLongSteady = ({ allocationState, allocationStateSince: since }: WatchedPool, nowMs: number): boolean =>
  allocationState === 'Steady' && (since === undefined || Date.parse(since) + STEADY_MINUTES * MINUTE_MS <= nowMs);

/**
 * True when the errors of the last resize say what the pool lacks now. Old errors of a pool that has its nodes, or was
 * set to none since, are no finding (BatchExplorer#2085).
 */
export const isShortOfNodes = (pool: WatchedPool, nowMs: number): boolean =>
  isLongSteady(pool, nowMs) && isBelowTarget(pool) && pool.resizeErrors.length > 0;

/** True when what the image stands on decides what the errors mean. */
export const needsDiagnosis = (pool: WatchedPool, nowMs: number): boolean =>
  isShortOfNodes(pool, nowMs) && verdictOn(pool.resizeErrors)?.decision === 'diagnose';

/** The image is gone, and a finding of its own says so: that no node comes follows from it. */
const isWithoutImage = ({ foundation }: PoolCase): boolean =>
  foundation !== undefined && startingImage(foundation)?.read === 'missing';

function resizeFailed(given: PoolCase): Ruling {
  const { pool, diagnosis, nowMs } = given;
  const evidence = (answered: string) => ({ asked: `GET ${pool.id}`, answered, at: new Date(nowMs).toISOString() });
  if (pool.formulaError && isLongSteady(pool, nowMs)) {
    const { code, message } = pool.formulaError;
    return seen(`The pool's formula cannot be evaluated: ${code}: ${message}`, evidence(`autoScaleRun.error: ${code}`));
  }
  if (!isShortOfNodes(pool, nowMs) || !pool.targets) return CLEAR;
  if (isWithoutImage(given)) return MOOT;
  const errors = pool.resizeErrors.map(({ code }) => code).join(', ');
  const has = `${sumOf(pool.nodes)} of ${sumOf(pool.targets)} nodes`;
  const why = diagnosis ?? verdictOn(pool.resizeErrors)?.sentence ?? decidingError(pool.resizeErrors)?.told ?? errors;
  return seen(`The pool is steady at ${has}. ${why}`, evidence(`Steady at ${has}; resize errors: ${errors}`));
}

/** With 100 % nothing is too much: who cannot let the app reach the data plane says so by that. */
export const countsNodes = ({ mostUnusablePercent }: GuardPolicy): boolean => mostUnusablePercent < 100;

function unusableNodes({ pool, nodeStates, policy, nowMs }: PoolCase): Ruling {
  if (sumOf(pool.nodes) === 0 || !countsNodes(policy)) return CLEAR;
  if (nodeStates.read !== 'found') return untold('the node counts', nodeStates);
  const { total: counted, unusable, startTaskFailed, errors, preempted = 0 } = nodeStates.value;
  // A Spot node that Azure took back is counted, and is not there.
  const total = counted - preempted;
  const broken = unusable + startTaskFailed;
  if (total === 0 || broken * 100 <= total * policy.mostUnusablePercent) return CLEAR;
  const first = errors[0] ? ` The most frequent error: ${errors[0].code}: ${errors[0].message}` : '';
  const answered = `${unusable} unusable, ${startTaskFailed} with a failed start task, of ${total}`;
  return seen(`${broken} of ${total} nodes cannot be used.${first}`, {
    asked: `the node counts of ${pool.id}`,
    answered,
    at: new Date(nowMs).toISOString(),
  });
}

export const NODE_RULES: readonly GuardRule[] = [
  { code: 'NodeAgentEnds', judge: agentEnds },
  { code: 'ResizeFailed', judge: resizeFailed },
  { code: 'UnusableNodes', judge: unusableNodes },
];
