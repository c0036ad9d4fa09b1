/** The source of a build request, as a schema: ten kinds, each with the fields that belong to it. */
import * as z from 'zod';
import { SOURCES, type BuildSource } from './domain/source';
import { armIdOf } from './parsing';

const compute = (rest: string): string => `/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Compute/${rest}`;

const generalized = z
  .boolean()
  .optional()
  .describe('Your word that the OS was generalized; Azure cannot prove it, so anything but true is refused.');

const osType = z.enum(['Linux', 'Windows']);

const lun = z.int().min(0).max(63);

const numbered = (type: string, example: string) => z.array(z.strictObject({ lun, id: armIdOf(type, example) }));

const SNAPSHOT = ['Microsoft.Compute/snapshots', compute('snapshots/SNAPSHOT')] as const;
const DISK = ['Microsoft.Compute/disks', compute('disks/DISK')] as const;
const VM = ['Microsoft.Compute/virtualMachines', compute('virtualMachines/VM')] as const;

/** Page blobs lie in a container of a storage account, in any cloud (rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata). */
const vhdUri = z
  .string()
  .trim()
  .regex(
    /^https:\/\/[A-Za-z0-9]{3,24}\.[^/?#\s]+\/[^?#\s]+\.[vV][hH][dD]$/,
    'must be the address of a VHD, without a query, such as https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.vhd',
  );

/** `latest` names no version: pools name the definition instead. */
const versionId = armIdOf('Microsoft.Compute/galleries/images/versions', compute('galleries/G/images/I/versions/1.0.0'))
  .refine(
    (id) => !/\/versions\/latest$/i.test(id),
    'must name a version; for the latest one use galleryImageDefinitionId',
  )
  .describe('Nothing is made but the pool.');

/** Any case of letters, as Azure takes it; a JSON Schema has no flags for that. */
const anyCase = (word: string): string => word.replace(/[a-z]/gi, (at) => `[${at.toLowerCase()}${at.toUpperCase()}]`);

/** The names become part of a URL, in which others would lead elsewhere. */
const NAME = '(?!\\.+/)[A-Za-z0-9_.()-]+';

const sharedId = (lead: string, example: string) => {
  const path = [anyCase(lead), NAME, anyCase('images'), NAME, anyCase('versions'), '\\d+\\.\\d+\\.\\d+'];
  return z
    .string()
    .trim()
    .regex(new RegExp(`^/${path.join('/')}$`), `must be ${example}`);
};

const SOURCE_SCHEMAS = [
  z.strictObject({ virtualMachineId: armIdOf(...VM), generalized }),
  z.strictObject({
    generalizedVirtualMachineId: armIdOf(...VM),
    generalize: z
      .boolean()
      .optional()
      .describe('true: the build deallocates and generalizes the VM, which can never start again.'),
  }),
  z.strictObject({
    osSnapshotId: armIdOf(...SNAPSHOT),
    dataSnapshots: numbered(...SNAPSHOT).optional(),
    osType: osType.optional().describe('Needed when the snapshot does not say.'),
    generalized,
  }),
  z.strictObject({
    osDiskId: armIdOf(...DISK),
    dataDisks: numbered(...DISK).optional(),
    osType: osType.optional().describe('Needed when the disk does not say.'),
    generalized,
  }),
  z.strictObject({
    vhdUri,
    dataVhds: z.array(z.strictObject({ lun, uri: vhdUri })).optional(),
    osType,
    hyperVGeneration: z.enum(['V1', 'V2']),
    architecture: z.enum(['x64', 'Arm64']).optional(),
    storageAccountId: armIdOf(
      'Microsoft.Storage/storageAccounts',
      '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/ACCOUNT',
    ),
    generalized,
  }),
  z.strictObject({ managedImageId: armIdOf('Microsoft.Compute/images', compute('images/IMAGE')) }),
  z.strictObject({ galleryImageVersionId: versionId }),
  z.strictObject({
    galleryImageDefinitionId: armIdOf('Microsoft.Compute/galleries/images', compute('galleries/G/images/I')),
    track: z.literal('latest').optional().describe('The pool takes each newer version by itself.'),
  }),
  z.strictObject({
    communityGalleryImageId: sharedId('CommunityGalleries', '/CommunityGalleries/NAME/Images/I/Versions/1.0.0'),
  }),
  z.strictObject({
    sharedGalleryImageId: sharedId('sharedGalleries', '/sharedGalleries/NAME/images/I/versions/1.0.0'),
  }),
] as const;

/** The field that names a source of each kind: the first of its schema. */
const KEY_FIELDS: readonly string[] = SOURCE_SCHEMAS.map((schema) => Object.keys(schema.shape)[0] ?? '');

/** Those that name an image that is there, of which nothing more is to be said. */
export const IMAGE_FIELDS: readonly string[] = Object.values(SOURCES)
  .filter(({ is }) => is === 'image')
  .map(({ field }) => field);

export const sourceSchema = z
  .union(SOURCE_SCHEMAS)
  .describe('What the image is made from, or is: exactly one kind.') satisfies z.ZodType<BuildSource>;

/**
 * The schema of the one kind that is meant, so that its problems are told and not those of the nine others; or why it is
 * not one kind.
 */
export function meantSource(
  source: unknown,
): { readonly schema: z.ZodType<BuildSource>; readonly needsImage: boolean } | { readonly problem: string } {
  const fields = typeof source === 'object' && source !== null ? Object.keys(source) : [];
  const named = SOURCE_SCHEMAS.filter((_, index) => fields.includes(KEY_FIELDS[index] ?? ''));
  const [schema] = named;
  if (schema && named.length === 1) return { schema, needsImage: !IMAGE_FIELDS.some((field) => field in schema.shape) };
  const one = `exactly one of ${KEY_FIELDS.join(', ')}`;
  if (named.length === 0) return { problem: `source: must have ${one}` };
  const given = KEY_FIELDS.filter((field) => fields.includes(field)).join(' and ');
  return { problem: `source: must have ${one}, but has ${given}` };
}
