/** A good source of each kind is never refused, and what is said of it all the same is this. */
import { allocationRules } from '../../../../shared/domain/preflight/allocationRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import type { SourceKind } from '../../../../shared/domain/source';
import * as given from '../../../given/build';
import { facts, request } from '../../../given/sources';
import { testRules } from './ruleTable';

it.each<[kind: SourceKind, said: readonly string[]]>([
  ['virtualMachine', []],
  ['generalizedVm', ['GeneralizedNotShown']],
  ['snapshots', []],
  ['disks', []],
  ['vhd', ['AllocationMode', 'DiskSizeUnknown']],
  ['managedImage', ['AllocationMode']],
  ['galleryVersion', []],
  ['galleryDefinition', []],
  ['communityImage', []],
  ['sharedImage', []],
])('%s', (kind, said) => {
  const verdicts = preflight(given.aCase({ request: request(kind), facts: facts(kind) }));
  expect(verdicts.filter(({ severity }) => severity === 'refuse')).toEqual([]);
  expect([...new Set(verdicts.map(({ code }) => code))]).toEqual(said);
});

const mode = (allocationMode: 'BatchService' | 'UserSubscription') => ({
  account: given.there(given.account({ allocationMode })),
});
const retired = request('managedImage', { route: 'managedImage' });

testRules(allocationRules, {
  AllocationMode: {
    pass: [{ when: 'the source is a VM' }],
    fail: [
      {
        when: 'a managed image is published',
        request: request('managedImage'),
        facts: facts('managedImage', mode('UserSubscription')),
        says: [
          [
            'source.managedImageId',
            'The Batch account allocates pools in mode UserSubscription: the image version serves either mode: what Packer made, a managed image, a version or a VHD, may be the source.',
          ],
        ],
      },
      {
        when: 'a pool is to run straight on one in an account of Batch',
        request: retired,
        facts: facts('managedImage'),
        says: [
          [
            'source.managedImageId',
            'The Batch account allocates pools in mode BatchService: a pool straight on a managed image wants one that was imported from a VHD: of Packer, capture a VHD and send its address.',
          ],
        ],
      },
      {
        when: 'a pool is to run straight on one in the subscription',
        request: retired,
        facts: facts('managedImage', mode('UserSubscription')),
        says: [
          [
            'source.managedImageId',
            'The Batch account allocates pools in mode UserSubscription: a pool straight on a managed image may use one that Packer made directly.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the account may not be read',
        request: request('managedImage'),
        facts: facts('managedImage', { account: given.forbidden }),
        says: ['pool.batchAccountId', given.couldNotCheck(`Batch account ${given.ACCOUNT}`)],
        severity: 'refuse',
      },
    ],
  },
});
