/** Image definitions and image versions of a Compute Gallery. */
import type { GalleryImage, GalleryImageVersion, ReplicationStatus } from '@azure/arm-compute';
import { succeed } from '../domain/outcome';
import type { DataDiskSource, ImageDefinitionSpec, ImageVersionSpec, Sighting } from '../domain/resources';
import type { Arm } from './clients';
import { placeOf, seenFrom } from './computeResources';
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
  const own = sightingOf(id, version.provisioningState, wait);
  const failedRegions = (replication?.summary ?? []).filter(({ state }) => state === 'Failed');
  if (failedRegions.length > 0) {
    const told = failedRegions.map(({ region, details }) => `${region ?? 'a region'}: ${details ?? 'no details'}`);
    return { state: 'failed', code: 'ReplicationFailed', message: `${id} was not replicated. ${told.join('; ')}` };
  }
  const progress = replicationProgress(replication);
  if (own.state === 'underway') return { ...own, ...(progress === '' ? {} : { progress }) };
  if (own.state === 'ready' && replication?.aggregatedState === 'InProgress') return { state: 'underway', progress };
  return own;
}

const replicationProgress = (replication: ReplicationStatus | undefined): string =>
  (replication?.summary ?? []).map(({ region, progress }) => `${region ?? '?'} ${progress ?? 0} %`).join(', ');

const dataDiskImages = (disks: readonly DataDiskSource[]) =>
  disks.map(({ lun, snapshotId }) => ({ lun, source: { id: snapshotId } }));

function versionBody(spec: ImageVersionSpec): GalleryImageVersion {
  const { source } = spec;
  return {
    location: spec.location,
    tags: { ...spec.tags },
    publishingProfile: {
      targetRegions: spec.regions.map(({ name, replicas }) => ({ name, regionalReplicaCount: replicas })),
    },
    storageProfile:
      source.from === 'managedImage'
        ? { source: { id: source.imageId } }
        : {
            osDiskImage: { hostCaching: 'ReadWrite', source: { id: source.osSnapshotId } },
            dataDiskImages: dataDiskImages(source.dataDisks),
          },
  };
}
