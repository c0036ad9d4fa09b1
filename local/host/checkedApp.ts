/** Loads an app with its settings and host.json, and refuses it with everything that is wrong at once. */

import type { HostJson } from './hostJson';
import { readHostJson } from './hostJson';
import { checkRegistrations } from './registrationRules';
import { Refusals, StartRefused } from './refusals';
import type { Values } from './settings';
import { Settings } from './settings';
import { loadApp } from './worker/appLoading';
import type { FunctionsCore } from './worker/functionsCore';

export interface AppFiles {
  readonly settings: Settings;
  readonly hostJson: HostJson | undefined;
  readonly refusals: Refusals;
}

/** Read before the app is loaded: what it finds in its environment and what its log shows depend on them. */
export function readAppFiles(appFolder: string, environment: Values): AppFiles {
  const refusals = new Refusals();
  const settings = refusals.attempt(() => Settings.read(appFolder, environment), 'local.settings.json: ');
  const hostJson = refusals.attempt(() => readHostJson(appFolder), 'host.json: ');
  return { settings: settings ?? new Settings(environment), hostJson, refusals };
}

/** Answers with host.json, which is there when nothing is refused. */
export async function loadCheckedApp(core: FunctionsCore, appFolder: string, files: AppFiles): Promise<HostJson> {
  const { settings, hostJson, refusals } = files;
  Object.assign(process.env, settings.values);
  core.install();
  refusals.addAll(await loadApp(core, appFolder));
  refusals.addAll(checkRegistrations({ functions: core.functions, hostJson, settings }));
  if (refusals.isEmpty && core.functions.length === 0) refusals.add('The app registered no functions.');
  if (!hostJson || !refusals.isEmpty) throw new StartRefused(refusals.problems);
  return hostJson;
}
