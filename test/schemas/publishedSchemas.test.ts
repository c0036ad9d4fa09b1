/** The published JSON Schema: up to date, true of the examples, and of one mind with the parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { publishedSchemas } from '../../cli/publishedSchemas';
import { parseRequest } from '../../shared/guardRequests';
import { parseBuildRequest } from '../../shared/messages';

const PROJECT = join(__dirname, '../..');
const REQUEST_SCHEMA = 'schemas/image-build-request.v1.json';
const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');
const readJson = (file: string): unknown => JSON.parse(read(file));

const fitsSchema = new Ajv({ strict: true, formats: { date: true, 'date-time': true } }).compile(readJson(REQUEST_SCHEMA) as object);
const fitsParser = (message: unknown): boolean => parseBuildRequest(message).ok;

const inSources = readdirSync(join(PROJECT, 'examples/sources')).map((file) => `sources/${file}`);
const examples = [...readdirSync(join(PROJECT, 'examples')), ...inSources].filter((file) => file.endsWith('.json'));

describe('the published schemas', () => {
  it.each([...publishedSchemas()])('%s is what the app parses with; if not, run `npm run schemas`', (file, text) => {
    expect(read(file)).toBe(text);
  });

  it('are all the files in schemas/', () => {
    expect(readdirSync(join(PROJECT, 'schemas')).map((file) => `schemas/${file}`)).toEqual([
      ...publishedSchemas().keys(),
    ]);
  });
});

it.each(examples)('examples/%s is a request to the schema and to the parser', (file) => {
  const message = readJson(`examples/${file}`);
  expect(fitsSchema(message)).toBe(true);
  expect(parseBuildRequest(message)).toMatchObject({ ok: true });
});

const guardSchemas: Readonly<Record<string, string>> = {
  'audit.json': 'schemas/audit-request.v1.json',
  'snooze.json': 'schemas/snooze-request.v1.json',
};

describe.each(readdirSync(join(PROJECT, 'examples/guard')))('examples/guard/%s', (file) => {
  const fits = new Ajv({ strict: true, formats: { 'date-time': true } }).compile(
    readJson(guardSchemas[file] ?? '') as object,
  );
  const message = readJson(`examples/guard/${file}`) as object;

  it('is a request to its schema and to the parser, and to no other parser', () => {
    expect(fits(message)).toBe(true);
    expect(parseRequest(message)).toMatchObject({ ok: true });
    expect(parseBuildRequest(message)).toMatchObject({ ok: false });
  });

  it('is none with a field that is not known', () => {
    const more = { ...message, colour: 'red' };
    expect(fits(more)).toBe(false);
    expect(parseRequest(more)).toEqual({ ok: false, problems: ['colour: unknown field'] });
  });
});

type Path = readonly (string | number)[];

/** A request in which every field of the schema is given, so that every field can be spoilt. */
const WHOLE = {
  requestId: 'render-16-nodes',
  mode: 'build',
  source: {
    virtualMachineId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm',
    generalized: true,
  },
  image: {
    resourceGroup: 'rg-images',
    name: 'render',
    galleryId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/gal',
    route: 'gallery',
    regions: [{ name: 'westeurope', replicas: 2, storageAccountType: 'Premium_LRS' }],
    osState: 'Generalized',
    identifier: { publisher: 'studio', offer: 'render', sku: 'ubuntu' },
    replicationMode: 'Full',
    excludeFromLatest: true,
    keep: { snapshots: true, managedImage: false },
  },
  pool: {
    batchAccountId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/acc',
    name: 'render-pool',
    properties: {
      vmSize: 'STANDARD_D4S_V5',
      deploymentConfiguration: { virtualMachineConfiguration: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } },
      scaleSettings: { fixedScale: { targetDedicatedNodes: 16, targetLowPriorityNodes: 0, resizeTimeout: 'PT30M' } },
      metadata: [{ name: 'team', value: 'fx' }],
    },
  },
  keepOnFailure: false,
  allowRetiredManagedImagePools: false,
};

/** Resource ids: what they must look like is more than a pattern can say, so only the parser checks their shape. */
const IDS: readonly Path[] = [
  ['source', 'virtualMachineId'],
  ['image', 'galleryId'],
  ['pool', 'batchAccountId'],
];
const isId = (path: Path): boolean => IDS.some((id) => id.join('.') === path.join('.'));

const entriesOf = (value: object): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((item: unknown, index) => [index, item]) : Object.entries(value);

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...entriesOf(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

/** `root` with what is at `path` replaced; `undefined` takes a field away. */
function changed(root: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(root);
  if (typeof root !== 'object' || root === null) return root;
  const entries = entriesOf(root).flatMap(([name, item]): [string | number, unknown][] => {
    const next = name === key ? changed(item, rest, change) : item;
    return next === undefined ? [] : [[name, next]];
  });
  return Array.isArray(root) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

const PATHS = pathsIn(WHOLE).filter((path) => path.length > 0);
const OBJECTS = [[], ...PATHS].filter((path: Path) => {
  let found: unknown;
  changed(WHOLE, path, (value) => (found = value));
  return typeof found === 'object' && !Array.isArray(found);
});

const agree = (message: unknown): void => {
  expect({ message, fits: fitsSchema(message) }).toEqual({ message, fits: fitsParser(message) });
};

describe('schema and parser agree', () => {
  it('on a request in which everything is given', () => {
    expect([fitsSchema(WHOLE), fitsParser(WHOLE)]).toEqual([true, true]);
  });

  it.each<{ label: string; path: Path; value: unknown; fits: boolean }>([
    { label: 'a request id of digits only', path: ['requestId'], value: '12345', fits: false },
    { label: 'a request id with a space', path: ['requestId'], value: 'a b', fits: false },
    { label: 'an unknown mode', path: ['mode'], value: 'try', fits: false },
    { label: 'a VM that is not generalized: a refusal, not a bad message', path: ['source', 'generalized'], value: false, fits: true },
    { label: 'an image name that ends in a dot', path: ['image', 'name'], value: 'render.', fits: false },
    { label: 'a specialized image', path: ['image', 'osState'], value: 'Specialized', fits: false },
    { label: 'the retired route: a refusal, not a bad message', path: ['image', 'route'], value: 'managedImage', fits: true },
    { label: 'no regions at all', path: ['image', 'regions'], value: [], fits: false },
    { label: 'no replicas', path: ['image', 'regions', 0, 'replicas'], value: 0, fits: false },
    { label: 'too many replicas', path: ['image', 'regions', 0, 'replicas'], value: 101, fits: false },
    { label: 'a share of a replica', path: ['image', 'regions', 0, 'replicas'], value: 1.5, fits: false },
    { label: 'a pool name with a dot', path: ['pool', 'name'], value: 'a.b', fits: false },
    { label: 'fewer nodes than none', path: ['pool', 'properties', 'scaleSettings', 'fixedScale', 'targetDedicatedNodes'], value: -1, fits: false },
    { label: 'a timeout that is no duration', path: ['pool', 'properties', 'scaleSettings', 'fixedScale', 'resizeTimeout'], value: '30 min', fits: false },
    { label: 'a timeout of days and hours', path: ['pool', 'properties', 'scaleSettings', 'fixedScale', 'resizeTimeout'], value: 'P1DT2H', fits: true },
    { label: 'a field of the pool that the app does not know', path: ['pool', 'properties', 'upgradePolicy'], value: { mode: 'automatic' }, fits: true },
  ])('on $label', ({ path, value, fits }) => {
    const parent = path.slice(0, -1);
    const message = changed(WHOLE, parent, (holder) =>
      Array.isArray(holder) ? holder : { ...(holder as object), [String(path.at(-1))]: value },
    );
    expect([fitsSchema(message), fitsParser(message)]).toEqual([fits, fits]);
  });

  it('on any field that is missing', () => {
    fc.assert(fc.property(fc.constantFrom(...PATHS), (path) => agree(changed(WHOLE, path, () => undefined))));
  });

  it('on any field that is not known', () => {
    fc.assert(
      fc.property(fc.constantFrom<Path>(...OBJECTS), fc.stringMatching(/^[a-z]{1,12}$/), (path, name) =>
        agree(changed(WHOLE, path, (value) => ({ ...(value as object), [`x-${name}`]: 1 }))),
      ),
    );
  });

  it('on any value of the wrong type', () => {
    const value = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
    const anything = fc.oneof(value, fc.string(), fc.array(value), fc.dictionary(fc.string(), value));
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), anything, (path, wrong) => {
        fc.pre(!(isId(path) && typeof wrong === 'string'));
        agree(changed(WHOLE, path, () => wrong));
      }),
      { numRuns: 500 },
    );
  });

  it('on anything that is not an object', () => {
    fc.assert(fc.property(fc.jsonValue(), (message) => {
      // Text is what a queue delivers: the parser reads it as JSON first.
      fc.pre(typeof message !== 'string');
      agree(message);
    }));
  });
});

it.each(IDS.map((path) => path.join('.')))('only the parser checks what the resource id at %s looks like', (dotted) => {
  const message = changed(WHOLE, dotted.split('.'), () => 'not an id');
  expect(fitsSchema(message)).toBe(true);
  expect(parseBuildRequest(message)).toMatchObject({ ok: false, problems: [expect.stringContaining(dotted)] });
});
