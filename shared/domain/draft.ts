/** The resources of a build in full: each one's body, from the request, the disks and the layout. */
import { regionKey } from './armId';
import { diskOf, found, type BuildFacts, type Disk, type OsType } from './facts';
import type { Layout } from './layout';
import { MAX_REPLICAS, MAX_TAG_VALUE_LENGTH, NODES_PER_REPLICA } from './limits';
import { CREATED_BY, fingerprint, offerName, requestIdOf, TAG } from './names';
import { durationMinutes } from './isoDuration';
import { nodeTargets, type BuildRequest, type PoolProperties, type TargetRegion } from './request';
import type {
  ImageDefinitionSpec,
  ImageVersionSpec,
  ManagedImageSpec,
  PoolSpec,
  ResourceSpec,
  SnapshotSpec,
  Tags,
} from './resources';
import { securityFeature } from './securityFeature';

export type BuildStep = 'snapshots' | 'image' | 'definition' | 'version' | 'pool';

export interface Stage {
  readonly step: BuildStep;
  /** It was there when the survey looked; the stage only makes sure of it. */
  readonly stands?: boolean;
  readonly resources: readonly ResourceSpec[];
}

interface Draft {
  readonly request: BuildRequest;
  readonly layout: Layout;
  readonly osDisk: Disk;
  readonly osType: OsType;
  readonly tags: Tags;
}

/** All stages of a build, in order; empty when the OS disk was not read (the preflight has then refused). */
export function draftResources(
  request: BuildRequest,
  facts: BuildFacts,
  layout: Layout,
  build: { readonly buildId: string; readonly startedAtMs: number },
): readonly Stage[] {
  const osDisk = diskOf(facts, layout.os.diskId);
  const osType = osDisk?.osType ?? found(facts.machine)?.osDisk.osType;
  if (!osDisk || !osType) return [];
  const draft: Draft = { request, layout, osDisk, osType, tags: tagsOf(request, layout, build) };
  const stages: readonly Stage[] = [
    { step: 'snapshots', resources: snapshots(draft) },
    { step: 'image', resources: managedImage(draft) },
    { step: 'definition', stands: facts.definition.read === 'found', resources: [definition(draft)] },
    { step: 'version', resources: [version(draft)] },
    { step: 'pool', resources: [pool(draft)] },
  ];
  return stages.filter(({ resources }) => resources.length > 0);
}

function tagsOf(request: BuildRequest, layout: Layout, build: { buildId: string; startedAtMs: number }): Tags {
  const tags = {
    [TAG.createdBy]: CREATED_BY,
    [TAG.build]: build.buildId,
    [TAG.request]: requestIdOf(request),
    [TAG.pool]: layout.poolId,
    [TAG.createdAt]: new Date(build.startedAtMs).toISOString(),
  };
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value.slice(0, MAX_TAG_VALUE_LENGTH)]));
}

function snapshots({ layout, tags }: Draft): readonly SnapshotSpec[] {
  const common = { kind: 'snapshot', location: layout.location, tags } as const;
  return [
    { ...common, id: layout.os.snapshotId, sourceDiskId: layout.os.diskId },
    ...layout.data.map(({ lun, diskId, snapshotId }) => ({ ...common, id: snapshotId, sourceDiskId: diskId, lun })),
  ];
}

function managedImage({ layout, osDisk, osType, tags }: Draft): readonly ManagedImageSpec[] {
  if (layout.managedImageId === undefined) return [];
  return [
    {
      kind: 'image',
      id: layout.managedImageId,
      location: layout.location,
      tags,
      osType,
      hyperVGeneration: osDisk.hyperVGeneration,
      osSnapshotId: layout.os.snapshotId,
      dataDisks: layout.data.map(({ lun, snapshotId }) => ({ lun, snapshotId })),
    },
  ];
}

function definition({ request, layout, osDisk, osType, tags }: Draft): ImageDefinitionSpec {
  const { name, identifier } = request.image;
  const plan = osDisk.purchasePlan === undefined ? {} : { purchasePlan: osDisk.purchasePlan };
  return {
    kind: 'definition',
    id: layout.imageDefinitionId,
    location: layout.location,
    tags,
    osType,
    hyperVGeneration: osDisk.hyperVGeneration,
    architecture: osDisk.architecture,
    security: securityFeature(osDisk.securityType),
    // Unique in the gallery because the definition's name is.
    identifier: identifier ?? { publisher: CREATED_BY, offer: offerName(name), sku: offerName(name) },
    ...plan,
  };
}

/** Replicas for one region: what the request says, or one for every 300 nodes (batch/batch-sig-images). */
function replicas(region: TargetRegion, nodes: number): number {
  return region.replicas ?? Math.min(MAX_REPLICAS, Math.max(1, Math.ceil(nodes / NODES_PER_REPLICA)));
}

function version({ request, layout, tags }: Draft): ImageVersionSpec {
  const targets = nodeTargets(request.pool.properties);
  const nodes = (targets?.dedicated ?? 0) + (targets?.spot ?? 0);
  const regions = request.image.regions ?? [{ name: layout.location }];
  return {
    kind: 'version',
    id: layout.imageVersionId,
    location: layout.location,
    tags,
    source:
      layout.managedImageId === undefined
        ? {
            from: 'snapshots',
            osSnapshotId: layout.os.snapshotId,
            dataDisks: layout.data.map(({ lun, snapshotId }) => ({ lun, snapshotId })),
          }
        : { from: 'managedImage', imageId: layout.managedImageId },
    regions: regions.map((region) => ({ name: regionKey(region.name), replicas: replicas(region, nodes) })),
  };
}

function resizeTimeout(properties: PoolProperties): { readonly resizeTimeoutMinutes?: number } {
  const minutes = durationMinutes(properties.scaleSettings?.fixedScale?.resizeTimeout ?? '');
  return minutes === undefined ? {} : { resizeTimeoutMinutes: minutes };
}

/** A body copied from a pool that this app made carries that pool's marks. */
function callersMetadata({ metadata = [] }: PoolProperties): PoolProperties['metadata'] & object {
  const ours: readonly string[] = Object.values(TAG);
  return metadata.filter(({ name }) => !ours.includes(name));
}

/** Pools carry no tags on every API version, so whose pool it is stands in its metadata. */
function pool({ request, layout, tags }: Draft): PoolSpec {
  const given = request.pool.properties;
  const { deploymentConfiguration: deployment } = given;
  const own = { ...tags, [TAG.fingerprint]: fingerprint(request) };
  const targets = nodeTargets(given);
  return {
    kind: 'pool',
    id: layout.poolId,
    tags: own,
    properties: {
      ...given,
      deploymentConfiguration: {
        ...deployment,
        virtualMachineConfiguration: {
          ...deployment.virtualMachineConfiguration,
          imageReference: { id: layout.imageVersionId },
        },
      },
      metadata: [...callersMetadata(given), ...Object.entries(own).map(([name, value]) => ({ name, value }))],
    },
    ...(targets === undefined ? {} : { targets }),
    ...resizeTimeout(given),
    ...(request.pool.identity === undefined ? {} : { identity: request.pool.identity }),
  };
}
