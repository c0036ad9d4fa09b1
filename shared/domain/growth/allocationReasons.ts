/** Why an allocation failed, by what Azure says beside `AllocationFailed`: the first row that fits counts. */
import { CAPACITY_PAUSE_MINUTES, type ResizeErrorRow } from './resizeErrorRow';

const NODE_ERRORS = 'batch/batch-pool-node-error-checking, "Relay provider error"';
const TES = 'microsoft/ga4gh-tes, which met it';

const code = 'AllocationFailed';

/** What no resize gets past comes first: an error can carry several of these. */
const HOPELESS: readonly ResizeErrorRow[] = [
  {
    code,
    reason: [{ says: 'cannot boot Hypervisor Generation' }],
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: "The pool's VM size cannot boot the generation of its image.",
    remedy:
      "Use a VM size that supports the image's Hyper-V generation, or build the image from a VM of the other one.",
    source: NODE_ERRORS,
  },
  {
    code,
    reason: [{ provider: 'BadRequest', says: 'TrustedLaunch' }, { says: "'TrustedLaunch' security type" }],
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'The image only runs on nodes with Trusted Launch, and the pool has none.',
    remedy: 'Set securityProfile of the pool to Trusted Launch, or build the image with another security type.',
    source: 'virtual-machines/shared-image-galleries; hashicorp/terraform-provider-azurerm#23148',
  },
  {
    code,
    reason: [{ provider: 'ScopeLocked' }],
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'A lock keeps Azure from adding nodes.',
    remedy:
      'Remove the lock from the scope that Azure names, or put it on the image alone: the resource groups of the network and of the nodes must stay unlocked.',
    source: NODE_ERRORS,
  },
  {
    code,
    reason: [{ says: 'subnet has delegation' }],
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: "The pool's subnet is delegated to another service.",
    remedy: 'Give the pool a subnet without a delegation, or remove the delegation.',
    source: TES,
  },
  {
    code,
    reason: [{ says: 'marketplace purchase eligibility' }],
    ruling: { decision: 'giveUp', cause: 'configuration' },
    meaning: 'The Marketplace terms of the image were not accepted in the subscription that the nodes run in.',
    remedy: 'Accept them (az vm image terms accept), then send the request again.',
    source: 'batch/batch-account-create-portal',
  },
  {
    code,
    reason: [
      { provider: 'QuotaExceeded' },
      { provider: 'OperationNotAllowed', says: 'quota' },
      { says: 'cores quota' },
    ],
    ruling: { decision: 'giveUp', cause: 'quota' },
    meaning: 'The quota of the subscription that the nodes run in is used up.',
    remedy: 'Ask for the quota that Azure names, or free cores in that region.',
    source: 'azure-resource-manager/troubleshooting/error-resource-quota',
  },
];

const PASSING: readonly ResizeErrorRow[] = [
  {
    code,
    reason: [
      { provider: 'OverconstrainedAllocationRequest' },
      { provider: 'OverconstrainedAllocationRequestError' },
      { provider: 'OverconstrainedZonalAllocationRequest' },
    ],
    ruling: { decision: 'stepDown' },
    meaning: 'Azure found no place for so many nodes of this size at once.',
    remedy:
      'Nothing yet; when fewer nodes at a time do not help, use another VM size, or drop zones and placement rules.',
    source: 'troubleshoot/azure/virtual-machines/allocation-failure',
  },
  {
    code,
    reason: [
      { says: 'insufficient capacity' },
      { provider: 'ZonalAllocationFailed' },
      { provider: 'AllocationFailed' },
      { provider: 'SkuNotAvailable' },
    ],
    ruling: { decision: 'retryLater', afterMinutes: CAPACITY_PAUSE_MINUTES },
    meaning: 'The region has no more nodes of this size at the moment.',
    remedy: 'Nothing yet; when it stays so, use another VM size or another region.',
    source: `${TES}; azure-resource-manager/troubleshooting/error-sku-not-available`,
  },
  {
    code,
    reason: [
      { says: 'The server encountered an internal error' },
      { provider: 'InternalServerError' },
      { provider: 'NetworkingInternalOperationError' },
    ],
    ruling: { decision: 'retryNow' },
    meaning: 'Azure stumbled over an error of its own.',
    remedy: 'Nothing yet; when it stays so, open a support request with what Azure says.',
    source: TES,
  },
];

export const ALLOCATION_REASONS: readonly ResizeErrorRow[] = [
  ...HOPELESS,
  {
    code,
    reason: [
      { says: 'The specified image is not found' },
      { says: 'image replica' },
      { provider: 'GalleryImageNotFound' },
    ],
    ruling: {
      decision: 'diagnose',
      imageIsThere: {
        decision: 'retryLater',
        afterMinutes: CAPACITY_PAUSE_MINUTES,
        meaning: 'So Batch did not see what is there: it may have been replicated only now, or Batch may not read it.',
        remedy: "When it stays so, check that Microsoft.Batch is registered in the gallery's subscription.",
      },
    },
    meaning: "Batch did not find the pool's image in its region.",
    remedy: 'Restore the image, or add a replica in the region of the pool.',
    source: 'Azure/Batch#103; GalleryImageNotFound is a code of Compute, not seen under Batch yet',
  },
  ...PASSING,
];
