/** The app's settings: the environment, over the values of local.settings.json. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const localSettings = z.looseObject({
  IsEncrypted: z.boolean().optional(),
  Values: z.record(z.string(), z.string()).default({}),
});

const PLACEHOLDER = /%([^%]+)%/g;

export type Values = Readonly<Record<string, string | undefined>>;

export class Settings {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  /** What the app will find in its environment, for a file that sits in its folder. */
  static read(appFolder: string, environment: Values): Settings {
    const file = join(appFolder, 'local.settings.json');
    if (!existsSync(file)) return new Settings(environment);
    const { IsEncrypted, Values } = localSettings.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (IsEncrypted === true) throw new Error('it is encrypted; run `func settings decrypt` first.');
    return new Settings({ ...Values, ...environment });
  }

  get values(): Values {
    return this.#values;
  }

  get(name: string): string | undefined {
    return this.#values[name];
  }

  /** Replaces every `%NAME%`, as the host does in queue names, schedules, routes and the hub's name. */
  resolve(text: string): string {
    return text.replace(PLACEHOLDER, (placeholder, name: string) => {
      const value = this.#values[name];
      if (value === undefined || value === '') {
        throw new Error(`'${placeholder}' does not resolve to a value: set ${name} in the environment.`);
      }
      return value;
    });
  }

  /** A connection is the setting of its name, or of its name after `AzureWebJobs`. */
  connection(name: string): string {
    const value = this.#values[name] ?? this.#values[`AzureWebJobs${name}`];
    if (value) return value;
    throw new Error(
      `connection setting '${name}' is missing: set ${name} (or AzureWebJobs${name}) in the environment.`,
    );
  }

  /** As in Azure, `AzureWebJobs.<name>.Disabled` keeps a function's trigger from starting. */
  isDisabled(functionName: string): boolean {
    const value = this.#values[`AzureWebJobs.${functionName}.Disabled`] ?? '';
    return value === '1' || value.toLowerCase() === 'true';
  }
}
