/** Rules on where things are: subscriptions and regions. */
import { parseArmId, regionKey } from '../armId';
import { found } from '../facts';
import type { Case, Remark, Rule } from './rule';

function otherSubscription({ request }: Case): readonly Remark[] {
  const account = parseArmId(request.pool.batchAccountId)?.subscriptionId.toLowerCase();
  const others = [
    { what: 'VM', subject: 'source.virtualMachineId', id: request.source.virtualMachineId },
    { what: 'gallery', subject: 'image.galleryId', id: request.image.galleryId },
  ];
  return others.flatMap(({ what, subject, id }) => {
    const subscription = parseArmId(id)?.subscriptionId;
    return subscription === undefined || subscription.toLowerCase() === account
      ? []
      : [
          {
            subject,
            message: `The ${what} is in subscription ${subscription}, the Batch account in ${account ?? '(none)'}.`,
          },
        ];
  });
}

function otherRegion({ facts }: Case): readonly Remark[] {
  const account = found(facts.account);
  const machine = found(facts.machine);
  if (!account || !machine || regionKey(account.location) === regionKey(machine.location)) return [];
  return [
    {
      subject: 'source.virtualMachineId',
      message: `The VM is in ${machine.location}, the Batch account in ${account.location}.`,
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
    source: 'batch/batch-custom-images',
    remedy: 'Use a VM and a gallery in the subscription of the Batch account.',
    check: otherSubscription,
  },
  {
    code: 'DifferentRegion',
    severity: 'refuse',
    source: 'batch/batch-custom-images',
    remedy: 'Copy the VM to the region of the Batch account, or use a Batch account in the region of the VM.',
    check: otherRegion,
  },
  {
    code: 'AccountRegionLeftOut',
    severity: 'refuse',
    source: 'batch/batch-sig-images: the version needs a replica in the region of the Batch account',
    remedy: "Add the Batch account's region to image.regions, or leave image.regions out.",
    check: accountRegionLeftOut,
  },
  {
    code: 'RegionTwice',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-image-versions/create-or-update, targetRegions',
    remedy: 'List each region once.',
    check: regionTwice,
  },
];
