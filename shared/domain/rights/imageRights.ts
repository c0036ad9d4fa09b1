/** Rights on what a build makes of its source: snapshots, a managed image, a definition, a version. */
import type { RightGroup } from './rightGroup';
import { BUILD, COMPUTE, SURVEY, verbs } from './groups';

const PUBLISHER = 'Compute Gallery Artifacts Publisher';

export const IMAGE_RIGHTS: readonly RightGroup[] = [
  {
    ...SURVEY,
    place: 'imageGroup',
    actions: ['Microsoft.Resources/subscriptions/resourceGroups/read'],
    for: 'survey: the resource group',
  },
  {
    ...BUILD,
    place: 'imageGroup',
    actions: verbs(`${COMPUTE}/snapshots`, 'read', 'write', 'delete'),
    for: 'snapshots, and their undo',
    role: 'Disk Snapshot Contributor',
    when: 'copiesDisks',
  },
  {
    ...BUILD,
    place: 'imageGroup',
    actions: verbs(`${COMPUTE}/images`, 'read', 'write', 'delete'),
    for: 'managed image, and its undo',
    role: PUBLISHER,
    when: 'makesManagedImage',
  },
  {
    ...SURVEY,
    place: 'encryptionSet',
    actions: [`${COMPUTE}/diskEncryptionSets/read`],
    for: 'survey: the disk encryption sets of the regions',
  },
  {
    ...SURVEY,
    place: 'gallery',
    actions: [`${COMPUTE}/galleries/read`, `${COMPUTE}/galleries/images/read`],
    for: 'survey: the gallery and its definitions',
  },
  {
    ...BUILD,
    place: 'gallery',
    actions: verbs(`${COMPUTE}/galleries/images`, 'write', 'delete'),
    for: 'image definition, and its undo',
    role: PUBLISHER,
    when: 'newDefinition',
  },
  {
    ...BUILD,
    place: 'gallery',
    actions: verbs(`${COMPUTE}/galleries/images/versions`, 'write', 'delete'),
    for: 'image version, its way into latest, and its undo',
    role: PUBLISHER,
    when: 'publishes',
  },
  {
    ...SURVEY,
    place: 'gallery',
    actions: [`${COMPUTE}/galleries/images/versions/read`],
    for: 'survey: the version that is the source, and those beside it',
  },
  {
    ...BUILD,
    place: 'gallery',
    actions: [`${COMPUTE}/disks/beginGetAccess/action`],
    for: 'pools on images of the gallery: for Batch, Reader on the image is not enough',
    role: 'Disk Backup Reader',
    when: 'usesGallery',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [
      `${COMPUTE}/locations/communityGalleries/images/read`,
      `${COMPUTE}/locations/communityGalleries/images/versions/read`,
    ],
    for: 'survey: the community image that is the source',
    confirmed: false,
    when: 'communityImage',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [
      `${COMPUTE}/locations/sharedGalleries/images/read`,
      `${COMPUTE}/locations/sharedGalleries/images/versions/read`,
    ],
    for: 'survey: the shared image that is the source',
    confirmed: false,
    when: 'sharedImage',
  },
];
