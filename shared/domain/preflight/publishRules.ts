/** Rules on how an image is published: mode, end of life, encryption of its regions, and what is kept on the way. */
import { parseArmId, regionKey, sameArmId } from '../armId';
import { found } from '../facts';
import { nodeTargets, type BuildRequest } from '../request';
import { publishes } from '../route';
import { nodesOf, targetRegions } from '../sizing';
import { listed } from '../words';
import type { Case, Remark, Rule } from './rule';

const isShallow = ({ image }: BuildRequest): boolean => image.replicationMode === 'Shallow';

function shallowTooLarge({ request, facts }: Case): readonly Remark[] {
  if (!isShallow(request)) return [];
  const most = facts.policy.shallowMostNodes;
  const nodes = nodesOf(request.pool.properties);
  const byFormula = nodeTargets(request.pool.properties) === undefined;
  if (!byFormula && nodes <= most) return [];
  const size = byFormula ? 'a formula decides how many nodes this one has' : `this one is to have ${nodes}`;
  const message = `Mode Shallow is for pools of at most ${most} nodes (setting SHALLOW_MOST_NODES), and ${size}.`;
  return [{ subject: 'image.replicationMode', message }];
}

function shallowReplicas({ request, facts }: Case): readonly Remark[] {
  if (!isShallow(request)) return [];
  return targetRegions(request, facts)
    .filter(({ replicas }) => replicas > 1)
    .map(({ name, replicas }) => ({
      subject: 'image.regions',
      message: `Mode Shallow makes one replica in a region, but the request asks for ${replicas} in ${name}.`,
    }));
}

function endPassed({ request, nowMs }: Case): readonly Remark[] {
  const { endOfLifeDate } = request.image;
  if (!(Date.parse(endOfLifeDate ?? '') <= nowMs)) return [];
  return [{ subject: 'image.endOfLifeDate', message: `The end of life ${endOfLifeDate ?? ''} has passed.` }];
}

function encryptionSetElsewhere({ request, facts }: Case): readonly Remark[] {
  const gallery = parseArmId(request.image.galleryId ?? '')?.subscriptionId.toLowerCase();
  return targetRegions(request, facts).flatMap(({ name, diskEncryptionSetId: id }) => {
    const set = found(facts.encryptionSets.find((one) => id !== undefined && sameArmId(one.id, id))?.fact);
    if (id === undefined || !set) return [];
    const subject = 'image.regions';
    const places =
      regionKey(set.location) === name ? [] : [`it is in ${set.location}, and encrypts replicas in ${name}`];
    const owner = parseArmId(id)?.subscriptionId.toLowerCase();
    const subscriptions = owner === gallery ? [] : ['it is in another subscription than the gallery'];
    return [...places, ...subscriptions].map((why) => ({ subject, message: `The disk encryption set ${id}: ${why}.` }));
  });
}

function encryptionSetsPartly({ request, facts }: Case): readonly Remark[] {
  const regions = targetRegions(request, facts);
  const bare = regions.filter(({ diskEncryptionSetId }) => diskEncryptionSetId === undefined);
  if (bare.length === 0 || bare.length === regions.length) return [];
  const message = `Some regions have a disk encryption set, but ${listed(bare.map(({ name }) => name))} ${bare.length === 1 ? 'has' : 'have'} none: Azure keeps the replicas there with its own keys.`;
  return [{ subject: 'image.regions', message }];
}

function cannotLetGo({ request }: Case): readonly Remark[] {
  const { keep, route } = request.image;
  const needs =
    route === 'managedImage'
      ? 'the pool needs the managed image, and that its snapshots, as long as it lives'
      : isShallow(request)
        ? 'a version of mode Shallow needs what it was made from'
        : undefined;
  const lets = (['managedImage', 'snapshots'] as const).filter((part) => keep?.[part] === false);
  if (needs !== undefined) {
    return lets.map((part) => ({ subject: `image.keep.${part}`, message: `It cannot go: ${needs}.` }));
  }
  if (keep?.snapshots !== false || keep.managedImage !== true) return [];
  return [
    {
      subject: 'image.keep.snapshots',
      message: 'The snapshots cannot go while the managed image is kept that was made from them.',
    },
  ];
}

/** Fields of `image` that say how a version is published. */
const OF_VERSIONS = ['regions', 'identifier', 'replicationMode', 'endOfLifeDate', 'excludeFromLatest'] as const;

function withoutEffect({ request }: Case): readonly Remark[] {
  if (request.image.route !== 'managedImage') return [];
  return OF_VERSIONS.filter((field) => request.image[field] !== undefined).map((field) => ({
    subject: `image.${field}`,
    message: `The field image.${field} has no effect: route "managedImage" publishes no image version.`,
  }));
}

export const publishRules: readonly Rule[] = [
  {
    code: 'ShallowTooLarge',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries, replication mode; setting SHALLOW_MOST_NODES',
    why: 'Mode Shallow is for development and test, not for large pools.',
    how: '`image.replicationMode` is `Shallow`, and the nodes of the pool are more than the setting allows',
    needs: [],
    appliesTo: publishes,
    remedy: 'Leave image.replicationMode out, or ask for fewer nodes.',
    check: shallowTooLarge,
  },
  {
    code: 'ShallowReplicas',
    severity: 'refuse',
    source: 'hashicorp/packer-plugin-azure, shared_image_gallery_destination: one replica in mode Shallow',
    why: 'Azure makes one replica in a region of a version in mode Shallow.',
    how: '`replicas` of `image.regions`, when `image.replicationMode` is `Shallow`',
    needs: [],
    appliesTo: publishes,
    remedy: 'Leave the replicas out, or image.replicationMode.',
    check: shallowReplicas,
  },
  {
    code: 'EndOfLifePassed',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-image-versions/create-or-update, endOfLifeDate',
    why: 'An image whose end has come before its pool is made would be a finding at once.',
    how: '`image.endOfLifeDate` against the time of the build',
    needs: [],
    appliesTo: publishes,
    remedy: 'State a day to come, or leave it out.',
    check: endPassed,
  },
  {
    code: 'EncryptionSetElsewhere',
    severity: 'refuse',
    source: 'virtual-machines/image-version-encryption, "Limitations"',
    why: 'A disk encryption set encrypts in its own region and subscription alone.',
    how: 'location and subscription of `diskEncryptionSetId` of each of `image.regions` against the region and the gallery',
    needs: ['encryptionSets'],
    appliesTo: publishes,
    remedy: 'Name a set of that region, in the subscription of the gallery.',
    check: encryptionSetElsewhere,
  },
  {
    code: 'EncryptionSetsPartly',
    severity: 'warn',
    source: 'virtual-machines/image-version-encryption',
    why: "Who brings keys of one's own for some regions hardly wants Azure's in the others.",
    how: '`diskEncryptionSetId` of all or of none of `image.regions`',
    needs: [],
    appliesTo: publishes,
    remedy: 'Name a set for each region.',
    check: encryptionSetsPartly,
  },
  {
    code: 'CannotLetGo',
    severity: 'refuse',
    source: 'article, point 21; virtual-machines/shared-image-galleries, replication mode',
    why: 'What a pool or a version still needs must stay as long as they do.',
    how: '`image.keep` against `image.route` and `image.replicationMode`',
    needs: [],
    remedy: 'Leave it out of image.keep.',
    check: cannotLetGo,
  },
  {
    code: 'FieldWithoutEffect',
    severity: 'warn',
    source: 'docs/requests.md, "image"',
    why: 'A field that is not used may be one that its author relies on.',
    how: 'fields of `image` that are about versions, on route `managedImage`',
    needs: [],
    remedy: 'Leave it out.',
    check: withoutEffect,
  },
];
