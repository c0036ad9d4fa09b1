/** Surveys the Batch account: the account and the pool, then all pools, VM sizes, quotas and supported images. */
import { parseArmId, regionKey } from '../domain/armId';
import type { CoreQuota, PoolInUse, SupportedImage, VmSize } from '../domain/account';
import { found, type BuildFacts, type Fact } from '../domain/facts';
import { poolIdOf } from '../domain/names';
import { accountQuota, subscriptionQuota } from '../domain/quota';
import type { BuildRequest } from '../domain/request';
import { readSupportedImages, readVmSizes } from './batchOffers';
import {
  readAccount,
  readAccountIds,
  readCoreUsages,
  readPool,
  readPoolImage,
  readPools,
  type SurveyedAccount,
} from './batchReads';
import type { Arm } from './clients';
import { allOf, mapFact } from './readFact';

export interface AccountSurvey {
  readonly facts: Pick<BuildFacts, 'account' | 'pool' | 'poolImage' | 'poolCount' | 'coreQuota'>;
  /** Every size that Batch offers in the region. */
  readonly offeredSizes: Fact<readonly VmSize[]>;
  /** Every image that Batch supports. */
  readonly offeredImages: Fact<readonly SupportedImage[]>;
  /** All pools of each account within the allow-list, the build's own account first. */
  readonly listed: readonly { readonly accountId: string; readonly fact: Fact<readonly PoolInUse[]> }[];
}

const UNASKED = { read: 'unasked', because: 'the Batch account' } as const;

/** What the account's location and endpoint must be known for. */
async function readOffers(arm: Arm, request: BuildRequest, surveyed: SurveyedAccount | undefined) {
  if (!surveyed) return { offeredSizes: UNASKED, offeredImages: UNASKED, usages: undefined };
  const { account } = surveyed;
  const subscription = parseArmId(account.id)?.subscriptionId ?? '';
  const region = regionKey(account.location);
  const agent = request.pool.properties.deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId;
  const [offeredSizes, offeredImages, usages] = await allOf([
    readVmSizes(arm, subscription, region),
    readSupportedImages(arm, account, agent === undefined),
    account.allocationMode === 'UserSubscription' ? readCoreUsages(arm, subscription, region) : undefined,
  ]);
  return { offeredSizes, offeredImages, usages };
}

type Offers = Awaited<ReturnType<typeof readOffers>>;

/** The cores that the pool may use: of the account, or of the subscription when the account has none of its own. */
function coreQuotaFrom(
  { offeredSizes, usages }: Offers,
  vmSize: string,
  surveyed: SurveyedAccount | undefined,
  pools: Fact<readonly PoolInUse[]>,
): Fact<CoreQuota> {
  if (!surveyed) return UNASKED;
  if (pools.read !== 'found') return { read: 'unasked', because: 'the list of pools' };
  if (offeredSizes.read !== 'found') return { read: 'unasked', because: 'the VM sizes' };
  const sizes = new Map(offeredSizes.value.map((size) => [size.name.toLowerCase(), size]));
  const sizeOf = (name: string): VmSize | undefined => sizes.get(name.toLowerCase());
  if (usages && usages.read !== 'found') return usages;
  const quota = usages
    ? subscriptionQuota(usages.value, sizeOf(vmSize)?.family)
    : accountQuota(surveyed.quotas, pools.value, sizeOf, vmSize);
  return quota ? { read: 'found', value: quota } : { read: 'failed', message: 'Azure states no core quotas' };
}

/** The accounts to look for sharing pools in: those of the subscription, and the build's own in any case. */
function accountsToList(request: BuildRequest, ids: Fact<readonly string[]>): readonly string[] {
  const own = request.pool.batchAccountId;
  return [own, ...(found(ids) ?? []).filter((id) => id.toLowerCase() !== own.toLowerCase())];
}

/** Two rounds: the account, the pool and the accounts beside it; then everything that follows from them. */
export async function surveyAccount(arm: Arm, request: BuildRequest): Promise<AccountSurvey> {
  const { batchAccountId, properties } = request.pool;
  const [surveyed, pool, accountIds] = await allOf([
    readAccount(arm, batchAccountId),
    readPool(arm, poolIdOf(request)),
    readAccountIds(arm, parseArmId(batchAccountId)?.subscriptionId ?? ''),
  ]);
  const known = found(surveyed);
  const accounts = known ? accountsToList(request, accountIds) : [];
  const [offers, poolImage, lists] = await allOf([
    readOffers(arm, request, known),
    readPoolImage(arm, pool),
    allOf(accounts.map(async (accountId) => ({ accountId, fact: await readPools(arm, accountId) }))),
  ]);
  const own: Fact<readonly PoolInUse[]> = lists[0]?.fact ?? UNASKED;
  const facts = {
    account: mapFact(surveyed, ({ account }) => account),
    pool,
    ...(poolImage === undefined ? {} : { poolImage }),
    poolCount: mapFact(own, (pools) => pools.length),
    coreQuota: coreQuotaFrom(offers, properties.vmSize, known, own),
  };
  const listed = [...lists, ...unlistedAccounts(accountIds, batchAccountId)];
  return { facts, offeredSizes: offers.offeredSizes, offeredImages: offers.offeredImages, listed };
}

/** That the other accounts could not even be listed is a gap, too. */
const unlistedAccounts = (ids: Fact<readonly string[]>, batchAccountId: string): AccountSurvey['listed'] =>
  ids.read === 'found' || ids.read === 'missing'
    ? []
    : [{ accountId: `other than ${batchAccountId} in the subscription`, fact: ids }];
