/** The survey: reads what a build is decided on, its parts side by side, none more than three calls deep. */
import { groupIdText, parseArmId } from '../domain/armId';
import type { SupportedImages } from '../domain/account';
import { baseImageOf, isSameImage } from '../domain/baseImage';
import { found, type BuildFacts } from '../domain/facts';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import type { RightScope } from '../domain/rights';
import { sharingPools } from '../domain/sharedImage';
import { surveyAccount, type AccountSurvey } from './accountSurvey';
import type { Arm } from './clients';
import { galleryUseIn, surveyGallery, type GallerySurvey } from './gallerySurvey';
import { surveyMachine, type MachineSurvey } from './machineSurvey';
import { allOf, mapFact, SurveyFault } from './readFact';
import { readGrants } from './rightsSurvey';

/** Where rights are asked for that the survey itself does not prove; those on disks follow the VM. */
function scopesOf({ source, image, pool }: BuildRequest): readonly (readonly [RightScope, string])[] {
  const subscription = parseArmId(source.virtualMachineId)?.subscriptionId ?? '';
  return [
    ['subscription', `/subscriptions/${subscription}`],
    ['imageGroup', groupIdText(subscription, image.resourceGroup)],
    ['gallery', image.galleryId],
    ['account', pool.batchAccountId],
  ];
}

/** The survey keeps what is about this build: the durable store holds it as long as the build. */
function supportedImages({ facts }: MachineSurvey, { offeredImages }: AccountSurvey) {
  const base = baseImageOf(facts);
  return mapFact(offeredImages, (all): SupportedImages => {
    const agents = new Map(
      all.map(({ nodeAgentSkuId, osType }) => [nodeAgentSkuId, { skuId: nodeAgentSkuId, osType }]),
    );
    const forBase = base?.from === 'marketplace' ? all.filter((image) => isSameImage(image, base.image)) : [];
    return { forBase, nodeAgents: [...agents.values()] };
  });
}

function vmSizes(request: BuildRequest, { facts }: MachineSurvey, { offeredSizes }: AccountSurvey) {
  const wanted = [request.pool.properties.vmSize, found(facts.machine)?.vmSize].map((name) => name?.toLowerCase());
  return mapFact(offeredSizes, (all) => all.filter(({ name }) => wanted.includes(name.toLowerCase())));
}

function galleryUse({ facts }: MachineSurvey, gallery: GallerySurvey): BuildFacts['galleryUse'] {
  const location = found(facts.machine)?.location ?? found(gallery.facts.gallery)?.location;
  if (location === undefined) return { read: 'unasked', because: 'the VM' };
  return mapFact(gallery.listed, (all) => galleryUseIn(location, all));
}

/** Which pools share the image shows only when its versions, too, were read. */
function sharing(request: BuildRequest, account: AccountSurvey, { facts: { versions } }: GallerySurvey) {
  const surveyed = { request, pool: account.facts.pool, versions };
  return account.listed.map(({ accountId, fact }) => ({
    accountId,
    fact: mapFact(fact, (pools) => sharingPools(pools, surveyed)),
  }));
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
  const [machine, account, gallery, rights] = await allOf([
    surveyMachine(arm, request.source.virtualMachineId),
    surveyAccount(arm, request),
    surveyGallery(arm, request),
    allOf(scopesOf(request).map(([scope, id]) => readGrants(arm, scope, id))),
  ]);
  return {
    ...machine.facts,
    ...account.facts,
    ...gallery.facts,
    sharing: sharing(request, account, gallery),
    galleryUse: galleryUse(machine, gallery),
    vmSizes: vmSizes(request, machine, account),
    supportedImages: supportedImages(machine, account),
    rights: [...rights, ...machine.rights],
    policy: policyFrom(arm),
  };
}

/** Of the settings, what builds are decided on: the durable store keeps them, so that a build keeps to what it began with. */
const policyFrom = ({
  settings: { batchApiVersion, nodesPerReplica, mostUnusablePercent },
}: Arm): BuildFacts['policy'] => ({ batchApiVersion, nodesPerReplica, mostUnusablePercent });
