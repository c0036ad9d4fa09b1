/** The ledger of findings in Table storage: one entity for each problem, those of an account in one partition. */
import type { TableClient, TransactionAction } from '@azure/data-tables';
import * as z from 'zod';
import { armKey } from '../domain/armId';
import { FINDINGS, isFindingCode } from '../domain/guard/finding';
import { findingId, type FindingRecord } from '../domain/guard/ledger';
import { holderOf } from '../domain/guard/poolId';
import { inChunks } from '../domain/lists';
import { digest } from '../domain/names';
import { fail, succeed, type Failure, type Outcome } from '../domain/outcome';
import { attempt } from './failure';
import type { Storage } from './storage';

const TABLE = 'ImagePoolFindings';

/** Entities of one transaction (rest/api/storageservices/performing-entity-group-transactions). */
const MOST_IN_A_TRANSACTION = 100;

/** An entry, with the version of it that was read. */
export interface KnownFinding {
  readonly record: FindingRecord;
  readonly etag: string;
}

export type KnownFindings = ReadonlyMap<string, KnownFinding>;

export interface FindingsTable {
  /** Every entry about an account and its pools, or about the queues, by finding id; resolved ones as well. */
  ofHolder(holder: string): Promise<Outcome<KnownFindings>>;
  /** Every entry about one pool, account or queue. */
  ofSubject(subjectId: string): Promise<Outcome<KnownFindings>>;
  /** Writes an entry over the version that was read, or as a new one; undefined when somebody else was faster. */
  write(record: FindingRecord, etag: string | undefined): Promise<Outcome<KnownFinding | undefined>>;
  /** Writes entries of one holder over the versions that were read; answers with those that somebody else was faster with. */
  writeAll(changed: readonly KnownFinding[]): Promise<Outcome<readonly FindingRecord[]>>;
  /** Every entry that is not resolved. */
  unresolved(): Promise<Outcome<readonly FindingRecord[]>>;
  /** Every entry that was resolved at this instant (ISO 8601) or later, and is so now. */
  resolvedSince(at: string): Promise<Outcome<readonly FindingRecord[]>>;
  /** Removes the entries that were resolved before this instant (ISO 8601). */
  forgetResolved(before: string): Promise<Outcome<null>>;
}

const shape = z.object({
  subjectId: z.string(),
  code: z.string().refine(isFindingCode),
  state: z.enum(['open', 'snoozed', 'resolved']),
  message: z.string(),
  evidence: z.array(z.object({ asked: z.string(), answered: z.string(), at: z.string() })),
  openings: z.number(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  told: z.boolean(),
  untold: z.enum(['opened', 'resolved', 'nothing']),
});

const stored = z.object({
  etag: z.string(),
  record: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.custom<FindingRecord>((value) => shape.safeParse(value).success)),
});

const partitionOf = (holder: string): string => digest(armKey(holder));
const rowsOf = (subjectId: string): string => `${digest(armKey(subjectId))}-`;

/** `record` is what counts; the others are for those who look into the table, and for its queries. */
function entityOf(record: FindingRecord) {
  const { subjectId, code, state, firstSeen, lastSeen, resolvedAt = '' } = record;
  return {
    partitionKey: partitionOf(holderOf(subjectId)),
    rowKey: `${rowsOf(subjectId)}${code}`,
    ...{ subjectId, code, state, firstSeen, lastSeen, resolvedAt },
    severity: FINDINGS[code].severity,
    record: JSON.stringify(record),
  };
}

const OVERTAKEN: ReadonlySet<number | undefined> = new Set([404, 409, 412]);

const isOvertaken = ({ status }: Failure): boolean => OVERTAKEN.has(status);

async function list(table: TableClient, filter: string): Promise<Outcome<KnownFindings>> {
  const answer = await attempt('read the ledger of findings', async () => {
    const entities: unknown[] = [];
    const query = { filter, select: ['record', 'etag'] };
    for await (const entity of table.listEntities({ queryOptions: query })) entities.push(entity);
    return entities;
  });
  if (!answer.ok) return answer;
  const parsed = z.array(stored).safeParse(answer.value);
  if (parsed.success) return succeed(new Map(parsed.data.map((known) => [findingId(known.record), known])));
  const message = `Table ${TABLE} holds an entity that this version of the app did not write: ${z.prettifyError(parsed.error)}`;
  return fail({ kind: 'rejected', code: 'LedgerNotUnderstood', message });
}

async function records(table: TableClient, filter: string): Promise<Outcome<readonly FindingRecord[]>> {
  const known = await list(table, filter);
  return known.ok ? succeed([...known.value.values()].map(({ record }) => record)) : known;
}

async function write(
  table: TableClient,
  record: FindingRecord,
  etag: string | undefined,
): Promise<Outcome<KnownFinding | undefined>> {
  const entity = entityOf(record);
  const answer = await attempt(`write the finding ${record.code} of ${record.subjectId}`, () =>
    etag === undefined ? table.createEntity(entity) : table.updateEntity(entity, 'Replace', { etag }),
  );
  if (!answer.ok) return isOvertaken(answer.failure) ? succeed(undefined) : answer;
  return succeed({ record, etag: answer.value.etag ?? '' });
}

async function writeAll(
  table: TableClient,
  changed: readonly KnownFinding[],
): Promise<Outcome<readonly FindingRecord[]>> {
  const overtaken: FindingRecord[] = [];
  for (const chunk of inChunks(changed, MOST_IN_A_TRANSACTION)) {
    const actions = chunk.map(({ record, etag }): TransactionAction => [
      'update',
      entityOf(record),
      'Replace',
      { etag },
    ]);
    const answer = await attempt(`write ${chunk.length} findings`, () => table.submitTransaction(actions));
    if (answer.ok) continue;
    if (!isOvertaken(answer.failure)) return answer;
    overtaken.push(...chunk.map(({ record }) => record));
  }
  return succeed(overtaken);
}

async function forgetResolved(table: TableClient, before: string): Promise<Outcome<null>> {
  const filter = `state eq 'resolved' and resolvedAt lt '${before}'`;
  return attempt('remove findings that were resolved long ago', async () => {
    const query = { filter, select: ['partitionKey', 'rowKey', 'etag'] };
    for await (const { partitionKey = '', rowKey = '', etag } of table.listEntities({ queryOptions: query })) {
      await table.deleteEntity(partitionKey, rowKey, { etag });
    }
    return null;
  });
}

export function createFindingsTable(storage: Storage): FindingsTable {
  const withTable = async <T>(use: (table: TableClient) => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const table = await attempt(`open table ${TABLE}`, () => storage.table(TABLE));
    return table.ok ? use(table.value) : table;
  };
  return {
    ofHolder: (holder) => withTable((table) => list(table, `PartitionKey eq '${partitionOf(holder)}'`)),
    ofSubject: (subjectId) => {
      const [partition, rows] = [partitionOf(holderOf(subjectId)), rowsOf(subjectId)];
      // `.` is the character after `-`.
      const [from, to] = [rows, `${rows.slice(0, -1)}.`];
      return withTable((table) =>
        list(table, `PartitionKey eq '${partition}' and RowKey ge '${from}' and RowKey lt '${to}'`),
      );
    },
    write: (record, etag) => withTable((table) => write(table, record, etag)),
    writeAll: (changed) => withTable((table) => writeAll(table, changed)),
    unresolved: () => withTable((table) => records(table, "state ne 'resolved'")),
    resolvedSince: (at) => withTable((table) => records(table, `state eq 'resolved' and resolvedAt ge '${at}'`)),
    forgetResolved: (before) => withTable((table) => forgetResolved(table, before)),
  };
}
