/** What the host takes from host.json; a setting of Service Bus that it does not know is refused. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { logLevel } from './log';

const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/;

const timeSpanMs = z.string().transform((text, context) => {
  const [, days = '0', hours, minutes, seconds] = TIME_SPAN.exec(text) ?? [];
  if (hours === undefined) context.addIssue(`'${text}' is no time span like 00:05:00.`);
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
});

const count = z.int().min(1);
/** Settings of sessions and of reaching the service: triggers that would need them are refused elsewhere. */
const withoutEffectHere = z.unknown().optional();

/** Defaults: https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings */
const serviceBus = z
  .strictObject({
    autoCompleteMessages: z.boolean().default(true),
    maxConcurrentCalls: count.default(16),
    prefetchCount: z.int().min(0).default(0),
    maxAutoLockRenewalDuration: timeSpanMs.default(5 * 60_000),
    enableCrossEntityTransactions: z
      .literal(false, { error: 'transactions are not supported by this host.' })
      .optional(),
    clientRetryOptions: withoutEffectHere,
    transportType: withoutEffectHere,
    webProxy: withoutEffectHere,
    maxConcurrentSessions: withoutEffectHere,
    sessionIdleTimeout: withoutEffectHere,
    maxMessageBatchSize: count.default(1000),
    minMessageBatchSize: z.literal(1, { error: 'this host does not wait for messages to come together.' }).optional(),
    maxBatchWaitTime: withoutEffectHere,
  })
  .prefault({});

const durableTask = z
  .looseObject({
    hubName: z.string().default('TestHubName'),
    maxConcurrentActivityFunctions: count.optional(),
    maxConcurrentOrchestratorFunctions: count.optional(),
  })
  .prefault({});

const hostJson = z.looseObject({
  version: z.literal('2.0', { error: `must be "2.0".` }),
  extensionBundle: z.looseObject({ id: z.string(), version: z.string() }).optional(),
  logging: z.looseObject({ logLevel: z.looseObject({ default: logLevelIgnoringCase() }).prefault({}) }).prefault({}),
  extensions: z
    .looseObject({
      serviceBus,
      durableTask,
      http: z.looseObject({ routePrefix: z.string().default('api') }).prefault({}),
    })
    .prefault({}),
});

export type HostJson = z.infer<typeof hostJson>;
export type ServiceBusSettings = HostJson['extensions']['serviceBus'];

function logLevelIgnoringCase() {
  return z.preprocess(
    (level) => (typeof level === 'string' ? level.toLowerCase() : level),
    logLevel.default('information'),
  );
}

export function readHostJson(appFolder: string): HostJson {
  const file = join(appFolder, 'host.json');
  if (!existsSync(file)) throw new Error('there is none in the app folder.');
  const parsed = hostJson.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '));
}
