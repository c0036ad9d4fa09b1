/** The activities of the guard: which accounts changes concern, a look at their pools, and snoozes. */
import { readAccount } from '../azure/batchReads';
import type { KnownFindings } from '../azure/findingsTable';
import { liveImages, provesAbsence, type ImageReader } from '../azure/imageReader';
import { inParallel } from '../azure/inParallel';
import { closeCase } from '../azure/poolCase';
import { surveyed, SurveyFault, valueOf } from '../azure/readFact';
import { readWatchedPool } from '../azure/watchedPools';
import { armKey, regionKey, sameArmId } from '../domain/armId';
import { found } from '../domain/facts';
import {
  dependentsIn,
  isSameSheet,
  restingPlaces,
  sheetWith,
  storageAccountsIn,
  type AccountSheet,
} from '../domain/guard/accountSheet';
import { isPool, type ResourceChange } from '../domain/guard/change';
import type { Judgement } from '../domain/guard/finding';
import { judgePool } from '../domain/guard/judge';
import type { Occasion } from '../domain/guard/ledger';
import type { PoolCase } from '../domain/guard/poolCase';
import type { Snooze } from '../domain/guard/snooze';
import type { Outcome } from '../domain/outcome';
import type { Dependents, PoolsCheck, PoolsChecked } from '../orchestrators/contracts';
import type { Entry } from './findingLedger';
import { POOLS_AT_A_TIME, snoozing, type GuardTools } from './guardTools';

/** An audit and a few events may want to change one sheet at the same time. */
const MOST_TRIES = 5;

/** Places in the list of those changes that concern a pool of the sheet. */
function concerning(changes: readonly ResourceChange[], sheet: AccountSheet): readonly number[] {
  const dependents = dependentsIn(sheet);
  return changes.flatMap(({ resourceId }, place) => (dependents(resourceId).length > 0 ? [place] : []));
}

const findDependents = ({ files }: GuardTools, changes: readonly ResourceChange[]): Promise<Outcome<Dependents>> =>
  surveyed(async () => {
    const known = valueOf(await files.readLast()) !== undefined;
    const sheets = known ? valueOf(await files.readSheets()) : [];
    const all = sheets.map((sheet) => ({ accountId: sheet.accountId, changes: concerning(changes, sheet) }));
    return { known, accounts: all.filter((account) => account.changes.length > 0) };
  });

/** Everything that is the same for the pools of one check. */
interface Course {
  readonly tools: GuardTools;
  readonly check: PoolsCheck;
  readonly region: string;
  readonly known: KnownFindings;
  readonly snoozes: readonly Snooze[];
  readonly images: ImageReader;
}

async function sheetOf({ arm, files }: GuardTools, { accountId, nowMs }: PoolsCheck): Promise<AccountSheet> {
  const sheet = valueOf(await files.readSheet(accountId))?.sheet;
  if (sheet !== undefined) return sheet;
  // An account that no audit has read yet.
  const region = regionKey(found(await readAccount(arm, accountId))?.account.location ?? '');
  return { accountId, region, readAt: new Date(nowMs).toISOString(), images: [], pools: [] };
}

const openOf = ({ known }: Pick<Course, 'known'>, poolId: string) =>
  [...known.values()]
    .map(({ record }) => record)
    .filter(({ subjectId, state }) => sameArmId(subjectId, poolId) && state !== 'resolved');

/** Pools that the check is about, each once. */
function concernedPools(course: Course, sheet: AccountSheet): readonly string[] {
  const { changes, openedSince } = course.check;
  const dependents = dependentsIn(sheet);
  const all = changes.flatMap(({ resourceId }) => (isPool(resourceId) ? [resourceId] : dependents(resourceId)));
  const ids = [...new Map(all.map((id) => [armKey(id), id])).values()];
  if (openedSince === undefined) return ids;
  return ids.filter((id) => openOf(course, id).some(({ firstSeen }) => firstSeen >= openedSince));
}

interface Checked {
  readonly poolId: string;
  readonly entries: readonly Entry[];
  /** What the sheet is to remember: the pool, that it is gone, or what it remembers already. */
  readonly now: PoolCase | 'gone' | 'going';
}

function occasionOf({ check, snoozes }: Course, pool: Parameters<typeof snoozing>[0], { code }: Judgement): Occasion {
  const { changes, nowMs } = check;
  const causes = changes.filter(({ verb }) => verb === 'deleted');
  return { nowMs, causes, ...snoozing(pool, code, snoozes) };
}

/** Throws a `SurveyFault` for a fault that passes: an event is not given up for it. */
async function checkPool(course: Course, poolId: string): Promise<Checked> {
  const { tools, check, region, images } = course;
  const answer = await readWatchedPool(tools.arm, poolId, region);
  const isGone = !answer.ok && provesAbsence(answer.failure);
  const pool = isGone ? undefined : valueOf(answer);
  const enter = (id: string, judgements: readonly Judgement[]): readonly Entry[] =>
    judgements.map((judgement) => ({
      subjectId: id,
      judgement,
      occasion: occasionOf(course, pool ?? { id }, judgement),
    }));
  if (isGone) {
    // That artifacts are left over is about a pool that is gone.
    const open = openOf(course, poolId).filter(({ code }) => code !== 'OrphanArtifacts');
    return {
      poolId,
      entries: enter(
        poolId,
        open.map(({ code }) => ({ code, is: 'clear' })),
      ),
      now: 'gone',
    };
  }
  if (pool === undefined) return { poolId, entries: [], now: 'going' };
  // Agents and nodes are the audit's to look at: no event tells of them.
  const unasked = { read: 'unasked', because: 'the event' } as const;
  const setting = { agents: unasked, policy: tools.policy, nowMs: check.nowMs };
  const given = await closeCase(tools.arm, { pool, images, nodeStates: unasked }, setting);
  return { poolId, entries: enter(pool.id, judgePool(given)), now: given };
}

function sheetAfter(sheet: AccountSheet, checked: readonly Checked[]): AccountSheet {
  return checked.reduce((last, { poolId, now }) => {
    if (now === 'going') return last;
    return sheetWith(last, poolId.slice(poolId.lastIndexOf('/') + 1), now === 'gone' ? undefined : now);
  }, sheet);
}

async function rememberPools(tools: GuardTools, check: PoolsCheck, checked: readonly Checked[]): Promise<void> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const known = valueOf(await tools.files.readSheet(check.accountId));
    const sheet = known?.sheet ?? (await sheetOf(tools, check));
    const after = sheetAfter(sheet, checked);
    // A write that changes nothing would make an audit of the account begin again.
    if (known?.sheet !== undefined && isSameSheet(after, known.sheet)) return;
    if (valueOf(await tools.files.writeSheet(after, known))) return;
  }
  const message = `What is remembered of ${check.accountId} was changed by others ${MOST_TRIES} times while it was written.`;
  throw new SurveyFault({ kind: 'conflict', code: 'SheetOvertaken', message });
}

const checkPools = (tools: GuardTools, check: PoolsCheck): Promise<Outcome<PoolsChecked>> =>
  surveyed(async () => {
    const { accountId, changes: asked } = check;
    const sheet = await sheetOf(tools, check);
    const accounts = storageAccountsIn([...restingPlaces(sheet), ...asked.map(({ resourceId }) => resourceId)]);
    const course: Course = {
      ...{ tools, check, region: sheet.region },
      known: valueOf(await tools.ledger.table.ofHolder(accountId)),
      snoozes: valueOf(await tools.snoozes.ofAccount(accountId)),
      images: liveImages(tools.arm, 'endReading', accounts),
    };
    const ids = concernedPools(course, sheet);
    const answers = await inParallel(ids, POOLS_AT_A_TIME, (id) => surveyed(() => checkPool(course, id)));
    const checked = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const changes = valueOf(
      await tools.ledger.enter(
        checked.flatMap(({ entries }) => entries),
        course.known,
      ),
    );
    if (checked.length > 0) await rememberPools(tools, check, checked);
    // What could be told is told; the whole is done again for what could not.
    answers.forEach(valueOf);
    return { pools: ids.length, ...changes };
  });

export function createPoolGuard(tools: GuardTools) {
  return {
    findDependents: (changes: readonly ResourceChange[]) => findDependents(tools, changes),
    checkPools: (check: PoolsCheck) => checkPools(tools, check),
    snoozePool: (snooze: Snooze) => tools.snoozes.put(snooze),
  };
}
