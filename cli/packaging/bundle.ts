/** The app as two files: what esbuild makes of what a start needs and of what activities need, and what they read from beside them. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { packageFolder, packagesIn } from './bundledPackages';

/** Contents by path, from the folder of the app. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Provided by the worker of the Functions host; it is on no registry (azure-functions-nodejs-library#201). */
const PROVIDED_BY_HOST = '@azure/functions-core';

const MAIN = 'index.js';

/**
 * Loaded by the first activity. In one file with the rest, every start would at least parse the SDKs, which are most
 * of the app; and esbuild splits only ES modules, for which the worker does not provide its module.
 */
const ACTIVITIES = 'activityHandlers.js';

/** The node worker that hosts offer is older than the Node of this project (functions-versions, "Languages"). */
const OLDEST_NODE = 'node22';

/** Packages that hold what is registered: two copies of one, and half of the app registers with nobody. */
const ONLY_ONCE = [
  '@azure/functions',
  '@azure/functions-extensions-base',
  '@azure/functions-extensions-servicebus',
  'durable-functions',
];

/** Of the app's own: holds who an activity runs for, which its calls to Azure look up. */
const STATEFUL = ['shared/azure/callTrace.ts'];

/** Read at run time from beside the code that asks for it, which is then the bundle. */
const ASSETS = [{ of: '@azure/functions-extensions-servicebus', from: 'dist/proto/settlement.proto', to: 'proto' }];

/** What of package.json the host and people need; dependencies are in the bundle. */
const described = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  private: z.boolean(),
  engines: z.record(z.string(), z.string()),
});

export interface Bundle {
  readonly files: Files;
  /** Folders of the packages that went in, from the project's folder. */
  readonly packages: readonly string[];
}

function checkCopies(packages: readonly string[]): void {
  for (const name of ONLY_ONCE) {
    const copies = packages.filter((folder) => folder.endsWith(`node_modules/${name}`));
    if (copies.length === 1) continue;
    const found = copies.length === 0 ? 'none' : copies.join(', ');
    throw new Error(`The bundle needs exactly one copy of ${name}; it has ${found}. See "overrides" in package.json.`);
  }
}

interface Built {
  readonly inputs: readonly string[];
  readonly files: Files;
}

async function built(
  project: string,
  entryPoint: string,
  outfile: string,
  external: readonly string[],
): Promise<Built> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: project,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: OLDEST_NODE,
    external: [...external],
    // Not identifiers: the SDKs and the log show names of classes and functions.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    // protobufjs asks for optional modules by an eval that bundlers are not meant to see.
    logOverride: { 'direct-eval': 'silent' },
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [relative(project, path), contents]));
  return { inputs: Object.keys(metafile.inputs), files };
}

/** What the two files both have is loaded twice, which must not matter. */
export function checkShared(start: readonly string[], activities: readonly string[]): void {
  const inBoth = start.filter((file) => activities.includes(file));
  const packages = packagesIn(inBoth).filter((folder) => ONLY_ONCE.some((name) => folder.endsWith(`/${name}`)));
  const twice = [...packages, ...inBoth.filter((file) => STATEFUL.includes(file))];
  if (twice.length > 0) throw new Error(`${MAIN} and ${ACTIVITIES} would each have their own ${twice.join(', ')}.`);
}

async function bundled(project: string): Promise<Built> {
  const start = await built(project, 'functions/index.ts', MAIN, [PROVIDED_BY_HOST, `./${ACTIVITIES}`]);
  const activities = await built(project, 'functions/activityHandlers.ts', ACTIVITIES, [PROVIDED_BY_HOST]);
  checkShared(start.inputs, activities.inputs);
  return { inputs: [...start.inputs, ...activities.inputs], files: new Map([...start.files, ...activities.files]) };
}

async function assets(project: string, packages: readonly string[]): Promise<Files> {
  const read = ASSETS.map(async ({ of, from, to }) => {
    const file = join(project, packageFolder(packages, of), from);
    return [`${to}/${from.slice(dirname(from).length + 1)}`, new Uint8Array(await readFile(file))] as const;
  });
  return new Map(await Promise.all(read));
}

async function description(project: string): Promise<Uint8Array> {
  const { engines, ...own } = described.parse(JSON.parse(await readFile(join(project, 'package.json'), 'utf8')));
  return Buffer.from(`${JSON.stringify({ ...own, main: MAIN, engines }, null, 2)}\n`);
}

/** Everything that is deployed but the notices. */
export async function bundleApp(project: string): Promise<Bundle> {
  const { inputs, files } = await bundled(project);
  const packages = packagesIn(inputs);
  checkCopies(packages);
  return {
    packages,
    files: new Map([
      ['host.json', new Uint8Array(await readFile(join(project, 'host.json')))],
      ['package.json', await description(project)],
      ...files,
      ...(await assets(project, packages)),
    ]),
  };
}
