/** Every error that a resize can end with, as one table: what it means, what the app does, and what an operator does. */
import { ALLOCATION_REASONS } from './allocationReasons';
import { CAPACITY_PAUSE_MINUTES, type ResizeErrorRow } from './resizeErrorRow';

const CODES = 'dotnet/api/microsoft.azure.batch.common.poolresizeerrorcodes';
const QUOTA = `${CODES}; batch/batch-quota-limit`;

const IN_PLACE: ResizeErrorRow['ruling'] = {
  decision: 'diagnose',
  imageIsThere: {
    decision: 'retryLater',
    afterMinutes: CAPACITY_PAUSE_MINUTES,
    meaning: 'So it is probably a lack of capacity.',
    remedy: 'When it stays so, use another VM size or another region.',
  },
};

const QUOTAS: readonly ResizeErrorRow[] = [
  {
    code: 'AccountCoreQuotaReached',
    ruling: { decision: 'giveUp', cause: 'quota' },
    meaning: "The account's quota of dedicated cores is used up.",
    remedy: 'Ask for more of it, or shrink other pools of the account.',
    source: QUOTA,
  },
  {
    code: 'AccountLowPriorityCoreQuotaReached',
    ruling: { decision: 'giveUp', cause: 'quota' },
    meaning: "The account's quota of low-priority cores is used up.",
    remedy: 'Ask for more of it, or shrink other pools of the account.',
    source: QUOTA,
  },
  {
    code: 'AccountSpotCoreQuotaReached',
    ruling: { decision: 'giveUp', cause: 'quota' },
    meaning: "The account's quota of Spot cores is used up.",
    remedy: 'Ask for more of it, or shrink other pools of the account.',
    source: QUOTA,
  },
  {
    code: 'AccountVMSeriesCoreQuotaReached',
    ruling: { decision: 'giveUp', cause: 'quota' },
    meaning: "The account's core quota for this family of VM sizes is used up.",
    remedy: 'Ask for more of it, use a size of another family, or shrink other pools of the account.',
    source: 'microsoft/ga4gh-tes, which met it; batch/batch-quota-limit',
  },
];

const RESIZING: readonly ResizeErrorRow[] = [
  {
    code: 'AllocationTimedOut',
    ruling: { decision: 'retryNow' },
    meaning: 'The resize timeout passed before all nodes were there.',
    remedy: 'Nothing yet; when it stays so, raise resizeTimeout of the pool.',
    source: 'article, point 19; batch/batch-pool-node-error-checking',
  },
  {
    code: 'ResizeStopped',
    // Not at once: whoever stopped it may be about to change the pool, and a new resize would be in the way.
    ruling: { decision: 'retryLater', afterMinutes: 5 },
    meaning: 'Someone stopped the resize.',
    remedy: "Find out who did (the account's activity log); delete the pool if it should not grow.",
    source: CODES,
  },
  {
    code: 'RemoveNodesFailed',
    ruling: { decision: 'retryNow' },
    meaning: 'Nodes that should leave the pool could not be removed.',
    remedy: 'Nothing yet; when it stays so, look for a lock on the network of the pool.',
    source: CODES,
  },
  {
    code: 'OverconstrainedAllocationRequestError',
    ruling: { decision: 'stepDown' },
    meaning: 'Azure found no place for so many nodes under the conditions of the pool.',
    remedy:
      'Nothing yet; when fewer nodes at a time do not help, use another VM size, or drop zones and placement rules.',
    source: CODES,
  },
  {
    code: 'BatchOutOfCapacity',
    ruling: { decision: 'retryLater', afterMinutes: CAPACITY_PAUSE_MINUTES },
    meaning: 'Batch has no more nodes of this size in the region at the moment.',
    remedy: 'Nothing yet; when it stays so, use another VM size or another region.',
    source: 'microsoft/ga4gh-tes, which met it',
  },
];

const CONFIGURATION: readonly ResizeErrorRow[] = [
  {
    code: 'CommunicationEnabledPoolReachedMaxVMCount',
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'A pool whose nodes talk to each other cannot have so many of them.',
    remedy: 'Leave out interNodeCommunication, or ask for fewer nodes.',
    source: QUOTA,
  },
  {
    code: 'DependentResourceNotFound',
    ruling: {
      decision: 'diagnose',
      imageIsThere: {
        decision: 'giveUp',
        cause: 'configuration',
        meaning: 'So it is another resource that the pool names, such as its subnet, public IP address or identity.',
        remedy: 'Restore the resource that Azure names, or build the pool without it.',
      },
    },
    meaning: 'A resource that the pool needs does not exist; it may be its image.',
    remedy: 'Restore the resource that Azure names, or build the pool without it.',
    source: CODES,
  },
  {
    code: 'DiskEncryptionFailure',
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'The disks of the nodes could not be encrypted as the pool asks for.',
    remedy: 'Check diskEncryptionConfiguration of the pool, its VM size, and the keys of the image.',
    source: CODES,
  },
  {
    code: 'FailedIdentityOperation',
    // The identity platform also answers so while it is busy with the same identity (Azure/azure-service-operator retries it).
    ruling: { decision: 'retryLater', afterMinutes: 5 },
    meaning: 'The identity of the pool could not be given to its nodes.',
    remedy: 'When it stays so, check that the user-assigned identity of the pool exists and may be used by Batch.',
    source: CODES,
  },
  {
    code: 'IncompatibleVMSize',
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'The VM size does not go with the rest of the pool.',
    remedy: 'Use a VM size that supports the image, the disks and the security profile of the pool.',
    source: CODES,
  },
  {
    code: 'MissingPublisherPropertyInMarketPlacePlan',
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'The purchase plan of the image lacks its publisher.',
    remedy: 'Build the image into a definition that has the whole purchase plan of its source.',
    source: `${CODES}; virtual-machines/image-version`,
  },
  {
    code: 'UnsupportedVMSize',
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'Batch does not offer this VM size here.',
    remedy: 'Use a VM size that Batch offers in the region (az batch location list-skus).',
    source: CODES,
  },
];

/** Any code that the table does not have. */
export const OTHER_ERROR: ResizeErrorRow = {
  ruling: IN_PLACE,
  meaning: 'This app does not know the error.',
  remedy: 'Read what Azure says; the image is looked up before it is tried again.',
  source: `${CODES}: the list may grow`,
};

/** Codes that do not say why: there, the reasons of an allocation that failed are looked for. */
export const VAGUE_CODES: readonly string[] = ['AllocationFailed', 'Unknown'];

export const RESIZE_ERRORS: readonly ResizeErrorRow[] = [
  ...QUOTAS,
  ...ALLOCATION_REASONS,
  {
    code: 'AllocationFailed',
    ruling: IN_PLACE,
    meaning: 'Azure could not allocate the nodes, and does not say why.',
    remedy: 'Nothing yet: the app looks up whether the image and all that it was made from are there.',
    source: 'article, point 22',
  },
  ...RESIZING,
  ...CONFIGURATION,
  {
    code: 'Unknown',
    ruling: IN_PLACE,
    meaning: 'Batch itself does not know why the resize failed.',
    remedy: 'Nothing yet: the app looks up whether the image and all that it was made from are there.',
    source: CODES,
  },
  OTHER_ERROR,
];
