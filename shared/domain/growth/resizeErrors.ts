/** What the errors of a resize mean, by the table of resizeErrorTable.ts. */
import { ALLOCATION_REASONS } from './allocationReasons';
import type { ResizeError } from './poolLook';
import { wordsOf, type ErrorWords } from './providerError';
import type { ReasonSign, ResizeErrorRow } from './resizeErrorRow';
import { OTHER_ERROR, RESIZE_ERRORS, VAGUE_CODES } from './resizeErrorTable';
import type { ResizeDecision, ResizeVerdict } from './verdictOnErrors';

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const has = (words: ErrorWords, { provider, says }: ReasonSign): boolean =>
  (provider === undefined || words.providerCodes.some((code) => same(code, provider))) &&
  (says === undefined || words.searched.includes(says.toLowerCase()));

const fits = (words: ErrorWords, { reason }: ResizeErrorRow): boolean =>
  reason === undefined || reason.some((sign) => has(words, sign));

/** One error, with its row of the table. */
export interface KnownError {
  readonly error: ResizeError;
  readonly row: ResizeErrorRow;
  /** Azure's own words, with its code before them. */
  readonly told: string;
}

function known(error: ResizeError): KnownError {
  const words = wordsOf(error);
  const named = RESIZE_ERRORS.filter(({ code }) => code !== undefined && same(code, error.code));
  const isVague = named.length === 0 || VAGUE_CODES.some((code) => same(code, error.code));
  const rows = isVague ? [...ALLOCATION_REASONS, ...named] : named;
  const row = rows.find((candidate) => fits(words, candidate)) ?? OTHER_ERROR;
  return { error, row, told: words.told === '' ? `${error.code}.` : `${error.code}: ${words.told}` };
}

/** What an error decides against another; the more it rules out, the more it weighs. */
const WEIGHT: Readonly<Record<ResizeDecision, number>> = {
  giveUp: 4,
  diagnose: 3,
  stepDown: 2,
  retryLater: 1,
  retryNow: 0,
};

/** A longer pause weighs more than a shorter one, and never as much as the next decision. */
function weightOf({ row: { ruling } }: KnownError): number {
  const pause = ruling.decision === 'retryLater' ? 1 - 1 / (1 + ruling.afterMinutes) : 0;
  return WEIGHT[ruling.decision] + pause;
}

const codesText = (codes: readonly string[]): string =>
  codes.length > 1 ? `${codes.slice(0, -1).join(', ')} and ${codes.at(-1) ?? ''}` : codes.join();

/** The error that decides, the first of those that weigh the same, and a sentence on the other codes; undefined without errors. */
export function decidingError(errors: readonly ResizeError[]): (KnownError & { readonly others: string }) | undefined {
  const all = errors.map(known);
  const [first] = all.toSorted((one, other) => weightOf(other) - weightOf(one));
  if (!first) return undefined;
  const codes = [...new Set(all.map(({ error }) => error.code))].filter((code) => !same(code, first.error.code));
  return { ...first, others: codes.length === 0 ? '' : `Azure also reported ${codesText(codes)}.` };
}

export const joined = (...sentences: readonly string[]): string => sentences.filter((text) => text !== '').join(' ');

/** The verdict on the errors of one resize; of several errors the one that decides most. Undefined when there are none. */
export function verdictOn(errors: readonly ResizeError[]): ResizeVerdict | undefined {
  const deciding = decidingError(errors);
  if (!deciding) return undefined;
  const { error, row, told, others } = deciding;
  const { ruling, meaning, remedy, source } = row;
  const base = { code: error.code, sentence: joined(meaning, 'Azure says:', told, remedy, others), source };
  return ruling.decision === 'diagnose' ? { decision: 'diagnose', ...base } : { ...ruling, ...base };
}
