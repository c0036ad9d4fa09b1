/** Rules on whether Batch supports the image that the VM was made from, and for how long. */
import { baseImageOf, imageText } from '../baseImage';
import type { SupportedImage } from '../account';
import { found, osDiskOf } from '../facts';
import type { MarketplaceReference } from '../machine';
import { sourceId } from '../source';
import { nounOf, subjectOf, type Case, type Remark, type Rule } from './rule';

/** A base image that ends sooner than this is worth a warning. */
const SUPPORT_WARNING_DAYS = 180;
const DAY_MS = 86_400_000;

function marketplaceBase({ facts }: Case): MarketplaceReference | undefined {
  const base = baseImageOf(facts);
  return base?.from === 'marketplace' ? base.image : undefined;
}

function unsupported(given: Case): readonly Remark[] {
  const base = marketplaceBase(given);
  const supported = found(given.facts.supportedImages);
  if (!base || !supported || supported.forBase.length > 0) return [];
  return [
    {
      subject: subjectOf(given),
      message: `The ${nounOf(given)} was made from ${imageText(base)}, which is not among the images that Batch supports.`,
    },
  ];
}

/** The base image and what Batch says of it; undefined when either is not known. */
function supportedBase(
  given: Case,
): { readonly base: string; readonly entries: readonly SupportedImage[] } | undefined {
  const base = marketplaceBase(given);
  const entries = found(given.facts.supportedImages)?.forBase ?? [];
  return base && entries.length > 0 ? { base: imageText(base), entries } : undefined;
}

function unverified(given: Case): readonly Remark[] {
  const supported = supportedBase(given);
  if (!supported || supported.entries.some(({ verified }) => verified)) return [];
  return [
    {
      subject: subjectOf(given),
      message: `The ${nounOf(given)} was made from ${supported.base}, which Batch lists but has not verified.`,
    },
  ];
}

/** When the last of several entries for one image ends; undefined while one of them has no end. */
function supportEnd(given: Case): { readonly base: string; readonly endMs: number } | undefined {
  const supported = supportedBase(given);
  if (!supported) return undefined;
  const ends = supported.entries.map(({ supportEndsOn }) => Date.parse(supportEndsOn ?? ''));
  const endMs = Math.max(...ends);
  return Number.isNaN(endMs) ? undefined : { base: supported.base, endMs };
}

const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function supportEnded(given: Case): readonly Remark[] {
  const end = supportEnd(given);
  if (!end || end.endMs > given.nowMs) return [];
  return [
    {
      subject: subjectOf(given),
      message: `Batch's support of ${end.base}, which the ${nounOf(given)} was made from, ended on ${dayText(end.endMs)}.`,
    },
  ];
}

function supportEnds(given: Case): readonly Remark[] {
  const end = supportEnd(given);
  if (!end || end.endMs <= given.nowMs || end.endMs > given.nowMs + SUPPORT_WARNING_DAYS * DAY_MS) return [];
  return [
    {
      subject: subjectOf(given),
      message: `Batch's support of ${end.base}, which the ${nounOf(given)} was made from, ends on ${dayText(end.endMs)}.`,
    },
  ];
}

function unknown(given: Case): readonly Remark[] {
  const { request, facts } = given;
  const machine = found(facts.machine);
  const base = baseImageOf(facts);
  const isRead = machine !== undefined || (facts.machine === undefined && osDiskOf(facts) !== undefined);
  if (!isRead || base?.from === 'marketplace') return [];
  if (base) {
    const message = `The ${nounOf(given)} was made from ${base.id}, and Azure does not say what that image was made from.`;
    return [{ subject: subjectOf(given), message }];
  }
  if (!osDiskOf(facts)) return [];
  const who = machine ? `Neither ${machine.id} nor its OS disk says` : `${sourceId(request.source)} does not say`;
  return [{ subject: subjectOf(given), message: `${who} which image it was made from.` }];
}

function gone(given: Case): readonly Remark[] {
  const base = marketplaceBase(given);
  if (!base || given.facts.marketplaceImage?.read !== 'missing') return [];
  const version = base.version === undefined ? '' : ` ${base.version}`;
  return [
    {
      subject: subjectOf(given),
      message: `The ${nounOf(given)} was made from ${imageText(base)}${version}, which the Marketplace no longer has.`,
    },
  ];
}

export const baseSupportRules: readonly Rule[] = [
  {
    code: 'BaseImageUnsupported',
    severity: 'refuse',
    source: 'article, point 6; batch/batch-sig-images; rest/api/batchservice/account/list-supported-images',
    why: 'The node agent runs on the images that Batch supports, and on what was made from them.',
    how: '`storageProfile.imageReference` of the VM, or `creationData.imageReference` of its OS disk, against the images that the Batch account lists, without regard to case',
    needs: ['machine', 'disks', 'supportedImages'],
    remedy: 'Prepare a VM from an image that Batch supports (az batch pool supported-images list).',
    check: unsupported,
  },
  {
    code: 'BaseImageUnverified',
    severity: 'warn',
    source: 'rest/api/batchservice/account/list-supported-images, verificationType; Azure/Batch#103',
    why: 'What Batch has not verified is said to work, but was not tested with this node agent.',
    how: '`verificationType` of the entries for the base image',
    needs: ['machine', 'disks', 'supportedImages'],
    remedy: 'Try the pool with one node first, or prepare a VM from a verified image.',
    check: unverified,
  },
  {
    code: 'BaseImageSupportEnded',
    severity: 'refuse',
    source: 'rest/api/batchservice/account/list-supported-images, batchSupportEndOfLife; Azure/Batch#200',
    why: 'After the end of support, pools on the image, and on what was made from it, may get no nodes.',
    how: '`batchSupportEndOfLife` of the entries for the base image; with several entries, the last',
    needs: ['machine', 'disks', 'supportedImages'],
    remedy: 'Prepare a VM from a newer image that Batch supports.',
    check: supportEnded,
  },
  {
    code: 'BaseImageSupportEnds',
    severity: 'warn',
    source: 'rest/api/batchservice/account/list-supported-images, batchSupportEndOfLife; Azure/Batch#200',
    why: 'After the end of support, the pool may not grow any more, and its nodes may be taken away.',
    how: `\`batchSupportEndOfLife\` of the entries for the base image lies within ${SUPPORT_WARNING_DAYS} days`,
    needs: ['machine', 'disks', 'supportedImages'],
    remedy: 'Plan a pool on a newer image before that day.',
    check: supportEnds,
  },
  {
    code: 'BaseImageUnknown',
    severity: 'warn',
    source: 'article, point 6',
    why: 'Whether Batch supports an image of unknown origin shows only when its nodes start.',
    how: 'neither VM nor OS disk names an image of the Marketplace',
    needs: ['machine', 'disks'],
    remedy: 'Make sure that the image goes back to one that Batch supports; try the pool with one node first.',
    check: unknown,
  },
  {
    code: 'BaseImageGone',
    severity: 'note',
    source: 'rest/api/compute/virtual-machine-images/get; Azure/Batch#103',
    why: 'An image that its publisher has withdrawn gets no more updates.',
    how: "the Marketplace answers 404 for the base image's version",
    needs: ['marketplaceImage'],
    remedy: 'Nothing for this build; prepare the next VM from a current version.',
    check: gone,
  },
];
