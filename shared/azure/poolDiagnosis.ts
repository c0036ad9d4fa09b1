/** Looks up what a pool's image rests on now: the image, its replica in the pool's region, and what it was made from. */
import type { GalleryImageVersion, Image } from '@azure/arm-compute';
import { armKey, childId, parseArmId, regionKey } from '../domain/armId';
import { found, type Fact } from '../domain/facts';
import type { KnownVersion } from '../domain/gallery';
import type { DiagnosisFacts } from '../domain/growth/diagnosis';
import { fail, succeed, type Outcome } from '../domain/outcome';
import { newestOf } from '../domain/versionOrder';
import { readAccount } from './batchReads';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { attempt } from './failure';
import { galleryPlace } from './galleryResources';
import { poolPlace } from './poolResources';
import { allOf, mapFact, readOptionalFact, SurveyFault } from './readFact';

/** The image of a pool, and the ids of what it was made from. */
interface ImageFacts {
  readonly fact: Fact<null>;
  readonly replica: Fact<string>;
  readonly sourceIds: readonly string[];
}

type Place = ReturnType<typeof placeOf>;
type Reader = (arm: Arm, id: string) => Promise<Fact<unknown>>;

const ACCOUNT_UNREAD = { read: 'unasked', because: 'the region of the Batch account' } as const;

const readVersion = (arm: Arm, id: string): Promise<Fact<GalleryImageVersion>> => {
  const permission = 'Microsoft.Compute/galleries/images/versions/read';
  return readOptionalFact({ doing: `read image version ${id}`, permission }, async () => {
    const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
    const options = { expand: 'ReplicationStatus' };
    return compute.galleryImageVersions.get(group, gallery, definition, version, options);
  });
};

const readDefinition: Reader = (arm, id) => {
  const permission = 'Microsoft.Compute/galleries/images/read';
  return readOptionalFact({ doing: `read image definition ${id}`, permission }, async () => {
    const { compute, group, gallery, definition } = galleryPlace(arm, id);
    return compute.galleryImages.get(group, gallery, definition);
  });
};

/** Reads what is found by resource group and name alone. */
const readerOf =
  <T>(type: string, called: string, get: (place: Place) => Promise<T>) =>
  (arm: Arm, id: string): Promise<Fact<T>> =>
    readOptionalFact({ doing: `read ${called} ${id}`, permission: `Microsoft.Compute/${type}/read` }, () =>
      get(placeOf(arm, id)),
    );

const readManagedImage = readerOf('images', 'image', ({ compute, group, name }) => compute.images.get(group, name));

/** How each type of source is looked up, by the type in lower case. */
const SOURCE_READERS: Readonly<Record<string, Reader>> = {
  'microsoft.compute/snapshots': readerOf('snapshots', 'snapshot', ({ compute, group, name }) =>
    compute.snapshots.get(group, name),
  ),
  'microsoft.compute/disks': readerOf('disks', 'disk', ({ compute, group, name }) => compute.disks.get(group, name)),
  'microsoft.compute/virtualmachines': readerOf('virtualMachines', 'VM', ({ compute, group, name }) =>
    compute.virtualMachines.get(group, name),
  ),
  'microsoft.compute/images': readManagedImage,
  'microsoft.compute/galleries/images/versions': readVersion,
};

const typeOf = (id: string): string => parseArmId(id)?.type.toLowerCase() ?? '';

const unknownKind = (id: string): Fact<never> => ({
  read: 'failed',
  message: `${id} is of no type that the app can look up`,
});

const readSource = async (arm: Arm, id: string): Promise<DiagnosisFacts['sources'][number]> => {
  const read = SOURCE_READERS[typeOf(id)];
  return { id, fact: read === undefined ? unknownKind(id) : mapFact(await read(arm, id), () => null) };
};

/** The ids, each once, of the entries that have one. */
const known = (...ids: readonly (string | undefined)[]): readonly string[] => [
  ...new Map(ids.flatMap((id) => (id === undefined ? [] : [[armKey(id), id] as const]))).values(),
];

const sourcesOfVersion = ({ storageProfile: profile }: GalleryImageVersion): readonly string[] =>
  known(
    profile?.source?.id,
    profile?.source?.virtualMachineId,
    profile?.osDiskImage?.source?.id,
    ...(profile?.dataDiskImages ?? []).map(({ source }) => source?.id),
  );

const sourcesOfManagedImage = ({ storageProfile: profile }: Image): readonly string[] =>
  known(
    ...[profile?.osDisk, ...(profile?.dataDisks ?? [])].flatMap((disk) => [disk?.snapshot?.id, disk?.managedDisk?.id]),
  );

function replicaIn(region: string | undefined, { replicationStatus }: GalleryImageVersion): Fact<string> {
  if (region === undefined) return ACCOUNT_UNREAD;
  if (replicationStatus?.summary === undefined) {
    return { read: 'failed', message: 'Azure states no replication status of the image version' };
  }
  const entry = replicationStatus.summary.find((one) => regionKey(one.region ?? '') === region);
  return entry === undefined ? { read: 'missing' } : { read: 'found', value: entry.state ?? 'Unknown' };
}

async function versionFacts(arm: Arm, id: string, region: string | undefined): Promise<ImageFacts> {
  const version = await readVersion(arm, id);
  if (version.read !== 'found') return { fact: version, replica: version, sourceIds: [] };
  const replica = replicaIn(region, version.value);
  return { fact: mapFact(version, () => null), replica, sourceIds: sourcesOfVersion(version.value) };
}

async function managedImageFacts(arm: Arm, id: string, region: string | undefined): Promise<ImageFacts> {
  const image = await readManagedImage(arm, id);
  if (image.read !== 'found') return { fact: image, replica: image, sourceIds: [] };
  const isHere = region === regionKey(image.value.location);
  const replica: Fact<string> = isHere ? { read: 'found', value: 'Completed' } : { read: 'missing' };
  return {
    fact: mapFact(image, () => null),
    replica: region === undefined ? ACCOUNT_UNREAD : replica,
    sourceIds: sourcesOfManagedImage(image.value),
  };
}

/** Name of the version that a pool takes which names the definition only: the newest that is not excluded. */
const readLatest = (arm: Arm, id: string, region: string | undefined): Promise<Fact<string | undefined>> => {
  const permission = 'Microsoft.Compute/galleries/images/versions/read';
  return readOptionalFact({ doing: `list the versions of ${id}`, permission }, async () => {
    const { compute, group, gallery, definition } = galleryPlace(arm, id);
    const versions: KnownVersion[] = [];
    for await (const version of compute.galleryImageVersions.listByGalleryImage(group, gallery, definition)) {
      const { excludeFromLatest, targetRegions = [] } = version.publishingProfile ?? {};
      const here = targetRegions.find(({ name }) => regionKey(name) === region);
      const excludedFromLatest = excludeFromLatest === true || here?.excludeFromLatest === true;
      versions.push({ name: version.name ?? '', excludedFromLatest });
    }
    return newestOf(versions);
  });
};

async function definitionFacts(arm: Arm, id: string, region: string | undefined): Promise<ImageFacts> {
  const [definition, latest] = await allOf([readDefinition(arm, id), readLatest(arm, id, region)]);
  const fact = mapFact(definition, () => null);
  if (latest.read !== 'found') return { fact, replica: latest, sourceIds: [] };
  if (latest.value === undefined) return { fact, replica: { read: 'missing' }, sourceIds: [] };
  return { ...(await versionFacts(arm, childId(id, 'versions', latest.value), region)), fact };
}

/** What an image may be, by its type in lower case. */
const IMAGE_READERS: Readonly<
  Record<string, (arm: Arm, id: string, region: string | undefined) => Promise<ImageFacts>>
> = {
  'microsoft.compute/galleries/images/versions': versionFacts,
  'microsoft.compute/galleries/images': definitionFacts,
  'microsoft.compute/images': managedImageFacts,
};

async function readImage(arm: Arm, id: string, region: string | undefined): Promise<ImageFacts> {
  const read = IMAGE_READERS[typeOf(id)];
  if (read !== undefined) return read(arm, id, region);
  return { fact: unknownKind(id), replica: { read: 'unasked', because: 'the image' }, sourceIds: [] };
}

async function diagnosis(arm: Arm, poolId: string): Promise<Outcome<DiagnosisFacts>> {
  const { batch, group, account: accountName, pool: name } = poolPlace(arm, poolId);
  const accountId = poolId.slice(0, poolId.toLowerCase().lastIndexOf('/pools/'));
  const [pool, account] = await allOf([
    attempt(`read pool ${poolId}`, () => batch.poolOperations.get(group, accountName, name)),
    readAccount(arm, accountId),
  ]);
  if (!pool.ok) return pool;
  const location = found(account)?.account.location;
  const region = location === undefined ? undefined : regionKey(location);
  const id = pool.value.deploymentConfiguration?.virtualMachineConfiguration?.imageReference.id;
  // An image of the Marketplace, or one that is shared under an id that is no resource id.
  if (id === undefined) return succeed(withoutImage(poolId, region));
  const { fact, replica, sourceIds } = await readImage(arm, id, region);
  const sources = await allOf(sourceIds.map((sourceId) => readSource(arm, sourceId)));
  return succeed({ image: { id, fact }, replica, region: region ?? '', sources });
}

const withoutImage = (poolId: string, region: string | undefined): DiagnosisFacts => ({
  image: { id: '', fact: { read: 'failed', message: `${poolId} names no image by its resource id` } },
  replica: { read: 'unasked', because: 'the image' },
  region: region ?? '',
  sources: [],
});

/** What the image of a pool rests on, by the pool's id; fails as a whole when a read met a fault that passes. */
export async function readDiagnosis(arm: Arm, poolId: string): Promise<Outcome<DiagnosisFacts>> {
  try {
    return await diagnosis(arm, poolId);
  } catch (error) {
    if (error instanceof SurveyFault) return fail(error.failure);
    throw error;
  }
}
