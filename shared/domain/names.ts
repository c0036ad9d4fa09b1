/** Every name this app gives: resources, tags, orchestrations; all derived from the request, so a retry finds its own work. */
import { armKey, childId, groupIdText, parseArmId } from './armId';
import { MAX_COMPUTE_NAME_LENGTH, MAX_OFFER_LENGTH } from './limits';
import type { BuildRequest } from './request';
import { homeId } from './source';

/** FNV-1a with 128 bits (offset basis and prime: draft-eastlake-fnv, section 5): names need spread, not secrecy. */
const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = 0x0000000001000000000000000000013bn;
const FNV_MASK = (1n << 128n) - 1n;

function fnv(text: string): string {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & FNV_MASK;
  return hash.toString(16).padStart(32, '0');
}

/**
 * 32 hexadecimal digits that stand for a text, any of which may be cut off. Hashed twice, because the last characters
 * of a text hardly reach the first digits of its FNV, and names often differ in their last character only.
 */
export const digest = (text: string): string => fnv(fnv(text));

/** JSON with sorted keys, so that equal values are equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** Equal for two requests that ask for the same pool on the same image, whoever asks and in whatever mode. */
export function fingerprint({ source, image, pool }: BuildRequest): string {
  return digest(canonicalJson({ source, image, pool }));
}

/** The request's own id, or one derived from what it asks for. */
export const requestIdOf = (request: BuildRequest): string =>
  request.requestId ?? `request-${fingerprint(request).slice(0, 12)}`;

/** The resource group of snapshots and managed image, in the source's subscription. */
export const imageGroupId = ({ source, image }: Pick<BuildRequest, 'source' | 'image'>): string =>
  groupIdText(parseArmId(homeId(source))?.subscriptionId ?? '', image.resourceGroup);

/** Undefined when no gallery has to do with the image. */
export const definitionIdOf = ({ image }: Pick<BuildRequest, 'image'>): string | undefined =>
  image.galleryId === undefined ? undefined : childId(image.galleryId, 'images', image.name);

export const poolIdOf = (request: BuildRequest): string =>
  childId(request.pool.batchAccountId, 'pools', request.pool.name);

/** One orchestration for each pool; a plan is one for each pool and question, so that it never blocks a build. */
export function buildInstanceId(request: BuildRequest): string {
  const pool = digest(armKey(poolIdOf(request)));
  return request.mode === 'plan' ? `plan-${pool}-${fingerprint(request).slice(0, 12)}` : `build-${pool}`;
}

/** One orchestration for each message that is answered without a build; senders may use a message id twice. */
export const answerInstanceId = (messageId: string, request: BuildRequest): string =>
  `answer-${digest(canonicalJson([messageId, request]))}`;

/** Builds of one image that began in one second move apart by a different number of seconds each. */
const MOST_SECONDS_APART = 97n;

/**
 * The instant that names and version derive from at try number `tries`: the start at first; after another build was
 * found to have taken the names, some seconds later, as many as the pool's name says.
 */
export function namingInstantMs(request: BuildRequest, startedAtMs: number, tries: number): number {
  const step = 1n + (BigInt(`0x${digest(armKey(poolIdOf(request)))}`) % MOST_SECONDS_APART);
  return startedAtMs + (tries - 1) * Number(step) * 1_000;
}

/** `year.monthday.secondOfDay` of the start: grows with time and fits the three 32-bit parts of an image version. */
export function versionNumber(startedAtMs: number): string {
  const at = new Date(startedAtMs);
  const monthDay = (at.getUTCMonth() + 1) * 100 + at.getUTCDate();
  const second = at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds();
  return `${at.getUTCFullYear()}.${monthDay}.${second}`;
}

export const buildIdOf = (request: BuildRequest, version: string): string =>
  `${digest(armKey(poolIdOf(request))).slice(0, 8)}-${version.replaceAll('.', '-')}`;

/** The orchestration that grows the pool of one build: another one for every build, as an id in use would never answer. */
export const growInstanceId = (buildId: string): string => `grow-${buildId}`;

function computeName(imageName: string, ending: string): string {
  return `${imageName.slice(0, MAX_COMPUTE_NAME_LENGTH - ending.length)}${ending}`;
}

/** Offer and sku of a definition that the request does not identify; shorter than a definition's name may be. */
export const offerName = (imageName: string): string =>
  imageName.length <= MAX_OFFER_LENGTH
    ? imageName
    : `${imageName.slice(0, MAX_OFFER_LENGTH - 9)}-${digest(imageName).slice(0, 8)}`;

/** Snapshot names take letters, digits, `_` and `-` only (resource-name-rules, Microsoft.Compute/snapshots). */
export const snapshotName = (imageName: string, version: string, disk: 'os' | number): string =>
  computeName(imageName, `.${version}.${disk === 'os' ? 'os' : `data${disk}`}`).replaceAll('.', '-');

export const managedImageName = (imageName: string, version: string): string => computeName(imageName, `-${version}`);

/** Tags (on pools: metadata) by which anyone can tell whose a resource is, and a janitor what a killed run left. */
export const TAG = {
  createdBy: 'createdBy',
  build: 'bip-build',
  request: 'bip-request',
  pool: 'bip-pool',
  createdAt: 'bip-created-at',
  fingerprint: 'bip-fingerprint',
  letGo: 'bip-let-go',
  kept: 'bip-kept',
  snoozeUntil: 'bip-snooze-until',
} as const;

export const CREATED_BY = 'batch-image-pools';
