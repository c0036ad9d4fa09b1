/** What Azure takes as inbound NAT pools, and what it does not. */
import * as fc from 'fast-check';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { natPoolRules } from '../../../../shared/domain/preflight/natPoolRules';
import type { BuildRequest, JsonObject } from '../../../../shared/domain/request';
import { refuses } from '../../../../shared/domain/verdict';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';

const says = (...messages: readonly string[]): readonly Said[] =>
  messages.map((message) => ['pool.properties.networkConfiguration.endpointConfiguration.inboundNatPools', message]);

/** The nth good NAT pool, with what differs. */
const natPool = (n: number, changes: JsonObject = {}): JsonObject => ({
  name: `nat-${n}`,
  protocol: 'TCP',
  backendPort: 8_000 + n,
  frontendPortRangeStart: 1_000 * n,
  frontendPortRangeEnd: 1_000 * n + 99,
  ...changes,
});
const natPools = (count: number): readonly JsonObject[] => Array.from({ length: count }, (_, n) => natPool(n + 1));
const rules = (...priorities: readonly unknown[]): JsonObject => ({
  networkSecurityGroupRules: priorities.map((priority) => ({ priority, access: 'Allow', sourceAddressPrefix: '*' })),
});
const manyRules = (count: number): JsonObject => rules(...Array.from({ length: count }, (_, n) => 150 + n));

const network = (inboundNatPools: readonly JsonObject[], publicIp: JsonObject = {}): BuildRequest =>
  given.request({
    pool: {
      properties: given.poolProperties({
        networkConfiguration: { endpointConfiguration: { inboundNatPools }, publicIPAddressConfiguration: publicIp },
      }),
    },
  });
const frontend = (first: unknown, last: unknown): BuildRequest =>
  network([natPool(1, { frontendPortRangeStart: first, frontendPortRangeEnd: last })]);

const none = { when: 'there are none' };
const good = { when: 'they are good', request: network(natPools(5)) };

testRules(natPoolRules, {
  NatPoolLimits: {
    pass: [none, good, { when: 'there are 25 rules', request: network([natPool(1, manyRules(25))]) }],
    fail: [
      {
        when: 'there are six',
        request: network(natPools(6)),
        says: says('The pool has 6 inbound NAT pools, but may have at most 5.'),
      },
      {
        when: 'there are 26 rules together',
        request: network([natPool(1, manyRules(20)), natPool(2, rules(400, 401, 402, 403, 404, 405))]),
        says: says(
          "The pool's inbound NAT pools have 26 network security group rules, but may have at most 25 together.",
        ),
      },
    ],
  },
  NatPoolName: {
    pass: [
      none,
      good,
      { when: 'the name has 77 characters', request: network([natPool(1, { name: `a${'.'.repeat(75)}_` })]) },
    ],
    fail: [
      {
        when: 'names are too long, missing, wrong, or twice',
        request: network([
          natPool(1, { name: 'n'.repeat(78) }),
          natPool(2, { name: undefined }),
          natPool(3, { name: 'ssh-' }),
          natPool(4, { name: 'ssh' }),
          natPool(5, { name: 'ssh' }),
        ]),
        says: says(
          `Inbound NAT pool "${'n'.repeat(78)}" has the name "${'n'.repeat(78)}", which is not 1 to 77 letters, digits, ., _ or -, beginning with a letter or digit and ending with a letter, digit or _.`,
          'Inbound NAT pool 2 has the name (none), which is not 1 to 77 letters, digits, ., _ or -, beginning with a letter or digit and ending with a letter, digit or _.',
          'Inbound NAT pool "ssh-" has the name "ssh-", which is not 1 to 77 letters, digits, ., _ or -, beginning with a letter or digit and ending with a letter, digit or _.',
          'Several inbound NAT pools have the name "ssh".',
        ),
      },
    ],
  },
  NatWithoutPublicIp: {
    pass: [
      { when: 'there are none, nor addresses', request: network([], { provision: 'NoPublicIPAddresses' }) },
      { when: 'Batch makes the addresses', request: network(natPools(1), { provision: 'BatchManaged' }) },
    ],
    fail: [
      {
        when: 'there are no addresses',
        request: network(natPools(1), { provision: 'NoPublicIPAddresses' }),
        says: says('The pool has inbound NAT pools, but no public IP addresses (NoPublicIPAddresses).'),
      },
    ],
  },
  NatBackendPort: {
    pass: [
      none,
      good,
      {
        when: 'they are those of SSH and RDP, the first and the last',
        request: network([22, 3389, 1, 65_535].map((backendPort, n) => natPool(n + 1, { backendPort }))),
      },
    ],
    fail: [
      {
        when: 'they are no ports, reserved, or twice',
        request: network([
          natPool(1, { backendPort: 0 }),
          natPool(2, { backendPort: 65_536 }),
          natPool(3, { backendPort: 29_876 }),
          natPool(4, { backendPort: 29_877 }),
          natPool(5, { backendPort: undefined }),
          natPool(6, { backendPort: 80 }),
          natPool(7, { backendPort: 80 }),
        ]),
        says: says(
          'Inbound NAT pool "nat-1" has backendPort 0, which is not a port from 1 to 65535.',
          'Inbound NAT pool "nat-2" has backendPort 65536, which is not a port from 1 to 65535.',
          'Inbound NAT pool "nat-3" has backendPort 29876, which Azure Batch keeps for itself.',
          'Inbound NAT pool "nat-4" has backendPort 29877, which Azure Batch keeps for itself.',
          'Inbound NAT pool "nat-5" has backendPort (none), which is not a port from 1 to 65535.',
          'Several inbound NAT pools ("nat-6", "nat-7") have backendPort 80.',
        ),
      },
    ],
  },
  NatFrontendRange: {
    pass: [
      none,
      good,
      { when: 'it ends before the reserved ones', request: frontend(49_000, 49_999) },
      { when: 'it begins after the reserved ones', request: frontend(55_001, 65_534) },
      { when: 'it begins with the first port', request: frontend(1, 49_999) },
    ],
    fail: [
      ...[
        ['0', '99', frontend(0, 99)] as const,
        ['60000', '65535', frontend(60_000, 65_535)] as const,
        ['200', '199', frontend(200, 199)] as const,
        ['(none)', '199', frontend(undefined, 199)] as const,
      ].map(([first, last, request]) => ({
        when: `it is ${first} to ${last}`,
        request,
        says: says(
          `Inbound NAT pool "nat-1" has frontend ports ${first} to ${last}, which is no range within 1 to 65534.`,
        ),
      })),
      {
        when: 'it reaches into the reserved ones',
        request: frontend(49_000, 50_000),
        says: says(
          'Inbound NAT pool "nat-1" has frontend ports 49000 to 50000, but Azure Batch keeps 50000 to 55000 for itself.',
        ),
      },
      {
        when: 'two overlap in one port',
        request: network([natPool(1), natPool(2, { frontendPortRangeStart: 1_099, frontendPortRangeEnd: 1_200 })]),
        says: says(
          'The frontend ports of inbound NAT pools "nat-1" (1000 to 1099) and "nat-2" (1099 to 1200) overlap.',
        ),
      },
    ],
  },
  NatFrontendRangeSmall: {
    pass: [none, good, { when: 'it has 40 ports', request: frontend(1_000, 1_039) }],
    fail: [
      {
        when: 'it has 39',
        request: frontend(1_000, 1_038),
        says: says('Inbound NAT pool "nat-1" has 39 frontend ports (1000 to 1038), fewer than 40.'),
      },
    ],
  },
  NatRulePriority: {
    pass: [none, good, { when: 'they are the first and the last', request: network([natPool(1, rules(150, 4_096))]) }],
    fail: [
      {
        when: 'they are out of range, missing, or twice in one pool or in two',
        request: network([
          natPool(1, rules(149, 4_097, undefined, 200, 200)),
          natPool(2, rules(300)),
          natPool(3, rules(300)),
        ]),
        says: says(
          'A network security group rule of inbound NAT pool "nat-1" has priority 149, which is not from 150 to 4096.',
          'A network security group rule of inbound NAT pool "nat-1" has priority 4097, which is not from 150 to 4096.',
          'A network security group rule of inbound NAT pool "nat-1" has priority (none), which is not from 150 to 4096.',
          'Several network security group rules (inbound NAT pool "nat-1") have priority 200.',
          'Several network security group rules (inbound NAT pool "nat-2", "nat-3") have priority 300.',
        ),
      },
    ],
  },
  NatLowersLimits: {
    pass: [none],
    fail: [
      {
        when: 'there is one',
        request: network(natPools(1)),
        says: says(
          'The pool has inbound NAT pools: the most nodes that it can have may be lower by them, and Azure publishes no number.',
        ),
      },
    ],
  },
});

describe('inbound NAT pools', () => {
  const port = fc.integer({ min: -1, max: 65_600 });
  const any = fc.record({
    name: fc.oneof(fc.string(), fc.constant('ssh')),
    backendPort: port,
    frontendPortRangeStart: port,
    frontendPortRangeEnd: port,
  });
  const verdictsOn = (list: readonly JsonObject[]) => preflight(given.aCase({ request: network(list) }), natPoolRules);

  it('are not made good by one more', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 7 }), any, (list, more) => {
        fc.pre(refuses(verdictsOn(list)));
        expect(refuses(verdictsOn([...list, more]))).toBe(true);
      }),
    );
  });
});
