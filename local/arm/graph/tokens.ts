/** A query of Azure Resource Graph as words: the Kusto Query Language's, as far as this simulator knows it. */
import { invalidQuery } from './refusals';

export interface Token {
  readonly kind: 'name' | 'string' | 'symbol';
  /** Of a string, what it says. */
  readonly text: string;
}

/** A name may end in `~` or begin with `!` where it is one of the `in` operators. */
const PATTERN =
  /(?<space>\s+)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<name>!?in~|!in\b|[A-Za-z_][\w-]*)|(?<symbol>==|=~|!=|!~|\S)/gy;

/** Escapes of KQL strings that stand for themselves; the others are not understood. */
const unescaped = (literal: string): string =>
  literal.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => {
    if (!/['"\\]/.test(escaped)) throw invalidQuery(`The escape '\\${escaped}' in ${literal} is not understood.`);
    return escaped;
  });

export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const { groups = {} } of query.matchAll(PATTERN)) {
    const { string, name, symbol } = groups;
    if (string !== undefined) tokens.push({ kind: 'string', text: unescaped(string) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
  }
  return tokens;
}
