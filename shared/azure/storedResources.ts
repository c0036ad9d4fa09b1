/** Images, versions, definitions and snapshots from their REST bodies, as a GET and Resource Graph both show them. */
import * as z from 'zod';
import { parseArmId, regionKey } from '../domain/armId';
import type { OwnTags, StoredResource } from '../domain/guard/imageStock';
import { keptSources } from '../domain/guard/keptSources';
import { CREATED_BY, TAG } from '../domain/names';

/** Of any values: an odd tag of somebody must not hide the resource. */
const anyTags = z.record(z.string(), z.string().catch('')).nullish().catch(null);

const tagsOf = anyTags.transform((tags): { readonly own?: OwnTags } => {
  if (tags?.[TAG.createdBy] !== CREATED_BY) return {};
  const { [TAG.build]: buildId = '', [TAG.pool]: poolId = '', [TAG.createdAt]: createdAt = '' } = tags;
  return { own: { buildId, poolId, createdAt } };
});

/** The same, with what the app noted of the sources of a version that it made; of others such tags say nothing. */
const versionTags = anyTags.transform((tags) => {
  const { own } = tagsOf.parse(tags);
  if (own === undefined) return { marks: { letGo: [], kept: [] } };
  return { own, marks: { letGo: listOf(tags?.[TAG.letGo]), kept: listOf(tags?.[TAG.kept]) } };
});

const listOf = (text = ''): readonly string[] => text.split(',').filter((part) => part !== '');

const reference = z.object({ id: z.string().nullish() }).nullish();

/** A source of a gallery image, a VM aside (rest/api/compute/gallery-image-versions/get). */
const source = z
  .object({ id: z.string().nullish(), storageAccountId: z.string().nullish() })
  .nullish()
  .transform((one) => [one?.id, one?.storageAccountId]);

const diskImage = z.object({ source, lun: z.int().nullish() }).nullish();

const excluded = z.boolean().nullish();

const idsOf = (ids: readonly (string | null | undefined)[]): readonly string[] => [
  ...new Set(ids.filter((id) => typeof id === 'string').filter((id) => id !== '')),
];

const versionProperties = z.object({
  publishingProfile: z
    .object({
      endOfLifeDate: z.string().nullish(),
      excludeFromLatest: excluded,
      replicationMode: z.string().nullish(),
      targetRegions: z.array(z.object({ name: z.string(), excludeFromLatest: excluded })).nullish(),
    })
    .nullish(),
  storageProfile: z.object({ source, osDiskImage: diskImage, dataDiskImages: z.array(diskImage).nullish() }).nullish(),
});

const ends = (date: string | null | undefined) =>
  typeof date === 'string' && !Number.isNaN(Date.parse(date)) ? { endsOn: date } : {};

const version = z
  .object({ id: z.string(), location: z.string().nullish(), tags: versionTags, properties: versionProperties })
  .transform(({ id, location, tags, properties: { publishingProfile: published, storageProfile: stored } }) => {
    const { marks, ...own } = tags;
    const regions = published?.targetRegions ?? (typeof location === 'string' ? [{ name: location }] : []);
    const passedBy = (published?.targetRegions ?? []).filter((region) => region.excludeFromLatest === true);
    const disks = [stored?.osDiskImage, ...(stored?.dataDiskImages ?? [])];
    const named = idsOf([...(stored?.source ?? []), ...disks.flatMap((disk) => disk?.source ?? [])]);
    const luns = (stored?.dataDiskImages ?? []).flatMap((disk) => disk?.lun ?? []);
    return {
      kind: 'version' as const,
      id,
      ...own,
      sourceIds: keptSources(id, named, marks, luns),
      replication: published?.replicationMode === 'Shallow' ? ('shallow' as const) : ('full' as const),
      regions: regions.map(({ name }) => regionKey(name)),
      excludedFromLatest:
        published?.excludeFromLatest === true ? ('everywhere' as const) : passedBy.map(({ name }) => regionKey(name)),
      ...ends(published?.endOfLifeDate),
    };
  });

/** A disk of a managed image; a VHD is named by its address only, of which a query would be a key to it. */
const imageDisk = z
  .object({ snapshot: reference, managedDisk: reference, blobUri: z.string().nullish() })
  .nullish()
  .transform((disk) => ({
    stored: [disk?.snapshot?.id, disk?.blobUri?.replace(/\?.*$/, '')],
    attached: disk?.managedDisk?.id,
  }));

const image = z
  .object({
    id: z.string(),
    location: z.string(),
    tags: tagsOf,
    properties: z.object({
      sourceVirtualMachine: reference,
      storageProfile: z.object({ osDisk: imageDisk, dataDisks: z.array(imageDisk).nullish() }).nullish(),
    }),
  })
  .transform(({ id, location, tags, properties: { sourceVirtualMachine: machine, storageProfile } }) => {
    const disks = storageProfile ? [storageProfile.osDisk, ...(storageProfile.dataDisks ?? [])] : [];
    // The disks of a captured VM are given up with it (virtual-machines/capture-image-resource).
    const isCaptured = typeof machine?.id === 'string';
    return {
      kind: 'image' as const,
      id,
      ...tags,
      region: regionKey(location),
      sourceIds: idsOf(disks.flatMap(({ stored, attached }) => [...stored, isCaptured ? undefined : attached])),
    };
  });

const definition = z
  .object({ id: z.string(), tags: tagsOf, properties: z.object({ endOfLifeDate: z.string().nullish() }) })
  .transform(({ id, tags, properties }) => ({
    kind: 'definition' as const,
    id,
    ...tags,
    ...ends(properties.endOfLifeDate),
  }));

const snapshot = z
  .object({ id: z.string(), tags: tagsOf })
  .transform(({ id, tags }) => ({ kind: 'snapshot' as const, id, ...tags }));

const storageAccount = z.object({ id: z.string() }).transform(({ id }) => ({ kind: 'storageAccount' as const, id }));

/** The bodies that are understood, by the type in lower case. */
export const STORED = {
  'microsoft.compute/galleries/images/versions': version,
  'microsoft.compute/galleries/images': definition,
  'microsoft.compute/images': image,
  'microsoft.compute/snapshots': snapshot,
  'microsoft.storage/storageaccounts': storageAccount,
} as const;

const isStored = (type: string): type is keyof typeof STORED => type in STORED;

/** Reads one body by the type in its id; undefined when it is not what its documentation says. */
export function storedResource(body: unknown): StoredResource | undefined {
  const id = z.object({ id: z.string() }).safeParse(body).data?.id ?? '';
  const type = parseArmId(id)?.type.toLowerCase() ?? '';
  return isStored(type) ? STORED[type].safeParse(body).data : undefined;
}
