/** What the guard says of what a pool stands on: "gone" only with a 404 in hand, and nothing unread is ever clear. */
import { FOUNDATION_RULES } from '../../../../shared/domain/guard/foundationRules';
import type { Foundation } from '../../../../shared/domain/guard/foundation';
import { DEFINITION, forbidden, id, missing, OTHER_SUBSCRIPTION, there } from '../../../given/build';
import * as given from '../../../given/guard';
import { testGuardRules } from './ruleTable';

const { COMMUNITY, daysFromNow, DATA_SNAPSHOT, MANAGED, SNAPSHOT, VERSION_ID, VHDS } = given;

const outside = { read: 'outside' } as const;
const failed = { read: 'failed', message: 'Azure answered 500.' } as const;
const unasked = { read: 'unasked', because: 'the gallery' } as const;

const mayNot = (what: string): string =>
  `The app may not read ${what} (it needs Microsoft.Example/things/read): Azure answered 403 AuthorizationFailed.`;
const silent = (what: string): string => `Azure did not tell about ${what}: Azure answered 500.`;
const unknownKind = `The app cannot look up ${COMMUNITY}, because it is no image of a kind that it knows.`;

const onMarketplace = { when: 'the pool is on an image of the Marketplace', given: { foundation: undefined } };

const standing = (when: string, foundation: Foundation, rest: given.CaseChanges = {}) => ({
  when,
  given: { foundation, ...rest },
});

const { onImageOf: imageOf, onOwn: own, onShallow: shallow } = given;
const many = Array.from({ length: 64 }, (_, disk) => [`${SNAPSHOT}-${disk}`, missing] as const);
const elsewhere = id('rg-images', 'Microsoft.Compute/images/render-1', OTHER_SUBSCRIPTION);
const inRegions = (...regions: string[]) => there(given.version({ regions }));
const endingIn = (days: number) => there(given.version({ endsOn: daysFromNow(days) }));
const definitionEnding = (days: number) => there(given.definition({ endsOn: daysFromNow(days) }));

testGuardRules(FOUNDATION_RULES, {
  ImageMissing: {
    clear: [
      standing('the image is there', given.onImage()),
      standing('the pool is on a version, even one that is gone', given.onVersion(missing)),
      standing('the image is of a kind that nobody knows', given.onOther()),
    ],
    seen: [
      {
        ...standing('a GET answers 404', given.onImage(missing)),
        says: `The managed image ${MANAGED} does not exist.`,
        answered: ['404'],
      },
    ],
    unknown: [
      { ...standing('it may not be read', given.onImage(forbidden)), says: mayNot(`the managed image ${MANAGED}`) },
      { ...standing('Azure is silent', given.onImage(failed)), says: silent(`the managed image ${MANAGED}`) },
      {
        ...standing('it was not asked for', given.onImage(unasked)),
        says: `The app could not ask for the managed image ${MANAGED}, because the gallery could not be read.`,
      },
    ],
    moot: [standing('it lies outside of the allow-list', given.onImage(outside))],
  },
  ImageVersionMissing: {
    clear: [
      onMarketplace,
      standing('the version is there', given.onVersion()),
      standing('the pool is on a managed image that is gone', given.onImage(missing)),
      standing('the pool takes the latest, and there is none', given.onDefinition(missing)),
    ],
    seen: [
      {
        ...standing('a GET answers 404', given.onVersion(missing)),
        says: `The image version ${VERSION_ID} does not exist.`,
        answered: ['404'],
      },
    ],
    unknown: [
      {
        ...standing('it may not be read', given.onVersion(forbidden)),
        says: mayNot(`the image version ${VERSION_ID}`),
      },
      { ...standing('Azure is silent', given.onVersion(failed)), says: silent(`the image version ${VERSION_ID}`) },
    ],
    moot: [standing('it lies outside of the allow-list', given.onVersion(outside))],
  },
  LatestVersionMissing: {
    clear: [
      standing('there is one to take', given.onDefinition()),
      standing('the pool names a version that is gone', given.onVersion(missing)),
      standing('the image is of a kind that nobody knows', given.onOther()),
    ],
    seen: [
      {
        ...standing('the definition is gone', given.onDefinition(missing, { fact: missing })),
        says: `The image definition ${DEFINITION} does not exist.`,
        answered: ['404'],
      },
      {
        ...standing('no version counts as latest', given.onDefinition(missing)),
        says: `The image definition ${DEFINITION} has no version that a new node could take.`,
        answered: ['no version that counts as latest'],
      },
    ],
    unknown: [
      {
        ...standing('the definition may not be read', given.onDefinition(there(given.version()), { fact: forbidden })),
        says: mayNot(`the image definition ${DEFINITION}`),
      },
      {
        ...standing('neither may be read', given.onDefinition(forbidden, { fact: forbidden })),
        says: mayNot(`the image definition ${DEFINITION}`),
      },
      {
        ...standing('the versions may not be listed', given.onDefinition(forbidden)),
        says: mayNot(`the versions of ${DEFINITION}`),
      },
      { ...standing('the list failed', given.onDefinition(failed)), says: silent(`the versions of ${DEFINITION}`) },
    ],
    moot: [standing('the definition lies outside of the allow-list', given.onDefinition(outside, { fact: outside }))],
  },
  ReplicaMissing: {
    clear: [
      onMarketplace,
      standing("the version is in the pool's region", given.onVersion()),
      standing('the region is spelled otherwise', given.onVersion(inRegions('West Europe'))),
      standing('the pool is on a managed image', given.onImage()),
      standing('the latest is in the region', given.onDefinition()),
    ],
    seen: [
      {
        ...standing('the version is elsewhere only', given.onVersion(inRegions('northeurope', 'eastus'))),
        says: `The image version ${VERSION_ID} is not published to westeurope, the region of the pool; its regions: northeurope, eastus.`,
        answered: ['targetRegions: northeurope, eastus'],
      },
      {
        ...standing('the latest is nowhere', given.onDefinition(inRegions())),
        says: `The image version ${VERSION_ID} is not published to westeurope, the region of the pool; its regions: none.`,
      },
    ],
    unknown: [
      {
        ...standing('the version may not be read', given.onVersion(forbidden)),
        says: mayNot(`the image ${VERSION_ID}`),
      },
      {
        ...standing('the versions may not be listed', given.onDefinition(forbidden)),
        says: mayNot(`the versions of ${DEFINITION}`),
      },
      {
        ...standing("the account's region is not known", given.onVersion(), {
          pool: given.watchedPool({ region: '' }),
        }),
        says: 'The region of the Batch account could not be read.',
      },
      { ...standing('the image is of a kind that nobody knows', given.onOther()), says: unknownKind },
    ],
    moot: [
      standing('the version is gone', given.onVersion(missing)),
      standing('there is no latest', given.onDefinition(missing)),
      standing('the version lies outside of the allow-list', given.onVersion(outside)),
    ],
  },
  SourceMissing: {
    clear: [
      onMarketplace,
      standing('all sources of a managed image are there', given.onImage()),
      standing(
        'a source of a full version is gone: it has copies',
        given.onVersion(there(given.version()), { sources: given.sources([SNAPSHOT, missing]) }),
      ),
      standing(
        'a source of a full version may not be read',
        given.onVersion(there(given.version()), { sources: given.sources([SNAPSHOT, forbidden]) }),
      ),
      standing('the source of a shallow version is there', shallow(there(null))),
    ],
    seen: [
      {
        ...standing(
          'a snapshot of a managed image is gone',
          imageOf([SNAPSHOT, missing], [DATA_SNAPSHOT, there(null)]),
        ),
        says: `The image ${MANAGED} was made from ${SNAPSHOT}, which does not exist any more.`,
        answered: ['404'],
      },
      {
        ...standing(
          'all are gone, and one of them is a storage account',
          imageOf([SNAPSHOT, missing], [VHDS, missing]),
        ),
        says: `The image ${MANAGED} was made from ${SNAPSHOT} and ${VHDS}, which do not exist any more.`,
        answered: ['404', '404'],
      },
      {
        ...standing(
          'one is gone and another may not be read',
          imageOf([DATA_SNAPSHOT, forbidden], [SNAPSHOT, missing]),
        ),
        says: `The image ${MANAGED} was made from ${SNAPSHOT}, which does not exist any more.`,
      },
      {
        ...standing('the source of a shallow version is gone', shallow(missing)),
        says: `The image ${VERSION_ID} was made from ${SNAPSHOT}, which does not exist any more.`,
      },
      {
        ...standing('more are gone than a message should name', imageOf(...many)),
        says: `The image ${MANAGED} was made from ${many
          .slice(0, 10)
          .map(([one]) => one)
          .join(', ')} and 54 more, which do not exist any more.`,
        answered: Array.from({ length: 10 }, () => '404'),
      },
    ],
    unknown: [
      { ...standing('a source may not be read', imageOf([SNAPSHOT, forbidden])), says: mayNot(SNAPSHOT) },
      { ...standing('Azure is silent on a source', shallow(failed)), says: silent(SNAPSHOT) },
      {
        ...standing('a source lies outside of the allow-list: no other finding says so', imageOf([SNAPSHOT, outside])),
        says: `The app may not look at ${SNAPSHOT}, because it lies outside of ALLOWED_SCOPES.`,
      },
      { ...standing('the image may not be read', given.onImage(forbidden)), says: mayNot(`the image ${MANAGED}`) },
      {
        ...standing('the versions may not be listed', given.onDefinition(forbidden)),
        says: mayNot(`the image ${DEFINITION}`),
      },
      { ...standing('the image is of a kind that nobody knows', given.onOther()), says: unknownKind },
    ],
    moot: [
      standing('the image is gone', given.onImage(missing, { sources: [] })),
      standing('the image lies outside of the allow-list', given.onImage(outside)),
      standing('there is no latest', given.onDefinition(missing)),
    ],
  },
  SourceNotKept: {
    clear: [
      standing('the sources of our own version are there', own(there(null))),
      standing(
        "a source of somebody else's version is gone",
        given.onVersion(there(given.version()), { sources: given.sources([SNAPSHOT, missing]) }),
      ),
      standing('a source of a managed image is gone: that is SourceMissing', imageOf([SNAPSHOT, missing])),
    ],
    seen: [
      {
        ...standing('a source of our own version is gone', own(missing)),
        says: `The image ${VERSION_ID} was made from ${SNAPSHOT}, which does not exist any more.`,
      },
    ],
    unknown: [{ ...standing('a source of our own version may not be read', own(forbidden)), says: mayNot(SNAPSHOT) }],
    moot: [standing('the version is gone', given.onVersion(missing))],
  },
  ImageElsewhere: {
    clear: [
      onMarketplace,
      standing("the managed image is in the account's subscription and region", given.onImage()),
      standing('the region is spelled otherwise', given.onImage(there(given.image({ region: 'West Europe' })))),
      standing('a version comes from another subscription, which may be', given.onVersion()),
      standing('a version may not be read: it is within the list all the same', given.onVersion(forbidden)),
    ],
    seen: [
      {
        ...standing('the image lies outside of the allow-list', given.onVersion(outside)),
        says: `The image ${VERSION_ID} lies outside of the app's allow-list, so that nobody looks whether it is there.`,
        answered: ['not on the list'],
      },
      {
        ...standing('the managed image lies in another subscription', {
          ...given.onImage(),
          image: { kind: 'image', id: elsewhere, fact: forbidden },
        }),
        says: `The managed image ${elsewhere} lies in another subscription than the Batch account.`,
      },
      {
        ...standing(
          'the managed image lies in another region',
          given.onImage(there(given.image({ region: 'eastus' }))),
        ),
        says: `The managed image ${MANAGED} lies in eastus, and the Batch account in westeurope.`,
        answered: ['location: eastus'],
      },
    ],
    unknown: [
      {
        ...standing('the managed image may not be read', given.onImage(forbidden)),
        says: mayNot(`the image ${MANAGED}`),
      },
      {
        ...standing("the account's region is not known", given.onImage(), { pool: given.watchedPool({ region: '' }) }),
        says: 'The region of the Batch account could not be read.',
      },
    ],
    moot: [standing('the managed image is gone', given.onImage(missing))],
  },
  ManagedImagePool: {
    clear: [
      onMarketplace,
      standing('the pool is on a version', given.onVersion()),
      standing('on a definition', given.onDefinition()),
    ],
    seen: [
      {
        ...standing('the pool is on a managed image', given.onImage()),
        says: `The pool stands on the managed image ${MANAGED}, not on an image of a Compute Gallery.`,
        answered: [`imageReference.id: ${MANAGED}`],
      },
      {
        ...standing('that may not be read', given.onImage(forbidden)),
        says: `The pool stands on the managed image ${MANAGED}, not on an image of a Compute Gallery.`,
      },
    ],
    unknown: [],
  },
  ImageEnds: {
    clear: [
      standing('no day is set', given.onVersion()),
      standing('the day is more than 30 days away', given.onVersion(endingIn(30.01))),
      standing('the pool is on a managed image, which has no such day', given.onImage()),
    ],
    seen: [
      {
        ...standing('the day is 30 days away', given.onVersion(endingIn(30))),
        says: `The image ${VERSION_ID} ends its life on 2026-04-03.`,
        answered: [`endOfLifeDate: ${daysFromNow(30)}`],
      },
      {
        ...standing('the day has passed', given.onVersion(endingIn(-1))),
        says: `The image ${VERSION_ID} has been at the end of its life since 2026-03-03.`,
      },
      {
        ...standing(
          'the definition of the latest ends',
          given.onDefinition(there(given.version()), { fact: definitionEnding(3) }),
        ),
        says: `The image ${DEFINITION} ends its life on 2026-03-07.`,
      },
      {
        ...standing(
          'the definition of the version ends, for all its versions',
          given.onVersion(there(given.version()), { definition: definitionEnding(3) }),
        ),
        says: `The image ${DEFINITION} ends its life on 2026-03-07.`,
      },
      {
        ...standing('both end, the version first', given.onDefinition(endingIn(2), { fact: definitionEnding(3) })),
        says: `The image ${VERSION_ID} ends its life on 2026-03-06.`,
      },
      {
        ...standing(
          'the version ends, and the definition may not be read',
          given.onDefinition(endingIn(2), { fact: forbidden }),
        ),
        says: `The image ${VERSION_ID} ends its life on 2026-03-06.`,
      },
    ],
    unknown: [
      {
        ...standing('the version may not be read', given.onVersion(forbidden)),
        says: mayNot(`the image ${VERSION_ID}`),
      },
      {
        ...standing('the definition may not be read', given.onDefinition(there(given.version()), { fact: forbidden })),
        says: mayNot(`the image definition of ${VERSION_ID}`),
      },
      {
        ...standing(
          'the definition of the named version may not be read',
          given.onVersion(there(given.version()), { definition: forbidden }),
        ),
        says: mayNot(`the image definition of ${VERSION_ID}`),
      },
      { ...standing('the image is of a kind that nobody knows', given.onOther()), says: unknownKind },
    ],
    moot: [
      standing('the version is gone', given.onVersion(missing)),
      standing('there is no latest', given.onDefinition(missing)),
      standing('the version lies outside of the allow-list', given.onVersion(outside)),
    ],
  },
});
