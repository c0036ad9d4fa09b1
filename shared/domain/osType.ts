/** Which operating system the image holds. */
import { found, osDiskOf, type BuildFacts } from './facts';
import type { OsType } from './machine';
import type { BuildRequest } from './request';
import { taggedSource } from './source';

/** What the request says of a source that may not say it itself. */
export function statedOsType({ source }: BuildRequest): OsType | undefined {
  const tagged = taggedSource(source);
  const says = tagged.kind === 'snapshots' || tagged.kind === 'disks' || tagged.kind === 'vhd';
  return says ? tagged.osType : undefined;
}

/** What the OS disk says, else the VM, else the request; undefined when none does. */
export const osTypeOf = (request: BuildRequest, facts: Pick<BuildFacts, 'machine' | 'disks'>): OsType | undefined =>
  osDiskOf(facts)?.osType ?? found(facts.machine)?.osDisk.osType ?? statedOsType(request);
