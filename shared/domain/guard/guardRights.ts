/** The rights that the guard needs at every subscription or resource group of the allow-list; all of them only read. */

export interface GuardRight {
  readonly actions: readonly string[];
  /** What the guard does with them. */
  readonly for: string;
  /** What becomes of an audit without them. */
  readonly missing: string;
}

const COMPUTE = 'Microsoft.Compute';
const BATCH = 'Microsoft.Batch';

export const GUARD_RIGHTS: readonly GuardRight[] = [
  {
    actions: [`${BATCH}/batchAccounts/read`],
    for: 'finding the Batch accounts; the region of an account',
    missing: 'partial: the scope is a gap',
  },
  {
    actions: [`${BATCH}/batchAccounts/pools/read`],
    for: 'the pools, by list and one by one',
    missing: 'partial, and finding `AccountNotRead`',
  },
  {
    actions: [
      `${COMPUTE}/galleries/images/versions/read`,
      `${COMPUTE}/galleries/images/read`,
      `${COMPUTE}/images/read`,
    ],
    for: 'the images of pools, by Resource Graph and one by one',
    missing: 'partial: the pools on them are in doubt',
  },
  {
    actions: [`${COMPUTE}/snapshots/read`, `${COMPUTE}/disks/read`, 'Microsoft.Storage/storageAccounts/read'],
    for: 'what images were made from',
    missing: 'partial: pools whose images need them are in doubt',
  },
];
