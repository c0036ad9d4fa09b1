/** Rules on the pool's inbound NAT pools. */
import { saysAt, shown } from '../poolBody';
import { aboutNatPools, natPoolsOf, repeated } from './natPools';
import { natPortRules } from './natPortRules';
import type { Case, Remark, Rule } from './rule';

/** All of these: rest/api/batchmanagement/pool/create, `PoolEndpointConfiguration` and `InboundNatPool`. */
const MAX_NAT_POOLS = 5;
const MAX_RULES = 25;
const NAT_POOL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,75}[A-Za-z0-9_])?$/;

const PROVISION = 'networkConfiguration.publicIPAddressConfiguration.provision';

function tooMany(given: Case): readonly Remark[] {
  const natPools = natPoolsOf(given);
  const rules = natPools.flatMap((natPool) => natPool.rules).length;
  return aboutNatPools([
    ...(natPools.length > MAX_NAT_POOLS
      ? [`The pool has ${natPools.length} inbound NAT pools, but may have at most ${MAX_NAT_POOLS}.`]
      : []),
    ...(rules > MAX_RULES
      ? [
          `The pool's inbound NAT pools have ${rules} network security group rules, but may have at most ${MAX_RULES} together.`,
        ]
      : []),
  ]);
}

function wrongName(given: Case): readonly Remark[] {
  const natPools = natPoolsOf(given);
  const wrong = natPools
    .filter(({ name }) => typeof name !== 'string' || !NAT_POOL_NAME.test(name))
    .map(
      ({ label, name }) =>
        `Inbound NAT pool ${label} has the name ${shown(name)}, which is not 1 to 77 letters, digits, ., _ or -, beginning with a letter or digit and ending with a letter, digit or _.`,
    );
  const twice = repeated(natPools.map(({ label, name }) => ({ label, value: name }))).map(
    ({ labels }) => `Several inbound NAT pools have the name ${labels}.`,
  );
  return aboutNatPools([...wrong, ...twice]);
}

function noPublicIp(given: Case): readonly Remark[] {
  const { properties } = given.request.pool;
  if (natPoolsOf(given).length === 0 || !saysAt(properties, PROVISION, 'NoPublicIPAddresses')) return [];
  return aboutNatPools(['The pool has inbound NAT pools, but no public IP addresses (NoPublicIPAddresses).']);
}

const lowerLimits = (given: Case): readonly Remark[] =>
  natPoolsOf(given).length === 0
    ? []
    : aboutNatPools([
        'The pool has inbound NAT pools: the most nodes that it can have may be lower by them, and Azure publishes no number.',
      ]);

export const natPoolRules: readonly Rule[] = [
  {
    code: 'NatPoolLimits',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, PoolEndpointConfiguration',
    why: 'Batch limits the inbound NAT pools of a pool, and the rules of all of them together.',
    how: `at most ${MAX_NAT_POOLS} \`inboundNatPools\`, with at most ${MAX_RULES} \`networkSecurityGroupRules\` together`,
    needs: [],
    remedy: 'Leave out inbound NAT pools or rules: one rule can name a whole subnet or a service tag.',
    check: tooMany,
  },
  {
    code: 'NatPoolName',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, InboundNatPool',
    why: 'Azure takes certain names for inbound NAT pools only, and each of them once.',
    how: '`name` of each inbound NAT pool, and against those of the others',
    needs: [],
    remedy: 'Give each inbound NAT pool a name of its own that Azure takes.',
    check: wrongName,
  },
  {
    code: 'NatWithoutPublicIp',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, PoolEndpointConfiguration',
    why: 'Inbound NAT pools lead from a public IP address to the nodes; without one there is nothing to come in by.',
    how: '`publicIPAddressConfiguration.provision` is not `NoPublicIPAddresses` when there are `inboundNatPools`',
    needs: [],
    remedy: 'Leave out endpointConfiguration, or let the pool have public IP addresses.',
    check: noPublicIp,
  },
  ...natPortRules,
  {
    code: 'NatLowersLimits',
    severity: 'note',
    source: 'article, point 18; batch/batch-custom-images',
    why: 'Inbound NAT pools can lower the limits on the nodes of a custom-image pool.',
    how: 'the pool has `inboundNatPools`',
    needs: [],
    remedy: 'Nothing; when the pool stays below its target, try it without inbound NAT pools.',
    check: lowerLimits,
  },
];
