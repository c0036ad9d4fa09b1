/** Reads what a pool stands on: its image, the version that it takes, and what that was made from. */
import { armKey, parseArmId, armName, regionKey } from '../domain/armId';
import type { Fact } from '../domain/facts';
import { vhdAccount } from '../domain/guard/accountSheet';
import { imageKindOf, startingImage, type Foundation } from '../domain/guard/foundation';
import type { StoredVersion } from '../domain/guard/imageStock';
import type { WatchedPool } from '../domain/guard/watchedPool';
import { newestOf } from '../domain/versionOrder';
import type { ImageReader } from './imageReader';
import { allOf } from './readFact';

const nameOf = (id: string): string => {
  const parsed = parseArmId(id);
  return parsed ? armName(parsed) : '';
};

/** The version that `latest` means in a region: the highest that is not excluded there (virtual-machines/image-version). */
function latestIn(region: string, versions: Fact<readonly StoredVersion[]>): Fact<StoredVersion> {
  if (versions.read !== 'found') return versions;
  const here = regionKey(region);
  const isExcluded = ({ excludedFromLatest: where }: StoredVersion): boolean =>
    where === 'everywhere' || where.includes(here);
  const known = versions.value.map((one) => ({ name: nameOf(one.id), excludedFromLatest: isExcluded(one) }));
  const newest = newestOf(known);
  const version = versions.value.find(({ id }) => nameOf(id) === newest);
  return version === undefined ? { read: 'missing' } : { read: 'found', value: version };
}

type Named = Pick<Foundation, 'image' | 'latest' | 'definition'>;

/** A pool may name its definition, or `latest` under it, which is the name of no version (Azure/vm-scale-sets#62). */
const withoutLatest = (id: string): string => id.replace(/\/versions\/latest\/*$/i, '');

const definitionIdOf = (versionId: string): string => versionId.replace(/\/versions\/[^/]+\/*$/i, '');

async function readNamed(images: ImageReader, id: string, region: string): Promise<Named> {
  const kind = imageKindOf(id);
  switch (kind) {
    case 'version': {
      const [fact, definition] = await allOf([images.version(id), images.definition(definitionIdOf(id))]);
      return { image: { kind, id, fact }, definition };
    }
    case 'image':
      return { image: { kind, id, fact: await images.image(id) } };
    case 'definition': {
      const [fact, versions] = await allOf([images.definition(id), images.versionsOf(id)]);
      return { image: { kind, id, fact }, latest: latestIn(region, versions) };
    }
    case 'other':
      return { image: { kind, id } };
  }
}

/** A version of a managed image of snapshots is two steps away from them; each copy between galleries adds one. */
const MOST_STEPS_BACK = 5;

type Source = Foundation['sources'][number];

/** What can be asked for: of a VHD the storage account that it lies in, where that is known. */
const askable = (images: ImageReader, source: string): string => {
  const account = vhdAccount(armKey(source));
  return (account === undefined ? undefined : images.storageAccount(account)) ?? source;
};

/** One source, and the ids of what it was made from in turn. */
async function readSource(
  images: ImageReader,
  sourceId: string,
): Promise<{ readonly source: Source; readonly next: readonly string[] }> {
  const id = askable(images, sourceId);
  const kind = imageKindOf(id);
  if (kind !== 'image' && kind !== 'version') return { source: { id, fact: await images.source(id) }, next: [] };
  const fact = await images[kind](id);
  return { source: { id, fact }, next: fact.read === 'found' ? fact.value.sourceIds : [] };
}

async function readSources(images: ImageReader, ids: readonly string[]): Promise<readonly Source[]> {
  const sources = new Map<string, Source>();
  let open = ids;
  for (let step = 1; step <= MOST_STEPS_BACK && open.length > 0; step += 1) {
    const fresh = new Map(open.flatMap((id) => (sources.has(armKey(id)) ? [] : [[armKey(id), id] as const])));
    const read = await allOf([...fresh.values()].map((id) => readSource(images, id)));
    for (const { source } of read) sources.set(armKey(source.id), source);
    open = read.flatMap(({ next }) => next);
  }
  return [...sources.values()];
}

/** Undefined for a pool that names no image by id: it runs on an image of the Marketplace. */
export async function readFoundation(
  images: ImageReader,
  { imageId, region }: WatchedPool,
  lookedAt: string,
): Promise<Foundation | undefined> {
  if (imageId === undefined) return undefined;
  const named = await readNamed(images, withoutLatest(imageId), region);
  const starting = startingImage({ ...named, sources: [], lookedAt });
  const sourceIds = starting?.read === 'found' ? starting.value.sourceIds : [];
  return { ...named, sources: await readSources(images, sourceIds), lookedAt };
}
