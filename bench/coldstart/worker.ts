/** A process that loads an app as the Functions worker does, tells its parent when a function could run, and which modules cost what. */
import Module from 'node:module';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ColdStart } from './coldStart';

const CORE = '@azure/functions-core';

class Disposable {
  static from(): Disposable {
    return new Disposable();
  }
  dispose(): void {
    // Nothing is let go of: the process ends.
  }
}

/** Only what the libraries ask of a worker while an app registers its functions. */
let functions = 0;
const core = {
  version: '3.13.0',
  hostVersion: '4.1048.200',
  Disposable,
  setProgrammingModel: () => undefined,
  getProgrammingModel: () => undefined,
  registerHook: () => new Disposable(),
  registerFunction: () => {
    functions += 1;
    return new Disposable();
  },
  log: () => undefined,
};

/** Time in a package's own modules, without that of the modules that they load. */
const ownMs = new Map<string, number>();
const inside: number[] = [];

const packageOf = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'the app itself';

type Load = (request: string, parent: NodeJS.Module | undefined, isMain: boolean) => unknown;

function watchLoads(): void {
  const original = Reflect.get(Module, '_load') as Load;
  const resolve = Reflect.get(Module, '_resolveFilename') as (request: string, parent: unknown) => string;
  const timed: Load = (request, parent, isMain) => {
    if (request === CORE) return core;
    const startedMs = performance.now();
    inside.push(0);
    try {
      return original(request, parent, isMain);
    } finally {
      const tookMs = performance.now() - startedMs;
      const innerMs = inside.pop() ?? 0;
      if (inside.length > 0) inside[inside.length - 1] = (inside.at(-1) ?? 0) + tookMs;
      const name = Module.isBuiltin(request) ? 'Node itself' : packageOf(resolve(request, parent));
      ownMs.set(name, (ownMs.get(name) ?? 0) + tookMs - innerMs);
    }
  };
  Reflect.set(Module, '_load', timed);
}

const appFolder = process.argv[2] ?? '.';
watchLoads();
const load = Module.createRequire(join(appFolder, 'package.json'));
const { main } = load('./package.json') as { readonly main: string };
for (const file of globSync(main, { cwd: appFolder })) load(join(appFolder, file));

const loaded = Object.keys(load.cache);
const readyMs = performance.now();
const packages = [...ownMs];
const activities = join(appFolder, dirname(main), 'activityHandlers.js');
if (existsSync(activities)) load(activities);
process.send?.({
  readyMs,
  activitiesMs: performance.now() - readyMs,
  functions,
  modules: loaded.length,
  packages,
  sdks: [
    ...new Set(
      loaded.map(packageOf).filter((name) => /^@azure\/(arm-|identity|service-bus|storage-|data-tables)/.test(name)),
    ),
  ],
} satisfies ColdStart);
