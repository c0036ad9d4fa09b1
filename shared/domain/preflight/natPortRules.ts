/** Rules on the ports and priorities of the pool's inbound NAT pools. */
import { isWholeFrom, shown } from '../poolBody';
import { aboutNatPools, natPoolsOf, repeated, type NatPool } from './natPools';
import type { Case, Remark, Rule } from './rule';

/**
 * All of these: rest/api/batchmanagement/pool/create, `InboundNatPool` and `NetworkSecurityGroupRule`, 2025-06-01. Older
 * texts reserve the backend ports 22 and 3389 too; batch/pool-endpoint-configuration asks for just these since 2024-07-01.
 */
const MAX_BACKEND_PORT = 65_535;
const RESERVED_BACKEND_PORTS: readonly number[] = [29_876, 29_877];
const MAX_FRONTEND_PORT = 65_534;
const RESERVED_FRONTEND = { first: 50_000, last: 55_000 } as const;
const LEAST_PRIORITY = 150;
const MOST_PRIORITY = 4_096;

/** rest/api/batchservice/pools/create-pool, `frontendPortRangeStart`; the text of the Batch Management API does not say it. */
const LEAST_FRONTEND_PORTS = 40;

interface Range {
  readonly label: string;
  readonly first: number;
  readonly last: number;
}

const text = ({ first, last }: { readonly first: unknown; readonly last: unknown }): string =>
  `${shown(first)} to ${shown(last)}`;

/** The frontend ports of a NAT pool, when they are ports and in order. */
function rangeOf({ label, first, last }: NatPool): readonly Range[] {
  if (!isWholeFrom(first, 1, MAX_FRONTEND_PORT) || !isWholeFrom(last, 1, MAX_FRONTEND_PORT)) return [];
  return first <= last ? [{ label, first, last }] : [];
}

const overlap = (one: Omit<Range, 'label'>, other: Omit<Range, 'label'>): boolean =>
  one.first <= other.last && other.first <= one.last;

function wrongBackendPort(given: Case): readonly Remark[] {
  const natPools = natPoolsOf(given);
  const each = natPools.flatMap(({ label, backendPort }) => {
    const natPool = `Inbound NAT pool ${label} has backendPort ${shown(backendPort)}`;
    if (!isWholeFrom(backendPort, 1, MAX_BACKEND_PORT)) {
      return [`${natPool}, which is not a port from 1 to ${MAX_BACKEND_PORT}.`];
    }
    return RESERVED_BACKEND_PORTS.includes(backendPort) ? [`${natPool}, which Azure Batch keeps for itself.`] : [];
  });
  const shared = repeated(natPools.map(({ label, backendPort }) => ({ label, value: backendPort }))).map(
    ({ value, labels }) => `Several inbound NAT pools (${labels}) have backendPort ${shown(value)}.`,
  );
  return aboutNatPools([...each, ...shared]);
}

function wrongFrontendRange(given: Case): readonly Remark[] {
  const natPools = natPoolsOf(given);
  const ranges = natPools.flatMap(rangeOf);
  const noRange = natPools
    .filter((natPool) => rangeOf(natPool).length === 0)
    .map(
      (natPool) =>
        `Inbound NAT pool ${natPool.label} has frontend ports ${text(natPool)}, which is no range within 1 to ${MAX_FRONTEND_PORT}.`,
    );
  const reserved = ranges
    .filter((range) => overlap(range, RESERVED_FRONTEND))
    .map(
      (range) =>
        `Inbound NAT pool ${range.label} has frontend ports ${text(range)}, but Azure Batch keeps ${text(RESERVED_FRONTEND)} for itself.`,
    );
  const overlapping = ranges.flatMap((one, index) =>
    ranges
      .slice(index + 1)
      .filter((other) => overlap(one, other))
      .map(
        (other) =>
          `The frontend ports of inbound NAT pools ${one.label} (${text(one)}) and ${other.label} (${text(other)}) overlap.`,
      ),
  );
  return aboutNatPools([...noRange, ...reserved, ...overlapping]);
}

const smallFrontendRange = (given: Case): readonly Remark[] =>
  aboutNatPools(
    natPoolsOf(given)
      .flatMap(rangeOf)
      .filter(({ first, last }) => last - first + 1 < LEAST_FRONTEND_PORTS)
      .map(
        (range) =>
          `Inbound NAT pool ${range.label} has ${range.last - range.first + 1} frontend ports (${text(range)}), fewer than ${LEAST_FRONTEND_PORTS}.`,
      ),
  );

function wrongPriority(given: Case): readonly Remark[] {
  const rules = natPoolsOf(given).flatMap(({ label, rules: own }) =>
    own.map(({ priority }) => ({ label, value: priority })),
  );
  const outside = rules
    .filter(({ value }) => !isWholeFrom(value, LEAST_PRIORITY, MOST_PRIORITY))
    .map(
      ({ label, value }) =>
        `A network security group rule of inbound NAT pool ${label} has priority ${shown(value)}, which is not from ${LEAST_PRIORITY} to ${MOST_PRIORITY}.`,
    );
  const shared = repeated(rules).map(
    ({ value, labels }) =>
      `Several network security group rules (inbound NAT pool ${labels}) have priority ${shown(value)}.`,
  );
  return aboutNatPools([...outside, ...shared]);
}

export const natPortRules: readonly Rule[] = [
  {
    code: 'NatBackendPort',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, InboundNatPool; batch/pool-endpoint-configuration',
    why: 'Batch reaches its node agent by ports 29876 and 29877, and each other port of a node by one NAT pool.',
    how: '`backendPort` of each inbound NAT pool: a port, not a reserved one, and no other NAT pool has it',
    needs: [],
    remedy: 'Give each inbound NAT pool a backendPort of its own that is free.',
    check: wrongBackendPort,
  },
  {
    code: 'NatFrontendRange',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, InboundNatPool',
    why: 'Every frontend port leads to one node and port only, and Batch keeps 50000 to 55000 for itself.',
    how: '`frontendPortRangeStart` and `frontendPortRangeEnd` of each inbound NAT pool, and against those of the others',
    needs: [],
    remedy: 'Give each inbound NAT pool a range of frontend ports of its own, outside of 50000 to 55000.',
    check: wrongFrontendRange,
  },
  {
    code: 'NatFrontendRangeSmall',
    severity: 'warn',
    source:
      'rest/api/batchservice/pools/create-pool, frontendPortRangeStart (the Batch Management API does not say it)',
    why: 'Each range must have at least 40 ports, says the text of the Batch service.',
    how: '`frontendPortRangeEnd` is at least 39 more than `frontendPortRangeStart`',
    needs: [],
    remedy: 'Give each inbound NAT pool at least 40 frontend ports.',
    check: smallFrontendRange,
  },
  {
    code: 'NatRulePriority',
    severity: 'refuse',
    source: 'rest/api/batchmanagement/pool/create, NetworkSecurityGroupRule',
    why: 'Azure evaluates the rules of all inbound NAT pools of a pool in the order of their priorities.',
    how: '`priority` of each network security group rule, and against those of all others of the pool',
    needs: [],
    remedy: `Give each rule a priority of its own from ${LEAST_PRIORITY} to ${MOST_PRIORITY}.`,
    check: wrongPriority,
  },
];
