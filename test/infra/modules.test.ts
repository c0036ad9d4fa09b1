/** The Bicep files are whole: each parses, every name is declared and used, and modules get what they ask for. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { bicepFile, bicepPaths, children, descendants, INFRA, properties, type BicepFile } from './bicep';

const PATHS = bicepPaths();

/** Functions of Bicep that infra/ uses (azure-resource-manager/bicep/bicep-functions). */
const FUNCTIONS = new Set(
  `cidrSubnet concat contains empty environment filter first guid items join loadTextContent map replace resourceGroup
  split subscription subscriptionResourceId toLower trim union uniqueString`.split(/\s+/),
);

const DECLARATIONS = new Set([
  'parameter_declaration',
  'variable_declaration',
  'resource_declaration',
  'module_declaration',
  'output_declaration',
  'type_declaration',
  'user_defined_function',
  'parameter',
  'import_functionality',
  'lambda_expression',
]);

const files = new Map<string, BicepFile>();
beforeAll(async () => {
  for (const path of PATHS) files.set(path, await bicepFile(path));
});

function file(path: string): BicepFile {
  const found = files.get(path);
  if (!found) throw new Error(`There is no infra/${path}.`);
  return found;
}

const faultsIn = (root: Node): readonly string[] =>
  children(root).flatMap((node) =>
    node.isError || node.isMissing
      ? [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`]
      : node.hasError
        ? faultsIn(node)
        : [],
  );

const loopNames = (root: Node): readonly Node[] => [
  ...descendants(root, 'loop_variable', 'loop_enumerator'),
  ...descendants(root, 'for_statement').flatMap((loop) => {
    const [first] = children(loop);
    return first?.type === 'identifier' ? [first] : [];
  }),
];

/** A word of the declaration, or the key of a property: no use of what is declared elsewhere. */
function isNaming(node: Node): boolean {
  const within = node.parent?.type ?? '';
  if (within === 'import_functionality') return true;
  const isFirst = node.parent?.namedChild(0)?.id === node.id;
  return isFirst && (within === 'object_property' || DECLARATIONS.has(within));
}

function names(root: Node): { readonly declared: ReadonlySet<string>; readonly used: ReadonlySet<string> } {
  const loops = loopNames(root);
  const loopIds = new Set(loops.map(({ id }) => id));
  const words = descendants(root, 'identifier').filter(
    ({ id, parent }) => !loopIds.has(id) && !loopIds.has(parent?.id ?? -1),
  );
  const isKey = ({ parent }: Node): boolean => parent?.type === 'object_property';
  return {
    declared: new Set([...loops, ...words.filter((word) => isNaming(word) && !isKey(word))].map(({ text }) => text)),
    used: new Set(words.filter((word) => !isNaming(word)).map(({ text }) => text)),
  };
}

it.each(PATHS)('%s parses', (path) => {
  expect(faultsIn(file(path).root)).toEqual([]);
  expect(file(path).root.hasError).toBe(false);
});

it.each(PATHS)('%s says in its first line what it is for', (path) => {
  expect(file(path).text).toMatch(/^\/\/ [A-Z].+/);
});

it.each(PATHS)('%s uses only what it declares, and all that it takes in', (path) => {
  const { declared, used } = names(file(path).root);
  const decorators = new Set(
    descendants(file(path).root, 'decorator').map(({ text }) => /@(\w+)/.exec(text)?.[1] ?? ''),
  );
  const unknown = [...used].filter((name) => !declared.has(name) && !FUNCTIONS.has(name) && !decorators.has(name));
  expect(unknown).toEqual([]);
  const { parameters, variables } = file(path);
  const takenIn = [...parameters.map(({ name }) => name), ...variables.keys()];
  expect(takenIn.filter((name) => !used.has(name))).toEqual([]);
});

const calls = PATHS.flatMap((path) =>
  [...readFileSync(join(INFRA, path), 'utf8').matchAll(/^module (\w+) '([^']+)'/gm)].map(
    ([, symbol = '', target = '']) => ({
      path,
      symbol,
      target: normalize(join(dirname(path), target)),
    }),
  ),
);

it.each(calls)('$path gives module $target what it asks for', ({ path, symbol, target }) => {
  expect(existsSync(join(INFRA, target))).toBe(true);
  const call = file(path).modules.find((module) => module.symbol === symbol);
  const given = call && properties(call.body).get('params');
  const names = given ? [...properties(given).keys()] : [];
  const { parameters } = file(target);
  expect(names.filter((name) => !parameters.some((one) => one.name === name))).toEqual([]);
  expect(parameters.filter((one) => one.isRequired && !names.includes(one.name))).toEqual([]);
});

it.each(calls)('$path takes of module $target only what it puts out', ({ path, symbol, target }) => {
  const taken = [...file(path).text.matchAll(/\b(\w+)(?:\[\w+\])?\.\??outputs\.(\w+)/g)].filter(
    ([, from]) => from === symbol,
  );
  expect(taken.map(([, , output]) => output).filter((name) => !file(target).outputs.includes(name ?? ''))).toEqual([]);
});

it('each type of resource has one API version, and none that is a preview', () => {
  const types = PATHS.flatMap((path) =>
    file(path).resources.flatMap(({ type }) => (type.includes('@') ? [type.split('@')] : [])),
  );
  const versions = Map.groupBy(types, ([type = '']) => type);
  const several = [...versions].filter(([, all]) => new Set(all.map(([, version]) => version)).size > 1);
  expect(several.map(([type]) => type)).toEqual([]);
  expect(types.filter(([, version = '']) => !/^\d{4}-\d{2}-\d{2}$/.test(version))).toEqual([]);
});

it('every module is called', () => {
  const called = new Set([...calls.map(({ target }) => target), 'main.bicep', 'scopes.bicep']);
  expect(PATHS.filter((path) => !called.has(path))).toEqual([]);
});

it('every parameter of an installation is described', () => {
  expect(file('main.bicep').parameters.filter(({ description = '' }) => description.length < 20)).toEqual([]);
});

it('the parameter file gives every parameter that has no default, and no unknown one', () => {
  const text = readFileSync(join(INFRA, 'main.bicepparam'), 'utf8');
  expect(text).toContain("using 'main.bicep'");
  const given = [...text.matchAll(/^param (\w+) = /gm)].map(([, name = '']) => name);
  const { parameters } = file('main.bicep');
  expect(given.filter((name) => !parameters.some((one) => one.name === name))).toEqual([]);
  expect(parameters.filter(({ name, isRequired }) => isRequired && !given.includes(name))).toEqual([]);
});

it('no key or password is put out, and no key-based access left open', () => {
  const texts = PATHS.map((path) => file(path).text).join('\n');
  expect(texts).not.toMatch(/list(Keys|AccountSas|Secrets)\(|@secure|connectionStrings/i);
  expect(texts).toMatch(/allowSharedKeyAccess: false/);
  expect(texts).toMatch(/disableLocalAuth: true/);
});
