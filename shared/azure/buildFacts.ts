/** The survey: reads what a build is decided on, its parts side by side, none more than three calls deep. */
import { armKey, parseArmId } from '../domain/armId';
import type { SupportedImages } from '../domain/account';
import { baseImageOf, isSameImage } from '../domain/baseImage';
import { found, sourceLocation, type BuildFacts, type Fact } from '../domain/facts';
import { imageGroupId } from '../domain/names';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import type { RightScope } from '../domain/rights/rightGroup';
import { sharingPools } from '../domain/sharedImage';
import { isExistingImage, sourceId } from '../domain/source';
import { surveyAccount, type AccountSurvey } from './accountSurvey';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { galleryUseIn, surveyGallery, type GallerySurvey } from './gallerySurvey';
import { allOf, mapFact, readFact, SurveyFault } from './readFact';
import { readGrants } from './rightsSurvey';
import type { SourceSurvey } from './sourceFacts';
import { surveySource } from './sourceSurvey';

/** Where rights are asked for that the survey itself does not prove; those on the sources follow from them. */
function scopesOf(request: BuildRequest): readonly (readonly [RightScope, string])[] {
  const { source, image, pool } = request;
  const subscription = parseArmId(pool.batchAccountId)?.subscriptionId ?? '';
  return [
    ['subscription', `/subscriptions/${subscription}`],
    ...(isExistingImage(source) ? [] : [['imageGroup', imageGroupId(request)] as const]),
    ...(image.galleryId === undefined ? [] : [['gallery', image.galleryId] as const]),
    ['account', pool.batchAccountId],
  ];
}

/** The survey keeps what is about this build: the durable store holds it as long as the build. */
function supportedImages({ facts }: SourceSurvey, { offeredImages }: AccountSurvey) {
  const base = baseImageOf(facts);
  return mapFact(offeredImages, (all): SupportedImages => {
    const agents = new Map(
      all.map(({ nodeAgentSkuId, osType }) => [nodeAgentSkuId, { skuId: nodeAgentSkuId, osType }]),
    );
    const forBase = base?.from === 'marketplace' ? all.filter((image) => isSameImage(image, base.image)) : [];
    return { forBase, nodeAgents: [...agents.values()] };
  });
}

function vmSizes(request: BuildRequest, { facts }: SourceSurvey, { offeredSizes }: AccountSurvey) {
  const wanted = [request.pool.properties.vmSize, found(facts.machine)?.vmSize].map((name) => name?.toLowerCase());
  return mapFact(offeredSizes, (all) => all.filter(({ name }) => wanted.includes(name.toLowerCase())));
}

/** Undefined when nothing is published. */
function galleryUse(
  { facts }: SourceSurvey,
  { listed, facts: { gallery } }: GallerySurvey,
): Pick<BuildFacts, 'galleryUse'> {
  if (listed === undefined) return {};
  const location = sourceLocation(facts) ?? found(gallery)?.location;
  if (location === undefined) return { galleryUse: { read: 'unasked', because: 'the source' } };
  return { galleryUse: mapFact(listed, (all) => galleryUseIn(location, all)) };
}

/** Which pools share the image shows only when its versions, too, were read. */
function sharing(
  request: BuildRequest,
  account: AccountSurvey,
  { facts: { versions } }: GallerySurvey,
  sourceImage: SourceSurvey['facts']['sourceImage'],
) {
  const surveyed = { request, pool: account.facts.pool, versions, sourceImage };
  return account.listed.map(({ accountId, fact }) => ({
    accountId,
    fact: mapFact(fact, (pools) => sharingPools(pools, surveyed)),
  }));
}

/** An image of somebody else's gallery is read as the source, and a pool that runs on it runs on the source. */
function poolOnSource(
  { source }: BuildRequest,
  { facts: { pool } }: AccountSurvey,
  { facts: { sourceImage } }: SourceSurvey,
): Pick<BuildFacts, 'poolImage'> {
  const isOnIt = sourceImage !== undefined && armKey(found(pool)?.imageId ?? '') === armKey(sourceId(source));
  return isOnIt ? { poolImage: mapFact(sourceImage, ({ id }) => ({ id })) } : {};
}

const readEncryptionSet = (arm: Arm, id: string): Promise<Fact<{ readonly location: string }>> =>
  readFact(
    { doing: `read disk encryption set ${id}`, permission: 'Microsoft.Compute/diskEncryptionSets/read' },
    async () => {
      const { compute, group, name } = placeOf(arm, id);
      const { location } = await compute.diskEncryptionSets.get(group, name);
      return { location };
    },
  );

function encryptionSets(arm: Arm, { image }: BuildRequest): Promise<BuildFacts['encryptionSets']> {
  const ids = new Set((image.regions ?? []).flatMap(({ diskEncryptionSetId: id }) => (id === undefined ? [] : [id])));
  return allOf([...ids].map(async (id) => ({ id, fact: await readEncryptionSet(arm, id) })));
}

/** Reads all facts for a request; fails as a whole when any read that the build depends on met a passing fault. */
export async function readBuildFacts(arm: Arm, request: BuildRequest): Promise<Outcome<BuildFacts>> {
  try {
    return succeed(await survey(arm, request));
  } catch (error) {
    if (error instanceof SurveyFault) return fail(error.failure);
    throw error;
  }
}

async function survey(arm: Arm, request: BuildRequest): Promise<BuildFacts> {
  const galleryRead = surveyGallery(arm, request);
  const accountRead = surveyAccount(arm, request);
  // When the account's survey fails, all of this fails by that; the source must not fail a second time, unheard.
  const region = accountRead.then(
    ({ facts }) => found(facts.account)?.location,
    () => undefined,
  );
  const [source, account, gallery, sets, rights] = await allOf([
    surveySource(arm, request, { gallery: galleryRead, region }),
    accountRead,
    galleryRead,
    encryptionSets(arm, request),
    allOf(scopesOf(request).map(([scope, id]) => readGrants(arm, scope, id))),
  ]);
  return {
    ...source.facts,
    encryptionSets: sets,
    ...account.facts,
    ...poolOnSource(request, account, source),
    ...gallery.facts,
    ...galleryUse(source, gallery),
    sharing: sharing(request, account, gallery, source.facts.sourceImage),
    vmSizes: vmSizes(request, source, account),
    supportedImages: supportedImages(source, account),
    rights: [...rights, ...source.rights],
    policy: policyFrom(arm),
  };
}

/** Of the settings, what builds are decided on: the durable store keeps them, so that a build keeps to what it began with. */
const policyFrom = ({ settings }: Arm): BuildFacts['policy'] => ({
  batchApiVersion: settings.batchApiVersion,
  nodesPerReplica: settings.nodesPerReplica,
  mostUnusablePercent: settings.mostUnusablePercent,
  shallowMostNodes: settings.shallowMostNodes,
  managedImageApiVersion: settings.managedImageApiVersion,
});
