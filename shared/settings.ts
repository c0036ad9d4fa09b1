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
}

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
const PERCENT_RANGE = 'must be a percentage from 0 to 100';

/** Not by coercion, which takes an empty setting for 0. */
const numberText = (problem: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, problem)
    .transform(Number);

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
    BATCH_SCOPE: z.string().min(1).default('https://batch.core.windows.net/.default'),
    BATCH_DATA_API_VERSION: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(\.\d+\.\d+)?$/, 'must be an API version, such as 2024-07-01.20.0')
      .default('2024-07-01.20.0'),
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
  });

/** Reads the settings, or throws one error that names every setting that is missing or wrong. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
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
  };
}
