/** The ledger of findings: one problem is one entry, which opens once, is updated quietly, and resolves once. */
import { armKey } from '../armId';
import { digest } from '../names';
import type { Evidence, FindingCode, Judgement } from './finding';

/** Who changed what a finding rests on: ids only, no names (Event Grid's claims are personal data). */
export interface Author {
  /** Object id in Microsoft Entra ID of the user or identity. */
  readonly objectId?: string;
  /** Of the operation in Azure's activity log. */
  readonly correlationId?: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface FindingRecord {
  /** ARM id of a pool or an account, or the name of a queue. */
  readonly subjectId: string;
  readonly code: FindingCode;
  readonly state: 'open' | 'snoozed' | 'resolved';
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** How often it has opened, this time included. */
  readonly openings: number;
  /** ISO 8601, of this opening. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly resolvedAt?: string;
  readonly by?: Author;
  /** The audit that last judged it. */
  readonly auditId?: string;
  /** Whether this opening was, or is about to be, told. */
  readonly told: boolean;
  /** An event that has yet to be sent; it is written before it is sent, so that no crash swallows it. */
  readonly untold: 'opened' | 'resolved' | 'nothing';
}

/** What is known at the time of a judgement. */
export interface Occasion {
  readonly nowMs: number;
  readonly auditId?: string;
  /** The deletion that the judgement follows. */
  readonly cause?: { readonly resourceId: string; readonly by: Author };
  /** ISO 8601; until then the finding is kept, and not told. */
  readonly snoozedUntil?: string;
}

type Seen = Extract<Judgement, { readonly is: 'seen' }>;

const ASKED = /^GET\s+(\S+)$/;

/** True when the evidence is about the resource, something in it, or the list that it is missing from. */
function isAbout({ asked }: Evidence, resourceId: string): boolean {
  const [, id] = ASKED.exec(asked) ?? [];
  if (id === undefined) return false;
  const [ours, theirs] = [`${armKey(id)}/`, `${armKey(resourceId)}/`];
  return ours.startsWith(theirs) || theirs.startsWith(ours);
}

/** Who is to be named: only when what was deleted is what the finding is about. */
function authorOf({ evidence }: Seen, { cause }: Occasion): Author | undefined {
  return cause && evidence.some((one) => isAbout(one, cause.resourceId)) ? cause.by : undefined;
}

const isSnoozed = ({ snoozedUntil, nowMs }: Occasion): boolean =>
  snoozedUntil !== undefined && Date.parse(snoozedUntil) > nowMs;

function open(subjectId: string, judgement: Seen, occasion: Occasion, openings: number): FindingRecord {
  const now = new Date(occasion.nowMs).toISOString();
  const snoozed = isSnoozed(occasion);
  const { code, message, evidence } = judgement;
  return {
    ...{ subjectId, code, message, evidence, openings },
    state: snoozed ? 'snoozed' : 'open',
    firstSeen: now,
    lastSeen: now,
    told: !snoozed,
    ...marks(occasion.auditId, authorOf(judgement, occasion)),
    untold: snoozed ? 'nothing' : 'opened',
  };
}

const marks = (auditId: string | undefined, by: Author | undefined) => ({
  ...(auditId === undefined ? {} : { auditId }),
  ...(by === undefined ? {} : { by }),
});

/** Seen again: the newest words and evidence, and the author as long as nobody was known. */
function update(record: FindingRecord, judgement: Seen, occasion: Occasion): FindingRecord {
  const { message, evidence } = judgement;
  const base = {
    ...record,
    ...{ message, evidence },
    lastSeen: new Date(occasion.nowMs).toISOString(),
    ...marks(occasion.auditId, record.by ?? authorOf(judgement, occasion)),
  };
  if (isSnoozed(occasion)) return { ...base, state: 'snoozed' };
  return { ...base, state: 'open', told: true, untold: record.told ? record.untold : 'opened' };
}

function resolve(record: FindingRecord, occasion: Occasion): FindingRecord {
  return {
    ...record,
    state: 'resolved',
    resolvedAt: new Date(occasion.nowMs).toISOString(),
    ...(occasion.auditId === undefined ? {} : { auditId: occasion.auditId }),
    untold: record.told ? 'resolved' : 'nothing',
  };
}

/** The entry after a judgement; undefined when there is nothing to write. */
export function entryAfter(
  record: FindingRecord | undefined,
  subjectId: string,
  judgement: Judgement,
  occasion: Occasion,
): FindingRecord | undefined {
  if (judgement.is === 'unknown' || judgement.is === 'moot') return undefined;
  if (judgement.is === 'clear') {
    return record === undefined || record.state === 'resolved' ? undefined : resolve(record, occasion);
  }
  if (record === undefined) return open(subjectId, judgement, occasion, 1);
  // What was to be told of the last opening is overtaken by the new one.
  return record.state === 'resolved'
    ? open(subjectId, judgement, occasion, record.openings + 1)
    : update(record, judgement, occasion);
}

/** True when a judgement opens or resolves: that is worth another look before it is entered. */
export function changesState(record: FindingRecord | undefined, { is }: Judgement): boolean {
  const isOpen = record !== undefined && record.state !== 'resolved';
  return is === 'seen' ? !isOpen : is === 'clear' && isOpen;
}

/** The entry once its event is sent. */
export const asTold = (record: FindingRecord): FindingRecord => ({ ...record, untold: 'nothing' });

/** Names one problem: the same for all its openings. */
export const findingId = ({ subjectId, code }: Pick<FindingRecord, 'subjectId' | 'code'>): string =>
  digest(`${armKey(subjectId)}\n${code}`);
