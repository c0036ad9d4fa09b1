/** Microsoft.Compute/diskEncryptionSets: the customer-managed keys that the world brings, by which image versions are encrypted. */
import { z } from 'zod';
import type { ResourceKind } from './kind';
import { json, tags } from './schema';

const body = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  identity: json.optional(),
  properties: z.strictObject({
    activeKey: json,
    encryptionType: z.enum([
      'EncryptionAtRestWithCustomerKey',
      'EncryptionAtRestWithPlatformAndCustomerKeys',
      'ConfidentialVmEncryptedWithCustomerKey',
    ]),
    previousKeys: z.array(json).optional(),
    rotationToLatestKeyVersionEnabled: z.boolean().optional(),
    lastKeyRotationTimestamp: z.string().optional(),
    federatedClientId: z.string().optional(),
  }),
});

export const DISK_ENCRYPTION_SET = 'Microsoft.Compute/diskEncryptionSets';

export const diskEncryptionSets: ResourceKind = {
  type: DISK_ENCRYPTION_SET,
  apiVersions: ['2026-03-02', '2025-01-02', '2024-03-02'],
  dialect: 'compute',
  body,
  readOnly: [],
  lists: ['resourceGroup', 'subscription'],
};
