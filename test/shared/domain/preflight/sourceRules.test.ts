/** Rules on the source itself: that its parts fit together, and that an image can be made of it. */
import { sourceRules } from '../../../../shared/domain/preflight/sourceRules';
import * as given from '../../../given/build';
import { facts, ID, request, sourceImage } from '../../../given/sources';
import { testRules } from './ruleTable';

const unreadImage = facts('managedImage', { sourceImage: given.forbidden });
const couldNotRead = given.couldNotCheck(`managed image ${ID.managedImage}`);

testRules(sourceRules, {
  SourcePartsApart: {
    pass: [
      {
        when: 'all parts are in one region, however it is spelt',
        request: request('snapshots'),
        facts: facts('snapshots', { osDisk: { location: 'West Europe' } }),
      },
    ],
    fail: [
      {
        when: 'a data snapshot is elsewhere',
        request: request('snapshots'),
        facts: facts('snapshots', { osDisk: { location: 'uksouth' } }),
        says: [
          [
            'source.osSnapshotId',
            'The disks of the source are in uksouth and westeurope, and an image is made of disks of one region.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'a snapshot may not be read',
        request: request('snapshots'),
        facts: { ...facts('snapshots'), disks: [{ diskId: ID.osSnapshot, fact: given.forbidden }] },
        says: ['source.osSnapshotId', given.couldNotCheck(`snapshot ${ID.osSnapshot}`)],
        severity: 'refuse',
      },
    ],
  },
  SourcePartTwice: {
    pass: [{ when: 'each part is named once', request: request('vhd'), facts: facts('vhd') }],
    fail: [
      {
        when: 'two snapshots have one LUN, and one of them is the OS snapshot',
        request: request(
          'snapshots',
          {},
          {
            dataSnapshots: [
              { lun: 1, id: ID.osSnapshot.toUpperCase() },
              { lun: 1, id: ID.dataSnapshot },
            ],
          },
        ),
        facts: facts('snapshots'),
        says: [
          ['source.dataSnapshots', 'LUN 1 is given to more than one disk.'],
          ['source.dataSnapshots', `${ID.osSnapshot.toLowerCase()} is named more than once.`],
        ],
      },
    ],
  },
  OsTypeDiffers: {
    pass: [
      { when: 'the request says the same', request: request('disks', {}, { osType: 'Linux' }), facts: facts('disks') },
      { when: 'the request says nothing', request: request('disks'), facts: facts('disks') },
    ],
    fail: [
      {
        when: 'the request says another',
        request: request('disks', {}, { osType: 'Windows' }),
        facts: facts('disks'),
        says: [['source.osType', 'The request says that the OS disk holds Windows, but Azure says Linux.']],
      },
    ],
    unknown: [
      {
        when: 'the OS disk may not be read',
        request: request('disks', {}, { osType: 'Windows' }),
        facts: { ...facts('disks'), disks: [{ diskId: ID.osDisk, fact: given.forbidden }] },
        says: ['source.osDiskId', given.couldNotCheck(`disk ${ID.osDisk}`)],
        severity: 'refuse',
      },
    ],
  },
  VhdElsewhere: {
    pass: [{ when: 'all VHDs lie in the storage account', request: request('vhd'), facts: facts('vhd') }],
    fail: [
      {
        when: 'a data VHD lies in another',
        request: request(
          'vhd',
          {},
          { dataVhds: [{ lun: 2, uri: 'https://other.blob.core.windows.net/vhds/data.vhd' }] },
        ),
        facts: facts('vhd'),
        says: [
          [
            'source.dataVhds.0.uri',
            'The VHD https://other.blob.core.windows.net/vhds/data.vhd does not lie in storage account stsources.',
          ],
        ],
      },
    ],
  },
  SourceNotReady: {
    pass: [{ when: 'it is there', request: request('managedImage'), facts: facts('managedImage') }],
    fail: [
      {
        when: 'the version is still being made',
        request: request('galleryVersion'),
        facts: facts('galleryVersion', { sourceImage: given.there(sourceImage({ state: 'Creating' })) }),
        says: [['source.galleryImageVersionId', `The image version ${ID.version} is in provisioning state Creating.`]],
      },
    ],
    unknown: [
      {
        when: 'the image may not be read',
        request: request('managedImage'),
        facts: unreadImage,
        says: ['source.managedImageId', couldNotRead],
        severity: 'refuse',
      },
    ],
  },
  ImageSpecialized: {
    pass: [
      { when: 'the image is generalized', request: request('managedImage'), facts: facts('managedImage') },
      { when: 'so is the definition', request: request('galleryVersion'), facts: facts('galleryVersion') },
    ],
    fail: [
      {
        when: 'the definition is for specialized images',
        request: request('galleryVersion'),
        facts: facts('galleryVersion', { definition: given.there(given.definition({ osState: 'Specialized' })) }),
        says: [['source.galleryImageVersionId', `The image version ${ID.version} is specialized, not generalized.`]],
      },
    ],
    unknown: [
      {
        when: 'the image may not be read',
        request: request('managedImage'),
        facts: unreadImage,
        says: ['source.managedImageId', couldNotRead],
        severity: 'refuse',
      },
    ],
  },
  NeedsRouteGallery: {
    pass: [
      { when: 'the route is left to the app', request: request('managedImage'), facts: facts('managedImage') },
      { when: 'the source is no image', request: request('snapshots', { route: 'direct' }), facts: facts('snapshots') },
    ],
    fail: [
      {
        when: 'a managed image is to go by route direct',
        request: request('managedImage', { route: 'direct' }),
        facts: facts('managedImage'),
        says: [
          [
            'image.route',
            'Route "direct" makes the version without a managed image, but source.managedImageId names one.',
          ],
        ],
      },
    ],
  },
});
