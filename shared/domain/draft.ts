/** The resources of a build in full: each one's body, from the request, the disks and the layout. */
import { purchasePlanOf } from './baseImage';
import { diskOf, found, type BuildFacts } from './facts';
import type { Layout } from './layout';
import { MAX_TAG_VALUE_LENGTH } from './limits';
import type { Disk, OsType } from './machine';
import { identifierOf } from './imageIdentifier';
import { CREATED_BY, fingerprint, requestIdOf, TAG } from './names';
import { nodeAgentSkuId } from './nodeAgent';
import type { BuildRequest, PoolProperties } from './request';
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
import { resizeTimeoutFor, targetRegions } from './sizing';

/** What one stage makes; `growth` is what follows on the pool's creation. */
export type BuildStep = 'snapshots' | 'image' | 'definition' | 'version' | 'pool' | 'growth';

export interface Stage {
  readonly step: BuildStep;
  /** It was there when the survey looked; the stage only makes sure of it. */
  readonly stands?: boolean;
  readonly resources: readonly ResourceSpec[];
}

interface Draft {
  readonly request: BuildRequest;
  readonly facts: BuildFacts;
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
  const draft: Draft = { request, facts, layout, osDisk, osType, tags: tagsOf(request, layout, build) };
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

function definition({ request, facts, layout, osDisk, osType, tags }: Draft): ImageDefinitionSpec {
  const purchasePlan = purchasePlanOf(facts);
  return {
    kind: 'definition',
    id: layout.imageDefinitionId,
    location: layout.location,
    tags,
    osType,
    hyperVGeneration: osDisk.hyperVGeneration,
    architecture: osDisk.architecture,
    security: securityFeature(osDisk.securityType),
    ...(osDisk.diskControllers.includes('NVMe') ? { diskControllers: osDisk.diskControllers } : {}),
    identifier: identifierOf(request.image),
    ...(purchasePlan === undefined ? {} : { purchasePlan }),
  };
}

function version({ request, facts, layout, tags }: Draft): ImageVersionSpec {
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
    regions: targetRegions(request, facts).map(({ name, replicas }) => ({ name, replicas })),
  };
}

/** The request's own scale settings, with the resize timeout that it left to the app. */
function scaleSettings(given: PoolProperties): { readonly scaleSettings?: PoolProperties['scaleSettings'] } {
  const timeout = resizeTimeoutFor(given);
  if (given.scaleSettings === undefined) return {};
  if (timeout === undefined || timeout.given) return { scaleSettings: given.scaleSettings };
  const fixedScale = { ...given.scaleSettings.fixedScale, resizeTimeout: `PT${timeout.minutes}M` };
  return { scaleSettings: { ...given.scaleSettings, fixedScale } };
}

/** A body copied from a pool that this app made carries that pool's marks. */
function callersMetadata({ metadata = [] }: PoolProperties): PoolProperties['metadata'] & object {
  const ours: readonly string[] = Object.values(TAG);
  return metadata.filter(({ name }) => !ours.includes(name));
}

/** Pools carry no tags on every API version, so whose pool it is stands in its metadata. */
function pool({ request, facts, layout, tags }: Draft): PoolSpec {
  const given = request.pool.properties;
  const agent = nodeAgentSkuId(request, facts);
  const { deploymentConfiguration: deployment } = given;
  const own = { ...tags, [TAG.fingerprint]: fingerprint(request) };
  return {
    kind: 'pool',
    id: layout.poolId,
    tags: own,
    properties: {
      ...given,
      ...scaleSettings(given),
      deploymentConfiguration: {
        ...deployment,
        virtualMachineConfiguration: {
          ...deployment.virtualMachineConfiguration,
          ...(agent === undefined ? {} : { nodeAgentSkuId: agent }),
          imageReference: { id: layout.imageVersionId },
        },
      },
      metadata: [...callersMetadata(given), ...Object.entries(own).map(([name, value]) => ({ name, value }))],
    },
    ...(request.pool.identity === undefined ? {} : { identity: request.pool.identity }),
  };
}
