/** The Bicep files of infra/, parsed: what they declare, and the values of what is written out in them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';

export const PROJECT = join(__dirname, '../..');
export const INFRA = join(PROJECT, 'infra');

/** What only a deployment could work out, as it is written. */
export class Expression {
  constructor(readonly text: string) {}
}

export type Value =
  string | number | boolean | null | Expression | readonly Value[] | { readonly [key: string]: Value };

export interface Declared {
  readonly symbol: string;
  /** Type and API version of a resource, or the file of a module. */
  readonly type: string;
  readonly isExisting: boolean;
  readonly body: Node;
}

export interface Parameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
}

export interface BicepFile {
  /** From infra/. */
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  readonly parameters: readonly Parameter[];
  readonly variables: ReadonlyMap<string, Node>;
  readonly resources: readonly Declared[];
  readonly modules: readonly Declared[];
  readonly outputs: readonly string[];
}

export const descendants = (node: Node, ...types: readonly string[]): readonly Node[] =>
  node.descendantsOfType([...types]);

export const children = (node: Node): readonly Node[] => node.namedChildren;

const nameOf = (declaration: Node): string => declaration.namedChild(0)?.text ?? '';

const stringText = (node: Node): string => node.text.replace(/^'''|^'|'''$|'$/g, '');

function declared(node: Node): Declared {
  const type = children(node).find((child) => child.type === 'string');
  const [body] = descendants(node, 'object');
  if (!type || !body) throw new Error(`No type or no body: ${node.text}`);
  const between = node.text.slice(0, body.startIndex - node.startIndex);
  return { symbol: nameOf(node), type: stringText(type), isExisting: /\bexisting\b/.test(between), body };
}

function parameter(node: Node): Parameter {
  const before = node.previousNamedSibling;
  const [, description] = (before?.type === 'decorators' && /@description\('(.*)'\)/.exec(before.text)) || [];
  return { name: nameOf(node), isRequired: !/^param \w+ [^=]+=/s.test(node.text), description };
}

let parser: Promise<Parser> | undefined;

async function makeParser(): Promise<Parser> {
  await Parser.init();
  const grammar = require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
  return new Parser().setLanguage(await Language.load(readFileSync(grammar)));
}

export async function bicepFile(path: string): Promise<BicepFile> {
  const text = readFileSync(join(INFRA, path), 'utf8');
  const root = (await (parser ??= makeParser())).parse(text)?.rootNode;
  if (!root) throw new Error(`infra/${path} cannot be parsed.`);
  const all = (type: string): readonly Node[] => descendants(root, type);
  return {
    path,
    text,
    root,
    parameters: all('parameter_declaration').map(parameter),
    variables: new Map(all('variable_declaration').map((node) => [nameOf(node), node.namedChild(1) ?? node])),
    resources: all('resource_declaration').map(declared),
    modules: all('module_declaration').map(declared),
    outputs: all('output_declaration').map(nameOf),
  };
}

export const bicepPaths = (): readonly string[] => globSync('**/*.bicep', { cwd: INFRA }).sort();

/** Written out, and text. */
export function textOf(value: Value): string {
  if (typeof value !== 'string') throw new Error(`Not a text: ${JSON.stringify(value)}`);
  return value;
}

/** Keys and values of an object; resources within it left out. */
export function properties(object: Node): ReadonlyMap<string, Node> {
  return new Map(
    children(object).flatMap((property) => {
      const [key, value] = children(property);
      return property.type === 'object_property' && key && value ? [[stringText(key), value] as const] : [];
    }),
  );
}

export function valueOf(node: Node): Value {
  switch (node.type) {
    case 'string':
      return descendants(node, 'interpolation').length > 0 ? new Expression(node.text) : stringText(node);
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
    case 'array':
      return children(node)
        .filter(({ type }) => type !== 'comment')
        .map(valueOf);
    case 'object':
      return Object.fromEntries([...properties(node)].map(([key, value]) => [key, valueOf(value)]));
    default:
      return new Expression(node.text);
  }
}

/** The value of a property that is written out, by the keys that lead to it. */
export function valueAt({ body, symbol }: Declared, ...keys: readonly string[]): Value {
  const node = keys.reduce<Node | undefined>((at, key) => at && properties(at).get(key), body);
  if (!node) throw new Error(`${symbol} has no ${keys.join('.')}.`);
  return valueOf(node);
}

/** The resources of that type that are made, whatever their API version. */
export function resourcesOf({ resources }: BicepFile, type: string): readonly Declared[] {
  return resources.filter((one) => one.type.startsWith(`${type}@`) && !one.isExisting);
}
