/** The growing of one pool, as a state machine: what to do next, when, and what an answer means. */
import { DEFAULT_RESIZE_TIMEOUT_MINUTES } from '../limits';
import { isPassing, type Failure, type Outcome } from '../outcome';
import { longestStayMs, pauseMs, RHYTHMS } from '../waiting';
import { startCounting } from './counting';
import { diagnose } from './diagnose';
import type { DiagnosisFacts } from './diagnosis';
import { AFTER_RESIZE_TIMEOUT_MS, RETRY_LATER_MINUTES, TOTAL_MS, UNTIL_IT_SHOWS_MS } from './growingLimits';
import type { GrowthJob, ResizeAnswer } from './growthJob';
import { failed, reachText, withFinding, withPoint } from './growthReport';
import { reaches, type Growing, type GrowthStep } from './growthState';
import { act, fallShort, overdue, whenSteady } from './ordering';
import { answered, lastingText, lookAgain, putOff } from './pacing';
import { sumOf, type PoolLook } from './poolLook';
import { verdictOn } from './resizeErrors';
import type { ResizeVerdict } from './verdictOnErrors';

export { afterCount } from './counting';
export { progressOf } from './growthReport';
export type { Growing, GrowthStep } from './growthState';

/** A pool that stands and shall get more nodes is looked at at once; one that was just created has none yet. */
export const startGrowing = (job: GrowthJob, nowMs: number): Growing => ({
  job,
  step: { do: 'look', dueMs: job.stood === true ? nowMs : nowMs + pauseMs(RHYTHMS.pool, 1) },
  startedAtMs: nowMs,
  atMs: nowMs,
  deadlineMs: nowMs + TOTAL_MS,
  latestMs: longestStayMs(nowMs),
  missing: false,
  over: [],
  mostNodes: 0,
  grewAtMs: nowMs,
  pacedFromMs: nowMs,
  looks: 1,
  tries: 0,
  resizes: 0,
  fruitless: 0,
  troubles: {},
  findings: [],
});

/** What to do next, not before it is due. */
export const nextStep = (growing: Growing): GrowthStep => growing.step;

/** After a look at the pool. */
export function afterLook(before: Growing, answer: Outcome<PoolLook>, nowMs: number): Growing {
  const growing = { ...before, atMs: nowMs };
  if (!answer.ok) return afterFailedLook(growing, answer.failure);
  const look = answer.value;
  const seen = withLook(growing, look);
  const { poolId, targets } = growing.job;
  const gone = goneFor(growing, look);
  if (gone) return gone;
  if (look.formula?.error && targets === undefined) {
    const { code, message } = look.formula.error;
    return failed(seen, code, `The formula of ${poolId} could not be evaluated: ${message} Correct the formula.`);
  }
  if (look.allocationState !== 'Steady') return whileResizing(seen);
  if (targets === undefined) return whenFormulaRests(seen, look);
  if (reaches(look.nodes, targets)) return startCounting(seen);
  if (look.formula) {
    const why = 'Someone gave it a formula, which decides on its nodes now, so no resize is sent.';
    return fallShort(seen, 'PoolScalesByFormula', why);
  }
  return whenSteady(seen, { look, targets });
}

/** The end of a pool that is not there any more, or will not be; undefined when it is. */
function goneFor(before: Growing, look: PoolLook): Growing | undefined {
  const { poolId } = before.job;
  const createdAt = before.look?.createdAt;
  if (createdAt !== undefined && look.createdAt !== undefined && createdAt !== look.createdAt) {
    const message = `The pool ${poolId} was deleted, and another one of its name created at ${look.createdAt}; that one is not resized.`;
    return failed(before, 'PoolReplaced', message);
  }
  if (!look.deleting) return undefined;
  const message = `The pool ${poolId} is being deleted, so it gets no more nodes; someone may have deleted it.`;
  return failed(withLook(before, look), 'PoolBeingDeleted', message);
}

function withLook(growing: Growing, look: PoolLook): Growing {
  const nodes = sumOf(look.nodes);
  const hasGrown = nodes > growing.mostNodes;
  const isSteady = look.allocationState === 'Steady';
  const isSame = growing.underway !== undefined && growing.underway.startedAt === look.resizeStartedAt;
  const underway = isSame ? growing.underway : { startedAt: look.resizeStartedAt, seenAtMs: growing.atMs };
  return {
    ...answered(growing, 'look'),
    look,
    missing: false,
    looks: growing.looks + 1,
    over: withPoint(growing.over, look.nodes, growing.atMs),
    ...(hasGrown ? { mostNodes: nodes, grewAtMs: growing.atMs } : {}),
    underway: isSteady ? undefined : underway,
    idleSinceMs: isSteady ? growing.idleSinceMs : undefined,
  };
}

function afterFailedLook(growing: Growing, failure: Failure): Growing {
  if (failure.kind === 'notFound') {
    // One 404 can be a replica of ARM that is behind; two looks apart are no longer that.
    if (!growing.missing) return lookAgain({ ...growing, missing: true, looks: growing.looks + 1 });
    const message = `The pool ${growing.job.poolId} is not there any more (404 at two looks); someone may have deleted it.`;
    return failed(growing, 'ResourceVanished', message);
  }
  const later = isPassing(failure) ? putOff(growing, 'look', failure) : undefined;
  return later ?? failed(growing, failure.code, lastingText(growing, 'look', failure));
}

function whileResizing(growing: Growing): Growing {
  const { atMs, underway, job, look, deadlineMs } = growing;
  // Of a pool that stood, the resize may be someone else's.
  const timeoutMinutes = look?.resizeTimeoutMinutes ?? job.resizeTimeoutMinutes ?? DEFAULT_RESIZE_TIMEOUT_MINUTES;
  const underwayMs = atMs - (underway?.seenAtMs ?? atMs);
  if (underwayMs > timeoutMinutes * 60_000 + AFTER_RESIZE_TIMEOUT_MS) {
    const why = `Its resize has gone on for ${Math.round(underwayMs / 60_000)} minutes, although Azure should have ended it after ${timeoutMinutes}. Stop the resize of the pool in Azure, then send the request again.`;
    return fallShort(growing, 'ResizeStuck', why);
  }
  return atMs >= deadlineMs ? overdue(growing) : lookAgain(growing);
}

/** A pool that scales by formula is as large as its formula says once that was evaluated. */
function whenFormulaRests(growing: Growing, look: PoolLook): Growing {
  if (look.formula?.evaluatedAt === undefined) {
    if (growing.atMs < growing.deadlineMs) return lookAgain(growing);
    const why =
      'Its formula was not evaluated all day. Look at the formula and its interval, then send the request again.';
    return failed(growing, 'DeadlineExceeded', `${reachText(growing)} ${why}`);
  }
  const verdict = verdictOn(look.resizeErrors);
  const isWhole = look.formula.asksFor === undefined || reaches(look.nodes, look.formula.asksFor);
  if (isWhole && !verdict) return startCounting(growing);
  // The resize that the evaluation asks for may not have begun yet.
  const idleSinceMs = growing.idleSinceMs ?? growing.atMs;
  if (!verdict && growing.atMs - idleSinceMs < UNTIL_IT_SHOWS_MS) return lookAgain({ ...growing, idleSinceMs });
  const asked = look.formula.asksFor === undefined ? 'more' : sumOf(look.formula.asksFor);
  const why = verdict?.sentence ?? 'Azure does not say why it did not bring them.';
  const message = `${reachText(growing)} Its formula asked for ${asked}; the formula will ask again by itself. ${why}`;
  return startCounting(withFinding(growing, 'PoolBelowTarget', message));
}

/** After an order was sent. */
export function afterResize(before: Growing, answer: Outcome<ResizeAnswer>, nowMs: number): Growing {
  const growing = { ...before, atMs: nowMs };
  if (!answer.ok) return afterFailedResize(growing, answer.failure);
  const order = growing.order && { ...growing.order, sentAtMs: nowMs };
  const sent = {
    ...answered(growing, 'resize'),
    order,
    tries: growing.tries + 1,
    resizes: growing.resizes + (answer.value.state === 'begun' ? 1 : 0),
    idleSinceMs: undefined,
    pacedFromMs: nowMs,
    // Not the pause of a new pool: a resize that cannot work says so within minutes.
    looks: 2,
  };
  return lookAgain(sent);
}

/** The pool changed after the look (412), or is gone: the next look tells. */
const isOutdated = ({ kind, status }: Failure): boolean => kind === 'notFound' || status === 412;

function afterFailedResize(growing: Growing, failure: Failure): Growing {
  const later = isPassing(failure) || isOutdated(failure) ? putOff(growing, 'resize', failure) : undefined;
  return later ?? fallShort(growing, failure.code, lastingText(growing, 'resize', failure));
}

/** After it was looked up why an allocation failed. */
export function afterDiagnosis(before: Growing, answer: Outcome<DiagnosisFacts>, nowMs: number): Growing {
  const growing = { ...before, atMs: nowMs };
  const { look, job, verdict } = growing;
  if (!look || !job.targets || !verdict) return lookAgain(growing);
  const lack = { look, targets: job.targets };
  if (answer.ok) return act(answered(growing, 'diagnose'), lack, diagnose(look.resizeErrors, answer.value));
  const later = isPassing(answer.failure) ? putOff(growing, 'diagnose', answer.failure) : undefined;
  return later ?? act(answered(growing, 'diagnose'), lack, undiagnosed(verdict, answer.failure));
}

const undiagnosed = (verdict: ResizeVerdict, { message }: Failure): ResizeVerdict => ({
  ...verdict,
  decision: 'retryLater',
  afterMinutes: RETRY_LATER_MINUTES,
  sentence: `${verdict.sentence} What the image rests on could not be looked up: ${message}`,
});
