/** The node agent of the pool: the request's, or the one that Batch names for the image that the VM was made from. */
import { found, type BuildFacts } from './facts';
import type { BuildRequest } from './request';

interface AgentEnd {
  readonly skuId: string;
  /** ISO date of the last day on which Batch has it; undefined when it ended long ago, on a day that no source names. */
  readonly lastDay?: string;
}

/** Node agents that Batch has taken away or will (Azure/Batch#180, #200; 20.04: UCL/TLOmodel#1549). */
const ENDS: readonly AgentEnd[] = [
  { skuId: 'batch.node.centos 7' },
  { skuId: 'batch.node.centos 8' },
  { skuId: 'batch.node.debian 8' },
  { skuId: 'batch.node.debian 9' },
  { skuId: 'batch.node.debian 10' },
  { skuId: 'batch.node.ubuntu 14.04' },
  { skuId: 'batch.node.ubuntu 16.04' },
  { skuId: 'batch.node.ubuntu 18.04' },
  { skuId: 'batch.node.ubuntu 20.04', lastDay: '2025-04-23' },
  { skuId: 'batch.node.ubuntu 22.04', lastDay: '2027-06-30' },
];

const DAY_MS = 86_400_000;

/** What the request says; undefined when it leaves the choice to the app. */
export const statedAgent = ({ pool }: BuildRequest): string | undefined =>
  pool.properties.deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId;

/** Undefined when the request leaves it out and Batch names none, or was not to be asked. */
export function nodeAgentSkuId(request: BuildRequest, facts: BuildFacts): string | undefined {
  const stated = statedAgent(request);
  if (stated !== undefined) return stated;
  const supported = found(facts.supportedImages)?.forBase ?? [];
  return (supported.find(({ verified }) => verified) ?? supported[0])?.nodeAgentSkuId;
}

/** Batch does not regard the case of letters. */
export const isSameAgent = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether Batch takes a node agent away, and on which day at the latest; undefined when nothing is known of an end. */
export function endOfAgent(
  skuId: string,
  nowMs: number,
): { readonly ended: boolean; readonly lastDay?: string } | undefined {
  const end = ENDS.find((one) => isSameAgent(one.skuId, skuId));
  if (!end) return undefined;
  if (end.lastDay === undefined) return { ended: true };
  return { ended: nowMs >= Date.parse(end.lastDay) + DAY_MS, lastDay: end.lastDay };
}
