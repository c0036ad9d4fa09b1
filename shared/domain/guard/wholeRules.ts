/** Rules that need more than one pool: images that are shared, what builds left over, and messages that nobody acted on. */
import { armKey } from '../armId';
import { MAX_DEDICATED_NODES, MAX_SPOT_NODES } from '../limits';
import type { AccountSheet } from './accountSheet';
import type { FindingCode, Judgement } from './finding';
import type { FindingRecord } from './ledger';
import { judged, seen } from './poolCase';
import { crowdedPools, type CrowdedPool } from './sharedNodes';

export interface SubjectJudgement {
  readonly subjectId: string;
  readonly judgement: Judgement;
}

/** Clears the open entries of a code that are about none of these subjects. */
export function clearOthers(
  code: FindingCode,
  stillSeen: readonly string[],
  unresolved: readonly FindingRecord[],
): readonly SubjectJudgement[] {
  const keys = new Set(stillSeen.map(armKey));
  return unresolved
    .filter((record) => record.code === code && !keys.has(armKey(record.subjectId)))
    .map(({ subjectId }) => ({ subjectId, judgement: { code, is: 'clear' } }));
}

const nodesText = (dedicated: number, spot: number): string => `${dedicated} dedicated and ${spot} Spot nodes`;

function crowded({ poolId, pools, dedicated, spot }: CrowdedPool, at: string): SubjectJudgement {
  const message =
    `${pools} pools stand on the image of this pool, or on images of the same snapshots, and have ${nodesText(dedicated, spot)} ` +
    `together, or are set to; the most is ${nodesText(MAX_DEDICATED_NODES, MAX_SPOT_NODES)}.`;
  const evidence = { asked: 'the lists of pools of all Batch accounts', answered: nodesText(dedicated, spot), at };
  return { subjectId: poolId, judgement: judged('SharedNodesOverLimit', seen(message, evidence)) };
}

/** `isWhole`: every account was read; otherwise sums are too low, and nothing is cleared. */
export function sharedNodeJudgements(
  sheets: readonly AccountSheet[],
  unresolved: readonly FindingRecord[],
  { isWhole, at }: { readonly isWhole: boolean; readonly at: string },
): readonly SubjectJudgement[] {
  const over = crowdedPools(sheets);
  const seenOnes = over.map((pool) => crowded(pool, at));
  const ids = over.map(({ poolId }) => poolId);
  return isWhole ? [...seenOnes, ...clearOthers('SharedNodesOverLimit', ids, unresolved)] : seenOnes;
}

export function orphanJudgement(poolId: string, artifacts: readonly string[], at: string): SubjectJudgement {
  const message = `The app made these for the pool ${poolId}, which does not exist, and no pool stands on them: ${artifacts.join(', ')}.`;
  const evidence = [poolId, ...artifacts].map((id) => ({
    asked: `GET ${id}`,
    answered: id === poolId ? '404' : '200',
    at,
  }));
  return { subjectId: poolId, judgement: judged('OrphanArtifacts', seen(message, ...evidence)) };
}

/** A look into the dead-letter queue of one queue. */
export interface DeadLetters {
  readonly count: number;
  /** There may be more than were counted. */
  readonly orMore: boolean;
  /** ISO 8601, of the oldest. */
  readonly oldest?: string;
  /** Why the oldest was dead-lettered. */
  readonly reason?: string;
}

export function deadLetterJudgement(queue: string, letters: DeadLetters, at: string): SubjectJudgement {
  const { count, orMore, oldest, reason } = letters;
  if (count === 0) return { subjectId: queue, judgement: { code: 'DeadLetters', is: 'clear' } };
  const many = `${count}${orMore ? ' or more' : ''} message${count === 1 ? '' : 's'}`;
  const first = oldest === undefined ? '' : ` The oldest is of ${oldest}${reason === undefined ? '' : `: ${reason}`}.`;
  const evidence = { asked: `a peek at ${queue}/$deadletterqueue`, answered: many, at };
  const message = `${many} wait${count === 1 ? 's' : ''} in the dead-letter queue of ${queue}.${first}`;
  return { subjectId: queue, judgement: judged('DeadLetters', seen(message, evidence)) };
}
