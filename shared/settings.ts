/** The app's settings: read once from the environment, checked together, all that is wrong named in one error. */
import * as z from 'zod';
import { NODES_PER_REPLICA } from './domain/limits';
import { parseScope, type Scope } from './domain/scope';

export interface Settings {
  /** Only these subscriptions and resource groups may be named in requests. */
  readonly allowedScopes: readonly Scope[];
  readonly serviceBus: { readonly connectionString: string } | { readonly fullyQualifiedNamespace: string };
  readonly armEndpoint: string;
  readonly armScope: string;
  readonly batchApiVersion: string;
  readonly batchScope: string;
  readonly batchDataApiVersion: string;
  readonly armTimeoutSeconds: number;
  readonly nodesPerReplica: number;
  readonly mostUnusablePercent: number;
  readonly shallowMostNodes: number;
  readonly managedImageApiVersion: string;
  /** Storage of the app itself, where findings and reports are kept. */
  readonly storage: StorageAddress;
  /** An image is told of so many days before the end of its life. */
  readonly imageEndDays: number;
  /** A node agent is told of so many days before Batch ends its support. */
  readonly supportEndDays: number;
  /** So many days the durable store keeps the histories of orchestrations. */
  readonly historyDays: number;
}

/** With the app's identity; or, of the local stack, by its connection string. */
export type StorageAddress =
  { readonly connectionString: string } | { readonly blobServiceUri: string; readonly tableServiceUri: string };

const scopes = z
  .string('is required: subscription ids or resource group ids, separated by commas')
  .transform((text, context) =>
    text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .flatMap((entry) => {
        const scope = parseScope(entry);
        if (!scope) context.addIssue(`"${entry.trim()}" is neither a subscription id nor the id of a resource group`);
        return scope ?? [];
      }),
  )
  .refine((list) => list.length > 0, 'must name at least one subscription or resource group');

/** Below functionTimeout (host.json), so that a call is given up before the function is. */
const TIMEOUT_RANGE = 'must be a number of seconds from 1 to 200';

/** Batch's own rule is the most: fewer replicas than that are too few (limits.ts). */
const REPLICA_RANGE = `must be a whole number of nodes from 1 to ${NODES_PER_REPLICA}`;
const NODES_RANGE = `must be a whole number of nodes from 0 to ${NODES_PER_REPLICA}`;
const PERCENT_RANGE = 'must be a percentage from 0 to 100';

/** Not by coercion, which takes an empty setting for 0. */
const numberText = (problem: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, problem)
    .transform(Number);

function days(usual: number, least = 0) {
  const range = `must be a whole number of days from ${least} to 3650`;
  return numberText(range).pipe(z.int(range).min(least, range).max(3_650, range)).default(usual);
}

/** A message may be delivered again as long as its queue keeps it, 14 days; the history of its build tells that it was answered. */
const LEAST_HISTORY_DAYS = 15;

/** Azurite, by its short name or by the account that every storage emulator has (storage/common/storage-use-azurite). */
const STORAGE_EMULATOR = /^UseDevelopmentStorage=true;?$|AccountName=devstoreaccount1;/;

/** The public cloud's; elsewhere the two service URIs are set (azure-functions/functions-reference, "Connecting to host storage"). */
const STORAGE_SUFFIX = 'core.windows.net';

const STORAGE_REQUIRED =
  "is required: the name of the app's own storage account (or AzureWebJobsStorage__blobServiceUri and __tableServiceUri)";

/** Every hour; not on the full one, when everybody's timers are due. */
const USUAL_AUDIT_SCHEDULE = '0 23 * * * *';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * When audits are due, NCRONTAB with seconds (azure-functions/functions-bindings-timer). Read by itself, because functions
 * are registered before the settings are checked; the host refuses a wrong one.
 */
export const auditSchedule = ({ AUDIT_SCHEDULE: schedule }: Environment): string => schedule ?? USUAL_AUDIT_SCHEDULE;

const environment = z
  .object({
    ALLOWED_SCOPES: scopes,
    SERVICE_BUS: z
      .string()
      .regex(/UseDevelopmentEmulator=true/, 'is for the local stack only; in Azure the bus is reached with an identity')
      .optional(),
    SERVICE_BUS__fullyQualifiedNamespace: z.string().min(1).optional(),
    ARM_ENDPOINT: z.url({ protocol: /^https$/, error: 'must be an https URL' }).default('https://management.azure.com'),
    ARM_SCOPE: z.string().min(1).default('https://management.azure.com/.default'),
    ARM_TIMEOUT_SECONDS: z.coerce.number(TIMEOUT_RANGE).min(1, TIMEOUT_RANGE).max(200, TIMEOUT_RANGE).default(60),
    BATCH_API_VERSION: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'must be an API version, such as 2025-06-01')
      .default('2025-06-01'),
    NODES_PER_REPLICA: numberText(REPLICA_RANGE)
      .pipe(z.int(REPLICA_RANGE).min(1, REPLICA_RANGE).max(NODES_PER_REPLICA, REPLICA_RANGE))
      .default(NODES_PER_REPLICA),
    MOST_UNUSABLE_PERCENT: numberText(PERCENT_RANGE)
      .pipe(z.number().min(0, PERCENT_RANGE).max(100, PERCENT_RANGE))
      .default(20),
    SHALLOW_MOST_NODES: numberText(NODES_RANGE)
      .pipe(z.int(NODES_RANGE).max(NODES_PER_REPLICA, NODES_RANGE))
      .default(10),
    MANAGED_IMAGE_API_VERSION: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be an API version, such as 2019-08-01')
      .default('2019-08-01'),
    IMAGE_END_DAYS: days(30),
    SUPPORT_END_DAYS: days(90),
    HISTORY_DAYS: days(30, LEAST_HISTORY_DAYS),
    AUDIT_SCHEDULE: z
      .string()
      .regex(/^\S+( \S+){5}$/, `must be an NCRONTAB expression of six fields, such as ${USUAL_AUDIT_SCHEDULE}`)
      .optional(),
    AzureWebJobsStorage: z
      .string()
      .regex(STORAGE_EMULATOR, 'is for the local stack only; in Azure storage is reached with an identity')
      .optional(),
    AzureWebJobsStorage__accountName: z.string().min(1).optional(),
    AzureWebJobsStorage__blobServiceUri: z.url({ protocol: /^https$/, error: 'must be an https URL' }).optional(),
    AzureWebJobsStorage__tableServiceUri: z.url({ protocol: /^https$/, error: 'must be an https URL' }).optional(),
    BATCH_SCOPE: z.string().min(1).default('https://batch.core.windows.net/.default'),
    BATCH_DATA_API_VERSION: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(\.\d+\.\d+)?$/, 'must be an API version, such as 2025-06-01')
      .default('2025-06-01'),
  })
  .refine((env) => env.SERVICE_BUS === undefined || env.SERVICE_BUS__fullyQualifiedNamespace === undefined, {
    path: ['SERVICE_BUS'],
    message:
      'and SERVICE_BUS__fullyQualifiedNamespace must not both be set: the trigger and the app would use different ones',
    when: () => true,
  })
  .refine((env) => env.SERVICE_BUS !== undefined || env.SERVICE_BUS__fullyQualifiedNamespace !== undefined, {
    path: ['SERVICE_BUS__fullyQualifiedNamespace'],
    message: 'is required (or SERVICE_BUS, a connection string, for the local stack)',
    when: () => true, // zod checks the whole only when every part is good; here all problems are named at once
  })
  .refine((env) => storageFrom(env) !== undefined, {
    path: ['AzureWebJobsStorage__accountName'],
    message: STORAGE_REQUIRED,
    when: () => true,
  });

interface StorageSettings {
  readonly AzureWebJobsStorage?: string | undefined;
  readonly AzureWebJobsStorage__accountName?: string | undefined;
  readonly AzureWebJobsStorage__blobServiceUri?: string | undefined;
  readonly AzureWebJobsStorage__tableServiceUri?: string | undefined;
}

/** As the host reads them for itself; undefined when they name no storage. */
function storageFrom(env: StorageSettings): StorageAddress | undefined {
  const { AzureWebJobsStorage: connectionString, AzureWebJobsStorage__accountName: account } = env;
  if (connectionString !== undefined) return { connectionString };
  const uriOf = (service: string): string | undefined =>
    account === undefined ? undefined : `https://${account}.${service}.${STORAGE_SUFFIX}`;
  const blobServiceUri = env.AzureWebJobsStorage__blobServiceUri ?? uriOf('blob');
  const tableServiceUri = env.AzureWebJobsStorage__tableServiceUri ?? uriOf('table');
  return blobServiceUri === undefined || tableServiceUri === undefined
    ? undefined
    : { blobServiceUri, tableServiceUri };
}

/** Reads the settings, or throws one error that names every setting that is missing or wrong. */
export function readSettings(env: Environment): Settings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.message}`);
    throw new Error(`The app's settings are not usable (see README.md, "Settings"):\n- ${problems.join('\n- ')}`);
  }
  const { ALLOWED_SCOPES, SERVICE_BUS, SERVICE_BUS__fullyQualifiedNamespace: namespace, ...rest } = parsed.data;
  return {
    allowedScopes: ALLOWED_SCOPES,
    serviceBus:
      namespace === undefined ? { connectionString: SERVICE_BUS ?? '' } : { fullyQualifiedNamespace: namespace },
    armEndpoint: rest.ARM_ENDPOINT.replace(/\/+$/, ''),
    armScope: rest.ARM_SCOPE,
    batchApiVersion: rest.BATCH_API_VERSION,
    batchScope: rest.BATCH_SCOPE,
    batchDataApiVersion: rest.BATCH_DATA_API_VERSION,
    armTimeoutSeconds: rest.ARM_TIMEOUT_SECONDS,
    nodesPerReplica: rest.NODES_PER_REPLICA,
    mostUnusablePercent: rest.MOST_UNUSABLE_PERCENT,
    shallowMostNodes: rest.SHALLOW_MOST_NODES,
    managedImageApiVersion: rest.MANAGED_IMAGE_API_VERSION,
    storage: storageFrom(rest) ?? { connectionString: '' },
    imageEndDays: rest.IMAGE_END_DAYS,
    supportEndDays: rest.SUPPORT_END_DAYS,
    historyDays: rest.HISTORY_DAYS,
  };
}
