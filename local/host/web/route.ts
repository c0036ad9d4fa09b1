/** A route of an HTTP trigger: `builds/{id}`, `{id:int}`, `{id?}` and `{*rest}`, as ASP.NET writes them. */

const CONSTRAINTS: Readonly<Record<string, string>> = {
  int: '-?\\d+',
  long: '-?\\d+',
  guid: '[0-9a-fA-F-]{36}',
  alpha: '[A-Za-z]+',
};

const PARAMETER = /^\{(\*?)([A-Za-z_][A-Za-z0-9_-]*)(?::([a-z]+))?(\?)?\}$/;

const SPECIAL = /[.*+?^$()|[\]\\]/g;

interface Part {
  readonly pattern: string;
  readonly parameter?: string;
  /** Literal text wins over a parameter, a parameter over the rest of the path. */
  readonly rank: number;
}

export class Route {
  readonly text: string;
  /** Sorts routes so that the most specific one is tried first. */
  readonly rank: string;
  readonly #pattern: RegExp;
  readonly #parameters: readonly string[];

  constructor(text: string) {
    this.text = text;
    const parts = text
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => readSegment(segment, text));
    this.rank = parts.map(({ rank }) => rank).join('');
    this.#pattern = new RegExp(`^${parts.map(({ pattern }) => pattern).join('')}/?$`, 'i');
    this.#parameters = parts.flatMap(({ parameter }) => parameter ?? []);
  }

  /** The parameters of a path that starts with '/', or undefined when the route is another one. */
  match(path: string): Record<string, string> | undefined {
    const found = this.#pattern.exec(path);
    if (!found) return undefined;
    const values = this.#parameters.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== ''));
  }
}

function readSegment(segment: string, route: string): Part {
  if (!/[{}]/.test(segment)) return { pattern: `/${segment.replace(SPECIAL, '\\$&')}`, rank: 0 };
  const [, star, parameter, constraint, optional] = PARAMETER.exec(segment) ?? [];
  if (parameter === undefined) {
    throw new Error(
      `the segment '${segment}' of route '${route}' is not supported: write {name}, {name:int}, {name?} or {*name}.`,
    );
  }
  if (star) return { pattern: '(?:/(.*))?', parameter, rank: 3 };
  const value = constraint === undefined ? '[^/]+' : CONSTRAINTS[constraint];
  if (value === undefined) {
    throw new Error(
      `route '${route}': the constraint '${String(constraint)}' is not supported; there are ${Object.keys(CONSTRAINTS).join(', ')}.`,
    );
  }
  return { pattern: optional ? `(?:/(${value}))?` : `/(${value})`, parameter, rank: constraint ? 1 : 2 };
}
