/** The list of pools: $filter, $select, maxresults and pages (batchmanagement/pool/list-by-batch-account). */
import { ArmError, notSupported } from './armError';
import type { Json, ListQuery } from './kind';
import { pageOf } from './paging';
import { objectAt } from './schema';

const FILTERABLE = ['name', 'properties/allocationState', 'properties/provisioningState', 'properties/vmSize'];
const COMPARISON = /^\s*([\w/]+)\s+(eq|ne)\s+'([^']*)'\s*$/i;
const STARTS_WITH = /^\s*startswith\(\s*name\s*,\s*'([^']*)'\s*\)\s*$/i;

type Test = (pool: Json) => boolean;

function valueOf(pool: Json, path: string): string {
  const [first, second] = path.split('/');
  const value = second === undefined ? pool[first ?? ''] : objectAt(pool, first ?? '')[second];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function clause(text: string): Test {
  const prefix = STARTS_WITH.exec(text)?.[1]?.toLowerCase();
  if (prefix !== undefined) return (pool) => valueOf(pool, 'name').startsWith(prefix);
  const [, path, operator, wanted] = COMPARISON.exec(text) ?? [];
  const known = FILTERABLE.find((name) => name.toLowerCase() === path?.toLowerCase());
  if (known === undefined || wanted === undefined) throw notSupported(`the $filter '${text}' on pools`);
  const equal = operator?.toLowerCase() === 'eq';
  return (pool) => (valueOf(pool, known) === wanted.toLowerCase()) === equal;
}

function filterOf(query: URLSearchParams): Test {
  const clauses = (query.get('$filter') ?? '').split(/\s+and\s+/i).filter((text) => text.trim() !== '');
  const tests = clauses.map(clause);
  return (pool) => tests.every((test) => test(pool));
}

/** "Only top level properties under properties/ are valid for selection." */
function selectOf(query: URLSearchParams): (pool: Json) => Json {
  const names = (query.get('$select') ?? '').split(',').map((name) => name.trim());
  const selected = names.filter((name) => name !== '');
  if (selected.length === 0) return (pool) => pool;
  const bad = selected.find((name) => !/^(name|properties\/\w+)$/.test(name));
  if (bad !== undefined) throw new ArmError(400, 'InvalidQueryParameterValue', `$select cannot name '${bad}'.`);
  const kept = selected.map((name) => name.split('/')[1]);
  return ({ id, name, type, etag, properties }) => ({
    id,
    name,
    type,
    etag,
    properties: Object.fromEntries(
      Object.entries(objectAt(properties)).filter(([property]) => kept.includes(property)),
    ),
  });
}

/** One page, with the link to the next one when there is more. */
export function pagePools({ items, query, url }: ListQuery): Json {
  const found = items.filter(filterOf(query)).map(selectOf(query));
  const { value, next } = pageOf(found, url, { size: 'maxresults', token: '$skipToken' });
  return next === undefined ? { value } : { value, nextLink: next };
}
