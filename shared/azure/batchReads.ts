/** Reads the Batch account, its pools, the accounts beside it, and the core usage of their subscription. */
import type { BatchAccount as SdkAccount } from '@azure/arm-batch';
import * as z from 'zod';
import { parseArmIdOf } from '../domain/armId';
import type { BatchAccount, ExistingPool, PoolInUse } from '../domain/account';
import { found, type Fact } from '../domain/facts';
import type { Usage, QuotaNumbers } from '../domain/quota';
import { isAllowed } from '../domain/scope';
import { jsonOf } from '../json';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { galleryPlace } from './galleryResources';
import { existingPoolFrom, poolInUseFrom } from './models';
import { rememberEndpoint } from './nodeStates';
import { optional } from './optional';
import { poolPlace } from './poolResources';
import { readFact, readOptionalFact } from './readFact';

/** The account, and the quotas that only its own pools are measured by. */
export interface SurveyedAccount {
  readonly account: BatchAccount;
  readonly quotas: QuotaNumbers;
}

function accountFrom(id: string, account: SdkAccount): SurveyedAccount {
  const { accountEndpoint: endpoint, poolQuota } = account;
  return {
    account: {
      id: account.id ?? id,
      location: account.location ?? '',
      allocationMode: account.poolAllocationMode ?? 'BatchService',
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(poolQuota === undefined ? {} : { poolQuota }),
    },
    quotas: {
      dedicatedCoreQuota: account.dedicatedCoreQuota,
      lowPriorityCoreQuota: account.lowPriorityCoreQuota,
      families: (account.dedicatedCoreQuotaPerVMFamily ?? []).flatMap(({ name, coreQuota }) =>
        name === undefined || coreQuota === undefined ? [] : [{ name, coreQuota }],
      ),
      familiesEnforced: account.dedicatedCoreQuotaPerVMFamilyEnforced === true,
    },
  };
}

export const readAccount = (arm: Arm, id: string): Promise<Fact<SurveyedAccount>> =>
  readFact({ doing: `read Batch account ${id}`, permission: 'Microsoft.Batch/batchAccounts/read' }, async () => {
    const { batch, group, name } = placeOf(arm, id);
    const account = await batch.batchAccountOperations.get(group, name);
    if (account.accountEndpoint !== undefined) rememberEndpoint(arm, id, account.accountEndpoint);
    return accountFrom(id, account);
  });

/** Ids of the Batch accounts of a subscription that are on the allow-list. */
export const readAccountIds = (arm: Arm, subscriptionId: string): Promise<Fact<readonly string[]>> => {
  const doing = `list the Batch accounts of subscription ${subscriptionId}`;
  return readOptionalFact({ doing, permission: 'Microsoft.Batch/batchAccounts/read' }, async () => {
    const ids: string[] = [];
    for await (const { id } of arm.clientsFor(subscriptionId).batch.batchAccountOperations.list()) {
      if (id !== undefined && isAllowed(id, arm.settings.allowedScopes)) ids.push(id);
    }
    return ids;
  });
};

export const readPool = (arm: Arm, id: string): Promise<Fact<ExistingPool>> =>
  readFact({ doing: `read pool ${id}`, permission: 'Microsoft.Batch/batchAccounts/pools/read' }, async () => {
    const { batch, group, account, pool } = poolPlace(arm, id);
    let body: string | null | undefined;
    const answer = await batch.poolOperations.get(group, account, pool, {
      onResponse: ({ bodyAsText }) => {
        body = bodyAsText;
      },
    });
    const known = existingPoolFrom(id, answer);
    return { ...known, ...optional('imageId', known.imageId ?? foreignImageId(body)) };
  });

const configuration = z.object({
  imageReference: z.object({
    communityGalleryImageId: z.string().optional(),
    sharedGalleryImageId: z.string().optional(),
  }),
});
const poolBody = z.object({
  properties: z.object({ deploymentConfiguration: z.object({ virtualMachineConfiguration: configuration }) }),
});

/** An id of a community or shared gallery, which the SDK's model of a pool drops (docs/decisions/0004). */
function foreignImageId(body: string | null | undefined): string | undefined {
  const parsed = poolBody.safeParse(jsonOf(body)?.json).data;
  const image = parsed?.properties.deploymentConfiguration.virtualMachineConfiguration.imageReference;
  return image?.communityGalleryImageId ?? image?.sharedGalleryImageId;
}

interface ImageKind {
  readonly type: string;
  readonly called: string;
  readonly get: (arm: Arm, id: string) => Promise<unknown>;
}

/** What a pool can name by a resource id. */
const IMAGE_KINDS: readonly ImageKind[] = [
  {
    type: 'Microsoft.Compute/galleries/images/versions',
    called: 'image version',
    get: (arm, id) => {
      const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
      return compute.galleryImageVersions.get(group, gallery, definition, version);
    },
  },
  {
    type: 'Microsoft.Compute/galleries/images',
    called: 'image definition',
    get: (arm, id) => {
      const { compute, group, gallery, definition } = galleryPlace(arm, id);
      return compute.galleryImages.get(group, gallery, definition);
    },
  },
  {
    type: 'Microsoft.Compute/images',
    called: 'managed image',
    get: (arm, id) => {
      const { compute, group, name } = placeOf(arm, id);
      return compute.images.get(group, name);
    },
  },
];

/** The image that a pool runs on; undefined when it runs on something else. */
export function readPoolImage(arm: Arm, pool: Fact<ExistingPool>): Promise<Fact<{ readonly id: string }>> | undefined {
  const id = found(pool)?.imageId ?? '';
  const kind = IMAGE_KINDS.find(({ type }) => parseArmIdOf(type, id) !== undefined);
  if (!kind) return undefined;
  return readFact({ doing: `read ${kind.called} ${id}`, permission: `${kind.type}/read` }, async () => {
    await kind.get(arm, id);
    return { id };
  });
}

/** All that the rules need of a pool, and no start tasks or other secrets of others. */
const SELECT = [
  'vmSize',
  'deploymentConfiguration',
  'scaleSettings',
  'currentDedicatedNodes',
  'currentLowPriorityNodes',
].map((name) => `properties/${name}`);

export const readPools = (arm: Arm, accountId: string): Promise<Fact<readonly PoolInUse[]>> => {
  const doing = `list the pools of ${accountId}`;
  return readOptionalFact({ doing, permission: 'Microsoft.Batch/batchAccounts/pools/read' }, async () => {
    const { batch, group, name } = placeOf(arm, accountId);
    const pools: PoolInUse[] = [];
    const list = batch.poolOperations.listByBatchAccount(group, name, { select: SELECT.join(',') });
    for await (const pool of list) pools.push(poolInUseFrom(pool));
    return pools;
  });
};

/** Cores that a subscription uses and may use in a region, by name: `cores`, `lowPriorityCores`, and each VM family. */
export const readCoreUsages = (arm: Arm, subscriptionId: string, region: string): Promise<Fact<readonly Usage[]>> => {
  const doing = `read the core usage of subscription ${subscriptionId} in ${region}`;
  return readOptionalFact({ doing, permission: 'Microsoft.Compute/locations/usages/read' }, async () => {
    const usages: Usage[] = [];
    for await (const { name, currentValue, limit } of arm.clientsFor(subscriptionId).compute.usage.list(region)) {
      if (name.value !== undefined) usages.push({ name: name.value, used: currentValue, limit });
    }
    return usages;
  });
};
