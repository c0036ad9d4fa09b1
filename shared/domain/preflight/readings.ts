/** Every fact of a survey by name: what a person calls it, which field it is about, and whether a build may go on without. */
import type { BuildFacts, Fact } from '../facts';
import { poolIdOf } from '../names';
import type { BuildRequest } from '../request';
import { homeId, sourceField, sourceId, sourceKind, sourceNoun } from '../source';
import type { Severity } from '../verdict';

export type FactName = Exclude<keyof BuildFacts, 'policy'>;

/** One look at Azure, and what came of it. */
export interface Reading {
  readonly what: string;
  readonly subject: string;
  readonly fact: Fact<unknown>;
}

type Surveyed = { readonly request: BuildRequest; readonly facts: BuildFacts };

interface FactRow {
  /** Going on without it would be unsafe: nothing that the build does could be right or taken back by then. */
  readonly needed: boolean;
  readonly readings: (given: Surveyed) => readonly Reading[];
}

const one = (what: string, subject: string, fact: Fact<unknown> | undefined): readonly Reading[] =>
  fact === undefined ? [] : [{ what, subject, fact }];

const ACCOUNT = 'pool.batchAccountId';
const VM_SIZE = 'pool.properties.vmSize';

const sourceImage = ({ request: { source }, facts }: Surveyed): readonly Reading[] =>
  one(`${sourceNoun(source)} ${sourceId(source)}`, sourceField(source), facts.sourceImage);

const sourceDisks = ({ request: { source }, facts }: Surveyed): readonly Reading[] =>
  facts.disks.flatMap(({ diskId, fact }) => one(`${diskNoun(source)} ${diskId}`, sourceField(source), fact));

/** What the source's disks are, in the words of the source. */
export function diskNoun(source: BuildRequest['source']): string {
  const kind = sourceKind(source);
  if (kind === 'snapshots') return 'snapshot';
  return kind === 'vhd' ? 'VHD' : 'disk';
}

export const FACTS: Readonly<Record<FactName, FactRow>> = {
  machine: {
    needed: true,
    readings: ({ request: { source }, facts }) => one(`VM ${sourceId(source)}`, sourceField(source), facts.machine),
  },
  disks: {
    needed: true,
    // An image that could not be read hides the disks that nodes get of it.
    readings: (given) => [...sourceImage(given), ...sourceDisks(given)],
  },
  sourceImage: { needed: true, readings: (given) => sourceImage(given) },
  storageAccount: {
    needed: true,
    readings: ({ request, facts }) =>
      one(`storage account ${homeId(request.source)}`, 'source.storageAccountId', facts.storageAccount),
  },
  encryptionSets: {
    needed: true,
    readings: ({ facts }) =>
      facts.encryptionSets.flatMap(({ id, fact }) => one(`disk encryption set ${id}`, 'image.regions', fact)),
  },
  marketplaceImage: {
    needed: false,
    readings: ({ request, facts }) =>
      one("Marketplace's page of the base image", sourceField(request.source), facts.marketplaceImage),
  },
  account: {
    needed: true,
    readings: ({ request, facts }) => one(`Batch account ${request.pool.batchAccountId}`, ACCOUNT, facts.account),
  },
  imageGroup: {
    needed: true,
    readings: ({ request, facts }) =>
      one(`resource group ${request.image.resourceGroup}`, 'image.resourceGroup', facts.imageGroup),
  },
  gallery: {
    needed: true,
    readings: ({ request, facts }) => one(`gallery ${request.image.galleryId ?? ''}`, 'image.galleryId', facts.gallery),
  },
  definition: {
    needed: true,
    readings: ({ request, facts }) => one(`image definition ${request.image.name}`, 'image.name', facts.definition),
  },
  definitions: {
    needed: false,
    readings: ({ request, facts }) =>
      one(`definitions of gallery ${request.image.galleryId ?? ''}`, 'image.galleryId', facts.definitions),
  },
  versions: {
    needed: false,
    readings: ({ request, facts }) =>
      one(`versions of image definition ${request.image.name}`, 'image.name', facts.versions),
  },
  galleryUse: {
    needed: false,
    readings: ({ facts }) => one("list of the subscription's images", 'image.galleryId', facts.galleryUse),
  },
  registration: {
    needed: false,
    readings: ({ facts }) =>
      one("resource providers of the gallery's subscription", 'image.galleryId', facts.registration),
  },
  pool: {
    needed: true,
    readings: ({ request, facts }) => one(`pool ${poolIdOf(request)}`, 'pool.name', facts.pool),
  },
  poolImage: {
    needed: false,
    readings: ({ facts }) => one('image of the existing pool', 'pool.name', facts.poolImage),
  },
  poolCount: { needed: false, readings: ({ facts }) => one('list of pools', ACCOUNT, facts.poolCount) },
  sharing: {
    needed: false,
    readings: ({ facts }) =>
      facts.sharing.flatMap(({ accountId, fact }) => one(`pools of Batch account ${accountId}`, ACCOUNT, fact)),
  },
  coreQuota: { needed: false, readings: ({ facts }) => one('cores in use', ACCOUNT, facts.coreQuota) },
  vmSizes: { needed: false, readings: ({ facts }) => one('VM sizes that Batch offers', VM_SIZE, facts.vmSizes) },
  supportedImages: {
    needed: false,
    readings: ({ facts }) => one('images that Batch supports', ACCOUNT, facts.supportedImages),
  },
  rights: {
    needed: false,
    readings: ({ facts }) => facts.rights.flatMap(({ id, fact }) => one(`permissions at ${id}`, id, fact)),
  },
};

const isFactName = (name: string): name is FactName => name in FACTS;

/** All of them, in the order of the table. */
export const FACT_NAMES: readonly FactName[] = Object.keys(FACTS).filter(isFactName);

/** Why a fact could not be read, as the rest of a sentence; undefined when it could, or is known not to exist. */
export function unreadBecause({ what, fact }: Reading): string | undefined {
  switch (fact.read) {
    case 'found':
    case 'missing':
      return undefined;
    case 'forbidden':
      return `the app may not read the ${what} (it needs ${fact.permission})`;
    case 'outside':
      return `the ${what} lies outside of the app's allow-list`;
    case 'failed':
      return `the ${what} could not be read (${fact.message})`;
    case 'unasked':
      return `the ${what} could not be looked up without ${fact.because}`;
  }
}

export const readingsOf = (given: Surveyed, names: readonly FactName[]): readonly Reading[] =>
  names.flatMap((name) => FACTS[name].readings(given));

/** How severe it is that one of these facts could not be read. */
export const severityUnread = (given: Surveyed, names: readonly FactName[]): Severity =>
  names.some((name) => FACTS[name].needed && FACTS[name].readings(given).some((reading) => unreadBecause(reading)))
    ? 'refuse'
    : 'warn';
