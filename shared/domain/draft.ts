/** The resources of a build in full: each one's body, from the request, the disks and the layout. */
import { purchasePlanOf } from './baseImage';
import type { Stage } from './buildSteps';
import { found, osDiskOf, type BuildFacts } from './facts';
import type { DiskOrigin, Layout } from './layout';
import { sourceMarks } from './letGo';
import { MAX_TAG_VALUE_LENGTH } from './limits';
import type { Disk, OsType } from './machine';
import { identifierOf } from './imageIdentifier';
import { CREATED_BY, requestIdOf, TAG } from './names';
import { osTypeOf } from './osType';
import { draftPool } from './poolDraft';
import type { BuildRequest } from './request';
import type {
  ActSpec,
  DiskSource,
  ImageDefinitionSpec,
  ImageSource,
  ImageVersionSpec,
  ManagedImageSpec,
  SnapshotSpec,
  Tags,
} from './resources';
import { securityFeature } from './securityFeature';
import { replicaSpec, targetRegions } from './sizing';
import { taggedSource } from './source';

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
  const osDisk = osDiskOf(facts);
  const osType = osTypeOf(request, facts);
  const tags = tagsOf(request, layout, build);
  const pool: Stage = { step: 'pool', resources: [draftPool(request, facts, layout, tags)] };
  if (layout.route === 'existing') return [pool];
  if (!osDisk || !osType) return [];
  const draft: Draft = { request, facts, layout, osDisk, osType, tags };
  const stages: readonly Stage[] = [
    { step: 'deallocation', resources: actOnVm(draft, 'deallocation') },
    { step: 'generalization', resources: actOnVm(draft, 'generalization') },
    ...copies(draft),
    { step: 'version', resources: version(draft) },
    pool,
  ];
  return stages.filter(({ resources }) => resources.length > 0);
}

/** A definition needs nothing that the build makes, so it is made beside the first copies; alone where there are none. */
function copies(draft: Draft): readonly Stage[] {
  const stages: readonly Stage[] = [
    { step: 'snapshots', resources: snapshots(draft) },
    { step: 'image', resources: managedImage(draft) },
  ];
  const [first, ...rest] = stages.filter(({ resources }) => resources.length > 0);
  if (!first) return [{ step: 'definition', resources: definition(draft) }];
  return [{ ...first, resources: [...first.resources, ...definition(draft)] }, ...rest];
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

/** A VM that Azure shows as generalized is left as it is. */
function actOnVm({ request, facts }: Draft, kind: 'deallocation' | 'generalization'): readonly ActSpec[] {
  const tagged = taggedSource(request.source);
  if (tagged.kind !== 'generalizedVm' || tagged.generalize !== true) return [];
  return found(facts.machine)?.generalized === true ? [] : [{ kind, id: tagged.generalizedVirtualMachineId }];
}

/** Only what the build copies itself: disks that have a snapshot to be made. */
function snapshots({ layout, tags }: Draft): readonly SnapshotSpec[] {
  const common = { kind: 'snapshot', location: layout.location, tags } as const;
  const copies = [layout.os, ...layout.data].flatMap((origin) => (origin === undefined ? [] : [origin]));
  return copies.flatMap(({ diskId, snapshotId, ...rest }: DiskOrigin & { readonly lun?: number }) =>
    diskId === undefined || snapshotId === undefined
      ? []
      : [{ ...common, id: snapshotId, sourceDiskId: diskId, ...('lun' in rest ? { lun: rest.lun } : {}) }],
  );
}

function diskSource({ snapshotId, vhdUri }: DiskOrigin, { source }: BuildRequest): DiskSource | undefined {
  const tagged = taggedSource(source);
  if (snapshotId !== undefined) return { from: 'snapshot', id: snapshotId };
  if (vhdUri === undefined || tagged.kind !== 'vhd') return undefined;
  return { from: 'vhd', uri: vhdUri, storageAccountId: tagged.storageAccountId };
}

/** What the image is made from; undefined when it is made from another image. */
function imageSource({ request, layout }: Draft): ImageSource | undefined {
  const tagged = taggedSource(request.source);
  if (tagged.kind === 'generalizedVm') {
    return { from: 'virtualMachine', virtualMachineId: tagged.generalizedVirtualMachineId };
  }
  const os = layout.os && diskSource(layout.os, request);
  if (!os) return undefined;
  const data = layout.data.flatMap(({ lun, ...origin }) => {
    const source = diskSource(origin, request);
    return source ? [{ lun, source }] : [];
  });
  return { from: 'disks', os, data };
}

function managedImage(draft: Draft): readonly ManagedImageSpec[] {
  const { layout, osDisk, osType, tags } = draft;
  const source = imageSource(draft);
  if (layout.managedImageId === undefined || !source) return [];
  const { hyperVGeneration } = osDisk;
  const { location, managedImageId: id } = layout;
  return [{ kind: 'image', id, location, tags, osType, hyperVGeneration, source }];
}

function definition({ request, facts, layout, osDisk, osType, tags }: Draft): readonly ImageDefinitionSpec[] {
  if (layout.imageDefinitionId === undefined) return [];
  const purchasePlan = purchasePlanOf(facts);
  return [
    {
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
      ...(facts.definition?.read === 'found' ? { stands: true } : {}),
    },
  ];
}

function version(draft: Draft): readonly ImageVersionSpec[] {
  const { request, facts, layout, tags } = draft;
  const { imageVersionId, managedImageId } = layout;
  const { replicationMode, endOfLifeDate } = request.image;
  const source =
    managedImageId === undefined ? imageSource(draft) : ({ from: 'managedImage', imageId: managedImageId } as const);
  if (imageVersionId === undefined || !source) return [];
  return [
    {
      kind: 'version',
      id: imageVersionId,
      location: layout.location,
      tags: { ...tags, ...sourceMarks(request, layout) },
      source,
      regions: targetRegions(request, facts).map(replicaSpec),
      luns: facts.disks.flatMap(({ lun }) => (lun === undefined ? [] : [lun])),
      // No pool takes it by `latest` before this one has proved it.
      excludeFromLatest: true,
      ...(replicationMode === undefined ? {} : { replicationMode }),
      ...(endOfLifeDate === undefined ? {} : { endOfLifeDate: new Date(endOfLifeDate).toISOString() }),
    },
  ];
}
