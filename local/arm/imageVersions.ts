/** Microsoft.Compute/galleries/images/versions: image versions and their replication. */
import { isDeepStrictEqual } from 'node:util';
import { ArmError, invalidComputeParameter } from './armError';
import { definitionOf } from './imageDefinitions';
import { minutesToMs } from './durations';
import { GALLERY_API_VERSIONS } from './galleries';
import type { Json, ResourceKind, Site, Span, Stored, WritePlan, WriteRequest } from './kind';
import { failureOf, replicate, showReplication } from './replication';
import { parentOf } from './resourceId';
import { objectAt, readBody } from './schema';
import { versionBody, versionPatch, type VersionInput } from './versionBody';
import { checkEncryption, lunsOf, refuseNewEncryption, refuseUnencryptable } from './versionEncryption';
import { checkProfile, refuseProfileChange, regionsOf, replicasOf, shownProperties } from './versionPublishing';
import { cachingsOf, capturedFrom, sourceKeys } from './versionSources';

/** Each part is an int32 (image-version.md). */
const LARGEST_PART = 2 ** 31 - 1;

function refuseName(name: string): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(name)?.slice(1);
  if (parts?.every((part) => Number(part) <= LARGEST_PART)) return;
  const message = `The image version name '${name}' is invalid: it must be Major.Minor.Patch, each an integer up to ${LARGEST_PART}.`;
  throw invalidComputeParameter('galleryImageVersionName', message);
}

/** The source is compared by its ids; what is said of the disks beside them must be what they are. */
function refuseSourceChange(existing: Stored, input: VersionInput): void {
  const before = sourceKeys(objectAt(existing.input, 'properties', 'storageProfile'));
  const isSame = isDeepStrictEqual(before, sourceKeys(input.properties.storageProfile));
  const cachings = new Map(cachingsOf(objectAt(existing.properties, 'storageProfile')));
  const isCachedSame = cachingsOf(input.properties.storageProfile).every(([disk, caching]) => {
    return cachings.get(disk) === caching;
  });
  if (existing.input['location'] === input.location && isSame && isCachedSame) return;
  const target = 'galleryImageVersion.properties.storageProfile';
  throw new ArmError(409, 'PropertyChangeNotAllowed', `Changing property '${target}' is not allowed.`, { target });
}

interface Schedule {
  readonly regions: readonly string[];
  readonly readyMs: number;
  readonly isShallow: boolean;
}

/** "Shallow replication skips copying the image" (shared-image-galleries.md). */
function spansOf({ regions, readyMs, isShallow }: Schedule, request: WriteRequest): ReadonlyMap<string, Span> {
  const { replicationMinutes, replicationShareMorePerRegion } = request.site.durations;
  const replicationMs = isShallow || regions.length === 0 ? 0 : request.slowed(minutesToMs(replicationMinutes));
  const shareMore = replicationShareMorePerRegion;
  return replicate({
    regions,
    readyMs,
    replicationMs,
    shareMore,
    failureOf: (region) => request.replicationFailure(region),
  });
}

const isShallow = (input: VersionInput): boolean => input.properties.publishingProfile.replicationMode === 'Shallow';

function create(input: VersionInput, request: WriteRequest): WritePlan {
  const { site, id } = request;
  refuseName(id.names.at(-1) ?? '');
  const regions = regionsOf(input);
  checkProfile(input, site, true);
  const definition = site.find(parentOf(id.key));
  const { source, disks } = capturedFrom(input, definition && definitionOf(definition), site);
  refuseUnencryptable(input, source);
  checkEncryption({ input, subscription: id.subscription, luns: lunsOf(disks), site });
  const readyMs = site.nowMs + request.slowed(minutesToMs(site.durations.versionMinutes));
  const spans = spansOf({ regions, readyMs, isShallow: isShallow(input) }, request);
  return {
    input,
    properties: {
      ...shownProperties(input, site),
      storageProfile: { ...input.properties.storageProfile, ...disks },
    },
    durationMs: lastEnd(spans) - site.nowMs,
    failure: failureOf(spans),
    replication: spans,
  };
}

const lastEnd = (spans: ReadonlyMap<string, Span>): number =>
  Math.max(...[...spans.values()].map((span) => span.endMs));

/** UNCONFIRMED: more replicas are made as a new region is, and the region's state does not show it. */
function isRaised(input: VersionInput, before: VersionInput): boolean {
  const old = replicasOf(before);
  return [...replicasOf(input)].some(([region, count]) => count > (old.get(region) ?? Infinity));
}

/** The publishing profile changes; new regions replicate, and those that failed; the others keep what they have. */
function update(input: VersionInput, existing: Stored, request: WriteRequest): WritePlan {
  const { site, id } = request;
  const before = readBody(versionBody, existing.input, 'compute');
  refuseSourceChange(existing, input);
  const regions = regionsOf(input);
  checkProfile(input, site, false);
  refuseProfileChange(input, before);
  refuseNewEncryption(input, before);
  const luns = lunsOf(objectAt(existing.properties, 'storageProfile'));
  checkEncryption({ input, subscription: id.subscription, luns, site });
  const hasFailed = ({ failure, endMs }: Span): boolean => failure !== undefined && site.nowMs >= endMs;
  const old = new Map([...(existing.replication ?? [])].filter(([, span]) => !hasFailed(span)));
  const updatedMs = site.nowMs + request.slowed(minutesToMs(site.durations.updateMinutes));
  const added = regions.filter((region) => !old.has(region));
  const more = spansOf({ regions: added, readyMs: updatedMs, isShallow: false }, request);
  const raisedMs = isRaised(input, before) ? request.slowed(minutesToMs(site.durations.replicationMinutes)) : 0;
  const kept = [...old].filter(([region]) => regions.includes(region));
  const { storageProfile } = existing.properties;
  return {
    input,
    properties: { ...shownProperties(input, site), storageProfile },
    durationMs: Math.max(updatedMs + raisedMs, lastEnd(more)) - site.nowMs,
    failure: failureOf(more),
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
