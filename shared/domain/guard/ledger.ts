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
  /** Earlier states of the entry, the oldest first, whose events have yet to be sent before its own. */
  readonly overtaken?: readonly FindingRecord[];
}

/** What is known at the time of a judgement. */
export interface Occasion {
  readonly nowMs: number;
  readonly auditId?: string;
  /** The deletions that the judgement follows. */
  readonly causes?: readonly { readonly resourceId: string; readonly by: Author }[];
  /** ISO 8601; until then the finding is kept, and not told. */
  readonly snoozedUntil?: string;
}

type Seen = Extract<Judgement, { readonly is: 'seen' }>;

/** Codes that say that something is gone; only of these can a deletion be the cause. */
const GONE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ImageMissing',
  'ImageVersionMissing',
  'LatestVersionMissing',
  'SourceMissing',
  'SourceNotKept',
]);

const ASKED = /^GET\s+(\S+)$/;

/** True when the evidence is about the resource, something in it, or the list that it is missing from. */
function isAbout({ asked }: Evidence, resourceId: string): boolean {
  const [, id] = ASKED.exec(asked) ?? [];
  if (id === undefined) return false;
  const [ours, theirs] = [`${armKey(id)}/`, `${armKey(resourceId)}/`];
  return ours.startsWith(theirs) || (ours.endsWith('/versions/') && theirs.startsWith(ours));
}

/** Of two deletions the later one is why something is gone now; events come in any order. */
const lastOf = (known: Author | undefined, other: Author | undefined): Author | undefined =>
  known && !(other && Date.parse(other.at) > Date.parse(known.at)) ? known : other;

/** Who is to be named: only when what was deleted is what the finding is about. */
function authorOf({ code, evidence }: Seen, { causes = [] }: Occasion): Author | undefined {
  if (!GONE.has(code)) return undefined;
  const meant = causes.filter(({ resourceId }) => evidence.some((one) => isAbout(one, resourceId)));
  return meant.map(({ by }) => by).reduce(lastOf, undefined);
}

const isSnoozed = ({ snoozedUntil, nowMs }: Occasion): boolean =>
  snoozedUntil !== undefined && Date.parse(snoozedUntil) > nowMs;

/** The time of a judgement, as far as it is not before the last one: looks end in another order than they began. */
function momentOf(record: FindingRecord | undefined, { nowMs }: Occasion): string {
  const known = record ? [record.lastSeen, record.resolvedAt ?? record.lastSeen].map((time) => Date.parse(time)) : [];
  return new Date(Math.max(nowMs, ...known)).toISOString();
}

/** What is to be told before anything new: an event that was written and not sent may still be unknown to everybody. */
function overtakenBy(record: FindingRecord | undefined): Pick<FindingRecord, 'overtaken'> {
  if (!record) return {};
  const { overtaken = [], ...last } = record;
  const all = last.untold === 'nothing' ? overtaken : [...overtaken, last];
  return all.length === 0 ? {} : { overtaken: all };
}

function open(last: FindingRecord | undefined, subjectId: string, judgement: Seen, occasion: Occasion): FindingRecord {
  const now = momentOf(last, occasion);
  const snoozed = isSnoozed(occasion);
  const { code, message, evidence } = judgement;
  return {
    ...{ subjectId, code, message, evidence },
    openings: (last?.openings ?? 0) + 1,
    state: snoozed ? 'snoozed' : 'open',
    firstSeen: now,
    lastSeen: now,
    told: !snoozed,
    ...marks(occasion.auditId, authorOf(judgement, occasion)),
    untold: snoozed ? 'nothing' : 'opened',
    ...overtakenBy(last),
  };
}

const marks = (auditId: string | undefined, by: Author | undefined) => ({
  ...(auditId === undefined ? {} : { auditId }),
  ...(by === undefined ? {} : { by }),
});

/** Seen again: the newest words and evidence, and who deleted it last. */
function update(record: FindingRecord, judgement: Seen, occasion: Occasion): FindingRecord {
  const { message, evidence } = judgement;
  const base = {
    ...record,
    ...{ message, evidence },
    lastSeen: momentOf(record, occasion),
    ...marks(occasion.auditId, lastOf(record.by, authorOf(judgement, occasion))),
  };
  if (isSnoozed(occasion)) return { ...base, state: 'snoozed' };
  return { ...base, state: 'open', told: true, untold: record.told ? record.untold : 'opened' };
}

function resolve(record: FindingRecord, occasion: Occasion): FindingRecord {
  return {
    ...record,
    state: 'resolved',
    resolvedAt: momentOf(record, occasion),
    ...marks(occasion.auditId, record.by),
    untold: record.told ? 'resolved' : 'nothing',
    ...overtakenBy(record),
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
  return record === undefined || record.state === 'resolved'
    ? open(record, subjectId, judgement, occasion)
    : update(record, judgement, occasion);
}

/** True when a judgement opens or resolves: that is worth another look before it is entered. */
export function changesState(record: FindingRecord | undefined, { is }: Judgement): boolean {
  const isOpen = record !== undefined && record.state !== 'resolved';
  return is === 'seen' ? !isOpen : is === 'clear' && isOpen;
}

/** True while the entry has events that have yet to be sent. */
export const hasToTell = ({ untold, overtaken = [] }: FindingRecord): boolean =>
  untold !== 'nothing' || overtaken.length > 0;

/** The entry once the first event that it has to tell is sent. */
export function asTold({ overtaken = [], ...record }: FindingRecord): FindingRecord {
  const [first, ...others] = overtaken;
  if (!first) return { ...record, untold: 'nothing' };
  return others.length === 0 ? record : { ...record, overtaken: others };
}

/** Names one problem: the same for all its openings. */
export const findingId = ({ subjectId, code }: Pick<FindingRecord, 'subjectId' | 'code'>): string =>
  digest(`${armKey(subjectId)}\n${code}`);
