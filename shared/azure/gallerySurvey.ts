/** Surveys the gallery with its definitions and versions, how much of them its subscription has, and the image's resource group. */
import type { GalleryImageVersion } from '@azure/arm-compute';
import * as z from 'zod';
import { parseArmId, regionKey } from '../domain/armId';
import type { BuildFacts, Fact } from '../domain/facts';
import type { Gallery, GalleryUse, ImageDefinition, KnownDefinition, KnownVersion } from '../domain/gallery';
import { definitionIdOf, imageGroupId } from '../domain/names';
import { succeed } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import { isExistingImage } from '../domain/source';
import { callArm, readPages } from './armCall';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { galleryPlace } from './galleryResources';
import { definitionFrom, knownDefinitionFrom } from './models';
import { allOf, factFrom, mapFact, optionalFactFrom, readFact, readOptionalFact } from './readFact';

/** API version of Microsoft.Resources. */
const RESOURCES_API_VERSION = '2021-04-01';

const DEFINITIONS = 'Microsoft.Compute/galleries/images';
const VERSIONS = 'Microsoft.Compute/galleries/images/versions';

async function readImageGroup(arm: Arm, id: string): Promise<Fact<{ readonly id: string }>> {
  const url = `${id}?api-version=${RESOURCES_API_VERSION}`;
  const answer = await callArm(arm, `read resource group ${id}`, { method: 'GET', url });
  return factFrom(answer.ok ? succeed({ id }) : answer, 'Microsoft.Resources/subscriptions/resourceGroups/read');
}

const readGallery = (arm: Arm, id: string): Promise<Fact<Gallery>> =>
  readFact({ doing: `read gallery ${id}`, permission: 'Microsoft.Compute/galleries/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    const gallery = await compute.galleries.get(group, name);
    return { id: gallery.id ?? id, location: gallery.location };
  });

const readDefinition = (arm: Arm, id: string): Promise<Fact<ImageDefinition>> =>
  readFact({ doing: `read image definition ${id}`, permission: `${DEFINITIONS}/read` }, async () => {
    const { compute, group, gallery, definition } = galleryPlace(arm, id);
    return definitionFrom(id, await compute.galleryImages.get(group, gallery, definition));
  });

const readDefinitions = (arm: Arm, galleryId: string): Promise<Fact<readonly KnownDefinition[]>> =>
  readOptionalFact({ doing: `list the definitions of ${galleryId}`, permission: `${DEFINITIONS}/read` }, async () => {
    const { compute, group, name } = placeOf(arm, galleryId);
    const known: KnownDefinition[] = [];
    for await (const one of compute.galleryImages.listByGallery(group, name)) known.push(knownDefinitionFrom(one));
    return known;
  });

/** What a version was made from, as far as other versions can be made from the same. */
const sourcesOf = ({ storageProfile: profile }: GalleryImageVersion): readonly string[] =>
  [
    profile?.source?.id,
    profile?.osDiskImage?.source?.id,
    ...(profile?.dataDiskImages ?? []).map(({ source }) => source?.id),
  ].filter((id) => id !== undefined);

/** The sources of a gallery's versions would make the facts of every build long; only growing asks for them. */
export const knownVersion = (version: GalleryImageVersion, withSources: boolean): KnownVersion => ({
  name: version.name ?? '',
  excludedFromLatest: version.publishingProfile?.excludeFromLatest === true,
  ...(withSources ? { sourceIds: sourcesOf(version) } : {}),
});

const readVersions = (arm: Arm, definitionId: string): Promise<Fact<readonly GalleryImageVersion[]>> =>
  readOptionalFact({ doing: `list the versions of ${definitionId}`, permission: `${VERSIONS}/read` }, async () => {
    const { compute, group, gallery, definition } = galleryPlace(arm, definitionId);
    const versions: GalleryImageVersion[] = [];
    for await (const one of compute.galleryImageVersions.listByGalleryImage(group, gallery, definition)) {
      versions.push(one);
    }
    return versions;
  });

const resourcePage = z
  .object({ value: z.array(z.object({ type: z.string(), location: z.string() })), nextLink: z.string().optional() })
  .transform(({ value, nextLink }) => ({ items: value, next: nextLink }));

/** An image definition or image version, by its type and region. */
type ListedImage = z.infer<typeof resourcePage>['items'][number];

/** Every image definition and image version of a subscription, each with its region. */
async function readGalleryResources(arm: Arm, subscriptionId: string): Promise<Fact<readonly ListedImage[]>> {
  const doing = `list the gallery images of subscription ${subscriptionId}`;
  const query = new URLSearchParams({
    'api-version': RESOURCES_API_VERSION,
    $filter: `resourceType eq '${DEFINITIONS}' or resourceType eq '${VERSIONS}'`,
    $top: '1000',
  });
  const first = `/subscriptions/${subscriptionId}/resources?${query.toString()}`;
  const answer = await readPages(first, resourcePage, (url) => callArm(arm, doing, { method: 'GET', url }));
  return optionalFactFrom(answer, 'Microsoft.Resources/subscriptions/resources/read');
}

export function galleryUseIn(location: string, listed: readonly ListedImage[]): GalleryUse {
  const here = listed.filter((one) => regionKey(one.location) === regionKey(location));
  const count = (type: string): number => here.filter((one) => one.type.toLowerCase() === type.toLowerCase()).length;
  return { location, definitions: count(DEFINITIONS), versions: count(VERSIONS) };
}

const providerBody = z.object({ registrationState: z.string() }).catch({ registrationState: 'in an unknown state' });

/** Whether Microsoft.Batch is registered in a subscription: `Registered`, `NotRegistered`, or on its way. */
async function readRegistration(arm: Arm, subscriptionId: string): Promise<Fact<string>> {
  const doing = `read the resource providers of subscription ${subscriptionId}`;
  const url = `/subscriptions/${subscriptionId}/providers/Microsoft.Batch?api-version=${RESOURCES_API_VERSION}`;
  const answer = await callArm(arm, doing, { method: 'GET', url });
  const state = answer.ok ? succeed(providerBody.parse(answer.value.body).registrationState) : answer;
  return optionalFactFrom(state, 'Microsoft.Resources/subscriptions/providers/read');
}

export interface GallerySurvey {
  readonly facts: Pick<
    BuildFacts,
    'imageGroup' | 'gallery' | 'definition' | 'definitions' | 'versions' | 'registration'
  >;
  /** Every image definition and version of the gallery's subscription; undefined when nothing is published there. */
  readonly listed?: Fact<readonly ListedImage[]>;
  /** Every version of the definition. */
  readonly listedVersions: Fact<readonly GalleryImageVersion[]>;
}

const NO_GALLERY = { read: 'unasked', because: 'a gallery' } as const;

async function surveyGroup(arm: Arm, request: BuildRequest): Promise<Pick<BuildFacts, 'imageGroup'>> {
  if (isExistingImage(request.source)) return {};
  return { imageGroup: await readImageGroup(arm, imageGroupId(request)) };
}

/** Only who publishes needs to know what else there is: identifiers that are taken, and how much room is left. */
async function surveyStock(arm: Arm, galleryId: string, publishes: boolean) {
  if (!publishes) return {};
  const subscription = parseArmId(galleryId)?.subscriptionId ?? '';
  const [definitions, listed] = await allOf([readDefinitions(arm, galleryId), readGalleryResources(arm, subscription)]);
  return { definitions, listed };
}

/** One round: all of it is named by the request. */
export async function surveyGallery(arm: Arm, request: BuildRequest): Promise<GallerySurvey> {
  const { source, image, pool } = request;
  const definitionId = definitionIdOf(request);
  if (image.galleryId === undefined || definitionId === undefined) {
    return { facts: await surveyGroup(arm, request), listedVersions: NO_GALLERY };
  }
  const subscription = parseArmId(image.galleryId)?.subscriptionId ?? '';
  const ofAccount = parseArmId(pool.batchAccountId)?.subscriptionId ?? '';
  const isElsewhere = subscription.toLowerCase() !== ofAccount.toLowerCase();
  const [group, gallery, definition, stock, listedVersions, registration] = await allOf([
    surveyGroup(arm, request),
    readGallery(arm, image.galleryId),
    readDefinition(arm, definitionId),
    surveyStock(arm, image.galleryId, !isExistingImage(source)),
    readVersions(arm, definitionId),
    isElsewhere ? readRegistration(arm, subscription) : undefined,
  ]);
  const { listed, ...definitions } = stock;
  const withSources = pool.existing === 'grow';
  const versions = mapFact(listedVersions, (all) => all.map((version) => knownVersion(version, withSources)));
  const known = { ...group, gallery, definition, ...definitions, versions };
  return {
    facts: { ...known, ...(registration === undefined ? {} : { registration }) },
    ...(listed === undefined ? {} : { listed }),
    listedVersions,
  };
}
