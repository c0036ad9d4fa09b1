/** What is deployed: two files that need nothing from beside them but what the host provides and what the package has. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack, zipped } from '../../../cli/packaging/archive';
import { bundleApp, checkShared, type Bundle } from '../../../cli/packaging/bundle';
import { notices, packagesIn } from '../../../cli/packaging/bundledPackages';

const PROJECT = join(__dirname, '../../..');

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleApp(PROJECT);
});

const text = (name: string): string => Buffer.from(bundle.files.get(name) ?? []).toString('utf8');

it('has the bundles with their maps, what the host reads, and the file that one of them reads', () => {
  expect([...bundle.files.keys()].sort()).toEqual([
    'activityHandlers.js',
    'activityHandlers.js.map',
    'host.json',
    'index.js',
    'index.js.map',
    'package.json',
    'proto/settlement.proto',
  ]);
  expect(text('host.json')).toBe(readFileSync(join(PROJECT, 'host.json'), 'utf8'));
});

it('names its main file and no dependencies', () => {
  const description = JSON.parse(text('package.json')) as object;
  expect(description).toMatchObject({ name: 'batch-image-pools', main: 'index.js' });
  expect(Object.keys(description).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
});

it.each([
  ['index.js', ['@azure/functions-core']],
  ['activityHandlers.js', []],
])('requires nothing in %s but Node itself and the module that the worker provides', (file, provided) => {
  const required = [...text(file).matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
  const others = required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
  expect([...new Set(others)]).toEqual(provided);
});

it.each(['@azure/arm-batch', '@azure/arm-compute', '@azure/identity', '@azure/service-bus', '@azure/storage-blob'])(
  'keeps %s out of what a start loads',
  (name) => {
    const has = (file: string): boolean => text(`${file}.map`).includes(`node_modules/${name}/`);
    expect({ start: has('index.js'), activities: has('activityHandlers.js') }).toEqual({
      start: false,
      activities: true,
    });
  },
);

it.each([
  ['a package that registers', 'node_modules/durable-functions/lib/src/index.js'],
  ['the trace of an activity', 'shared/azure/callTrace.ts'],
])('refuses to put %s into both files', (_, file) => {
  expect(() => checkShared(['functions/index.ts', file], [file])).toThrow(
    /would each have their own .*(durable|Trace)/,
  );
  expect(() => checkShared(['shared/json.ts', file], ['shared/json.ts'])).not.toThrow();
});

it('has the licence of every package that is in it', async () => {
  const told = await notices(PROJECT, bundle.packages);
  for (const name of ['@azure/functions', 'durable-functions', 'zod', '@grpc/grpc-js'])
    expect(told).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+`, 'm'));
});

it('finds the packages of files, the inner one where one lies in another', () => {
  expect(
    packagesIn([
      'functions/index.ts',
      'node_modules/zod/index.js',
      'node_modules/zod/v4/core.js',
      'node_modules/@azure/identity/node_modules/open/index.js',
    ]),
  ).toEqual(['node_modules/@azure/identity/node_modules/open', 'node_modules/zod']);
});

describe('the archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bip-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const files = new Map([
    ['index.js', Buffer.from('exports.b = 1;')],
    ['proto/a.proto', Buffer.from('syntax = "proto3";')],
  ]);

  it('comes out as it went in, in place of what was there', async () => {
    await unpack(zipped(new Map([['old.js', Buffer.from('old')]])), folder);
    await unpack(zipped(files), folder);
    for (const [name, contents] of files) expect(readFileSync(join(folder, name))).toEqual(contents);
    expect(() => readFileSync(join(folder, 'old.js'))).toThrow(/ENOENT/);
  });

  it('is the same for the same files, in whatever order and at whatever time', () => {
    expect(zipped(new Map([...files].reverse()))).toEqual(zipped(files));
  });
});
