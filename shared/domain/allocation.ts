/** What the pool allocation mode of the Batch account means for a build (article, point 20). */
import type { PoolAllocationMode } from './account';
import { found, type BuildFacts } from './facts';
import type { BuildRequest } from './request';
import { routeOf } from './route';
import { sourceKind } from './source';

export interface Allocation {
  readonly mode: PoolAllocationMode;
  /** Each a sentence without its full stop, for the user. */
  readonly means: readonly string[];
}

const MEANS: Readonly<Record<PoolAllocationMode, readonly string[]>> = {
  BatchService: [
    "nodes run in subscriptions of Azure Batch, and their cores count against the account's own quota",
    'a pool straight on a managed image wants one that was imported from a VHD: of Packer, capture a VHD and send its address',
  ],
  UserSubscription: [
    "nodes run in the account's subscription, and their cores count against the quota of that subscription",
    'a pool straight on a managed image may use one that Packer made directly',
  ],
};

/** By way of a gallery both modes are served alike: the image version is what the pool runs on. */
const BY_GALLERY =
  'the image version serves either mode: what Packer made, a managed image, a version or a VHD, may be the source';

/** Undefined when the account was not read. */
export function allocationOf(request: BuildRequest, facts: BuildFacts): Allocation | undefined {
  const account = found(facts.account);
  if (!account) return undefined;
  const [quota = '', straight = ''] = MEANS[account.allocationMode];
  const straightPool = routeOf(request, facts) === 'managedImage';
  const packed = sourceKind(request.source) === 'managedImage' || sourceKind(request.source) === 'vhd';
  return {
    mode: account.allocationMode,
    means: [quota, ...(straightPool ? [straight] : []), ...(packed && !straightPool ? [BY_GALLERY] : [])],
  };
}
