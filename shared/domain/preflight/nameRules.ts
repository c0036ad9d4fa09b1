/** Rules on names. */
import { armName, parseArmId } from '../armId';
import { dataLunsOf, type BuildFacts, type Fact } from '../facts';
import {
  BATCH_ACCOUNT_NAME,
  GALLERY_NAME,
  IDENTIFIER_PART,
  IMAGE_DEFINITION_NAME,
  MANAGED_IMAGE_NAME,
  MAX_OFFER_LENGTH,
  MAX_PUBLISHER_LENGTH,
  MAX_VERSION_PART,
  POOL_NAME,
  RESOURCE_GROUP_NAME,
  SNAPSHOT_NAME,
  VM_NAME,
} from '../limits';
import { managedImageName, snapshotName } from '../names';
import { identifierOf } from '../imageIdentifier';
import type { BuildRequest } from '../request';
import { publishes } from '../route';
import { isExistingImage, sourceField, sourceId } from '../source';
import type { Case, Remark, Rule } from './rule';

interface Naming {
  readonly allows: (name: string) => boolean;
  /** What is allowed, as the end of a sentence. */
  readonly allowed: string;
}

const by = (pattern: RegExp, allowed: string): Naming => ({ allows: (name) => pattern.test(name), allowed });

const isVersion = (name: string): boolean =>
  /^\d+\.\d+\.\d+$/.test(name) && name.split('.').every((part) => Number(part) <= MAX_VERSION_PART);

/** What Azure takes as a name of each kind of resource; the patterns have their sources in limits.ts. */
const NAMING = {
  VM: by(VM_NAME, '1 to 64 characters, not beginning with _ or ending with a period or hyphen'),
  'resource group': by(
    RESOURCE_GROUP_NAME,
    '1 to 90 letters, digits, ., _, - and parentheses, not ending with a period',
  ),
  gallery: by(GALLERY_NAME, '1 to 80 letters, digits, . and _, beginning and ending with a letter or digit'),
  'image definition': by(
    IMAGE_DEFINITION_NAME,
    '1 to 80 letters, digits, ., _ and -, beginning with a letter or digit, not ending with a period or hyphen',
  ),
  'image version': { allows: isVersion, allowed: `Major.Minor.Patch, each from 0 to ${MAX_VERSION_PART}` },
  snapshot: by(SNAPSHOT_NAME, '1 to 80 letters, digits, _ and -, beginning with a letter or digit'),
  'managed image': by(MANAGED_IMAGE_NAME, '1 to 80 letters, digits, ., _ and -, beginning with a letter or digit'),
  'Batch account': by(BATCH_ACCOUNT_NAME, '3 to 24 letters and digits'),
  pool: by(POOL_NAME, '1 to 64 letters, digits, _ and -'),
} as const;

interface Named {
  readonly what: keyof typeof NAMING;
  readonly subject: string;
  readonly name: string;
  /** A name that Azure shows is one that it has taken. */
  readonly fact: Fact<unknown> | undefined;
}

const nameIn = (id: string): string => {
  const parsed = parseArmId(id);
  return parsed ? armName(parsed) : '';
};

const galleryNames = ({ image }: BuildRequest, facts: BuildFacts): readonly Named[] => [
  { what: 'gallery', subject: 'image.galleryId', name: nameIn(image.galleryId ?? ''), fact: facts.gallery },
  { what: 'image definition', subject: 'image.name', name: image.name, fact: facts.definition },
];

function givenNames({ request, facts }: Case): readonly Named[] {
  const { source, image, pool } = request;
  const account = nameIn(pool.batchAccountId);
  return [
    ...(facts.machine === undefined
      ? []
      : [{ what: 'VM', subject: sourceField(source), name: nameIn(sourceId(source)), fact: facts.machine } as const]),
    ...(publishes(request) ? galleryNames(request, facts) : []),
    ...(isExistingImage(source)
      ? []
      : [
          {
            what: 'resource group',
            subject: 'image.resourceGroup',
            name: image.resourceGroup,
            fact: facts.imageGroup,
          } as const,
        ]),
    { what: 'Batch account', subject: 'pool.batchAccountId', name: account, fact: facts.account },
    { what: 'pool', subject: 'pool.name', name: pool.name, fact: facts.pool },
  ];
}

function derivedNames({ request, facts, version }: Case): readonly Named[] {
  if (isExistingImage(request.source)) return [];
  const { name } = request.image;
  const disks = ['os' as const, ...dataLunsOf(facts)];
  const common = { subject: 'image.name', fact: undefined };
  return [
    ...disks.map((disk): Named => ({ what: 'snapshot', ...common, name: snapshotName(name, version, disk) })),
    { what: 'managed image', ...common, name: managedImageName(name, version) },
    { what: 'image version', ...common, name: version },
  ];
}

const notAllowed = (given: Case): readonly Remark[] =>
  [...givenNames(given), ...derivedNames(given)]
    .filter(({ what, name, fact }) => fact?.read !== 'found' && !NAMING[what].allows(name))
    .map(({ what, subject, name }) => ({
      subject,
      message: `Azure does not take "${name}" as the name of the ${what}: it must be ${NAMING[what].allowed}.`,
    }));

function identifierNotAllowed({ request, facts }: Case): readonly Remark[] {
  if (facts.definition?.read === 'found') return [];
  const { publisher, offer, sku } = identifierOf(request.image);
  return [
    { part: 'publisher', text: publisher, limit: MAX_PUBLISHER_LENGTH },
    { part: 'offer', text: offer, limit: MAX_OFFER_LENGTH },
    { part: 'sku', text: sku, limit: MAX_OFFER_LENGTH },
  ]
    .filter(({ text, limit }) => text.length > limit || !IDENTIFIER_PART.test(text))
    .map(({ part, text, limit }) => ({
      subject: `image.identifier.${part}`,
      message: `Azure does not take "${text}" as the ${part} of the image definition: it must be 1 to ${limit} letters, digits, ., _ and -, not ending with a period.`,
    }));
}

export const nameRules: readonly Rule[] = [
  {
    code: 'NameNotAllowed',
    severity: 'refuse',
    source: 'azure-resource-manager/management/resource-name-rules; virtual-machines/troubleshooting-shared-images',
    why: 'Azure takes certain names only, and others for each kind of resource.',
    how: 'names in the request, and those that the build derives from `image.name`, against what Azure takes; names of resources that are there are not checked',
    needs: [],
    remedy: 'Correct the name.',
    check: notAllowed,
  },
  {
    code: 'IdentifierNotAllowed',
    severity: 'refuse',
    source: 'virtual-machines/troubleshooting-shared-images, "Creating or modifying image definitions"',
    why: 'Azure takes certain characters only in publisher, offer and sku of an image definition.',
    how: '`image.identifier`, or the one that is derived from `image.name`, when the definition is still to be made',
    needs: [],
    remedy: 'Correct image.identifier, or leave it out.',
    appliesTo: publishes,
    check: identifierNotAllowed,
  },
];
