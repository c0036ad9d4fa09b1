/** Rules on where things are: subscriptions and regions. */
import { parseArmId, regionKey } from '../armId';
import { found, sourceLocation } from '../facts';
import { publishes } from '../route';
import { homeId, isExistingImage, sourceField, sourceNoun } from '../source';
import type { Case, Remark, Rule } from './rule';

/** Each of the source's resources that is elsewhere; the ids of a source's parts may differ in it. */
function otherSubscription({ request, facts }: Case): readonly Remark[] {
  const account = parseArmId(request.pool.batchAccountId)?.subscriptionId;
  const named = [homeId(request.source), ...facts.disks.map(({ diskId }) => diskId)];
  const elsewhere = named
    .flatMap((id) => parseArmId(id)?.subscriptionId ?? [])
    .filter((subscription) => subscription.toLowerCase() !== account?.toLowerCase());
  return [...new Set(elsewhere)].map((subscription) => ({
    subject: sourceField(request.source),
    message: `The ${sourceNoun(request.source)} is in subscription ${subscription}, the Batch account in ${account ?? '(none)'}.`,
  }));
}

function batchNotRegistered({ request, facts }: Case): readonly Remark[] {
  const state = found(facts.registration);
  if (state === undefined || state.toLowerCase() === 'registered') return [];
  const subscription = parseArmId(request.image.galleryId ?? '')?.subscriptionId ?? '';
  return [
    {
      subject: isExistingImage(request.source) ? sourceField(request.source) : 'image.galleryId',
      message: `The gallery is in subscription ${subscription}, where Microsoft.Batch is ${state}.`,
    },
  ];
}

function otherRegion({ request, facts }: Case): readonly Remark[] {
  const account = found(facts.account);
  const location = sourceLocation(facts);
  if (!account || location === undefined || regionKey(account.location) === regionKey(location)) return [];
  return [
    {
      subject: sourceField(request.source),
      message: `The ${sourceNoun(request.source)} is in ${location}, the Batch account in ${account.location}: the image is made in ${location} and replicated.`,
    },
  ];
}

function ownRegionLeftOut({ request, facts }: Case): readonly Remark[] {
  const location = sourceLocation(facts);
  const regions = request.image.regions;
  if (location === undefined || !regions || regions.some(({ name }) => regionKey(name) === regionKey(location))) {
    return [];
  }
  return [
    {
      subject: 'image.regions',
      message: `The image would not be kept in ${location}, where it is made.`,
    },
  ];
}

function accountRegionLeftOut({ request, facts }: Case): readonly Remark[] {
  const account = found(facts.account);
  const regions = request.image.regions;
  if (!account || !regions || regions.some(({ name }) => regionKey(name) === regionKey(account.location))) return [];
  return [
    {
      subject: 'image.regions',
      message: `The image would not be replicated to ${account.location}, where the Batch account is.`,
    },
  ];
}

function regionTwice({ request }: Case): readonly Remark[] {
  const regions = (request.image.regions ?? []).map(({ name }) => regionKey(name));
  const twice = [...new Set(regions.filter((region, index) => regions.indexOf(region) !== index))];
  return twice.map((region) => ({
    subject: 'image.regions',
    message: `The region ${region} is listed more than once.`,
  }));
}

export const placeRules: readonly Rule[] = [
  {
    code: 'DifferentSubscription',
    severity: 'refuse',
    source: 'article, point 1; batch/batch-custom-images',
    why: 'Disks are copied and images made in the subscription of the Batch account.',
    how: 'subscription of the source and of its disks against that of `pool.batchAccountId`',
    remedy: 'Use a source in the subscription of the Batch account; an image of a gallery may be in another.',
    needs: [],
    appliesTo: ({ source }) => !isExistingImage(source),
    check: otherSubscription,
  },
  {
    code: 'BatchNotRegistered',
    severity: 'refuse',
    source: 'batch/batch-sig-images: Microsoft.Batch must be registered in the subscription of the image',
    why: 'Batch reads an image of another subscription only where its resource provider is registered.',
    how: "registration state of Microsoft.Batch in the gallery's subscription, when it is not the account's",
    remedy: "Register it (az provider register --namespace Microsoft.Batch) in the gallery's subscription.",
    needs: ['registration'],
    check: batchNotRegistered,
  },
  {
    code: 'DifferentRegion',
    severity: 'note',
    source: 'article, point 1; batch/batch-sig-images: the version needs a replica in the region of the Batch account',
    why: 'An image is made where the disks are; a pool elsewhere needs a replica there, which takes time and money.',
    how: 'location of the source against that of the Batch account',
    remedy: 'Nothing, or use a source in the region of the Batch account to save a replica.',
    needs: ['machine', 'disks', 'account'],
    appliesTo: publishes,
    check: otherRegion,
  },
  {
    code: 'AccountRegionLeftOut',
    severity: 'refuse',
    source: 'batch/batch-sig-images: the version needs a replica in the region of the Batch account',
    why: 'A pool finds its image only in its own region.',
    how: "`image.regions` names the Batch account's location",
    remedy: "Add the Batch account's region to image.regions, or leave image.regions out.",
    needs: ['account'],
    appliesTo: publishes,
    check: accountRegionLeftOut,
  },
  {
    code: 'OwnRegionLeftOut',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: "regions must contain the location of image version"',
    why: 'Azure takes an image version only when the region that it is made in is one of its target regions.',
    how: "`image.regions` names the source's location",
    remedy: "Add the source's region to image.regions, or leave image.regions out.",
    needs: ['machine', 'disks'],
    appliesTo: publishes,
    check: ownRegionLeftOut,
  },
  {
    code: 'RegionTwice',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-image-versions/create-or-update, targetRegions',
    why: 'Azure takes each target region once, however it is spelt.',
    how: '`image.regions`, without case and blanks',
    remedy: 'List each region once.',
    needs: [],
    check: regionTwice,
  },
];
