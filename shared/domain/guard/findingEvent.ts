/** The events that tell of a finding: once when it opens, once when it resolves. */
import { CREATED_BY, digest } from '../names';
import type { CloudEvent } from '../resultEvent';
import { FINDINGS, type Evidence, type FindingCode, type Severity } from './finding';
import { findingId, type Author, type FindingRecord } from './ledger';

export interface FindingTold {
  readonly findingId: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** ARM id of the pool or the account, or the name of the queue. */
  readonly subjectId: string;
  readonly message: string;
  readonly remedy: string;
  readonly evidence: readonly Evidence[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly resolvedAt?: string;
  /** Who deleted what the finding rests on, where Azure's event said so. */
  readonly by?: Author;
  /** A page, or a point of the article. */
  readonly source: string;
}

export function toldOf(record: FindingRecord): FindingTold {
  const { subjectId, code, message, evidence, firstSeen, lastSeen, resolvedAt, by } = record;
  const { severity, remedy, source } = FINDINGS[code];
  return {
    ...{ findingId: findingId(record), code, severity, subjectId, message, remedy, evidence, firstSeen, lastSeen },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(by === undefined ? {} : { by }),
    source,
  };
}

/**
 * The first event that an entry has yet to send; undefined when there is none. Sent twice, it has the same id. An id is of
 * one opening: by its time, too, because a counter begins anew once an old entry is swept out.
 */
export function findingEvent(entry: FindingRecord): CloudEvent<FindingTold> | undefined {
  const record = entry.overtaken?.[0] ?? entry;
  const { untold, openings, firstSeen, resolvedAt, subjectId } = record;
  if (untold === 'nothing') return undefined;
  return {
    specversion: '1.0',
    id: digest([findingId(record), openings, firstSeen, untold].join('\n')),
    source: `/${CREATED_BY}`,
    type: untold === 'opened' ? 'BatchImagePools.FindingOpened' : 'BatchImagePools.FindingResolved',
    subject: subjectId,
    time: untold === 'opened' ? firstSeen : (resolvedAt ?? firstSeen),
    datacontenttype: 'application/json',
    data: toldOf(record),
  };
}
