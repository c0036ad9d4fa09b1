/** What the real host would refuse in an app's registrations, and what this host does not support. */

import type { z } from 'zod';
import { BUILT_IN, INPUTS, isKeyOf, OUTPUTS, queueOutput, queueTrigger, timerTrigger, TRIGGERS } from './bindings';
import { parseConnectionString } from './bus/connectionString';
import type { HostJson } from './hostJson';
import { Refusals } from './refusals';
import type { Settings } from './settings';
import { Schedule } from './timer/schedule';
import { Route } from './web/route';
import type { Binding, NamedBinding, RegisteredFunction } from './worker/registration';

/** https://github.com/Azure/azure-functions-host, Utility.cs: the names a function may have. */
const FUNCTION_NAME = /^[a-z][a-z0-9_-]{0,127}$/i;
const RESERVED_NAME = 'host';

interface App {
  readonly functions: readonly RegisteredFunction[];
  readonly hostJson: HostJson | undefined;
  readonly settings: Settings;
}

export function checkRegistrations({ functions, hostJson, settings }: App): Refusals {
  const refusals = new Refusals();
  const seen = new Map<string, string>();
  for (const { name } of functions) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined)
      refusals.add(
        `Two functions are called '${name}'${twin === name ? '' : ` and '${twin}'`}: names must differ by more than case.`,
      );
    seen.set(name.toLowerCase(), name);
    if (!FUNCTION_NAME.test(name) || name.toLowerCase() === RESERVED_NAME) {
      refusals.add(
        `'${name}' is not a valid function name: a letter, then up to 127 letters, digits, '_' or '-'; not 'host'.`,
      );
    }
  }
  for (const registered of functions) checkFunction(registered, settings, refusals);
  checkBundle(functions, hostJson, refusals);
  return refusals;
}

function checkFunction(registered: RegisteredFunction, settings: Settings, refusals: Refusals): void {
  const about = `Function '${registered.name}': `;
  if (registered.triggers.length !== 1)
    refusals.add(`${about}it has ${registered.triggers.length} triggers; it must have one.`);
  if (registered.metadata.retryOptions) refusals.add(`${about}retry policies are not supported by this host.`);
  const tables: [readonly NamedBinding[], Readonly<Record<string, z.ZodType>>, string][] = [
    [registered.triggers, TRIGGERS, 'trigger'],
    [registered.inputs, INPUTS, 'input binding'],
    [registered.outputs, OUTPUTS, 'output binding'],
  ];
  for (const [bindings, supported, kind] of tables) {
    for (const { binding } of bindings) {
      const schema = isKeyOf(supported, binding.type) ? supported[binding.type] : undefined;
      if (!schema) {
        refusals.add(
          `${about}this host does not support the ${kind} '${binding.type}'; it has ${Object.keys(supported).join(', ')}.`,
        );
        continue;
      }
      const parsed = schema.safeParse(binding);
      for (const issue of parsed.error?.issues ?? [])
        refusals.add(`${about}${binding.type}.${issue.path.join('.')}: ${issue.message}`);
      if (parsed.success) checkSettings(about, registered.name, binding, { settings, refusals });
    }
  }
}

/** The settings that a binding names, tried as the triggers will use them. */
function checkSettings(
  about: string,
  name: string,
  binding: Binding,
  { settings, refusals }: { settings: Settings; refusals: Refusals },
): void {
  const tries: Record<string, () => unknown> = {};
  const queue =
    binding.type === 'serviceBus' ? queueOutput.safeParse(binding).data : queueTrigger.safeParse(binding).data;
  if (queue) {
    tries.queue = () => settings.resolve(queue.queueName);
    tries.connection = () => parseConnectionString(settings.connection(queue.connection));
  }
  const timer = timerTrigger.safeParse(binding).data;
  if (timer) tries.schedule = () => new Schedule(settings.resolve(timer.schedule));
  if (binding.type === 'httpTrigger')
    tries.route = () => new Route(settings.resolve(TRIGGERS.httpTrigger.parse(binding).route ?? name));
  for (const attempt of Object.values(tries)) refusals.attempt(attempt, about);
}

function checkBundle(
  functions: readonly RegisteredFunction[],
  hostJson: HostJson | undefined,
  refusals: Refusals,
): void {
  if (!hostJson || hostJson.extensionBundle) return;
  const types = functions.flatMap(({ metadata }) => Object.values(metadata.bindings).map(({ type }) => type));
  const missing = [...new Set(types)].filter((type) => !BUILT_IN.has(type));
  if (missing.length === 0) return;
  refusals.add(`The binding types ${missing.join(', ')} are not registered: host.json needs an extensionBundle.`);
}
