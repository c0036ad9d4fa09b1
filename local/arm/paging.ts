/** Lists in pages: how many items a page has, and the link to the next one. */
import { ArmError } from './armError';

interface Names {
  /** The parameter for the number of items. */
  readonly size: string;
  /** The parameter that the link to the next page has. */
  readonly token: string;
  /** As many as a page has at most, when it is not the usual number. */
  readonly largest?: number;
}

/** As many as a page usually has, when the request asks for no fewer. */
const LARGEST_PAGE = 1000;

function whole(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new ArmError(400, 'InvalidQueryParameterValue', `'${text}' is not a valid value of ${name}.`);
}

/** The items of the page that the address asks for, and the address of the next one when there is more. */
export function pageOf<T>(all: readonly T[], url: URL, names: Names): { readonly value: T[]; readonly next?: string } {
  const start = whole(url.searchParams, names.token, 0) ?? 0;
  const largest = names.largest ?? LARGEST_PAGE;
  const end = start + Math.min(whole(url.searchParams, names.size, 1) ?? largest, largest);
  const value = all.slice(start, end);
  if (end >= all.length) return { value };
  const next = new URL(url);
  next.searchParams.set(names.token, String(end));
  return { value, next: next.href };
}
