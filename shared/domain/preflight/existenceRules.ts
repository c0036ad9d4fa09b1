/** Rules on what must be there, must be readable, or must not be there yet. */
import { found, osDiskOf, type Fact } from '../facts';
import type { ImageDefinition } from '../gallery';
import { notToGrow } from '../growsExisting';
import { identifierText } from '../imageIdentifier';
import type { Disk } from '../machine';
import { publishes } from '../route';
import { securityFeature, type SecurityFeature } from '../securityFeature';
import { definitionIdOf, fingerprint, poolIdOf, TAG } from '../names';
import type { BuildRequest } from '../request';
import { homeId, isExistingImage, sourceField, sourceId, sourceKind, sourceNoun, SOURCES } from '../source';
import { diskNoun, FACT_NAMES, readingsOf } from './readings';
import type { Case, Remark, Rule } from './rule';

interface Needed {
  readonly what: string;
  readonly subject: string;
  readonly id: string;
  readonly fact: Fact<unknown>;
}

type Surveyed = Pick<Case, 'request' | 'facts'>;

function needed({ request, facts }: Surveyed): readonly Needed[] {
  const { source, image, pool } = request;
  const [subject, noun, id] = [sourceField(source), sourceNoun(source), sourceId(source)];
  const all: readonly (Omit<Needed, 'fact'> & { readonly fact: Fact<unknown> | undefined })[] = [
    { what: 'VM', subject, id, fact: facts.machine },
    { what: noun, subject, id, fact: facts.sourceImage },
    ...facts.disks.map(({ diskId, fact }) => ({ what: diskNoun(source), subject, id: diskId, fact })),
    { what: 'storage account', subject: 'source.storageAccountId', id: homeId(source), fact: facts.storageAccount },
    { what: 'Batch account', subject: 'pool.batchAccountId', id: pool.batchAccountId, fact: facts.account },
    { what: 'resource group', subject: 'image.resourceGroup', id: image.resourceGroup, fact: facts.imageGroup },
    { what: 'gallery', subject: galleryField(request), id: image.galleryId ?? '', fact: facts.gallery },
    ...facts.encryptionSets.map((set) => ({ what: 'disk encryption set', subject: 'image.regions', ...set })),
    ...(isExistingImage(source)
      ? [{ what: 'image definition', subject, id: definitionIdOf(request) ?? id, fact: facts.definition }]
      : []),
  ];
  return all.flatMap(({ fact, ...one }) => (fact === undefined ? [] : [{ ...one, fact }]));
}

/** Of an image that is there, the source says which gallery it is in. */
const galleryField = ({ source }: BuildRequest): string =>
  isExistingImage(source) ? sourceField(source) : 'image.galleryId';

const missing = (given: Surveyed): readonly Remark[] =>
  needed(given)
    .filter(({ fact }) => fact.read === 'missing')
    .map(({ what, subject, id }) => ({ subject, message: `The ${what} ${id} does not exist (Azure answered 404).` }));

const forbidden = ({ request, facts }: Surveyed): readonly Remark[] =>
  [
    ...needed({ request, facts }),
    ...(facts.definition && !isExistingImage(request.source)
      ? [{ what: 'image definition', subject: 'image.name', id: request.image.name, fact: facts.definition }]
      : []),
    { what: 'pool', subject: 'pool.name', id: poolIdOf(request), fact: facts.pool },
  ].flatMap(({ what, subject, id, fact }) =>
    fact.read === 'forbidden'
      ? [{ subject, message: `The app may not read the ${what} ${id} (it needs ${fact.permission}): ${fact.message}` }]
      : [],
  );

/**
 * Why the pool that exists is not the one that this request asks for; undefined when it is. Its mark alone is no proof:
 * it is set when the pool is created, before it has its nodes. `wasWhole`: an earlier build of it is known to have ended well.
 */
export function notThePool({ request, facts }: Surveyed, wasWhole: boolean): string | undefined {
  const pool = found(facts.pool);
  if (!pool) return 'there is none';
  if (pool.metadata[TAG.fingerprint] !== fingerprint(request)) return 'another request made it';
  if (pool.deleting) return 'it is being deleted';
  if (facts.poolImage === undefined) return 'it does not run on an image version';
  if (facts.poolImage.read === 'missing') return 'its image version is gone';
  if (facts.poolImage.read !== 'found') return 'the app may not read its image version';
  if (wasWhole || pool.sighting.state === 'ready') return undefined;
  if (pool.sighting.state === 'failed') return pool.sighting.message;
  const progress = pool.sighting.state === 'underway' ? pool.sighting.progress : undefined;
  return `it has not all of its nodes (${progress ?? 'resizing'})`;
}

function poolInTheWay(given: Case): readonly Remark[] {
  const pool = found(given.facts.pool);
  if (!pool) return [];
  const why = notThePool(given, false);
  const image = pool.imageId === undefined ? '' : `, on ${pool.imageId}`;
  return why === undefined
    ? []
    : [{ subject: 'pool.name', message: `The pool ${pool.id} exists already${image}; ${why}.` }];
}

function poolCannotGrow(given: Case): readonly Remark[] {
  // A pool that is whole, of the very same request, is what is asked for; there is nothing to grow.
  const why = notThePool(given, false) === undefined ? undefined : notToGrow(given);
  if (why === undefined) return [];
  return [{ subject: 'pool.name', message: `The pool ${poolIdOf(given.request)} cannot be grown: ${why}.` }];
}

const asksToGrow = ({ pool }: BuildRequest): boolean => pool.existing === 'grow';

/** Definitions that serve each need, beside the one that is named after it. */
const ALSO_FITS: Readonly<Record<SecurityFeature, readonly string[]>> = {
  Standard: ['TrustedLaunchSupported', 'ConfidentialVMSupported', 'TrustedLaunchAndConfidentialVmSupported'],
  TrustedLaunch: ['TrustedLaunchSupported', 'TrustedLaunchAndConfidentialVmSupported'],
  ConfidentialVM: ['ConfidentialVMSupported', 'TrustedLaunchAndConfidentialVmSupported'],
};

/** The feature that the disk needs, or the definition's own when that will do (virtual-machines/shared-image-galleries). */
function fittingSecurity(has: string | undefined, diskSecurity: string | undefined): string {
  const needs = securityFeature(diskSecurity);
  return has !== undefined && ALSO_FITS[needs].includes(has) ? has : needs;
}

type Pair = readonly [property: string, has: string, needs: string | undefined];

function ofDisk(definition: ImageDefinition, os: Disk): readonly Pair[] {
  return [
    ['osType', definition.osType, os.osType],
    ['osState', definition.osState, 'Generalized'],
    ['hyperVGeneration', definition.hyperVGeneration, os.hyperVGeneration],
    ['architecture', definition.architecture, os.architecture],
    ['SecurityType', definition.security ?? 'Standard', fittingSecurity(definition.security, os.securityType)],
  ];
}

/** The OS disk, as the user calls it. */
const osDiskText = ({ source }: BuildRequest): string =>
  SOURCES[sourceKind(source)].noun === 'VM' ? "the VM's OS disk" : `the ${sourceNoun(source)}`;

function definitionDiffers({ request, facts }: Case): readonly Remark[] {
  const definition = found(facts.definition);
  if (!definition) return [];
  const { name, identifier } = request.image;
  const os = osDiskOf(facts);
  const remarks = (os ? ofDisk(definition, os) : [])
    .filter(([, has, needs]) => needs !== undefined && has !== needs)
    .map(
      ([property, has, needs]) =>
        `The image definition ${name} has ${property} ${has}, but ${osDiskText(request)} has ${needs ?? '(none)'}.`,
    );
  const asked = identifier && identifierText(identifier);
  const has = identifierText(definition.identifier);
  const other =
    asked === undefined || asked.toLowerCase() === has.toLowerCase()
      ? []
      : [`The image definition ${name} has identifier ${has}, but the request says ${asked}.`];
  return [...remarks, ...other].map((message) => ({ subject: 'image.name', message }));
}

/** Several facts may be about one thing. */
const outside = (given: Surveyed): readonly Remark[] => {
  const lying = readingsOf(given, FACT_NAMES).filter(({ fact }) => fact.read === 'outside');
  return [...new Map(lying.map((reading) => [reading.what, reading])).values()].map(({ what, subject }) => ({
    subject,
    message: `The ${what} lies outside of the app's allow-list, and was not read.`,
  }));
};

export const existenceRules: readonly Rule[] = [
  {
    code: 'OutsideAllowList',
    severity: 'refuse',
    source: 'README.md, "Settings": ALLOWED_SCOPES',
    why: 'The app touches only the subscriptions and resource groups that its operators named. (A request that names others itself is dead-lettered.)',
    how: 'what the source leads to, such as the disks of a VM, against the setting `ALLOWED_SCOPES`',
    remedy: 'Move the resource into a resource group on the list, or have its group added to ALLOWED_SCOPES.',
    needs: [],
    check: outside,
  },
  {
    code: 'ResourceMissing',
    severity: 'refuse',
    source: 'article, points 1 and 4; batch/batch-custom-images',
    why: 'A build needs its source with all disks, its account, its gallery and its resource group.',
    how: 'Azure answers 404 for one of them',
    needs: [],
    remedy: 'Correct the id, or create the resource first.',
    check: missing,
  },
  {
    code: 'NoPermission',
    severity: 'refuse',
    state: 'unknown',
    source: 'article, point 5; batch/batch-role-based-access-control; docs/permissions.md',
    why: 'What may not be read cannot be checked, and the build would fail on it later.',
    how: 'Azure answers 403 for the source, a disk of it, the account, the resource group, the gallery, the definition or the pool',
    needs: [],
    remedy: "Give the app's identity the permission, then send the request again.",
    check: forbidden,
  },
  {
    code: 'PoolExists',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create: a PUT on an existing pool replaces it',
    why: 'A pool that exists is never replaced; a pool of the very same request is what the build would make, and is done.',
    how: 'pool of this name, its mark `bip-fingerprint`, its image version and its nodes',
    needs: ['pool'],
    remedy:
      'To give it more nodes of the image that it has, send the request with "existing": "grow" beside its name. For another image, build a pool of another name beside it and move the jobs there, then delete this one; or set its targets to 0, and give it the new image by a PATCH of deploymentConfiguration (API version 2024-07-01 or later, no nodes). The app never replaces a pool.',
    appliesTo: (request) => !asksToGrow(request),
    check: poolInTheWay,
  },
  {
    code: 'PoolCannotGrow',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/update: of a pool with nodes, its targets can change, its image cannot',
    why: 'Growing adds nodes of the same image and size to a pool, and changes nothing else of it.',
    how: 'with `"existing": "grow"`: state, scale settings, VM size and image of the pool of this name, which must be the definition of the request or a version of it',
    needs: ['pool', 'poolImage'],
    remedy:
      'Ask for the VM size and the image definition of the pool and for as many nodes as it is set to have or more; or build a pool of another name.',
    appliesTo: asksToGrow,
    check: poolCannotGrow,
  },
  {
    code: 'DefinitionDiffers',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries: these properties cannot change once set',
    why: 'What a definition says of its images cannot change, and Azure takes no version that differs.',
    how: 'OS type and state, generation, architecture, SecurityType and identifier of the definition against the OS disk and the request',
    needs: ['definition', 'machine', 'disks'],
    remedy: 'Use another image.name: the app then makes a definition that fits.',
    appliesTo: publishes,
    check: definitionDiffers,
  },
];
