/** A path of a Batch account's data plane, and the parts that its lists have in common. */
import { notSupported } from './armError';
import type { Json, Site, Stored } from './kind';
import { pageOf } from './paging';

export interface Served {
  readonly url: URL;
  readonly account: Stored;
  readonly site: Site;
  /** The named parts of the path. */
  readonly at: Readonly<Record<string, string>>;
}

export interface DataRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly queries: readonly string[];
  /** Among the actions or the data actions granted at the account. UNCONFIRMED which one Batch asks for. */
  readonly permission: string;
  answer(served: Served): Json;
}

/** Parameters that every list has, beyond api-version. */
export const LIST_QUERIES = ['maxresults', '$filter', '$skiptoken', 'timeout'];

interface ListForm<T> {
  readonly metadata: string;
  /** Items of a page at most, when it is not the usual number. */
  readonly largest?: number;
  /** Only what is on the page is shown. */
  readonly show?: (item: T) => unknown;
}

/** One page of a list, with the link to the next one when there is more. */
export function listOf<T>(all: readonly T[], url: URL, { metadata, largest, show }: ListForm<T>): Json {
  const names = { size: 'maxresults', token: '$skiptoken', ...(largest === undefined ? {} : { largest }) };
  const { value, next } = pageOf(all, url, names);
  return {
    'odata.metadata': `${url.origin}/$metadata#${metadata}`,
    value: value.map((item) => show?.(item) ?? item),
    ...(next === undefined ? {} : { 'odata.nextLink': next }),
  };
}

const COMPARISON = /^\s*(\w+)\s+eq\s+'([^']*)'\s*$/i;

/** `property eq 'value'`, with the property in lower case. */
export function comparisonOf(clause: string, what: string): { readonly property: string; readonly wanted: string } {
  const [, property, wanted] = COMPARISON.exec(clause) ?? [];
  if (property === undefined || wanted === undefined) throw notSupported(`the $filter '${clause}' on ${what}`);
  return { property: property.toLowerCase(), wanted };
}
