/** The audit of one Batch account: its pools, page by page, against the list of images; what changes is looked at closely. */
import type { KnownFindings } from '../azure/findingsTable';
import type { KnownSheet } from '../azure/guardFiles';
import { liveImages, provesAbsence, type ImageReader } from '../azure/imageReader';
import { inParallel } from '../azure/inParallel';
import { readAccountNodeStates } from '../azure/nodeStates';
import { closeCase, listedCase, readPoolNodeStates, type CaseSetting } from '../azure/poolCase';
import { surveyed, SurveyFault, valueOf } from '../azure/readFact';
import { stockImages, type Stock } from '../azure/stockImages';
import { forEachPoolPage, readWatchedPool } from '../azure/watchedPools';
import { armKey } from '../domain/armId';
import type { Fact } from '../domain/facts';
import type { NodeStates } from '../domain/growth/poolLook';
import { restingPlaces, SheetWriter, storageAccountsIn } from '../domain/guard/accountSheet';
import { unreadAccount, type AccountAudit, type AccountJob } from '../domain/guard/audit';
import { Doubts } from '../domain/guard/doubts';
import type { FindingCode, Judgement } from '../domain/guard/finding';
import { judgePool } from '../domain/guard/judge';
import { changesState, findingId } from '../domain/guard/ledger';
import { countsNodes, needsDiagnosis } from '../domain/guard/nodeRules';
import type { PoolCase } from '../domain/guard/poolCase';
import type { Snooze } from '../domain/guard/snooze';
import type { WatchedPool } from '../domain/guard/watchedPool';
import { isPassing, type Failure, type Outcome } from '../domain/outcome';
import type { Entry } from './findingLedger';
import { POOLS_AT_A_TIME, snoozing, type GuardTools } from './guardTools';

/** What the audit of one account knows beforehand, and what it gathers on the way. */
interface Course {
  readonly tools: GuardTools;
  readonly job: AccountJob;
  readonly setting: CaseSetting;
  readonly known: KnownFindings;
  readonly snoozes: readonly Snooze[];
  readonly lastSheet: KnownSheet | undefined;
  readonly listed: ImageReader;
  readonly live: ImageReader;
  /** By the pool's name in lower case. */
  readonly nodeStates: Fact<ReadonlyMap<string, NodeStates>>;
  readonly sheet: SheetWriter;
  readonly doubts: Doubts;
  /** Keys of the pools that are there. */
  readonly seen: Set<string>;
}

async function readNodeCounts({ arm, policy }: GuardTools, { account }: AccountJob): Promise<Course['nodeStates']> {
  if (!countsNodes(policy)) return { read: 'unasked', because: 'MOST_UNUSABLE_PERCENT' };
  if (account.endpoint === undefined) return { read: 'failed', message: `${account.id} has no endpoint` };
  const counts = await readAccountNodeStates(arm, account.endpoint);
  return counts.ok ? { read: 'found', value: counts.value } : { read: 'failed', message: counts.failure.message };
}

async function setOut(tools: GuardTools, job: AccountJob, stock: Stock): Promise<Course> {
  const { account, agents, nowMs } = job;
  const known = valueOf(await tools.ledger.table.ofHolder(account.id));
  const snoozes = valueOf(await tools.snoozes.ofAccount(account.id));
  const lastSheet = valueOf(await tools.files.readSheet(account.id));
  const accounts = storageAccountsIn([...restingPlaces(lastSheet?.sheet), ...stock.storageAccounts]);
  const live = liveImages(tools.arm, 'leaveUnknown', accounts);
  return {
    ...{ tools, job, known, snoozes, lastSheet, live },
    setting: { agents, policy: tools.policy, nowMs },
    listed: stockImages(stock, live),
    nodeStates: await readNodeCounts(tools, job),
    sheet: new SheetWriter(lastSheet?.sheet),
    doubts: new Doubts(),
    seen: new Set(),
  };
}

/** A pool that the account's counts leave out has no nodes yet, or came after them. */
function statesOf({ nodeStates }: Course, { id }: WatchedPool): Fact<NodeStates> {
  if (nodeStates.read !== 'found') return nodeStates;
  const value = nodeStates.value.get(id.slice(id.lastIndexOf('/') + 1).toLowerCase());
  return value === undefined
    ? { read: 'failed', message: 'it counts no nodes of this pool' }
    : { read: 'found', value };
}

const recordOf = ({ known }: Course, subjectId: string, { code }: Pick<Judgement, 'code'>) =>
  known.get(findingId({ subjectId, code }))?.record;

/** Lists lag, and leave out why: what would open or resolve a finding is asked of Azure itself first. */
function suspicious(course: Course, { pool }: PoolCase, judgements: readonly Judgement[]): ReadonlySet<FindingCode> {
  const isNew = (judgement: Judgement): boolean => changesState(recordOf(course, pool.id, judgement), judgement);
  const isUntold = ({ code, is }: Judgement): boolean =>
    code === 'ResizeFailed' && is === 'seen' && needsDiagnosis(pool, course.job.nowMs);
  return new Set(judgements.filter((one) => isNew(one) || isUntold(one)).map(({ code }) => code));
}

/** A case, and why what is suspicious about it could not be looked at. */
interface Looked {
  readonly given: PoolCase;
  readonly doubt?: string;
}

/** The pool as it is now; undefined when it is going, or gone. */
async function lookClosely(
  course: Course,
  listed: PoolCase,
  suspected: ReadonlySet<FindingCode>,
): Promise<Looked | undefined> {
  const { tools, job, live, setting } = course;
  const { id } = listed.pool;
  const fresh = await readWatchedPool(tools.arm, id, job.account.region);
  if (!fresh.ok && provesAbsence(fresh.failure)) return undefined;
  if (!fresh.ok && !isPassing(fresh.failure)) return { given: listed, doubt: fresh.failure.message };
  const pool = valueOf(fresh);
  if (pool === undefined) return undefined;
  const nodeStates = suspected.has('UnusableNodes') ? await readPoolNodeStates(tools.arm, id) : listed.nodeStates;
  return { given: await closeCase(tools.arm, { pool, images: live, nodeStates }, setting) };
}

/** Where there is doubt, what was suspicious is not known. */
const judgementsOn = ({ given, doubt }: Looked, suspected: ReadonlySet<FindingCode>): readonly Judgement[] =>
  judgePool(given).map((judgement) =>
    doubt !== undefined && suspected.has(judgement.code)
      ? { code: judgement.code, is: 'unknown', why: doubt }
      : judgement,
  );

const entriesOf = (
  { job, snoozes }: Course,
  pool: Pick<WatchedPool, 'id' | 'snoozedUntil'>,
  judgements: readonly Judgement[],
): readonly Entry[] =>
  judgements.map((judgement) => ({
    subjectId: pool.id,
    judgement,
    occasion: { nowMs: job.nowMs, auditId: job.auditId, ...snoozing(pool, judgement.code, snoozes) },
  }));

async function auditPool(course: Course, pool: WatchedPool): Promise<readonly Entry[]> {
  const nodeStates = statesOf(course, pool);
  const listed = await listedCase({ pool, images: course.listed, nodeStates }, course.setting);
  const suspected = suspicious(course, listed, judgePool(listed));
  const looked = suspected.size === 0 ? { given: listed } : await lookClosely(course, listed, suspected);
  if (looked === undefined) return [];
  const judgements = judgementsOn(looked, suspected);
  course.seen.add(armKey(pool.id));
  course.sheet.add(looked.given);
  course.doubts.add(pool.id, judgements);
  return entriesOf(course, looked.given.pool, judgements);
}

async function auditPage(course: Course, pools: readonly WatchedPool[]): Promise<void> {
  const entries = await inParallel(pools, POOLS_AT_A_TIME, (pool) => auditPool(course, pool));
  valueOf(await course.tools.ledger.enter(entries.flat(), course.known));
}

/** Findings about a pool that was not listed; that artifacts are left over is about just such pools. */
function unseen({ known, seen }: Course): ReadonlyMap<string, readonly Judgement[]> {
  const records = [...known.values()]
    .map(({ record }) => record)
    .filter(({ state, code }) => state !== 'resolved' && code !== 'OrphanArtifacts' && code !== 'AccountNotRead')
    .filter(({ subjectId }) => !seen.has(armKey(subjectId)));
  const bySubject = Map.groupBy(records, ({ subjectId }) => subjectId);
  return new Map([...bySubject].map(([id, own]) => [id, own.map(({ code }) => ({ code, is: 'clear' as const }))]));
}

/** What was wrong with a pool is over when it is gone, which only a 404 proves. */
async function resolveGone(course: Course): Promise<void> {
  const { tools, job, known } = course;
  const subjects = [...unseen(course)];
  const entries = await inParallel(subjects, POOLS_AT_A_TIME, async ([id, judgements]) => {
    const pool = await readWatchedPool(tools.arm, id, job.account.region);
    return !pool.ok && provesAbsence(pool.failure) ? entriesOf(course, { id }, judgements) : [];
  });
  valueOf(await tools.ledger.enter(entries.flat(), known));
}

async function enterAccount({ tools, job, known }: Course, judgement: Judgement): Promise<void> {
  const occasion = { nowMs: job.nowMs, auditId: job.auditId };
  valueOf(await tools.ledger.enter([{ subjectId: job.account.id, judgement, occasion }], known));
}

async function notRead(course: Course, failure: Failure): Promise<AccountAudit> {
  const { account, nowMs } = course.job;
  if (isPassing(failure)) throw new SurveyFault(failure);
  const evidence = [{ asked: `GET ${account.id}/pools`, answered: failure.code, at: new Date(nowMs).toISOString() }];
  await enterAccount(course, { code: 'AccountNotRead', is: 'seen', message: failure.message, evidence });
  return unreadAccount(account.id, failure.message);
}

async function finish(course: Course): Promise<AccountAudit> {
  const { tools, job, sheet, doubts, lastSheet, seen } = course;
  const { id: accountId, region } = job.account;
  await resolveGone(course);
  await enterAccount(course, { code: 'AccountNotRead', is: 'clear' });
  const readAt = new Date(job.nowMs).toISOString();
  if (!valueOf(await tools.files.writeSheet(sheet.sheet({ accountId, region, readAt }), lastSheet))) {
    const message = `A pool of ${accountId} was looked at by itself while the account was audited.`;
    throw new SurveyFault({ kind: 'conflict', code: 'AuditOvertaken', message });
  }
  return { accountId, pools: seen.size, poolsInDoubt: doubts.pools, gaps: doubts.gaps(accountId) };
}

/** Safe to run twice, and done again as a whole when Azure throttles or a fault passes. */
export const auditAccount = (tools: GuardTools, job: AccountJob, stock: Stock): Promise<Outcome<AccountAudit>> =>
  surveyed(async () => {
    const course = await setOut(tools, job, stock);
    const listed = await forEachPoolPage(tools.arm, job.account, (pools) => auditPage(course, pools));
    return listed.ok ? finish(course) : notRead(course, listed.failure);
  });
