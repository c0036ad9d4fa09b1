/** Microsoft.Batch/batchAccounts: the accounts that the world brings, with their quotas. */
import { z } from 'zod';
import type { Place, ResourceKind, Stored } from './kind';
import { regionOf } from './resourceId';
import { json, tags } from './schema';

export const BATCH_API_VERSIONS = ['2023-11-01', '2024-07-01', '2025-06-01'];

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  identity: json.optional(),
  properties: z.strictObject({
    accountEndpoint: z.string(),
    nodeManagementEndpoint: z.string().optional(),
    poolAllocationMode: z.enum(['BatchService', 'UserSubscription']),
    keyVaultReference: json.optional(),
    publicNetworkAccess: z.string().default('Enabled'),
    networkProfile: json.optional(),
    privateEndpointConnections: z.array(json).optional(),
    autoStorage: json.optional(),
    encryption: json.optional(),
    dedicatedCoreQuota: z.int().optional(),
    dedicatedCoreQuotaPerVMFamily: z.array(z.strictObject({ name: z.string(), coreQuota: z.int() })).optional(),
    dedicatedCoreQuotaPerVMFamilyEnforced: z.boolean().optional(),
    lowPriorityCoreQuota: z.int().optional(),
    poolQuota: z.int(),
    activeJobAndJobScheduleQuota: z.int().optional(),
    allowedAuthenticationModes: z.array(z.string()).optional(),
  }),
});

/** What pools need to know of their account. */
export function accountOf(stored: Stored): z.infer<typeof body> {
  return body.parse(stored.input);
}

/** Where the account's pools are. */
export const placeOf = (account: Stored): Place => ({
  region: regionOf(accountOf(account).location),
  subscription: account.key.split('/')[2] ?? '',
});

export const batchAccounts: ResourceKind = {
  type: 'Microsoft.Batch/batchAccounts',
  apiVersions: BATCH_API_VERSIONS,
  dialect: 'batch',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
};
