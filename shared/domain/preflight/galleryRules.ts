/** Rules on what the gallery holds: versions, identifiers, and how much of it there may be. */
import { regionKey } from '../armId';
import { found } from '../facts';
import { MAX_DEFINITIONS_PER_REGION, MAX_REPLICAS, MAX_VERSIONS_PER_REGION } from '../limits';
import { nodesOf, recommendedReplicas, targetRegions } from '../sizing';
import { compareVersions, newestOf } from '../versionOrder';
import { identifierOf, identifierText } from '../imageIdentifier';
import { publishes } from '../route';
import { counted } from '../words';
import type { Case, Remark, Rule } from './rule';

/** Of a limit, from which on there is a warning. */
const NEAR = 0.9;

function identifierTaken({ request, facts }: Case): readonly Remark[] {
  if (facts.definition?.read !== 'missing') return [];
  const { image } = request;
  const own = identifierText(identifierOf(image));
  return (found(facts.definitions) ?? [])
    .filter(({ name }) => name.toLowerCase() !== image.name.toLowerCase())
    .filter(({ identifier }) => identifierText(identifier).toLowerCase() === own.toLowerCase())
    .map(({ name }) => ({
      subject: image.identifier === undefined ? 'image.name' : 'image.identifier',
      message: `The image definition ${name} of the gallery has the identifier ${own} already.`,
    }));
}

interface Stock {
  readonly what: string;
  readonly count: number;
  readonly limit: number;
  readonly location: string;
}

function definitionStock({ facts }: Case): Stock | undefined {
  const use = found(facts.galleryUse);
  if (!use || facts.definition?.read !== 'missing') return undefined;
  const { definitions: count, location } = use;
  return { what: 'image definitions', count, limit: MAX_DEFINITIONS_PER_REGION, location };
}

function versionStock({ facts }: Case): Stock | undefined {
  const use = found(facts.galleryUse);
  if (!use) return undefined;
  return { what: 'image versions', count: use.versions, limit: MAX_VERSIONS_PER_REGION, location: use.location };
}

const subjectAndMessage = ({ what, count, limit, location }: Stock): readonly Remark[] => [
  {
    subject: 'image.galleryId',
    message: `The gallery's subscription has ${count} ${what} in ${location}, of at most ${limit}.`,
  },
];

const full =
  (stockOf: (given: Case) => Stock | undefined) =>
  (given: Case): readonly Remark[] => {
    const stock = stockOf(given);
    return stock && stock.count >= stock.limit ? subjectAndMessage(stock) : [];
  };

const nearlyFull =
  (stockOf: (given: Case) => Stock | undefined) =>
  (given: Case): readonly Remark[] => {
    const stock = stockOf(given);
    const near = stock && stock.count < stock.limit && stock.count >= stock.limit * NEAR;
    return near ? subjectAndMessage(stock) : [];
  };

function versionExists({ request, facts, version }: Case): readonly Remark[] {
  if (!found(facts.versions)?.some(({ name }) => name === version)) return [];
  const message = `The image definition ${request.image.name} has a version ${version} already.`;
  return [{ subject: 'image.name', message }];
}

function newerVersion({ request, facts, version }: Case): readonly Remark[] {
  const newest = newestOf(found(facts.versions) ?? []);
  if (newest === undefined || !(compareVersions(newest, version) > 0)) return [];
  const message = `The image definition ${request.image.name} has version ${newest}, which is higher than ${version}: whatever takes the latest version keeps to that one.`;
  return [{ subject: 'image.name', message }];
}

function tooManyReplicas({ request, facts }: Case): readonly Remark[] {
  if (!request.image.regions) return [];
  const replicas = targetRegions(request, facts).reduce((sum, region) => sum + region.replicas, 0);
  if (replicas <= MAX_REPLICAS) return [];
  const message = `The image version would have ${replicas} replicas over all of its regions, but may have at most ${MAX_REPLICAS}.`;
  return [{ subject: 'image.regions', message }];
}

function fewReplicas({ request, facts }: Case): readonly Remark[] {
  const home = found(facts.account)?.location;
  const nodes = nodesOf(request.pool.properties);
  const advised = recommendedReplicas(nodes);
  const sized = new Map(targetRegions(request, facts).map(({ name, replicas }) => [name, replicas]));
  return (request.image.regions ?? [])
    .filter(({ name }) => home !== undefined && regionKey(name) === regionKey(home))
    .map(({ name, replicas }) => ({ name, stated: replicas, gets: replicas ?? sized.get(regionKey(name)) ?? advised }))
    .filter(({ gets }) => gets < advised)
    .map(({ name, stated, gets }) => {
      const why = stated === undefined ? 'The other regions leave room for' : 'The request asks for';
      const message = `${why} ${counted(gets, 'replica')} in ${name}, but Azure Batch advises at least ${advised} for ${nodes} nodes.`;
      return { subject: 'image.regions', message };
    });
}

const LIMITS = 'virtual-machines/azure-compute-gallery, "Limits"';

const stockRules: readonly Rule[] = [
  {
    code: 'IdentifierTaken',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images, "Creating or modifying image definitions"',
    why: 'Each image definition of a gallery has publisher, offer and sku of its own.',
    how: '`image.identifier`, or the one that is derived from `image.name`, against those of all definitions of the gallery, when the definition is still to be made',
    needs: ['definition', 'definitions'],
    remedy: 'Use another image.identifier, or the name of the definition that has it as image.name.',
    check: identifierTaken,
  },
  {
    code: 'DefinitionLimit',
    severity: 'refuse',
    source: LIMITS,
    why: 'A subscription has a limited number of image definitions in a region.',
    how: `fewer than ${MAX_DEFINITIONS_PER_REGION} image definitions in the region, when one is still to be made`,
    needs: ['definition', 'galleryUse'],
    remedy: 'Delete image definitions that nothing uses, or use a definition that is there.',
    check: full(definitionStock),
  },
  {
    code: 'DefinitionLimitNear',
    severity: 'warn',
    source: LIMITS,
    why: 'A subscription has a limited number of image definitions in a region.',
    how: `fewer than ${MAX_DEFINITIONS_PER_REGION * NEAR} image definitions in the region, when one is still to be made`,
    needs: ['definition', 'galleryUse'],
    remedy: 'Delete image definitions that nothing uses.',
    check: nearlyFull(definitionStock),
  },
  {
    code: 'VersionLimit',
    severity: 'refuse',
    source: LIMITS,
    why: 'A subscription has a limited number of image versions in a region.',
    how: `fewer than ${MAX_VERSIONS_PER_REGION} image versions in the region`,
    needs: ['galleryUse'],
    remedy: 'Delete image versions that no pool uses.',
    check: full(versionStock),
  },
  {
    code: 'VersionLimitNear',
    severity: 'warn',
    source: LIMITS,
    why: 'A subscription has a limited number of image versions in a region.',
    how: `fewer than ${MAX_VERSIONS_PER_REGION * NEAR} image versions in the region`,
    needs: ['galleryUse'],
    remedy: 'Delete image versions that no pool uses.',
    check: nearlyFull(versionStock),
  },
  {
    code: 'VersionExists',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: the source of an image version cannot change',
    why: 'An image version is never made anew from another source.',
    how: 'versions of the image definition, against the one that the build would make',
    needs: ['versions'],
    remedy: 'Send the request again: a later build takes a later version.',
    check: versionExists,
  },
  {
    code: 'NewerVersionExists',
    severity: 'warn',
    source: 'virtual-machines/shared-image-galleries, "Image versions"',
    why: 'The latest version is the highest by Major, Minor and Patch, not the one that was made last.',
    how: 'versions of the image definition that are not excluded from latest, against the one that the build would make',
    needs: ['versions'],
    remedy: 'Exclude the higher version from latest, delete it, or use another image.name.',
    check: newerVersion,
  },
  {
    code: 'ReplicasOverLimit',
    severity: 'refuse',
    source: LIMITS,
    why: 'An image version has a limited number of replicas.',
    how: `\`image.regions\`: at most ${MAX_REPLICAS} replicas over all regions`,
    needs: [],
    remedy: 'Ask for fewer replicas or regions.',
    check: tooManyReplicas,
  },
  {
    code: 'ReplicasFew',
    severity: 'warn',
    source: 'batch/batch-sig-images, "Considerations for large pools"',
    why: 'Many nodes that start from few replicas start slowly, or fail to.',
    how: "replicas of the Batch account's region in `image.regions`, stated or left over by other regions, against one for every 300 nodes",
    needs: ['account'],
    remedy:
      'Ask for more replicas there and fewer elsewhere, or leave replicas out: the app then takes what Azure Batch advises, or more by the setting NODES_PER_REPLICA.',
    check: fewReplicas,
  },
];

/** An image that is there already needs no room. */
export const galleryRules: readonly Rule[] = stockRules.map((rule) => ({ ...rule, appliesTo: publishes }));
