/** Rules on an image that pools can run on as it is: where it has replicas, until when, and whether the API knows such ids. */
import { parseArmId, regionKey } from '../armId';
import { found } from '../facts';
import { NODES_PER_REPLICA } from '../limits';
import { routeOf } from '../route';
import { nodesOf, recommendedReplicas } from '../sizing';
import { isExistingImage, sourceId, sourceKind, taggedSource } from '../source';
import { counted } from '../words';
import { nounOf, subjectOf, type Case, type Remark, type Rule } from './rule';

/** The first API version whose pools know ids of community and shared galleries (Microsoft.Azure.Batch 16.3.0, changelog). */
const KNOWS_FOREIGN_IDS = '2024-07-01';

function notInRegion(given: Case): readonly Remark[] {
  const image = found(given.facts.sourceImage);
  const account = found(given.facts.account);
  if (!image?.regions || !account) return [];
  const here = image.regions.find(({ name }) => regionKey(name) === regionKey(account.location));
  if (here) return [];
  const regions = image.regions.map(({ name }) => regionKey(name)).join(', ');
  const message = `The image version ${image.id} has replicas in ${regions}, but none in ${account.location}, where the Batch account is.`;
  return [{ subject: subjectOf(given), message }];
}

function fewReplicas(given: Case): readonly Remark[] {
  const image = found(given.facts.sourceImage);
  const account = found(given.facts.account);
  const here = image?.regions?.find(({ name }) => regionKey(name) === regionKey(account?.location ?? ''));
  const nodes = nodesOf(given.request.pool.properties);
  if (!here || here.replicas >= recommendedReplicas(nodes)) return [];
  const message = `The image version has ${counted(here.replicas, 'replica')} in ${here.name}, but Azure Batch advises at least ${recommendedReplicas(nodes)} for ${nodes} nodes.`;
  return [{ subject: subjectOf(given), message }];
}

function ended(given: Case): readonly Remark[] {
  const image = found(given.facts.sourceImage);
  const endMs = Date.parse(image?.endsOn ?? '');
  if (!image || !(endMs <= given.nowMs)) return [];
  const message = `The ${nounOf(given)} ${image.id} has been at the end of its life since ${(image.endsOn ?? '').slice(0, 10)}.`;
  return [{ subject: subjectOf(given), message }];
}

function shallowImage(given: Case): readonly Remark[] {
  const image = found(given.facts.sourceImage);
  const nodes = nodesOf(given.request.pool.properties);
  const most = given.facts.policy.shallowMostNodes;
  if (!image?.shallow || nodes <= most) return [];
  const message = `The image version ${image.id} was replicated in mode Shallow, which is for pools of at most ${most} nodes (setting SHALLOW_MOST_NODES); this one is to have ${nodes}.`;
  return [{ subject: subjectOf(given), message }];
}

function tracksLatest(given: Case): readonly Remark[] {
  const tagged = taggedSource(given.request.source);
  if (tagged.kind !== 'galleryDefinition' || tagged.track !== 'latest') return [];
  const message = `The pool names the image definition, not a version: its nodes come from whatever version is the latest when they are made.`;
  return [{ subject: 'source.track', message }];
}

function apiTooOld(given: Case): readonly Remark[] {
  const kind = sourceKind(given.request.source);
  const { batchApiVersion } = given.facts.policy;
  if ((kind !== 'communityImage' && kind !== 'sharedImage') || batchApiVersion >= KNOWS_FOREIGN_IDS) return [];
  const message = `Pools are sent with API version ${batchApiVersion} of Azure Batch, which does not know images of community and shared galleries.`;
  return [{ subject: subjectOf(given), message }];
}

function imageElsewhere(given: Case): readonly Remark[] {
  const { request, facts } = given;
  const [image, account] = [found(facts.sourceImage), found(facts.account)];
  if (routeOf(request, facts) !== 'managedImage' || !account) return [];
  const subscriptionOf = (id: string): string => parseArmId(id)?.subscriptionId.toLowerCase() ?? '';
  const location = image?.location ?? facts.disks.flatMap(({ fact }) => found(fact)?.location ?? [])[0];
  const isHere = location === undefined || regionKey(location) === regionKey(account.location);
  const isOurs = !image || subscriptionOf(sourceId(request.source)) === subscriptionOf(account.id);
  if (isHere && isOurs) return [];
  const message = `A pool straight on a managed image needs it in the subscription and region of the Batch account (${account.location}), but it is ${isHere ? 'in another subscription' : `in ${location}`}.`;
  return [{ subject: subjectOf(given), message }];
}

const runsOnSource = ({ source }: Case['request']): boolean => isExistingImage(source);

export const standingImageRules: readonly Rule[] = [
  {
    code: 'ImageNotInRegion',
    severity: 'refuse',
    source: 'batch/batch-sig-images: the version needs a replica in the region of the Batch account',
    why: 'A pool finds its image only in its own region.',
    how: "target regions of the image version that is the source against the Batch account's location",
    needs: ['sourceImage', 'account'],
    remedy:
      'Replicate the version to that region (az sig image-version update --add publishingProfile.targetRegions), and send the request again when that is done.',
    appliesTo: runsOnSource,
    check: notInRegion,
  },
  {
    code: 'ImageReplicasFew',
    severity: 'warn',
    source: 'batch/batch-sig-images, "Considerations for large pools"',
    why: 'Many nodes that start from few replicas start slowly, or fail to.',
    how: `replicas of the image version in the Batch account's region against one for every ${NODES_PER_REPLICA} nodes`,
    needs: ['sourceImage', 'account'],
    remedy: 'Give the version more replicas in that region.',
    appliesTo: runsOnSource,
    check: fewReplicas,
  },
  {
    code: 'ImageEnded',
    severity: 'warn',
    source: 'virtual-machines/shared-image-galleries, end-of-life date (informational)',
    why: 'Azure still makes nodes of such an image, but its owner may delete it at any time.',
    how: '`endOfLifeDate` of the image that is the source',
    needs: ['sourceImage'],
    remedy: 'Use a newer version, or ask the owner of the image to move the date.',
    check: ended,
  },
  {
    code: 'ImageShallow',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries, replication mode; setting SHALLOW_MOST_NODES',
    why: 'Mode Shallow is for development and test, not for large pools.',
    how: '`replicationMode` of the image version that is the source against the nodes of the pool',
    needs: ['sourceImage'],
    remedy: 'Publish the image in full, or ask for fewer nodes.',
    check: shallowImage,
  },
  {
    code: 'TracksLatest',
    severity: 'warn',
    source: 'rest/api/batchmanagement/pool/create, imageReference.id; article, point 2',
    why: 'New nodes of such a pool may differ from those that it has.',
    how: '`source.track` is `latest`',
    needs: [],
    remedy: 'Leave track out: the pool is then pinned to the version that is the latest now.',
    check: tracksLatest,
  },
  {
    code: 'GalleryIdUnknownToApi',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, imageReference; setting BATCH_API_VERSION',
    why: 'Azure Batch takes ids of community and shared galleries from a certain API version on.',
    how: `\`communityGalleryImageId\` or \`sharedGalleryImageId\` with BATCH_API_VERSION ${KNOWS_FOREIGN_IDS} or later`,
    needs: [],
    remedy: `Set BATCH_API_VERSION to ${KNOWS_FOREIGN_IDS} or later.`,
    check: apiTooOld,
  },
  {
    code: 'ManagedImageElsewhere',
    severity: 'refuse',
    source: 'article, point 1; batch/batch-custom-images',
    why: 'A managed image serves pools of its own subscription and region alone.',
    how: "subscription and location of the managed image, or of the source it is made from, against the Batch account's, on route `managedImage`",
    needs: ['sourceImage', 'disks', 'account'],
    remedy: 'Leave image.route out: an image version can be replicated to where the Batch account is.',
    appliesTo: ({ image }) => image.route === 'managedImage',
    check: imageElsewhere,
  },
];
