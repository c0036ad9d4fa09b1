/** The body of a managed image as a client may send it. */
import { z } from 'zod';
import { subResource, tags } from './schema';

const disk = {
  snapshot: subResource.optional(),
  managedDisk: subResource.optional(),
  blobUri: z.string().optional(),
  caching: z.enum(['None', 'ReadOnly', 'ReadWrite']).default('None'),
  diskSizeGB: z.int().max(1023).optional(),
  storageAccountType: z
    .enum(['Standard_LRS', 'Premium_LRS', 'StandardSSD_LRS', 'Premium_ZRS', 'StandardSSD_ZRS'])
    .default('Standard_LRS'),
  diskEncryptionSet: subResource.optional(),
};

const osDisk = z.strictObject({
  ...disk,
  osType: z.enum(['Linux', 'Windows']),
  osState: z.enum(['Generalized', 'Specialized']),
});
const dataDisk = z.strictObject({ ...disk, lun: z.int().min(0).max(63) });

export const imageBody = z.strictObject({
  location: z.string(),
  tags: tags.optional(),
  properties: z.strictObject({
    sourceVirtualMachine: subResource.optional(),
    storageProfile: z
      .strictObject({ osDisk, dataDisks: z.array(dataDisk).default([]), zoneResilient: z.boolean().default(false) })
      .optional(),
    hyperVGeneration: z.enum(['V1', 'V2']).optional(),
  }),
});

export type ImageInput = z.infer<typeof imageBody>;
export type ImageDisk = z.infer<typeof dataDisk> | z.infer<typeof osDisk>;
