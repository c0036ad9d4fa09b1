/** Rules on the source itself: that its parts fit together, and that an image can be made of it. */
import { regionKey } from '../armId';
import { found, osDiskOf } from '../facts';
import { statedOsType } from '../osType';
import { homeId, isExistingImage, sourceField, sourceId, sourceKind, taggedSource } from '../source';
import { nounOf, subjectOf, type Case, type Remark, type Rule } from './rule';

function partsApart(given: Case): readonly Remark[] {
  const places = given.facts.disks.flatMap(({ fact }) => found(fact)?.location ?? []);
  const regions = [...new Set(places.map(regionKey))];
  if (regions.length < 2) return [];
  const message = `The disks of the source are in ${regions.join(' and ')}, and an image is made of disks of one region.`;
  return [{ subject: subjectOf(given), message }];
}

/** The data disks as the request lists them. */
function listed({ request: { source } }: Case): { readonly field: string; readonly parts: readonly Part[] } {
  const tagged = taggedSource(source);
  switch (tagged.kind) {
    case 'snapshots':
      return { field: 'source.dataSnapshots', parts: tagged.dataSnapshots ?? [] };
    case 'disks':
      return { field: 'source.dataDisks', parts: tagged.dataDisks ?? [] };
    case 'vhd':
      return { field: 'source.dataVhds', parts: (tagged.dataVhds ?? []).map(({ lun, uri }) => ({ lun, id: uri })) };
    default:
      return { field: '', parts: [] };
  }
}

interface Part {
  readonly lun: number;
  readonly id: string;
}

function partTwice(given: Case): readonly Remark[] {
  const { field, parts } = listed(given);
  const ids = [sourceId(given.request.source), ...parts.map(({ id }) => id)].map((id) => id.toLowerCase());
  const luns = parts.map(({ lun }) => lun);
  const twice = <T>(all: readonly T[]): readonly T[] => [...new Set(all.filter((one, at) => all.indexOf(one) !== at))];
  return [
    ...twice(luns).map((lun) => `LUN ${lun} is given to more than one disk.`),
    ...twice(ids).map((id) => `${id} is named more than once.`),
  ].map((message) => ({ subject: field, message }));
}

function osTypeDiffers(given: Case): readonly Remark[] {
  const stated = statedOsType(given.request);
  const has = osDiskOf(given.facts)?.osType;
  if (stated === undefined || has === undefined || stated === has) return [];
  const message = `The request says that the ${nounOf(given)} holds ${stated}, but Azure says ${has}.`;
  return [{ subject: 'source.osType', message }];
}

const HOST = /^https:\/\/([^.]+)\./i;

function vhdElsewhere({ request: { source } }: Case): readonly Remark[] {
  const tagged = taggedSource(source);
  if (tagged.kind !== 'vhd') return [];
  const account = homeId(source).split('/').at(-1) ?? '';
  const addresses = [
    { field: 'source.vhdUri', uri: tagged.vhdUri },
    ...(tagged.dataVhds ?? []).map(({ uri }, index) => ({ field: `source.dataVhds.${index}.uri`, uri })),
  ];
  return addresses
    .filter(({ uri }) => HOST.exec(uri)?.[1]?.toLowerCase() !== account.toLowerCase())
    .map(({ field, uri }) => ({
      subject: field,
      message: `The VHD ${uri} does not lie in storage account ${account}.`,
    }));
}

function notReady(given: Case): readonly Remark[] {
  const image = found(given.facts.sourceImage);
  if (image?.state === undefined || image.state === 'Succeeded') return [];
  const message = `The ${nounOf(given)} ${image.id} is in provisioning state ${image.state}.`;
  return [{ subject: subjectOf(given), message }];
}

function specialized(given: Case): readonly Remark[] {
  const { request, facts } = given;
  const standing = isExistingImage(request.source) ? found(facts.definition)?.osState : undefined;
  const state = found(facts.sourceImage)?.osState ?? standing;
  if (state === undefined || state === 'Generalized') return [];
  const message = `The ${nounOf(given)} ${sourceId(request.source)} is ${state.toLowerCase()}, not generalized.`;
  return [{ subject: subjectOf(given), message }];
}

function directFromImage({ request: { source, image } }: Case): readonly Remark[] {
  if (sourceKind(source) !== 'managedImage' || image.route !== 'direct') return [];
  const message = `Route "direct" makes the version without a managed image, but ${sourceField(source)} names one.`;
  return [{ subject: 'image.route', message }];
}

export const sourceRules: readonly Rule[] = [
  {
    code: 'SourcePartsApart',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: the source must be in the region of the version',
    why: 'Azure makes an image of disks that are in one region.',
    how: 'location of each disk or snapshot of the source; of VHDs, that of their storage account',
    needs: ['disks', 'storageAccount'],
    remedy: 'Copy the parts that are elsewhere into the region of the OS disk.',
    check: partsApart,
  },
  {
    code: 'SourcePartTwice',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images: LUNs and source ids are unique',
    why: 'Each disk of an image has a LUN and a source of its own.',
    how: '`lun` and id or address of each data disk of the source, and that of the OS disk',
    needs: [],
    remedy: 'Name each part once, each with a LUN of its own.',
    check: partTwice,
  },
  {
    code: 'OsTypeDiffers',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-images/create-or-update, osType',
    why: 'An image that says it holds another operating system than it does starts no node.',
    how: '`source.osType`, when it is stated, against `osType` of the OS disk or snapshot',
    needs: ['disks'],
    remedy: 'Correct source.osType, or leave it out where Azure says it.',
    appliesTo: (request) => statedOsType(request) !== undefined,
    check: osTypeDiffers,
  },
  {
    code: 'VhdElsewhere',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-image-versions/create-or-update, storageAccountId',
    why: 'Azure reads a VHD from the storage account that the request names.',
    how: 'first part of the host of `source.vhdUri` and of each of `source.dataVhds` against the name of `source.storageAccountId`',
    needs: [],
    remedy: 'Name the storage account that the VHDs lie in; all of them must be in one.',
    check: vhdElsewhere,
  },
  {
    code: 'SourceNotReady',
    severity: 'refuse',
    source:
      'rest/api/compute/images/get, provisioningState; rest/api/compute/gallery-image-versions/get, provisioningState',
    why: 'An image that is still being made, or whose making failed, serves nobody.',
    how: '`provisioningState` of the managed image or image version that is the source',
    needs: ['sourceImage'],
    remedy: 'Wait until it is Succeeded, or name another.',
    check: notReady,
  },
  {
    code: 'ImageSpecialized',
    severity: 'refuse',
    source: 'batch/batch-sig-images: "Batch only supports generalized Shared Images"',
    why: 'Nodes on a specialized image never start.',
    how: '`osState` of the managed image, or of the definition of the image version, that is the source',
    needs: ['sourceImage', 'definition'],
    remedy: 'Name an image that was made from a generalized VM.',
    appliesTo: ({ source }) => isExistingImage(source) || sourceKind(source) === 'managedImage',
    check: specialized,
  },
  {
    code: 'NeedsRouteGallery',
    severity: 'refuse',
    source: 'rest/api/compute/gallery-image-versions/create-or-update, storageProfile.source',
    why: 'A version is made either of an image or of disks.',
    how: '`image.route` is not `direct` when the source is a managed image',
    needs: [],
    remedy: 'Leave image.route out, or name the snapshots that the image was made from as the source.',
    check: directFromImage,
  },
];
