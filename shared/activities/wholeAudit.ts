/** The part of an audit that needs all accounts together: shared images, leftovers, accounts that are gone, dead letters. */
import { readAccount } from '../azure/batchReads';
import { liveImages, provesAbsence } from '../azure/imageReader';
import { inParallel } from '../azure/inParallel';
import { surveyed, valueOf } from '../azure/readFact';
import { readWatchedPool } from '../azure/watchedPools';
import { armKey } from '../domain/armId';
import type { AccountSheet } from '../domain/guard/accountSheet';
import type { Gap, WholeAudit, WholeJob } from '../domain/guard/audit';
import type { StoredResource } from '../domain/guard/imageStock';
import type { FindingRecord } from '../domain/guard/ledger';
import { orphanSuspects, type OrphanSuspect } from '../domain/guard/orphans';
import { holderOf, QUEUES } from '../domain/guard/poolId';
import {
  clearOthers,
  deadLetterJudgement,
  orphanJudgement,
  sharedNodeJudgements,
  type SubjectJudgement,
} from '../domain/guard/wholeRules';
import type { Outcome } from '../domain/outcome';
import { isAllowed } from '../domain/scope';
import { POOLS_AT_A_TIME, snoozing, type GuardTools } from './guardTools';

interface Course {
  readonly tools: GuardTools;
  readonly job: WholeJob;
  /** ISO 8601. */
  readonly at: string;
  readonly sheets: readonly AccountSheet[];
  readonly unresolved: readonly FindingRecord[];
}

const isWhole = ({ accounts }: WholeJob): boolean => accounts.every(({ read }) => read);

/** What of a suspect is really there while its pool is not; lists lag behind both. Nothing when all is as it should be. */
async function orphan(
  { tools, at }: Course,
  { poolId, artifacts }: OrphanSuspect,
): Promise<readonly SubjectJudgement[]> {
  const pool = await readWatchedPool(tools.arm, poolId, '');
  if (pool.ok) return [];
  if (!provesAbsence(pool.failure)) return [unknownOrphan(poolId, pool.failure.message)];
  const { source } = liveImages(tools.arm, 'leaveUnknown');
  const facts = await inParallel(artifacts, POOLS_AT_A_TIME, async (id) => ({ id, fact: await source(id) }));
  const present = facts.filter(({ fact }) => fact.read === 'found').map(({ id }) => id);
  if (present.length > 0) return [orphanJudgement(poolId, present, at)];
  const hidden = facts.find(({ fact }) => fact.read !== 'missing');
  return hidden === undefined ? [] : [unknownOrphan(poolId, `${hidden.id} could not be read.`)];
}

const unknownOrphan = (poolId: string, why: string): SubjectJudgement => ({
  subjectId: poolId,
  judgement: { code: 'OrphanArtifacts', is: 'unknown', why },
});

async function orphans(course: Course, stock: readonly StoredResource[]): Promise<readonly SubjectJudgement[]> {
  const { job, sheets, unresolved } = course;
  // What stands on what is known only when everything was read.
  if (!job.stockIsWhole || !isWhole(job)) return [];
  const suspects = orphanSuspects(stock, sheets, job.nowMs);
  const proved = (await inParallel(suspects, POOLS_AT_A_TIME, (suspect) => orphan(course, suspect))).flat();
  const ids = proved.map(({ subjectId }) => subjectId);
  return [...proved, ...clearOthers('OrphanArtifacts', ids, unresolved)];
}

interface Looked {
  readonly judgements: readonly SubjectJudgement[];
  readonly gaps: readonly Gap[];
}

async function lookAtDeadLetters({ tools, at }: Course, queue: string): Promise<Looked> {
  const letters = await tools.deadLetters.look(queue);
  return letters.ok
    ? { judgements: [deadLetterJudgement(queue, letters.value, at)], gaps: [] }
    : { judgements: [], gaps: [{ what: `the dead-letter queue of ${queue}`, why: letters.failure.message }] };
}

/** Accounts that the guard looked after and no longer finds: gone by a 404, or taken off the allow-list. */
async function goneAccounts({ tools, job, sheets, unresolved }: Course): Promise<readonly string[]> {
  const watched = new Set(job.accounts.map(({ id }) => armKey(id)));
  const holders = [...sheets.map(({ accountId }) => accountId), ...unresolved.map((one) => holderOf(one.subjectId))];
  const others = new Map(holders.map((id) => [armKey(id), id]));
  const missing = [...others].filter(([key]) => key !== QUEUES && !watched.has(key)).map(([, id]) => id);
  const looked = await inParallel(missing, POOLS_AT_A_TIME, async (id) => {
    const isOff = !isAllowed(id, tools.arm.settings.allowedScopes);
    return isOff || (await readAccount(tools.arm, id)).read === 'missing' ? [id] : [];
  });
  return looked.flat();
}

const forgotten = (gone: readonly string[], unresolved: readonly FindingRecord[]): readonly SubjectJudgement[] => {
  const keys = new Set(gone.map(armKey));
  return unresolved
    .filter(({ subjectId }) => keys.has(armKey(holderOf(subjectId))))
    .map(({ subjectId, code }) => ({ subjectId, judgement: { code, is: 'clear' } }));
};

/** Enters judgements, the ones of each account together. */
async function enter({ tools, job }: Course, judgements: readonly SubjectJudgement[]): Promise<void> {
  const { ledger } = tools;
  for (const [holder, own] of Map.groupBy(judgements, ({ subjectId }) => armKey(holderOf(subjectId)))) {
    const known = valueOf(await ledger.table.ofHolder(holder));
    const snoozes = holder === QUEUES ? [] : valueOf(await tools.snoozes.ofAccount(holder));
    const entries = own.map(({ subjectId, judgement }) => ({
      subjectId,
      judgement,
      occasion: {
        nowMs: job.nowMs,
        auditId: job.auditId,
        ...snoozing({ id: subjectId }, judgement.code, snoozes),
      },
    }));
    valueOf(await ledger.enter(entries, known));
  }
}

/** Safe to run twice. */
export const auditWhole = (
  tools: GuardTools,
  job: WholeJob,
  stock: readonly StoredResource[],
): Promise<Outcome<WholeAudit>> =>
  surveyed(async () => {
    const at = new Date(job.nowMs).toISOString();
    const all = valueOf(await tools.files.readSheets());
    const unresolved = valueOf(await tools.ledger.table.unresolved());
    const gone = await goneAccounts({ tools, job, at, sheets: all, unresolved });
    const goneKeys = new Set(gone.map(armKey));
    const sheets = all.filter(({ accountId }) => !goneKeys.has(armKey(accountId)));
    const course: Course = { tools, job, at, sheets, unresolved };
    const letters = await inParallel(tools.queues, POOLS_AT_A_TIME, (queue) => lookAtDeadLetters(course, queue));
    await enter(course, [
      ...forgotten(gone, unresolved),
      ...sharedNodeJudgements(sheets, unresolved, { isWhole: isWhole(job), at }),
      ...(await orphans(course, stock)),
      ...letters.flatMap(({ judgements }) => judgements),
    ]);
    for (const id of gone) valueOf(await tools.files.removeSheet(id));
    return { gaps: letters.flatMap(({ gaps }) => gaps) };
  });
