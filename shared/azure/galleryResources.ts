/** Image definitions and image versions of a Compute Gallery. */
import type { GalleryImage, GalleryImageVersion, ReplicationStatus, TargetRegion } from '@azure/arm-compute';
import { succeed } from '../domain/outcome';
import type {
  DiskSource,
  ImageDefinitionSpec,
  ImageVersionSpec,
  ReplicaSpec,
  Sighting,
  VersionSource,
} from '../domain/resources';
import type { ReplicaState } from '../domain/sighting';
import type { Arm } from './clients';
import { placeOf, seenFrom } from './computeResources';
import { optional } from './optional';
import { look, sightingOf, submit, type ResourceClient } from './resourceClient';

/** Gallery, definition and version names of an id below a gallery. */
export function galleryPlace(arm: Arm, id: string) {
  const { compute, group, names } = placeOf(arm, id);
  const [gallery = '', definition = '', version = ''] = names;
  return { compute, group, gallery, definition, version };
}

export function imageDefinitionClient(arm: Arm): ResourceClient<ImageDefinitionSpec> {
  return {
    see: async ({ id }) => {
      const { compute, group, gallery, definition } = galleryPlace(arm, id);
      const answer = await look(`read image definition ${id}`, (options) =>
        compute.galleryImages.get(group, gallery, definition, options),
      );
      return seenFrom(id, answer);
    },
    put: (spec) => {
      const { compute, group, gallery, definition } = galleryPlace(arm, spec.id);
      return submit(`create image definition ${spec.id}`, (options) =>
        compute.galleryImages.createOrUpdate(group, gallery, definition, definitionBody(spec), options),
      );
    },
    delete: ({ id }) => {
      const { compute, group, gallery, definition } = galleryPlace(arm, id);
      return submit(`delete image definition ${id}`, (options) =>
        compute.galleryImages.delete(group, gallery, definition, options),
      );
    },
  };
}

const diskControllers = ({ diskControllers: types }: ImageDefinitionSpec): NonNullable<GalleryImage['features']> =>
  types === undefined ? [] : [{ name: 'DiskControllerTypes', value: types.join(',') }];

function definitionBody(spec: ImageDefinitionSpec): GalleryImage {
  return {
    location: spec.location,
    tags: { ...spec.tags },
    osType: spec.osType,
    osState: 'Generalized',
    hyperVGeneration: spec.hyperVGeneration,
    architecture: spec.architecture,
    identifier: { ...spec.identifier },
    // Always explicit: left out, new definitions become V2 and TrustedLaunchSupported (azure-compute-gallery, 2025-03-03).
    features: [{ name: 'SecurityType', value: spec.security }, ...diskControllers(spec)],
    ...(spec.purchasePlan === undefined ? {} : { purchasePlan: { ...spec.purchasePlan } }),
  };
}

export function imageVersionClient(arm: Arm): ResourceClient<ImageVersionSpec> {
  return {
    see: async ({ id }) => {
      const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
      const answer = await look(`read image version ${id}`, (options) =>
        compute.galleryImageVersions.get(group, gallery, definition, version, {
          ...options,
          expand: 'ReplicationStatus',
        }),
      );
      const seen = seenFrom(id, answer);
      if (!answer.ok || !seen.ok) return seen;
      const { resource, retryAfterMs } = answer.value;
      return succeed({ ...seen.value, sighting: versionSighting(id, resource, retryAfterMs) });
    },
    put: (spec) => {
      const { compute, group, gallery, definition, version } = galleryPlace(arm, spec.id);
      return submit(`create image version ${spec.id}`, (options) =>
        compute.galleryImageVersions.createOrUpdate(group, gallery, definition, version, versionBody(spec), options),
      );
    },
    delete: ({ id }) => {
      const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
      return submit(`delete image version ${id}`, (options) =>
        compute.galleryImageVersions.delete(group, gallery, definition, version, options),
      );
    },
  };
}

/** A version serves a region only once it is replicated there, whatever its provisioning state says. */
function versionSighting(id: string, version: GalleryImageVersion, wait: number | undefined): Sighting {
  const replication = version.replicationStatus;
  const seen = replicasOf(replication);
  const replicas = seen.length === 0 ? {} : { replicas: seen };
  const own = { ...sightingOf(id, version.provisioningState, wait), ...replicas };
  const failed = seen.filter(({ state }) => state === 'Failed');
  if (failed.length > 0) {
    return { state: 'failed', code: 'ReplicationFailed', message: notReplicated(id, failed, seen), ...replicas };
  }
  const progress = progressText(seen);
  if (own.state === 'underway') return { ...own, ...(progress === '' ? {} : { progress }) };
  if (own.state === 'ready' && replication?.aggregatedState === 'InProgress') {
    return { state: 'underway', progress, ...replicas };
  }
  return own;
}

const replicasOf = (replication: ReplicationStatus | undefined): readonly ReplicaState[] =>
  (replication?.summary ?? []).map(({ region, state, progress, details }) => ({
    region: region ?? '?',
    state: state ?? 'Unknown',
    ...optional('percent', progress),
    ...optional('details', details === '' ? undefined : details),
  }));

const progressText = (replicas: readonly ReplicaState[]): string =>
  replicas.map(({ region, percent = 0 }) => `${region} ${percent} %`).join(', ');

/** Which regions failed, and how far the others are: one bad region is not a bad image. */
function notReplicated(id: string, failed: readonly ReplicaState[], all: readonly ReplicaState[]): string {
  const told = failed.map(({ region, details }) => `${region}: ${details ?? 'no details'}`);
  const others = all.filter(({ state }) => state !== 'Failed');
  const rest = others.length === 0 ? '' : ` Elsewhere it was: ${progressText(others)}.`;
  return `${id} was not replicated. ${told.join('; ')}.${rest}`;
}

const versionDisk = (source: DiskSource) =>
  source.from === 'snapshot'
    ? { source: { id: source.id } }
    : { source: { uri: source.uri, storageAccountId: source.storageAccountId } };

function versionStorage(source: VersionSource): NonNullable<GalleryImageVersion['storageProfile']> {
  switch (source.from) {
    case 'managedImage':
      return { source: { id: source.imageId } };
    case 'virtualMachine':
      return { source: { virtualMachineId: source.virtualMachineId } };
    case 'disks':
      return {
        osDiskImage: { hostCaching: 'ReadWrite', ...versionDisk(source.os) },
        dataDiskImages: source.data.map(({ lun, source: disk }) => ({ lun, ...versionDisk(disk) })),
      };
  }
}

/** Every disk of a region's replicas is encrypted by the set of that region (virtual-machines/image-version-encryption). */
function targetRegion(
  { name, replicas, storageAccountType, diskEncryptionSetId }: ReplicaSpec,
  luns: readonly number[],
): TargetRegion {
  return {
    name,
    regionalReplicaCount: replicas,
    ...optional('storageAccountType', storageAccountType),
    ...(diskEncryptionSetId === undefined
      ? {}
      : {
          encryption: {
            osDiskImage: { diskEncryptionSetId },
            dataDiskImages: luns.map((lun) => ({ lun, diskEncryptionSetId })),
          },
        }),
  };
}

function versionBody(spec: ImageVersionSpec): GalleryImageVersion {
  return {
    location: spec.location,
    tags: { ...spec.tags },
    publishingProfile: {
      targetRegions: spec.regions.map((region) => targetRegion(region, spec.luns)),
      excludeFromLatest: spec.excludeFromLatest,
      ...optional('replicationMode', spec.replicationMode),
      ...(spec.endOfLifeDate === undefined ? {} : { endOfLifeDate: new Date(spec.endOfLifeDate) }),
    },
    storageProfile: versionStorage(spec.source),
  };
}
