/** Rules on the account's quotas. */
import type { CoreQuota, Quota } from '../account';
import { found, vmSizeOf, type BuildFacts } from '../facts';
import { growsExisting } from '../growsExisting';
import type { NodeCounts } from '../growth/poolLook';
import { nodeTargets, type BuildRequest } from '../request';
import type { Case, Remark, Rule } from './rule';

const ACCOUNT = 'pool.batchAccountId';
const FIXED_SCALE = 'pool.properties.scaleSettings.fixedScale';

/** One quota, and how many nodes and cores of it the pool takes. */
interface Claim {
  readonly subject: string;
  /** What the quota counts, such as `dedicated cores`. */
  readonly what: string;
  readonly quota: Quota;
  readonly nodes: number;
  readonly coresPerNode: number;
}

const HOLDER: Readonly<Record<CoreQuota['holder'], string>> = {
  account: 'the account',
  subscription: "the subscription in the account's region",
};

function exceeded({ subject, what, quota, nodes, coresPerNode }: Claim): readonly Remark[] {
  const cores = nodes * coresPerNode;
  const { used, limit } = quota;
  if (cores === 0 || used + cores <= limit) return [];
  return [
    {
      subject,
      message: `The pool needs ${cores} cores (${nodes} nodes of ${coresPerNode}), and ${Math.max(0, limit - used)} of ${limit} ${what} are free: ${used} are in use.`,
    },
  ];
}

/** Nodes that are not counted as used yet: of a pool that stands, those beyond what it has or is set to have. */
function nodesToAdd(request: BuildRequest, facts: BuildFacts): NodeCounts | undefined {
  const targets = nodeTargets(request.pool.properties);
  const pool = growsExisting(request, facts) ? found(facts.pool) : undefined;
  if (!targets || !pool) return targets;
  const more = (kind: keyof NodeCounts): number =>
    Math.max(0, targets[kind] - Math.max(pool.nodes[kind], pool.targets?.[kind] ?? 0));
  return { dedicated: more('dedicated'), spot: more('spot') };
}

/** What is known of the pool's cores and of the quotas; undefined when one of them is not, or a formula sets the nodes. */
function known({ request, facts }: Case) {
  const quota = found(facts.coreQuota);
  const coresPerNode = vmSizeOf(facts, request.pool.properties.vmSize)?.cores;
  const targets = nodesToAdd(request, facts);
  return quota && targets && coresPerNode !== undefined ? { quota, coresPerNode, targets } : undefined;
}

const dedicatedSubject = `${FIXED_SCALE}.targetDedicatedNodes`;
const spotSubject = `${FIXED_SCALE}.targetLowPriorityNodes`;

function coreQuotaExceeded(given: Case): readonly Remark[] {
  const cores = known(given);
  if (!cores) return [];
  const { quota, coresPerNode, targets } = cores;
  const of = HOLDER[quota.holder];
  const claims: readonly Claim[] = [
    {
      subject: dedicatedSubject,
      what: `dedicated cores of ${of}`,
      quota: quota.dedicated,
      nodes: targets.dedicated,
      coresPerNode,
    },
    { subject: spotSubject, what: `Spot cores of ${of}`, quota: quota.spot, nodes: targets.spot, coresPerNode },
  ];
  return claims.flatMap(exceeded);
}

function familyQuotaExceeded(given: Case): readonly Remark[] {
  const cores = known(given);
  const family = cores?.quota.family;
  if (!cores || !family) return [];
  const what = `dedicated cores of family ${family.name} of ${HOLDER[cores.quota.holder]}`;
  const { coresPerNode, targets } = cores;
  return exceeded({ subject: dedicatedSubject, what, quota: family, nodes: targets.dedicated, coresPerNode });
}

function poolQuotaReached({ facts }: Case): readonly Remark[] {
  const account = found(facts.account);
  const pools = found(facts.poolCount);
  if (account?.poolQuota === undefined || pools === undefined) return [];
  if (pools < account.poolQuota) return [];
  return [
    {
      subject: ACCOUNT,
      message: `The Batch account ${account.id} has as many pools as it may have: ${pools} of ${account.poolQuota}.`,
    },
  ];
}

function coresUncounted({ facts }: Case): readonly Remark[] {
  const sizes = found(facts.coreQuota)?.uncounted ?? [];
  if (sizes.length === 0) return [];
  return [
    {
      subject: ACCOUNT,
      message: `The cores of some pools were not counted, because Batch does not say how many cores their VM sizes have: ${sizes.join(', ')}.`,
    },
  ];
}

const MORE_CORES =
  'Ask Azure for a higher quota, ask for fewer nodes or a smaller VM size, or make other pools smaller first.';

export const quotaRules: readonly Rule[] = [
  {
    code: 'PoolQuotaReached',
    severity: 'refuse',
    source: 'batch/batch-quota-limit; rest/api/batchmanagement/batch-account/get, poolQuota',
    why: 'Azure makes no more pools in an account than its quota allows.',
    how: 'number of pools of the account against its `poolQuota`',
    needs: ['account', 'poolCount'],
    remedy: 'Delete a pool of the account that nobody needs, or ask Azure for a higher pool quota.',
    check: poolQuotaReached,
  },
  {
    code: 'CoreQuotaExceeded',
    severity: 'refuse',
    source:
      'batch/batch-quota-limit; batch/batch-account-create-portal (UserSubscription: the quota of the subscription)',
    why: 'A pool that needs more cores than are free never gets all of its nodes.',
    how: 'nodes of `fixedScale` times cores of the VM size, and what other pools are set to use, against the quotas on dedicated and on Spot cores',
    needs: ['coreQuota', 'vmSizes'],
    remedy: MORE_CORES,
    appliesTo: ({ pool }) => nodeTargets(pool.properties) !== undefined,
    check: coreQuotaExceeded,
  },
  {
    code: 'FamilyQuotaExceeded',
    severity: 'refuse',
    source: 'batch/batch-quota-limit; rest/api/batchmanagement/batch-account/get, dedicatedCoreQuotaPerVMFamily',
    why: 'Where VM families have quotas of their own, a pool must fit into that of its family as well.',
    how: "`targetDedicatedNodes` times cores of the VM size, and what other pools use of the size's family, against the family's quota",
    needs: ['coreQuota', 'vmSizes'],
    remedy: `${MORE_CORES} A VM size of another family has a quota of its own.`,
    appliesTo: ({ pool }) => nodeTargets(pool.properties) !== undefined,
    check: familyQuotaExceeded,
  },
  {
    code: 'CoresUncounted',
    severity: 'note',
    source: 'rest/api/batchmanagement/location/list-supported-virtual-machine-skus, capabilities',
    why: 'More cores are in use than could be counted, so that a quota may be reached earlier than it seems.',
    how: 'VM sizes of the pools of the account that the list of sizes does not have, or without cores',
    needs: ['coreQuota'],
    remedy: 'Nothing, or compare the quotas in the portal with the pools of these sizes.',
    appliesTo: ({ pool }) => nodeTargets(pool.properties) !== undefined,
    check: coresUncounted,
  },
];
