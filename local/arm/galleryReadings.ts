/** Reads of galleries that others share: with everybody, or with the subscription that asks. */
import { z } from 'zod';
import { ArmError } from './armError';
import type { Json, Stored } from './kind';
import type { Reading, ReadingAsked } from './reading';
import { isReplicatedTo } from './replication';
import { regionOf } from './resourceId';
import { json, objectAt } from './schema';
import { communityInfoOf, publishedGallery, type Sharing } from './sharedGalleries';
import { GALLERY_API_VERSIONS } from './galleries';

/** As ids and types spell it: `/CommunityGalleries/{name}/Images/{image}` (rest/api/compute, samples). */
const SPELT: Readonly<Record<Sharing, string>> = {
  communityGalleries: 'CommunityGalleries',
  sharedGalleries: 'SharedGalleries',
};

interface Found {
  readonly stored: Stored;
  /** Of the id that others name it by. */
  readonly path: readonly string[];
}

/** UNCONFIRMED code and words. */
const notFound = (what: string, { at }: ReadingAsked): ArmError =>
  new ArmError(404, 'NotFound', `${what} was not found in location '${at['location'] ?? ''}'.`);

const nameOf = (stored: Stored): string => stored.id.split('/').at(-1) ?? '';

function galleryAt(sharing: Sharing, asked: ReadingAsked): Found {
  const { gallery: name = '', subscription = '' } = asked.at;
  const stored = publishedGallery({ sharing, gallery: name }, { subscription }, asked.site);
  if (stored === undefined) throw notFound(`The gallery '${name}'`, asked);
  return { stored, path: [SPELT[sharing], name] };
}

function imageAt(sharing: Sharing, asked: ReadingAsked): Found {
  const gallery = galleryAt(sharing, asked);
  const name = asked.at['image'] ?? '';
  const stored = asked.site.find(`${gallery.stored.id}/images/${name}`);
  if (stored === undefined) throw notFound(`The image '${name}' of gallery '${asked.at['gallery'] ?? ''}'`, asked);
  return { stored, path: [...gallery.path, 'Images', nameOf(stored)] };
}

/** The versions that the location has. */
function versionsAt(sharing: Sharing, asked: ReadingAsked): Found[] {
  const image = imageAt(sharing, asked);
  const region = regionOf(asked.at['location'] ?? '');
  return asked.site
    .childrenOf(image.stored.id)
    .filter((version) => isReplicatedTo(version, region, asked.site.nowMs))
    .map((stored) => ({ stored, path: [...image.path, 'Versions', nameOf(stored)] }));
}

function versionAt(sharing: Sharing, asked: ReadingAsked): Found {
  const name = asked.at['version'] ?? '';
  const found = versionsAt(sharing, asked).find(({ stored }) => nameOf(stored) === name);
  if (found === undefined) throw notFound(`The version '${name}' of image '${asked.at['image'] ?? ''}'`, asked);
  return found;
}

const shown = (stored: Stored): Json => ({ ...objectAt(stored.input, 'properties'), ...stored.properties });

const IMAGE_PROPERTIES = [
  ...['osType', 'osState', 'endOfLifeDate', 'identifier', 'recommended', 'disallowed', 'hyperVGeneration'],
  ...['features', 'purchasePlan', 'architecture', 'privacyStatementUri', 'eula'],
];

const imageProperties = (stored: Stored): Json =>
  Object.fromEntries(Object.entries(shown(stored)).filter(([name]) => IMAGE_PROPERTIES.includes(name)));

const diskImage = z
  .looseObject({ lun: z.int().optional(), sizeInGB: z.int().optional(), hostCaching: z.string().default('None') })
  .transform(({ lun, sizeInGB: diskSizeGB, hostCaching }) => ({ lun, diskSizeGB, hostCaching }));
const version = z.looseObject({
  publishingProfile: z.looseObject({
    publishedDate: z.string().optional(),
    endOfLifeDate: z.string().optional(),
    excludeFromLatest: z.boolean().default(false),
  }),
  storageProfile: z.looseObject({ osDiskImage: diskImage.optional(), dataDiskImages: z.array(diskImage).optional() }),
});

/** Others do not see what a version was made from. */
function versionProperties(stored: Stored): Json {
  const { publishingProfile, storageProfile } = version.parse(shown(stored));
  const { publishedDate, endOfLifeDate, excludeFromLatest } = publishingProfile;
  const { osDiskImage, dataDiskImages } = storageProfile;
  return { publishedDate, endOfLifeDate, excludeFromLatest, storageProfile: { osDiskImage, dataDiskImages } };
}

function galleryProperties(stored: Stored): Json {
  const info = communityInfoOf(stored);
  if (info === undefined) return {};
  const { publisherUri, publisherContact, eula, publicNames } = info;
  return { communityMetadata: { publisherUri, publisherContact, eula, publicNames } };
}

/** The three levels, with the segment that each adds to path and type. */
const LEVELS = [
  { type: '', path: '/(?<gallery>[^/]+)', find: galleryAt, properties: galleryProperties },
  { type: '/images', path: '/images/(?<image>[^/]+)', find: imageAt, properties: imageProperties },
  { type: '/versions', path: '/versions/(?<version>[^/]+)', find: versionAt, properties: versionProperties },
] as const;

const ROOT = String.raw`^/subscriptions/(?<subscription>[^/]+)/providers/Microsoft\.Compute/locations/(?<location>[^/]+)/`;

function body({ path }: Found, properties: Json, type: string, asked: ReadingAsked): Json {
  return {
    name: path.at(-1),
    location: regionOf(asked.at['location'] ?? ''),
    type,
    identifier: { uniqueId: `/${path.join('/')}` },
    properties: json.parse(properties),
  };
}

function readingsOf(sharing: Sharing): Reading[] {
  const items = LEVELS.map(({ find, properties }, index): Reading => {
    const upTo = LEVELS.slice(0, index + 1);
    const type = `Microsoft.Compute/locations/${sharing}${upTo.map((level) => level.type).join('')}`;
    return {
      type,
      path: new RegExp(`${ROOT}${sharing}${upTo.map((level) => level.path).join('')}$`, 'i'),
      apiVersions: GALLERY_API_VERSIONS,
      queries: [],
      permission: `${type}/read`,
      answer: (asked) => {
        const found = find(sharing, asked);
        return body(found, properties(found.stored), type, asked);
      },
    };
  });
  return [...items, versionList(sharing)];
}

function versionList(sharing: Sharing): Reading {
  const type = `Microsoft.Compute/locations/${sharing}/images/versions`;
  return {
    type,
    path: new RegExp(`${ROOT}${sharing}/(?<gallery>[^/]+)/images/(?<image>[^/]+)/versions$`, 'i'),
    apiVersions: GALLERY_API_VERSIONS,
    queries: [],
    permission: `${type}/read`,
    answer: (asked) => ({
      value: versionsAt(sharing, asked).map((found) => body(found, versionProperties(found.stored), type, asked)),
    }),
  };
}

export const GALLERY_READINGS: readonly Reading[] = [
  ...readingsOf('communityGalleries'),
  ...readingsOf('sharedGalleries'),
];
