/** The errors that a resize can end with, with the words and details that Azure gives with each. */
import type { ErrorDetail } from './armError';
import type { ResizeError } from './resize';

/** What stands under AllocationFailed, by a name of ours. */
export const RESIZE_REASONS = [
  'capacity',
  'imageNotFound',
  'internalError',
  'subnetDelegation',
  'marketplaceEligibility',
  'scopeLocked',
  'generationMismatch',
  'trustedLaunchOnly',
  'providerInternalError',
  'networkingInternalError',
  'sharedImageLimit',
] as const;
export type ResizeReason = (typeof RESIZE_REASONS)[number];

/** UNCONFIRMED in ARM: entries of code and message, with the names that the data plane uses (Azure/Batch#103). */
const reason = (message: string): ErrorDetail[] => [{ code: 'Reason', message }];

/** What another resource provider refused, relayed as JSON (batch-pool-node-error-checking.md, example 1). */
export function relayed(code: string, message: string): ErrorDetail[] {
  return [
    ...reason('The server encountered an error while allocating compute nodes.'),
    { code: 'Provider Error Json', message: JSON.stringify({ error: { code, message } }) },
    { code: 'Provider Error Json Truncated', message: 'False' },
  ];
}

const DETAILS: Readonly<Record<ResizeReason, readonly ErrorDetail[]>> = {
  // microsoft/ga4gh-tes
  capacity: reason(
    'Deployment allocation failed due to insufficient capacity for the requested VM size in the region.',
  ),
  // Azure/Batch#103
  imageNotFound: reason('The specified image is not found'),
  // microsoft/ga4gh-tes
  internalError: reason('The server encountered an internal error.'),
  // microsoft/ga4gh-tes
  subnetDelegation: reason('Allocation failed as subnet has delegation to external resources.'),
  // batch-account-create-portal.md
  marketplaceEligibility: reason('Allocation failed due to marketplace purchase eligibility'),
  // The code is that of ARM's locks; microsoft/ga4gh-tes has seen it here.
  scopeLocked: relayed(
    'ScopeLocked',
    "The scope of the virtual machine scale set cannot perform write operation because following scope(s) are locked: '/subscriptions'. Please remove the lock and try again.",
  ),
  generationMismatch: relayed(
    'BadRequest',
    "The selected VM size 'STANDARD_A1_V2' cannot boot Hypervisor Generation '2'.",
  ),
  // hashicorp/terraform-provider-azurerm#23148
  trustedLaunchOnly: relayed(
    'BadRequest',
    "The provided gallery image only supports creation of VMs and VM Scale Sets with 'TrustedLaunch' security type.",
  ),
  // UNCONFIRMED words of the next two; their codes are from microsoft/ga4gh-tes.
  providerInternalError: relayed('InternalServerError', 'The server encountered an internal error.'),
  networkingInternalError: relayed('NetworkingInternalOperationError', 'An unexpected network error has occurred.'),
  // UNCONFIRMED: the documents state the limit, not what its breach looks like.
  sharedImageLimit: reason('The total number of compute nodes of all pools that use the image has reached its limit.'),
};

interface Row {
  readonly code: string;
  readonly message: string;
  readonly reason?: ResizeReason;
  /** Azure keeps trying until the resize times out. */
  readonly waitsForTimeout?: true;
}

const NOT_ALLOCATED = 'Desired number of dedicated nodes could not be allocated';

/** PoolResizeErrorCodes of the .NET client, and two that microsoft/ga4gh-tes knows; words UNCONFIRMED but for the first two. */
const ROWS: readonly Row[] = [
  { code: 'AllocationFailed', message: NOT_ALLOCATED, reason: 'capacity' },
  {
    code: 'AllocationTimedOut',
    message: `${NOT_ALLOCATED} as the resize timeout was reached`,
    waitsForTimeout: true,
  },
  { code: 'AccountCoreQuotaReached', message: 'The specified account has reached dedicated core quota' },
  { code: 'AccountLowPriorityCoreQuotaReached', message: 'The specified account has reached low-priority core quota' },
  { code: 'AccountSpotCoreQuotaReached', message: 'The specified account has reached Spot core quota' },
  { code: 'AccountVMSeriesCoreQuotaReached', message: 'The specified account has reached VM series core quota' },
  {
    code: 'BatchOutOfCapacity',
    message: 'The Batch service has no capacity left for the requested VM size in the region',
  },
  {
    code: 'CommunicationEnabledPoolReachedMaxVMCount',
    message: 'A pool with inter-node communication has reached the largest number of VMs that it can have',
  },
  { code: 'DependentResourceNotFound', message: 'A dependent resource specified for the Pool was not found' },
  { code: 'DiskEncryptionFailure', message: 'The disks of the compute nodes could not be encrypted' },
  { code: 'FailedIdentityOperation', message: 'An operation on the identity of the pool failed' },
  { code: 'IncompatibleVMSize', message: 'The specified VM size is not compatible with the configuration of the pool' },
  {
    code: 'MissingPublisherPropertyInMarketPlacePlan',
    message: 'The purchase plan of the specified image has no publisher',
  },
  {
    code: 'OverconstrainedAllocationRequestError',
    message: 'No capacity fits all constraints of the requested allocation',
  },
  { code: 'RemoveNodesFailed', message: 'Desired number of nodes could not be removed' },
  { code: 'ResizeStopped', message: 'Desired number of nodes could not be allocated as the resize was stopped' },
  { code: 'UnsupportedVMSize', message: 'The specified VM size is not supported in the region' },
  { code: 'Unknown', message: 'An unknown error occurred while the pool was resized' },
];

/** Azure itself has changed the case of a code. */
const rowOf = (code: string): Row | undefined => ROWS.find((row) => row.code.toLowerCase() === code.toLowerCase());

interface Wanted {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly reason?: ResizeReason | undefined;
}

/** The error of a code, AllocationFailed when none is given; what is given replaces what the table says. */
export function resizeError({ code = 'AllocationFailed', message, details, reason: named }: Wanted): ResizeError {
  const row = rowOf(code);
  const name = named ?? row?.reason;
  const found = details ?? (name && DETAILS[name]);
  return {
    code,
    message: message ?? row?.message ?? `The pool could not be resized: ${code}`,
    ...(found === undefined ? {} : { details: found }),
  };
}

/** Whether a resize that ends with the error ends no earlier than its timeout. */
export const waitsForTimeout = ({ code }: ResizeError): boolean => rowOf(code)?.waitsForTimeout === true;
