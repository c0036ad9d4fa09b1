/** Rules on an image that pools can run on as it is. */
import type { SourceImage } from '../../../../shared/domain/gallery';
import { standingImageRules } from '../../../../shared/domain/preflight/standingImageRules';
import * as given from '../../../given/build';
import { facts, ID, request, sourceImage } from '../../../given/sources';
import { testRules, type RuleRows } from './ruleTable';

const SUBJECT = 'source.galleryImageVersionId';
const onVersion = request('galleryVersion');
const image = (changes: Partial<SourceImage>) =>
  facts('galleryVersion', { sourceImage: given.there(sourceImage(changes)) });
const large = { ...onVersion, pool: { ...onVersion.pool, properties: given.fixedScale(900) } };

const unknown: RuleRows['unknown'] = [
  {
    when: 'the version may not be read',
    request: onVersion,
    facts: facts('galleryVersion', { sourceImage: given.forbidden }),
    says: [SUBJECT, given.couldNotCheck(`image version ${ID.version}`)],
    severity: 'refuse',
  },
];

const retired = request('managedImage', { route: 'managedImage' });

testRules(standingImageRules, {
  ImageNotInRegion: {
    pass: [
      { when: 'it has a replica there, however the region is spelt', request: onVersion, facts: image({}) },
      {
        when: 'Azure does not say where it has replicas',
        request: request('communityImage'),
        facts: facts('communityImage'),
      },
    ],
    fail: [
      {
        when: 'its replicas are elsewhere',
        request: onVersion,
        facts: image({ regions: [{ name: 'North Europe', replicas: 3 }] }),
        says: [
          [
            SUBJECT,
            `The image version ${ID.version} has replicas in northeurope, but none in westeurope, where the Batch account is.`,
          ],
        ],
      },
    ],
    unknown,
  },
  ImageReplicasFew: {
    pass: [{ when: 'there is one for every 300 nodes', request: onVersion, facts: image({}) }],
    fail: [
      {
        when: 'there is one for 900 nodes',
        request: large,
        facts: image({}),
        says: [
          [
            SUBJECT,
            'The image version has 1 replica in West Europe, but Azure Batch advises at least 3 for 900 nodes.',
          ],
        ],
      },
    ],
    unknown,
  },
  ImageEnded: {
    pass: [
      { when: 'it has no end', request: onVersion, facts: image({}) },
      { when: 'its end is to come', request: onVersion, facts: image({ endsOn: '2027-01-01T00:00:00Z' }) },
    ],
    fail: [
      {
        when: 'its end has come',
        request: onVersion,
        facts: image({ endsOn: '2026-01-01T00:00:00Z' }),
        says: [[SUBJECT, `The image version ${ID.version} has been at the end of its life since 2026-01-01.`]],
      },
    ],
    unknown,
  },
  ImageShallow: {
    pass: [
      { when: 'it is replicated in full', request: onVersion, facts: image({}) },
      {
        when: 'the pool is small',
        request: { ...onVersion, pool: { ...onVersion.pool, properties: given.fixedScale(10) } },
        facts: image({ shallow: true }),
      },
    ],
    fail: [
      {
        when: 'the pool is larger than the setting allows',
        request: onVersion,
        facts: image({ shallow: true }),
        says: [
          [
            SUBJECT,
            `The image version ${ID.version} was replicated in mode Shallow, which is for pools of at most 10 nodes (setting SHALLOW_MOST_NODES); this one is to have 16.`,
          ],
        ],
      },
    ],
    unknown,
  },
  TracksLatest: {
    pass: [{ when: 'the pool is pinned', request: request('galleryDefinition'), facts: facts('galleryDefinition') }],
    fail: [
      {
        when: 'the pool follows the definition',
        request: request('galleryDefinition', {}, { track: 'latest' }),
        facts: facts('galleryDefinition'),
        says: [
          [
            'source.track',
            'The pool names the image definition, not a version: its nodes come from whatever version is the latest when they are made.',
          ],
        ],
      },
    ],
  },
  GalleryIdUnknownToApi: {
    pass: [
      { when: 'the API knows such ids', request: request('sharedImage'), facts: facts('sharedImage') },
      {
        when: 'the id is one of a resource',
        request: onVersion,
        facts: facts('galleryVersion', { policy: given.policy({ batchApiVersion: '2023-11-01' }) }),
      },
    ],
    fail: [
      {
        when: 'the API is too old for it',
        request: request('communityImage'),
        facts: facts('communityImage', { policy: given.policy({ batchApiVersion: '2023-11-01' }) }),
        says: [
          [
            'source.communityGalleryImageId',
            'Pools are sent with API version 2023-11-01 of Azure Batch, which does not know images of community and shared galleries.',
          ],
        ],
      },
    ],
  },
  ManagedImageElsewhere: {
    pass: [
      { when: 'the image is where the account is', request: retired, facts: facts('managedImage') },
      {
        when: 'the image is only published',
        request: request('managedImage'),
        facts: facts('managedImage', { account: given.there(given.account({ location: 'uksouth' })) }),
      },
    ],
    fail: [
      {
        when: 'the account is elsewhere',
        request: retired,
        facts: facts('managedImage', { account: given.there(given.account({ location: 'uksouth' })) }),
        says: [
          [
            'source.managedImageId',
            'A pool straight on a managed image needs it in the subscription and region of the Batch account (uksouth), but it is in westeurope.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the image may not be read',
        request: retired,
        facts: facts('managedImage', { sourceImage: given.forbidden }),
        says: ['source.managedImageId', given.couldNotCheck(`managed image ${ID.managedImage}`)],
        severity: 'refuse',
      },
    ],
  },
});
