/** Rules on where things are. */
import { placeRules } from '../../../../shared/domain/preflight/placeRules';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';
import { vmUnread } from './unread';

const { ACCOUNT, OTHER_SUBSCRIPTION, SUBSCRIPTION, couldNotCheck, forbidden, there } = given;
const elsewhere = (path: string): string => given.id('rg', path, OTHER_SUBSCRIPTION);
const regions = (...names: string[]) => given.request({ image: { regions: names.map((name) => ({ name })) } });
const vmIn = (location: string) => given.facts({ machine: there(given.machine({ location })) });
const foreignGallery = given.request({ image: { galleryId: elsewhere('Microsoft.Compute/galleries/g') } });
const accountUnread = given.facts({ account: forbidden });

testRules(placeRules, {
  DifferentSubscription: {
    pass: [
      {
        when: 'the subscription is written in another casing',
        request: given.request({ pool: { batchAccountId: ACCOUNT.toUpperCase() } }),
      },
      { when: 'only the gallery is in another subscription', request: foreignGallery },
    ],
    fail: [
      {
        when: 'the VM is in another one',
        request: given.request({
          source: { virtualMachineId: elsewhere('Microsoft.Compute/virtualMachines/vm') },
        }),
        says: [
          [
            'source.virtualMachineId',
            `The VM is in subscription ${OTHER_SUBSCRIPTION}, the Batch account in ${SUBSCRIPTION}.`,
          ],
        ],
      },
    ],
  },
  BatchNotRegistered: {
    pass: [
      { when: 'the gallery is in the subscription of the account' },
      {
        when: 'it is registered there',
        request: foreignGallery,
        facts: given.facts({ registration: there('Registered') }),
      },
    ],
    fail: [
      {
        when: 'it is not registered there',
        request: foreignGallery,
        facts: given.facts({ registration: there('NotRegistered') }),
        says: [
          [
            'image.galleryId',
            `The gallery is in subscription ${OTHER_SUBSCRIPTION}, where Microsoft.Batch is NotRegistered.`,
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the providers may not be read',
        request: foreignGallery,
        facts: given.facts({ registration: forbidden }),
        says: ['image.galleryId', couldNotCheck("resource providers of the gallery's subscription")],
      },
    ],
  },
  DifferentRegion: {
    pass: [{ when: 'the region is written as portals show it', facts: vmIn('West Europe') }],
    fail: [
      {
        when: 'the VM is in another one',
        facts: vmIn('northeurope'),
        says: [
          [
            'source.virtualMachineId',
            'The VM is in northeurope, the Batch account in westeurope: the image is made in northeurope and replicated.',
          ],
        ],
      },
    ],
    unknown: [vmUnread],
  },
  AccountRegionLeftOut: {
    pass: [
      { when: 'the request names no region' },
      { when: 'the region is written as portals show it', request: regions('West Europe', 'uksouth') },
    ],
    fail: [
      {
        when: 'the regions leave it out',
        request: regions('northeurope', 'uksouth'),
        says: [['image.regions', 'The image would not be replicated to westeurope, where the Batch account is.']],
      },
    ],
    unknown: [
      {
        when: 'the account may not be read',
        facts: accountUnread,
        says: ['pool.batchAccountId', couldNotCheck(`Batch account ${ACCOUNT}`)],
        severity: 'refuse',
      },
    ],
  },
  OwnRegionLeftOut: {
    pass: [
      { when: 'the request names no region', facts: vmIn('northeurope') },
      { when: 'the regions name it', request: regions('westeurope', 'North Europe'), facts: vmIn('northeurope') },
    ],
    fail: [
      {
        when: 'the regions leave it out',
        request: regions('westeurope'),
        facts: vmIn('northeurope'),
        says: [['image.regions', 'The image would not be kept in northeurope, where it is made.']],
      },
    ],
    unknown: [vmUnread],
  },
  RegionTwice: {
    pass: [{ when: 'each region is listed once', request: regions('westeurope', 'uksouth') }],
    fail: [
      {
        when: 'two regions are listed twice, in two spellings',
        request: regions('westeurope', 'West Europe', 'uksouth', 'UK South', 'uksouth'),
        says: [
          ['image.regions', 'The region westeurope is listed more than once.'],
          ['image.regions', 'The region uksouth is listed more than once.'],
        ],
      },
    ],
  },
});
