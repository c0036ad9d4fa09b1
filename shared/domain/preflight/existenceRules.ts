/** Rules on what must be there, must be readable, or must not be there yet. */
import { diskOf, found, type Fact, type PurchasePlan } from '../facts';
import { securityFeature, type SecurityFeature } from '../securityFeature';
import { fingerprint, poolIdOf, TAG } from '../names';
import type { Case, Remark, Rule } from './rule';

interface Needed {
  readonly what: string;
  readonly subject: string;
  readonly id: string;
  readonly fact: Fact<unknown>;
}

function needed({ request, facts }: Case): readonly Needed[] {
  const vm = request.source.virtualMachineId;
  const group = request.image.resourceGroup;
  return [
    { what: 'VM', subject: 'source.virtualMachineId', id: vm, fact: facts.machine },
    ...facts.disks.map(({ diskId, fact }) => ({ what: 'disk', subject: 'source.virtualMachineId', id: diskId, fact })),
    {
      what: 'Batch account',
      subject: 'pool.batchAccountId',
      id: request.pool.batchAccountId,
      fact: facts.account,
    },
    { what: 'resource group', subject: 'image.resourceGroup', id: group, fact: facts.imageGroup },
    { what: 'gallery', subject: 'image.galleryId', id: request.image.galleryId, fact: facts.gallery },
  ];
}

const missing = (given: Case): readonly Remark[] =>
  needed(given)
    .filter(({ fact }) => fact.read === 'missing')
    .map(({ what, subject, id }) => ({ subject, message: `The ${what} ${id} does not exist (Azure answered 404).` }));

const forbidden = ({ request, facts }: Case): readonly Remark[] =>
  [
    ...needed({ request, facts }),
    { what: 'image definition', subject: 'image.name', id: request.image.name, fact: facts.definition },
    { what: 'pool', subject: 'pool.name', id: poolIdOf(request), fact: facts.pool },
  ].flatMap(({ what, subject, id, fact }) =>
    fact.read === 'forbidden' ? [{ subject, message: `The app may not read the ${what} ${id}: ${fact.message}` }] : [],
  );

/**
 * Why the pool that exists is not the one that this request asks for; undefined when it is. Its mark alone is no proof:
 * it is set when the pool is created, before it has its nodes. `wasWhole`: an earlier build of it is known to have ended well.
 */
export function notThePool({ request, facts }: Case, wasWhole: boolean): string | undefined {
  const pool = found(facts.pool);
  if (!pool) return 'there is none';
  if (pool.metadata[TAG.fingerprint] !== fingerprint(request)) return 'another request made it';
  if (pool.deleting) return 'it is being deleted';
  if (facts.poolImage === undefined) return 'it does not run on an image version';
  if (facts.poolImage.read === 'missing') return 'its image version is gone';
  if (facts.poolImage.read === 'forbidden') return 'the app may not read its image version';
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

const planText = (plan: PurchasePlan | undefined): string =>
  plan === undefined ? 'none' : `${plan.publisher}/${plan.product}/${plan.name}`;

/** Definitions that serve each need, beside the one that is named after it. */
const ALSO_FITS: Readonly<Record<SecurityFeature, readonly string[]>> = {
  Standard: ['TrustedLaunchSupported', 'ConfidentialVMSupported', 'TrustedLaunchAndConfidentialVmSupported'],
  TrustedLaunchSupported: ['TrustedLaunch', 'TrustedLaunchAndConfidentialVmSupported'],
  ConfidentialVMSupported: ['ConfidentialVM', 'TrustedLaunchAndConfidentialVmSupported'],
};

/** The feature that the disk needs, or the definition's own when that will do (virtual-machines/shared-image-galleries). */
function fittingSecurity(has: string | undefined, diskSecurity: string | undefined): string {
  const needs = securityFeature(diskSecurity);
  return has !== undefined && ALSO_FITS[needs].includes(has) ? has : needs;
}

function definitionDiffers({ request, facts }: Case): readonly Remark[] {
  const definition = found(facts.definition);
  const os = diskOf(facts, found(facts.machine)?.osDisk.diskId);
  if (!definition || !os) return [];
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['osType', definition.osType, os.osType],
    ['osState', definition.osState, 'Generalized'],
    ['hyperVGeneration', definition.hyperVGeneration, os.hyperVGeneration],
    ['architecture', definition.architecture, os.architecture],
    ['purchase plan', planText(definition.purchasePlan), planText(os.purchasePlan)],
    ['SecurityType', definition.security ?? 'Standard', fittingSecurity(definition.security, os.securityType)],
  ];
  return pairs
    .filter(([, has, needs]) => needs !== undefined && has !== needs)
    .map(([property, has, needs]) => ({
      subject: 'image.name',
      message: `The image definition ${request.image.name} has ${property} ${has ?? '(none)'}, but the VM's OS disk has ${needs ?? '(none)'}.`,
    }));
}

export const existenceRules: readonly Rule[] = [
  {
    code: 'ResourceMissing',
    severity: 'refuse',
    source: 'batch/batch-custom-images',
    remedy: 'Correct the id, or create the resource first.',
    check: missing,
  },
  {
    code: 'NoPermission',
    severity: 'refuse',
    source: 'batch/batch-role-based-access-control; docs/permissions.md',
    remedy: "Give the app's identity the read permission that Azure's answer names, then send the request again.",
    check: forbidden,
  },
  {
    code: 'PoolExists',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create: a PUT on an existing pool replaces it',
    remedy: 'Name another pool, or drain and delete this one first. The app never replaces a pool.',
    check: poolInTheWay,
  },
  {
    code: 'DefinitionDiffers',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries: these properties cannot change once set',
    remedy: 'Use another image.name: the app then makes a definition that fits.',
    check: definitionDiffers,
  },
];
