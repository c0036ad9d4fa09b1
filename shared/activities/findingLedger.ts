/** Keeps the ledger of findings: writes what judgements change, and tells of what opened or resolved, each once. */
import type { EventBus } from '../azure/eventBus';
import type { FindingsTable, KnownFinding, KnownFindings } from '../azure/findingsTable';
import { inParallel } from '../azure/inParallel';
import type { Changes } from '../domain/guard/audit';
import type { Judgement } from '../domain/guard/finding';
import { findingEvent } from '../domain/guard/findingEvent';
import { asTold, entryAfter, findingId, hasToTell, type FindingRecord, type Occasion } from '../domain/guard/ledger';
import { fail, succeed, type Outcome } from '../domain/outcome';

/** What is to be entered: a judgement on a pool, an account or a queue, and when and why it was made. */
export interface Entry {
  readonly subjectId: string;
  readonly judgement: Judgement;
  readonly occasion: Occasion;
}

export interface FindingLedger {
  readonly table: FindingsTable;
  /** Enters judgements of one holder, whose entries are `known`; what somebody else wrote meanwhile is read again. */
  enter(entries: readonly Entry[], known: KnownFindings): Promise<Outcome<Changes>>;
}

/** Entries that are written or told of at a time. */
const WIDTH = 8;

/** The same entry is written by an event and an audit at most, so that one of them wins at the second try. */
const MOST_TRIES = 5;

const NO_CHANGES: Changes = { opened: 0, resolved: 0 };

const add = (one: Changes, other: Changes): Changes => ({
  opened: one.opened + other.opened,
  resolved: one.resolved + other.resolved,
});

/** What a write changes for those who are told: nothing when it repeats what was already to be told. */
function changesBy(next: FindingRecord, before: FindingRecord | undefined): Changes {
  const isNews = next.untold !== 'nothing' && next.untold !== before?.untold;
  return {
    opened: isNews && next.untold === 'opened' ? 1 : 0,
    resolved: isNews && next.untold === 'resolved' ? 1 : 0,
  };
}

const knownOf = ({ subjectId, judgement: { code } }: Entry, known: KnownFindings): KnownFinding | undefined =>
  known.get(findingId({ subjectId, code }));

/** An entry with what is known of it, and what it will be; `next` undefined when nothing changes but an event waits. */
interface Work {
  readonly entry: Entry;
  readonly before?: KnownFinding;
  readonly next?: FindingRecord;
}

function workOf(entry: Entry, known: KnownFindings): readonly Work[] {
  const before = knownOf(entry, known);
  const next = entryAfter(before?.record, entry.subjectId, entry.judgement, entry.occasion);
  const waits = before !== undefined && hasToTell(before.record);
  if (next === undefined && !waits) return [];
  return [{ entry, ...(before === undefined ? {} : { before }), ...(next === undefined ? {} : { next }) }];
}

/** Sends the events of an entry, and marks each as told: after a crash in between it is sent again under the same id. */
async function tell(table: FindingsTable, bus: EventBus, known: KnownFinding): Promise<Outcome<null>> {
  let { record, etag } = known;
  for (let event = findingEvent(record); event !== undefined; event = findingEvent(record)) {
    const sent = await bus.publish(event, findingId(record));
    if (!sent.ok) return sent;
    const marked = await table.write(asTold(record), etag);
    if (!marked.ok) return marked;
    // Somebody else was faster, and tells the rest.
    if (marked.value === undefined) return succeed(null);
    ({ record, etag } = marked.value);
  }
  return succeed(null);
}

async function carryOut(table: FindingsTable, bus: EventBus, work: Work): Promise<Outcome<Changes>> {
  let { before, next } = work;
  const { subjectId, judgement, occasion } = work.entry;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const written = next === undefined ? succeed(before) : await table.write(next, before?.etag);
    if (!written.ok) return written;
    if (written.value !== undefined) {
      const told = await tell(table, bus, written.value);
      return told.ok ? succeed(next === undefined ? NO_CHANGES : changesBy(next, before?.record)) : told;
    }
    const known = await table.ofSubject(subjectId);
    if (!known.ok) return known;
    before = knownOf(work.entry, known.value);
    next = entryAfter(before?.record, subjectId, judgement, occasion);
    if (next === undefined && before === undefined) return succeed(NO_CHANGES);
  }
  const message = `The finding ${judgement.code} of ${subjectId} was changed by others ${MOST_TRIES} times while it was written.`;
  return fail({ kind: 'conflict', code: 'FindingOvertaken', message });
}

/** Nobody is told of it: many of them go in one call. */
const isQuiet = ({ before, next }: Work): boolean =>
  before !== undefined && next !== undefined && !hasToTell(next) && !hasToTell(before.record);

async function writeQuietly(table: FindingsTable, works: readonly Work[]): Promise<Outcome<readonly Work[]>> {
  const changed = works.flatMap(({ before, next }) => (before && next ? [{ record: next, etag: before.etag }] : []));
  const overtaken = await table.writeAll(changed);
  if (!overtaken.ok) return overtaken;
  return succeed(works.filter(({ next }) => next !== undefined && overtaken.value.includes(next)));
}

async function enter(table: FindingsTable, bus: EventBus, works: readonly Work[]): Promise<Outcome<Changes>> {
  const overtaken = await writeQuietly(table, works.filter(isQuiet));
  if (!overtaken.ok) return overtaken;
  const singly = [...works.filter((work) => !isQuiet(work)), ...overtaken.value];
  const outcomes = await inParallel(singly, WIDTH, (work) => carryOut(table, bus, work));
  const failed = outcomes.find((outcome) => !outcome.ok);
  if (failed !== undefined) return failed;
  return succeed(outcomes.reduce((sum, outcome) => (outcome.ok ? add(sum, outcome.value) : sum), NO_CHANGES));
}

export const createFindingLedger = (table: FindingsTable, bus: EventBus): FindingLedger => ({
  table,
  enter: (entries, known) =>
    enter(
      table,
      bus,
      entries.flatMap((entry) => workOf(entry, known)),
    ),
});
