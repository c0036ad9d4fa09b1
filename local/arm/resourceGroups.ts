/** Microsoft.Resources/resourceGroups: the groups that the world brings. */
import { z } from 'zod';
import type { ResourceKind } from './kind';
import { RESOURCE_GROUP } from './resourceId';
import { tags } from './schema';

export const resourceGroups: ResourceKind = {
  type: RESOURCE_GROUP,
  apiVersions: ['2025-04-01', '2025-03-01', '2024-11-01', '2024-03-01', '2022-09-01', '2021-04-01'],
  dialect: 'compute',
  body: z.strictObject({
    location: z.string(),
    tags: tags.optional(),
    managedBy: z.string().optional(),
    properties: z.strictObject({}).default({}),
  }),
  readOnly: [],
  lists: ['subscription'],
};
