/** The guard's files in Blob storage: lists of images, what each account held at its last audit, and reports. */
import * as z from 'zod';
import { armKey } from '../domain/armId';
import type { AccountSheet } from '../domain/guard/accountSheet';
import type { AuditSummary } from '../domain/guard/audit';
import type { StoredResource } from '../domain/guard/imageStock';
import { digest } from '../domain/names';
import { succeed, type Outcome } from '../domain/outcome';
import { createBlobFiles, type BlobFiles } from './blobFiles';
import { inParallel } from './inParallel';
import type { Storage } from './storage';

const CONTAINER = 'image-pool-guard';

/** Of the files that only the app reads; those of another format count as not there. */
const FORMAT = 1;

/** As many files at a time. */
const WIDTH = 16;

/** `sheet` is undefined when the file is another version's. */
export interface KnownSheet {
  readonly sheet?: AccountSheet;
  readonly etag: string;
}

export interface Report {
  readonly summary: AuditSummary;
  /** The whole of it, for programs and for people. */
  readonly json: string;
  readonly markdown: string;
}

export interface GuardFiles {
  putStock(auditId: string, part: number, resources: readonly StoredResource[]): Promise<Outcome<null>>;
  readStock(auditId: string, parts: number): Promise<Outcome<readonly StoredResource[]>>;
  readSheet(accountId: string): Promise<Outcome<KnownSheet | undefined>>;
  readSheets(): Promise<Outcome<readonly AccountSheet[]>>;
  /** Writes over the version that was read, or as a new one; false when somebody else was faster. */
  writeSheet(sheet: AccountSheet, known: KnownSheet | undefined): Promise<Outcome<boolean>>;
  removeSheet(accountId: string): Promise<Outcome<null>>;
  /** Under the name of the audit, and as the newest. */
  putReport(report: Report): Promise<Outcome<null>>;
  /** Of the newest report; undefined before the first audit has ended. */
  readLast(): Promise<Outcome<AuditSummary | undefined>>;
  /** Removes the lists of images of all audits up to this one, and the reports of those before `oldestReport`. */
  sweep(auditId: string, oldestReport: string): Promise<Outcome<null>>;
}

const stockName = (auditId: string, part: number): string => `stock/${auditId}/${part}.json`;
const ACCOUNTS = 'accounts/';
const sheetName = (accountId: string): string => `${ACCOUNTS}${digest(armKey(accountId))}.json`;
/** Without the ending. */
export const reportName = (auditId: string): string => `reports/${auditId}`;
const NEWEST = 'reports/latest';
const LAST = 'last-audit.json';

const JSON_TYPE = 'application/json';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Written by the app alone: that a file is of its format is enough to know the content by. */
const CONTENT = {
  stock: z.custom<readonly StoredResource[]>(Array.isArray),
  sheet: z.custom<AccountSheet>(isObject),
  summary: z.custom<AuditSummary>(isObject),
};

const ownText = (content: unknown) => ({ text: JSON.stringify({ format: FORMAT, content }), type: JSON_TYPE });

/** Undefined when there is no such file; without content when it is of another format. */
async function readOwn<T>(
  files: BlobFiles,
  name: string,
  content: z.ZodType<T>,
): Promise<Outcome<{ readonly content?: T; readonly etag: string } | undefined>> {
  const file = await files.read(name);
  if (!file.ok) return file;
  if (file.value === undefined) return succeed(undefined);
  const { text, etag } = file.value;
  const parsed = z.object({ format: z.literal(FORMAT), content }).safeParse(JSON.parse(text));
  return succeed({ etag, ...(parsed.success ? { content: parsed.data.content } : {}) });
}

/** The values of all outcomes, or the first failure. */
function allValues<T>(outcomes: readonly Outcome<T>[]): Outcome<readonly T[]> {
  const values: T[] = [];
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    values.push(outcome.value);
  }
  return succeed(values);
}

const done = (outcome: Outcome<unknown>): Outcome<null> => (outcome.ok ? succeed(null) : outcome);

async function readAll<T>(
  files: BlobFiles,
  names: readonly string[],
  content: z.ZodType<T>,
): Promise<Outcome<readonly T[]>> {
  const read = allValues(await inParallel(names, WIDTH, (name) => readOwn(files, name, content)));
  if (!read.ok) return read;
  return succeed(read.value.flatMap((file) => (file?.content === undefined ? [] : [file.content])));
}

async function sweep(files: BlobFiles, auditId: string, oldestReport: string): Promise<Outcome<null>> {
  const listed = allValues([await files.list('stock/'), await files.list('reports/')]);
  if (!listed.ok) return listed;
  const [stock = [], reports = []] = listed.value;
  // Ids of audits sort by time, and `latest` behind them all.
  const old = [
    ...stock.filter((name) => name < stockName(auditId, 0) || name.startsWith(`stock/${auditId}/`)),
    ...reports.filter((name) => name < reportName(oldestReport)),
  ];
  return done(allValues(await inParallel(old, WIDTH, (name) => files.remove(name))));
}

async function putReport(files: BlobFiles, { summary, json, markdown }: Report): Promise<Outcome<null>> {
  const texts = [
    { ending: 'json', text: json, type: JSON_TYPE },
    { ending: 'md', text: markdown, type: 'text/markdown; charset=utf-8' },
  ];
  const names = [reportName(summary.auditId), NEWEST];
  const writes = names.flatMap((name) => texts.map((text) => ({ name: `${name}.${text.ending}`, text })));
  const written = allValues(await inParallel(writes, WIDTH, ({ name, text }) => files.write(name, text, 'anything')));
  // Last, because who waits for an audit looks at this.
  return written.ok ? done(await files.write(LAST, ownText(summary), 'anything')) : written;
}

export function createGuardFiles(storage: Storage): GuardFiles {
  const files = createBlobFiles(storage, CONTAINER);
  return {
    putStock: async (auditId, part, resources) =>
      done(await files.write(stockName(auditId, part), ownText(resources), 'anything')),
    readStock: async (auditId, parts) => {
      const names = Array.from({ length: parts }, (_, part) => stockName(auditId, part));
      const read = await readAll(files, names, CONTENT.stock);
      return read.ok ? succeed(read.value.flat()) : read;
    },
    readSheet: async (accountId) => {
      const read = await readOwn(files, sheetName(accountId), CONTENT.sheet);
      if (!read.ok || read.value === undefined) return read.ok ? succeed(undefined) : read;
      const { content: sheet, etag } = read.value;
      return succeed({ etag, ...(sheet === undefined ? {} : { sheet }) });
    },
    readSheets: async () => {
      const names = await files.list(ACCOUNTS);
      return names.ok ? readAll(files, names.value, CONTENT.sheet) : names;
    },
    writeSheet: (sheet, known) =>
      files.write(sheetName(sheet.accountId), ownText(sheet), known === undefined ? 'nothing' : { etag: known.etag }),
    removeSheet: (accountId) => files.remove(sheetName(accountId)),
    putReport: (report) => putReport(files, report),
    readLast: async () => {
      const read = await readOwn(files, LAST, CONTENT.summary);
      return read.ok ? succeed(read.value?.content) : read;
    },
    sweep: (auditId, oldestReport) => sweep(files, auditId, oldestReport),
  };
}
