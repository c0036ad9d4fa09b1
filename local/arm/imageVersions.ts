/** Microsoft.Compute/galleries/images/versions: image versions and their replication. */
import { isDeepStrictEqual } from 'node:util';
import { ArmError, invalidComputeParameter } from './armError';
import { definitionOf } from './imageDefinitions';
import { minutesToMs } from './durations';
import { GALLERY_API_VERSIONS } from './galleries';
import type { Json, ResourceKind, Site, Span, Stored, WritePlan, WriteRequest } from './kind';
import { replicate, showReplication } from './replication';
import { parentOf, regionOf } from './resourceId';
import { objectAt, readBody } from './schema';
import { versionBody, versionPatch, type VersionInput } from './versionBody';
import { capturedFrom, sourceKeys } from './versionSources';

/** Each part is an int32 (image-version.md). */
const LARGEST_PART = 2 ** 31 - 1;

function refuseName(name: string): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(name)?.slice(1);
  if (parts?.every((part) => Number(part) <= LARGEST_PART)) return;
  const message = `The image version name '${name}' is invalid: it must be Major.Minor.Patch, each an integer up to ${LARGEST_PART}.`;
  throw invalidComputeParameter('galleryImageVersionName', message);
}

/** Target regions, spelt as sent, must include the version's own location and name none twice. */
function regionsOf(input: VersionInput): readonly string[] {
  const { targetRegions } = input.properties.publishingProfile;
  const regions = (targetRegions ?? [{ name: input.location }]).map((region) => regionOf(region.name));
  if (!regions.includes(regionOf(input.location))) {
    throw invalidComputeParameter(
      'galleryImageVersion.properties.publishingProfile.targetRegions',
      'Gallery image version publishing profile regions must contain the location of image version ' +
        `'${input.location}'.`,
    );
  }
  if (new Set(regions).size < regions.length) {
    throw invalidComputeParameter(
      'galleryImageVersion.properties.publishingProfile.targetRegions',
      'Gallery image version publishing profile regions must be unique.',
    );
  }
  return regions;
}

function refuseSourceChange(existing: Stored, input: VersionInput): void {
  const before = sourceKeys(objectAt(existing.input, 'properties', 'storageProfile'));
  const isSame = isDeepStrictEqual(before, sourceKeys(input.properties.storageProfile));
  if (existing.input['location'] === input.location && isSame) return;
  const target = 'galleryImageVersion.properties.storageProfile';
  throw new ArmError(409, 'PropertyChangeNotAllowed', `Changing property '${target}' is not allowed.`, { target });
}

function create(input: VersionInput, request: WriteRequest): WritePlan {
  const { site, id } = request;
  refuseName(id.names.at(-1) ?? '');
  const regions = regionsOf(input);
  const definition = site.find(parentOf(id.key));
  const { disks } = capturedFrom(input, definition && definitionOf(definition), site);
  const spans = replicate({
    regions,
    readyMs: site.nowMs + request.slowed(minutesToMs(site.durations.versionMinutes)),
    replicationMs: request.slowed(minutesToMs(site.durations.replicationMinutes)),
    shareMore: site.durations.replicationShareMorePerRegion,
  });
  return {
    input,
    properties: {
      ...shownProperties(input, site),
      storageProfile: { ...input.properties.storageProfile, ...disks },
    },
    durationMs: lastEnd(spans) - site.nowMs,
    replication: spans,
  };
}

const lastEnd = (spans: ReadonlyMap<string, Span>): number =>
  Math.max(...[...spans.values()].map((span) => span.endMs));

function shownProperties(input: VersionInput, site: Site): Json {
  const profile = input.properties.publishingProfile;
  const replicaCount = profile.replicaCount;
  const targetRegions = (profile.targetRegions ?? [{ name: input.location }]).map((region) => ({
    regionalReplicaCount: replicaCount,
    storageAccountType: profile.storageAccountType,
    ...region,
  }));
  return {
    publishingProfile: { ...profile, targetRegions, publishedDate: new Date(site.nowMs).toISOString() },
    safetyProfile: { reportedForPolicyViolation: false, ...input.properties.safetyProfile },
  };
}

/** The publishing profile changes; new regions replicate, old ones keep what they have. */
function update(input: VersionInput, existing: Stored, request: WriteRequest): WritePlan {
  const { site } = request;
  refuseSourceChange(existing, input);
  const regions = regionsOf(input);
  const old = existing.replication ?? new Map<string, Span>();
  const updatedMs = site.nowMs + request.slowed(minutesToMs(site.durations.updateMinutes));
  const more = replicate({
    regions: regions.filter((region) => !old.has(region)),
    readyMs: updatedMs,
    replicationMs: request.slowed(minutesToMs(site.durations.replicationMinutes)),
    shareMore: site.durations.replicationShareMorePerRegion,
  });
  const kept = [...old].filter(([region]) => regions.includes(region));
  const { storageProfile } = existing.properties;
  return {
    input,
    properties: { ...shownProperties(input, site), storageProfile },
    durationMs: Math.max(updatedMs, lastEnd(more)) - site.nowMs,
    replication: new Map([...kept, ...more]),
  };
}

function put(request: WriteRequest): WritePlan {
  const input = readBody(versionBody, request.input, 'compute');
  const { existing } = request;
  return existing === undefined ? create(input, request) : update(input, existing, request);
}

function remove(stored: Stored, site: Site): { durationMs: number } {
  const { publishingProfile, safetyProfile } = readBody(versionBody, stored.input, 'compute').properties;
  const endsMs = Date.parse(publishingProfile.endOfLifeDate ?? '');
  if (safetyProfile?.blockDeletionBeforeEndOfLife === true && endsMs > site.nowMs) {
    throw new ArmError(
      409,
      'DeleteGalleryImageVersionBlockedBeforeEndOfLife',
      `Gallery image version '${stored.id}' cannot be deleted before its end of life date ` +
        `'${publishingProfile.endOfLifeDate ?? ''}': safetyProfile.blockDeletionBeforeEndOfLife is set.`,
    );
  }
  return { durationMs: minutesToMs(site.durations.versionDeleteMinutes) };
}

function show(stored: Stored, site: Site, query: URLSearchParams): Json {
  if (query.get('$expand')?.toLowerCase() !== 'replicationstatus') return {};
  return { properties: { replicationStatus: showReplication(stored, site.nowMs) } };
}

export const imageVersions: ResourceKind = {
  type: 'Microsoft.Compute/galleries/images/versions',
  apiVersions: GALLERY_API_VERSIONS,
  dialect: 'compute',
  body: versionBody,
  readOnly: [
    'properties.publishingProfile.publishedDate',
    'properties.storageProfile.osDiskImage.sizeInGB',
    'properties.storageProfile.dataDiskImages.*.sizeInGB',
    'properties.safetyProfile.reportedForPolicyViolation',
    'properties.safetyProfile.policyViolations',
    'properties.replicationStatus',
    'properties.validationsProfile',
  ],
  lists: ['parent'],
  queries: { get: ['$expand'] },
  operations: 'capsOperations',
  put,
  patch: versionPatch,
  remove,
  show,
};
