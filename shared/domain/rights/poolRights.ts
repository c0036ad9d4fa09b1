/** Rights on the Batch account and its pools, and on what their subscriptions say of sizes, quotas and other pools. */
import type { RightGroup } from './rightGroup';
import { BATCH, BUILD, COMPUTE, SURVEY, verbs } from './groups';

export const POOL_RIGHTS: readonly RightGroup[] = [
  {
    ...SURVEY,
    place: 'account',
    actions: [`${BATCH}/batchAccounts/read`, `${BATCH}/batchAccounts/pools/read`],
    for: 'survey: the account and its pools',
  },
  {
    ...BUILD,
    place: 'account',
    actions: verbs(`${BATCH}/batchAccounts/pools`, 'write', 'delete'),
    for: 'pool, and its undo',
    role: 'Azure Batch Data Contributor',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [`${BATCH}/batchAccounts/read`, `${BATCH}/batchAccounts/pools/read`],
    for: 'survey: pools of other accounts that take the same image',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [`${BATCH}/locations/virtualMachineSkus/read`],
    for: 'survey: VM sizes',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [`${COMPUTE}/locations/publishers/artifacttypes/offers/skus/versions/read`],
    for: 'survey: purchase plan of the base image',
  },
  {
    ...SURVEY,
    place: 'subscription',
    actions: [`${COMPUTE}/locations/usages/read`],
    for: 'survey: cores in use',
    when: 'userSubscription',
  },
  {
    ...SURVEY,
    place: 'gallerySubscription',
    actions: ['Microsoft.Resources/subscriptions/resources/read'],
    for: 'survey: how many definitions and versions there are',
    when: 'publishes',
  },
  {
    ...SURVEY,
    place: 'gallerySubscription',
    actions: ['Microsoft.Resources/subscriptions/providers/read'],
    for: 'survey: whether Microsoft.Batch is registered',
    when: 'otherSubscription',
  },
  {
    ...BUILD,
    confirmed: false,
    place: 'subscription',
    actions: ['capsOperations', 'diskOperations', 'operations'].map((type) => `${COMPUTE}/locations/${type}/read`),
    for: 'reading why a long operation failed',
    role: 'Reader',
  },
];
