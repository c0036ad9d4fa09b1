/** What a steady pool below its targets gets: a resize now, later or in smaller steps, a diagnosis, or an end. */
import {
  MOST_FRUITLESS_RESIZES,
  MOST_RESIZES,
  NO_PROGRESS_MS,
  OLD_NEWS_MS,
  RETRY_LATER_MINUTES,
  TOTAL_MS,
  UNTIL_IT_SHOWS_MS,
} from './growingLimits';
import { startCounting } from './counting';
import { acceptedNodes, failed, reachText, withFinding } from './growthReport';
import { markOf, nodesOf, reaches, sameMark, type Growing, type StandingOrder } from './growthState';
import { lookAgain } from './pacing';
import { sumOf, type NodeCounts, type PoolLook } from './poolLook';
import { verdictOn } from './resizeErrors';
import { askFor, halved } from './stepSize';
import type { ResizeDecision, ResizeVerdict } from './verdictOnErrors';

const MINUTE = 60_000;

/** The end of a pool that gets no more nodes: by what the request accepts, it is grown or failed. */
export function fallShort(growing: Growing, code: string, why: string): Growing {
  const { targets } = growing.job;
  if (targets !== undefined && reaches(nodesOf(growing), targets)) return startCounting(growing);
  const accepted = acceptedNodes(growing);
  if (accepted === undefined) return failed(growing, code, `${reachText(growing)} ${why}`);
  const message = `${reachText(growing)} The request accepts ${accepted} (pool.acceptAtLeast). ${why}`;
  return startCounting(withFinding(growing, 'PoolBelowTarget', message));
}

/** What went wrong last, for the end by a limit. */
function lastWord({ verdict, troubles }: Growing): string {
  const words = [verdict?.sentence, troubles.resize?.said].filter((text) => text !== undefined);
  return words.length === 0 ? 'Look at the pool in Azure, then send the request again.' : words.join(' ');
}

export function overdue(growing: Growing): Growing {
  const passed = hours(growing.atMs - growing.startedAtMs);
  const why = `Growing may take ${hours(TOTAL_MS)}; ${passed} have passed, so no further resize is sent.`;
  return fallShort(growing, 'DeadlineExceeded', `${why} ${lastWord(growing)}`);
}

const hours = (ms: number): string => `${Math.round(ms / (60 * MINUTE))} hours`;

/** What decides on a pool that has less than it should. */
export interface Lack {
  readonly look: PoolLook;
  readonly targets: NodeCounts;
}

/** A steady pool below its targets. */
export function whenSteady(growing: Growing, lack: Lack): Growing {
  const { order } = growing;
  const { look } = lack;
  if (order && sameMark(order.mark, markOf(look))) return whenUnmoved(growing, lack, order);
  if (order && reaches(look.nodes, order.targets)) {
    const stepNodes = 2 * (growing.stepNodes ?? order.more);
    return placeOrder({ ...growing, stepNodes, fruitless: 0, verdict: undefined }, lack, { by: 'stepReached' });
  }
  const verdict = isOldNews(growing, look) ? undefined : verdictOn(look.resizeErrors);
  return verdict ? act(growing, lack, verdict) : whenIdle(growing, lack);
}

/** No resize since the look that the last order rests on: it was not sent, or it does not show yet, or it got lost. */
function whenUnmoved(growing: Growing, lack: Lack, order: StandingOrder): Growing {
  const { sentAtMs } = order;
  if (sentAtMs === undefined) return send(growing, lack.look, order);
  if (growing.atMs - sentAtMs < UNTIL_IT_SHOWS_MS) return lookAgain(growing);
  return send(growing, lack.look, withOtherTargets(growing, lack, order));
}

/**
 * Whether Azure resizes for a PATCH that leaves the targets as they are, no page says: an order that moved nothing asks for
 * one node less the next time, and for all of them again after that.
 */
function withOtherTargets({ stepNodes }: Growing, { look, targets }: Lack, order: StandingOrder): StandingOrder {
  if (order.isOneLess === true) return { ...order, ...askFor(look.nodes, targets, stepNodes), isOneLess: false };
  const oneLess = sumOf(order.targets) - sumOf(look.nodes) - 1;
  return { ...order, targets: askFor(look.nodes, order.targets, Math.max(0, oneLess)).targets, isOneLess: true };
}

/** The resize of a creation may end before the growing begins; of a pool that stood, none that did is a matter of this growing. */
function isOldNews({ startedAtMs, job }: Growing, look: PoolLook): boolean {
  const ended = look.allocationStateSince ?? look.resizeStartedAt;
  const newsFromMs = job.stood === true ? startedAtMs : startedAtMs - OLD_NEWS_MS;
  return ended !== undefined && Date.parse(ended) < newsFromMs;
}

/** Nothing went wrong: the resize of the creation may not have begun yet. */
function whenIdle(growing: Growing, lack: Lack): Growing {
  const idleSinceMs = growing.idleSinceMs ?? growing.atMs;
  const isNew = !isOldNews(growing, lack.look) && growing.atMs - idleSinceMs < UNTIL_IT_SHOWS_MS;
  if (isNew) return lookAgain({ ...growing, idleSinceMs });
  return placeOrder({ ...growing, verdict: undefined }, lack, { by: 'noErrors' });
}

/** Does what the verdict on the errors of a look says. */
export const act = (growing: Growing, lack: Lack, verdict: ResizeVerdict): Growing =>
  ACTS[verdict.decision]({ ...growing, verdict }, lack, verdict);

const hasGrown = ({ order }: Growing, { look }: Lack): boolean =>
  sumOf(look.nodes) > (order === undefined ? 0 : sumOf(order.from));

const ACTS: Readonly<Record<ResizeDecision, typeof act>> = {
  retryNow: (growing, lack) => {
    const wasFruitless = growing.order?.by === 'retryNow' && !hasGrown(growing, lack);
    const fruitless = wasFruitless ? growing.fruitless + 1 : 0;
    const afterMinutes = fruitless < MOST_FRUITLESS_RESIZES ? 0 : RETRY_LATER_MINUTES;
    return placeOrder({ ...growing, fruitless }, lack, { by: 'retryNow', afterMinutes });
  },
  retryLater: (growing, lack, { afterMinutes = RETRY_LATER_MINUTES }) =>
    placeOrder({ ...growing, fruitless: 0 }, lack, { by: 'retryLater', afterMinutes }),
  stepDown: (growing, lack) => {
    const asked = growing.order?.more ?? sumOf(lack.targets);
    // No smaller step is left: only time can help.
    const afterMinutes = asked > 1 || hasGrown(growing, lack) ? 0 : RETRY_LATER_MINUTES;
    return placeOrder({ ...growing, stepNodes: halved(asked), fruitless: 0 }, lack, { by: 'stepDown', afterMinutes });
  },
  giveUp: (growing, _lack, { code, sentence }) => fallShort(growing, code, sentence),
  diagnose: (growing) => ({ ...growing, step: { do: 'diagnose', dueMs: growing.atMs } }),
};

interface Reason {
  readonly by: StandingOrder['by'];
  readonly afterMinutes?: number;
}

function placeOrder(growing: Growing, { look, targets }: Lack, { by, afterMinutes = 0 }: Reason): Growing {
  const ask = askFor(look.nodes, targets, growing.stepNodes);
  const dueMs = growing.atMs + afterMinutes * MINUTE;
  return send(growing, look, { ...ask, from: look.nodes, mark: markOf(look), by, dueMs });
}

/** The order goes out with the etag of this look, unless a limit is reached. */
function send(growing: Growing, look: PoolLook, order: StandingOrder): Growing {
  const { atMs, tries, grewAtMs, deadlineMs } = growing;
  const dueMs = Math.max(atMs, order.dueMs);
  if (dueMs >= deadlineMs) return overdue(growing);
  if (tries >= MOST_RESIZES) {
    return fallShort(growing, 'TooManyResizes', `${tries} resizes were tried, and no more are. ${lastWord(growing)}`);
  }
  if (atMs - grewAtMs >= NO_PROGRESS_MS) {
    const why = `No new node came for ${hours(atMs - grewAtMs)}, so no further resize is sent. ${lastWord(growing)}`;
    return fallShort(growing, 'NoProgress', why);
  }
  const etag = look.etag === undefined ? {} : { etag: look.etag };
  return { ...growing, order, step: { do: 'resize', dueMs, targets: order.targets, ...etag } };
}
