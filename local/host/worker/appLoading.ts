/** Loads the built app in the order of the node worker: `main` as a glob, its files, the appStart hooks, the lock. */

import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { Refusals } from '../refusals';
import type { FunctionsCore } from './functionsCore';

const packageJson = z.looseObject({ main: z.string().optional(), type: z.string().optional() });
type PackageJson = z.infer<typeof packageJson>;

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Loads everything that can be loaded and answers with all that stands in the way. */
export async function loadApp(core: FunctionsCore, appFolder: string): Promise<Refusals> {
  const refusals = new Refusals();
  for (const file of globSync('*/function.json', { cwd: appFolder })) {
    refusals.add(`'${file}' mixes the v3 programming model into a v4 app: the host would ignore one of the two.`);
  }
  const described = readPackageJson(appFolder, refusals);
  if (!described) return refusals;
  for (const file of entryFiles(appFolder, described, refusals)) {
    try {
      await loadFile(join(appFolder, file), described);
    } catch (error) {
      refusals.add(`Worker was unable to load entry point '${file}': ${reasonOf(error)}`);
    }
  }
  if (refusals.isEmpty) await finishStart(core, appFolder, refusals);
  core.lock();
  return refusals;
}

function readPackageJson(appFolder: string, refusals: Refusals): PackageJson | undefined {
  const file = join(appFolder, 'package.json');
  try {
    return packageJson.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    refusals.add(`The app's ${basename(file)} cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}

function entryFiles(appFolder: string, { main }: PackageJson, refusals: Refusals): string[] {
  if (main === undefined) {
    refusals.add("package.json has no 'main': the worker loads the files that it names.");
    return [];
  }
  const files = globSync(main, { cwd: appFolder }).filter((file) => statSync(join(appFolder, file)).isFile());
  if (files.length === 0)
    refusals.add(`package.json's main '${main}': found zero files matching the supplied pattern.`);
  return files.sort();
}

async function loadFile(path: string, { type }: PackageJson): Promise<void> {
  const isEsModule = path.endsWith('.mjs') || (type === 'module' && !path.endsWith('.cjs'));
  // The app's own files are named by its package.json, so they can only be found at run time.
  if (isEsModule) await import(pathToFileURL(path).href);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the worker loads CommonJS
  else require(path);
}

async function finishStart(core: FunctionsCore, functionAppDirectory: string, refusals: Refusals): Promise<void> {
  try {
    for (const hook of core.hooks('appStart')) {
      await hook({ hookData: {}, appHookData: core.appHookData, functionAppDirectory });
    }
    if (!core.hasProgrammingModel) return;
    // Asking for the capabilities also locks `app.setup`.
    const capabilities = await core.programmingModel.getCapabilities({ RpcHttpBodyOnly: 'true' });
    if ('HttpUri' in capabilities) refusals.add("This host does not support 'enableHttpStream' in app.setup.");
  } catch (error) {
    refusals.add(`The app's start failed: ${reasonOf(error)}`);
  }
}
