/** Reads of what is no resource of its own (sizes, quotas in use, permissions and the like), by their paths. */
import { BATCH_API_VERSIONS } from './batchAccounts';
import { GALLERY_READINGS } from './galleryReadings';
import { marketplaceVersion, usages, virtualMachineSkus } from './locationReadings';
import type { Reading } from './reading';
import { permissions, provider, trackedResources } from './subscriptionReadings';

const RESOURCES_API_VERSIONS = ['2025-04-01', '2024-11-01', '2022-09-01', '2021-04-01'];
const COMPUTE_API_VERSIONS = ['2026-04-01', '2026-03-01', '2025-11-01', '2025-04-01', '2024-11-01', '2024-07-01'];

const SUBSCRIPTION = String.raw`^/subscriptions/(?<subscription>[^/]+)`;
const under = (rest: string): RegExp => new RegExp(`${SUBSCRIPTION}/${rest}$`, 'i');

const IMAGE_VERSION = [
  ...[String.raw`providers/Microsoft\.Compute/locations/(?<location>[^/]+)/publishers/(?<publisher>[^/]+)`],
  'artifacttypes/vmimage/offers/(?<offer>[^/]+)/skus/(?<sku>[^/]+)/versions/(?<version>[^/]+)',
].join('/');

export const READINGS: readonly Reading[] = [
  {
    type: 'Microsoft.Authorization/permissions',
    path: /^(?<scope>\/subscriptions\/(?<subscription>[^/]+).*)\/providers\/Microsoft\.Authorization\/permissions$/i,
    apiVersions: ['2022-04-01', '2018-07-01', '2015-07-01'],
    queries: [],
    permission: 'Microsoft.Authorization/permissions/read',
    answer: permissions,
  },
  {
    type: 'Microsoft.Resources/providers',
    path: under('providers/(?<namespace>[^/]+)'),
    apiVersions: RESOURCES_API_VERSIONS,
    queries: [],
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    answer: provider,
  },
  {
    type: 'Microsoft.Resources/resources',
    path: under('resources'),
    apiVersions: RESOURCES_API_VERSIONS,
    queries: ['$filter', '$top', '$skiptoken'],
    permission: 'Microsoft.Resources/subscriptions/resources/read',
    answer: trackedResources,
  },
  {
    type: 'Microsoft.Batch/locations/virtualMachineSkus',
    path: under(String.raw`providers/Microsoft\.Batch/locations/(?<location>[^/]+)/virtualMachineSkus`),
    apiVersions: BATCH_API_VERSIONS,
    queries: ['maxresults', '$filter', '$skipToken'],
    permission: 'Microsoft.Batch/locations/virtualMachineSkus/read',
    answer: virtualMachineSkus,
  },
  {
    type: 'Microsoft.Compute/locations/usages',
    path: under(String.raw`providers/Microsoft\.Compute/locations/(?<location>[^/]+)/usages`),
    apiVersions: COMPUTE_API_VERSIONS,
    queries: [],
    permission: 'Microsoft.Compute/locations/usages/read',
    answer: usages,
  },
  {
    type: 'Microsoft.Compute/locations/publishers',
    path: under(IMAGE_VERSION),
    apiVersions: COMPUTE_API_VERSIONS,
    queries: [],
    permission: 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
    answer: marketplaceVersion,
  },
  ...GALLERY_READINGS,
];
