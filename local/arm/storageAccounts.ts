/** Microsoft.Storage/storageAccounts: the accounts that the world brings, in which VHDs lie. */
import { z } from 'zod';
import type { ResourceKind } from './kind';
import { json, tags } from './schema';

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  kind: z.enum(['Storage', 'StorageV2', 'BlobStorage', 'BlockBlobStorage', 'FileStorage']),
  sku: z.strictObject({ name: z.string(), tier: z.string().optional() }),
  identity: json.optional(),
  zones: z.array(z.string()).optional(),
  /** Nothing of it means anything here. */
  properties: json.default({}),
});

export const storageAccounts: ResourceKind = {
  type: 'Microsoft.Storage/storageAccounts',
  apiVersions: ['2025-01-01', '2024-01-01', '2023-05-01', '2023-01-01'],
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
  /** At once (rest/api/storagerp/storage-accounts/delete: 200, or 204). */
  remove: () => ({ durationMs: 0 }),
};
