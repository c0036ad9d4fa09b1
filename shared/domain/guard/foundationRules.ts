/** Rules on what a pool stands on: "gone" only with a 404 in hand, and unknown wherever something could not be read. */
import { parseArmId, regionKey } from '../armId';
import type { Fact } from '../facts';
import { unreadText } from '../growth/diagnose';
import type { Evidence } from './finding';
import { startingImage, type Foundation } from './foundation';
import type { StoredDefinition, StoredImage, StoredVersion } from './imageStock';
import { CLEAR, MOOT, seen, unknown, type GuardRule, type PoolCase, type Ruling } from './poolCase';

const DAY_MS = 86_400_000;

const get = (id: string, answered: string, { lookedAt }: Foundation): Evidence => ({
  asked: `GET ${id}`,
  answered,
  at: lookedAt,
});

/** A rule on pools that stand on something; the others are clear. */
const onFoundation =
  (judge: (foundation: Foundation, given: PoolCase) => Ruling) =>
  (given: PoolCase): Ruling =>
    given.foundation === undefined ? CLEAR : judge(given.foundation, given);

/** That something is gone, or lies outside of the allow-list, is another rule's finding. */
function unread(what: string, fact: Fact<unknown>): Ruling {
  const why = fact.read === 'outside' ? undefined : unreadText(what, fact);
  return why === undefined ? MOOT : unknown(why);
}

/** Whether the image that the pool names is gone. */
const gone = (kind: 'image' | 'version', called: string) =>
  onFoundation((foundation) => {
    const { image } = foundation;
    if (image.kind !== kind) return CLEAR;
    if (image.fact.read === 'found') return CLEAR;
    if (image.fact.read !== 'missing') return unread(`the ${called} ${image.id}`, image.fact);
    return seen(`The ${called} ${image.id} does not exist.`, get(image.id, '404', foundation));
  });

function latestMissing(foundation: Foundation): Ruling {
  const { image, latest } = foundation;
  if (image.kind !== 'definition') return CLEAR;
  if (image.fact.read === 'missing') {
    return seen(`The image definition ${image.id} does not exist.`, get(image.id, '404', foundation));
  }
  if (image.fact.read !== 'found') return unread(`the image definition ${image.id}`, image.fact);
  if (latest === undefined || latest.read === 'found') return CLEAR;
  if (latest.read !== 'missing') return unread(`the versions of ${image.id}`, latest);
  const evidence = get(`${image.id}/versions`, 'no version that counts as latest', foundation);
  return seen(`The image definition ${image.id} has no version that a new node could take.`, evidence);
}

const unknownKind = ({ image }: Foundation): Ruling =>
  unknown(`The app cannot look up ${image.id}, because it is no image of a kind that it knows.`);

/** The version that new nodes start from; undefined on a managed image, or when there is none. */
function startingVersion(foundation: Foundation): StoredVersion | undefined {
  const fact = startingImage(foundation);
  return fact?.read === 'found' && fact.value.kind === 'version' ? fact.value : undefined;
}

/** A rule on what the image version is like, when it is none or could not be read. */
function withoutVersion(foundation: Foundation): Ruling {
  const { image, latest } = foundation;
  if (image.kind === 'other') return unknownKind(foundation);
  if (image.kind === 'image') return CLEAR;
  if (image.fact.read !== 'found' || latest === undefined) return unread(`the image ${image.id}`, image.fact);
  return unread(`the versions of ${image.id}`, latest);
}

const NO_REGION = 'The region of the Batch account could not be read.';

function replicaMissing(foundation: Foundation, { pool }: PoolCase): Ruling {
  const version = startingVersion(foundation);
  if (!version) return withoutVersion(foundation);
  if (pool.region === '') return unknown(NO_REGION);
  if (version.regions.map(regionKey).includes(regionKey(pool.region))) return CLEAR;
  const regions = version.regions.join(', ') || 'none';
  return seen(
    `The image version ${version.id} is not published to ${pool.region}, the region of the pool; its regions: ${regions}.`,
    get(version.id, `targetRegions: ${regions}`, foundation),
  );
}

type Starting = StoredVersion | StoredImage;

/** Whether nodes can start only as long as what the image was made from is there. */
const needsSources = (image: Starting): boolean => image.kind === 'image' || image.replication === 'shallow';

/** Whether the app made the image, and kept what it was made from so that it can be made again. */
const isOwnCopy = (image: Starting): boolean => !needsSources(image) && image.own !== undefined;

/** An entry of the ledger, and an event, hold so many; a managed image has up to 65 disks. */
const MOST_SOURCES_NAMED = 10;

function goneText(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_SOURCES_NAMED);
  const rest = ids.length - named.length;
  if (rest > 0) return `${named.join(', ')} and ${rest} more, which do not exist any more`;
  const last = named.at(-1) ?? '';
  if (named.length === 1) return `${last}, which does not exist any more`;
  return `${named.slice(0, -1).join(', ')} and ${last}, which do not exist any more`;
}

/** A rule on the sources of such images as `concerns` picks; the others are clear. */
const sourceGone = (concerns: (image: Starting) => boolean) =>
  onFoundation((foundation) => {
    const { image, sources } = foundation;
    const starting = startingImage(foundation);
    if (starting === undefined) return unknownKind(foundation);
    if (starting.read !== 'found') return unread(`the image ${image.id}`, starting);
    if (!concerns(starting.value)) return CLEAR;
    const missing = sources.filter(({ fact }) => fact.read === 'missing').map(({ id }) => id);
    if (missing.length > 0) {
      const evidence = missing.slice(0, MOST_SOURCES_NAMED).map((id) => get(id, '404', foundation));
      return seen(`The image ${starting.value.id} was made from ${goneText(missing)}.`, ...evidence);
    }
    // That a source lies outside of the allow-list is no other rule's finding.
    const hidden = sources.map(({ id, fact }) => unreadText(id, fact)).find((why) => why !== undefined);
    return hidden === undefined ? CLEAR : unknown(hidden);
  });

function elsewhere(foundation: Foundation, { pool }: PoolCase): Ruling {
  const { image } = foundation;
  if (image.kind === 'other') return CLEAR;
  if (image.fact.read === 'outside') {
    return seen(
      `The image ${image.id} lies outside of the app's allow-list, so that nobody looks whether it is there.`,
      { asked: `ALLOWED_SCOPES, for ${image.id}`, answered: 'not on the list', at: foundation.lookedAt },
    );
  }
  if (image.kind !== 'image') return CLEAR;
  const [ofImage, ofPool] = [image.id, pool.id].map((id) => parseArmId(id)?.subscriptionId.toLowerCase());
  if (ofImage !== ofPool) {
    const evidence = get(pool.id, `imageReference.id: ${image.id}`, foundation);
    return seen(`The managed image ${image.id} lies in another subscription than the Batch account.`, evidence);
  }
  if (image.fact.read !== 'found') return unread(`the image ${image.id}`, image.fact);
  const { region } = image.fact.value;
  if (pool.region === '') return unknown(NO_REGION);
  if (regionKey(region) === regionKey(pool.region)) return CLEAR;
  const message = `The managed image ${image.id} lies in ${region}, and the Batch account in ${pool.region}.`;
  return seen(message, get(image.id, `location: ${region}`, foundation));
}

const onManagedImage = (foundation: Foundation, { pool }: PoolCase): Ruling =>
  foundation.image.kind === 'image'
    ? seen(
        `The pool stands on the managed image ${foundation.image.id}, not on an image of a Compute Gallery.`,
        get(pool.id, `imageReference.id: ${foundation.image.id}`, foundation),
      )
    : CLEAR;

/** The definition that the starting version is of, whether the pool names it or the version. */
const definitionOf = ({ image, definition }: Foundation): Fact<StoredDefinition> | undefined =>
  image.kind === 'definition' ? image.fact : definition;

function imageEnds(foundation: Foundation, { policy, nowMs }: PoolCase): Ruling {
  const version = startingVersion(foundation);
  if (!version) return withoutVersion(foundation);
  const fact = definitionOf(foundation);
  const both = [version, ...(fact?.read === 'found' ? [fact.value] : [])];
  const ends = both.flatMap(({ id, endsOn }) => (endsOn === undefined ? [] : [{ id, endsOn }]));
  const [first] = ends.toSorted((one, other) => Date.parse(one.endsOn) - Date.parse(other.endsOn));
  if (!first || Date.parse(first.endsOn) > nowMs + policy.imageEndDays * DAY_MS) {
    return fact === undefined || fact.read === 'found' ? CLEAR : unread(`the image definition of ${version.id}`, fact);
  }
  const has = Date.parse(first.endsOn) <= nowMs ? 'has been at the end of its life since' : 'ends its life on';
  const message = `The image ${first.id} ${has} ${first.endsOn.slice(0, 10)}.`;
  return seen(message, get(first.id, `endOfLifeDate: ${first.endsOn}`, foundation));
}

export const FOUNDATION_RULES: readonly GuardRule[] = [
  { code: 'ImageMissing', judge: gone('image', 'managed image') },
  { code: 'ImageVersionMissing', judge: gone('version', 'image version') },
  { code: 'LatestVersionMissing', judge: onFoundation(latestMissing) },
  { code: 'ReplicaMissing', judge: onFoundation(replicaMissing) },
  { code: 'SourceMissing', judge: sourceGone(needsSources) },
  { code: 'SourceNotKept', judge: sourceGone(isOwnCopy) },
  { code: 'ImageElsewhere', judge: onFoundation(elsewhere) },
  { code: 'ManagedImagePool', judge: onFoundation(onManagedImage) },
  { code: 'ImageEnds', judge: onFoundation(imageEnds) },
];
