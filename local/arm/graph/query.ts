/**
 * Reads a query of Azure Resource Graph: `resources` and a pipeline of `where`, `order by` and `project`. What is not
 * understood is refused: 501 where Resource Graph has it and this simulator does not, 400 where it is no query.
 */
import { notSupported } from '../armError';
import type { Stored } from '../kind';
import { ALL_COLUMNS, asItIs, isTextColumn, textOf, type Column, type Shown, type TextColumn } from './columns';
import { invalidQuery } from './refusals';
import { tokensOf, type Token } from './tokens';
import { Words } from './words';

export interface Query {
  readonly shown: readonly Shown[];
  readonly picks: (stored: Stored) => boolean;
  /** Undefined when the query asks for no order. */
  readonly order: ((one: Stored, other: Stored) => number) | undefined;
}

type Test = (stored: Stored) => boolean;

const same = (value: string): string => value;
const folded = (value: string): string => value.toLowerCase();

/** Comparisons of text: how values are made comparable, and whether one that is found is wanted. */
const COMPARISONS: Readonly<Record<string, { readonly fold: (value: string) => string; readonly wanted: boolean }>> = {
  '==': { fold: same, wanted: true },
  '!=': { fold: same, wanted: false },
  '=~': { fold: folded, wanted: true },
  '!~': { fold: folded, wanted: false },
  in: { fold: same, wanted: true },
  '!in': { fold: same, wanted: false },
  'in~': { fold: folded, wanted: true },
  '!in~': { fold: folded, wanted: false },
};

const TAKES_LIST = /^!?in~?$/;

function columnNamed(name: string, words: Words, { shown }: Query): Column {
  if (words.isNext('(')) throw notSupported(`the function '${name}' in Resource Graph queries`);
  if (words.isNext('[')) throw notSupported(`parts of '${name}' in Resource Graph queries`);
  const known = shown.find((one) => one.name === name);
  if (known === undefined) throw invalidQuery(`Failed to resolve scalar expression named '${name}'.`);
  if (known.column === name) return known.column;
  throw notSupported(`computed column '${name}' in another operator of Resource Graph queries`);
}

function textColumn(words: Words, query: Query): TextColumn {
  const column = columnNamed(words.name('a column'), words, query);
  if (words.isNext('.')) throw notSupported(`parts of '${column}' in Resource Graph queries`);
  if (isTextColumn(column)) return column;
  throw notSupported(`comparing or ordering by '${column}' in Resource Graph queries`);
}

/** `column`, `name = column` or `name = column.part`; without a name, a part has none that its documentation tells. */
function shownNext(words: Words, query: Query): Shown {
  const first = words.name('a column');
  const isNamed = words.takeIf('=');
  const column = columnNamed(isNamed ? words.name('a column') : first, words, query);
  const path: string[] = [];
  while (words.takeIf('.')) path.push(words.name('a part'));
  if (path.length > 0 && !isNamed) throw notSupported(`parts of '${column}' without a name of their own`);
  return { name: first, column, path };
}

function listOf(words: Words): readonly string[] {
  const values: string[] = [];
  words.take('(');
  do values.push(words.string());
  while (words.takeIf(','));
  words.take(')');
  return values;
}

function condition(words: Words, query: Query): Test {
  const column = textColumn(words, query);
  const operator = words.next('a comparison');
  const comparison = COMPARISONS[operator];
  if (comparison === undefined) throw notSupported(`the comparison '${operator}' in Resource Graph queries`);
  const { fold, wanted } = comparison;
  const values = new Set((TAKES_LIST.test(operator) ? listOf(words) : [words.string()]).map(fold));
  return (stored) => values.has(fold(textOf(stored, column))) === wanted;
}

function where(words: Words, query: Query): Query {
  const tests = [query.picks];
  do tests.push(condition(words, query));
  while (words.takeIf('and'));
  if (words.isNext('or')) throw notSupported("'or' in Resource Graph queries");
  return { ...query, picks: (stored) => tests.every((test) => test(stored)) };
}

const before = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

/** Descending unless it says otherwise, as KQL's sort. */
function order(words: Words, query: Query): Query {
  words.take('by');
  const keys: ((one: Stored, other: Stored) => number)[] = [];
  do {
    const column = textColumn(words, query);
    const sign = words.takeIf('asc') ? 1 : -1;
    words.takeIf('desc');
    keys.push((one, other) => sign * before(textOf(one, column), textOf(other, column)));
  } while (words.takeIf(','));
  return { ...query, order: (one, other) => keys.reduce((found, key) => found || key(one, other), 0) };
}

function project(words: Words, query: Query): Query {
  const shown: Shown[] = [];
  do shown.push(shownNext(words, query));
  while (words.takeIf(','));
  return { ...query, shown };
}

const OPERATORS: Readonly<Record<string, (words: Words, query: Query) => Query>> = {
  where,
  order,
  sort: order,
  project,
};

const EVERYTHING: Query = { shown: ALL_COLUMNS.map(asItIs), picks: () => true, order: undefined };

function stages(tokens: readonly Token[]): readonly Words[] {
  const all: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === '|') all.push([]);
    else all.at(-1)?.push(token);
  }
  return all.map((stage) => new Words(stage));
}

export function readQuery(text: string): Query {
  const [table = new Words([]), ...rest] = stages(tokensOf(text));
  const name = table.name('a table');
  if (name.toLowerCase() !== 'resources') throw notSupported(`'${name}' at the start of a Resource Graph query`);
  table.end();
  return rest.reduce((query, words) => {
    const operator = words.name('an operator');
    const apply = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (apply === undefined) throw notSupported(`the operator '${operator}' of Resource Graph queries`);
    const next = apply(words, query);
    words.end();
    return next;
  }, EVERYTHING);
}
