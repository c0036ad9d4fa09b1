/** The inbound NAT pools of a pool's body, as the rules on them need them. */
import { inRequest, objectsAt } from '../poolBody';
import type { JsonObject } from '../request';
import type { Case, Remark } from './rule';

const NAT_POOLS = 'networkConfiguration.endpointConfiguration.inboundNatPools';

export interface NatPool {
  /** How a sentence calls it: by its name, or by its place in the list. */
  readonly label: string;
  readonly name: unknown;
  readonly backendPort: unknown;
  readonly first: unknown;
  readonly last: unknown;
  readonly rules: readonly JsonObject[];
}

export const natPoolsOf = ({ request }: Pick<Case, 'request'>): readonly NatPool[] =>
  objectsAt(request.pool.properties, NAT_POOLS).map((natPool, index) => ({
    label: typeof natPool['name'] === 'string' ? `"${natPool['name']}"` : `${index + 1}`,
    name: natPool['name'],
    backendPort: natPool['backendPort'],
    first: natPool['frontendPortRangeStart'],
    last: natPool['frontendPortRangeEnd'],
    rules: objectsAt(natPool, 'networkSecurityGroupRules'),
  }));

export const aboutNatPools = (messages: readonly string[]): readonly Remark[] =>
  messages.map((message) => ({ subject: inRequest(NAT_POOLS), message }));

/** Values that more than one entry has, each once, with the labels of its entries; `undefined` is no value. */
export function repeated(
  entries: readonly { readonly label: string; readonly value: unknown }[],
): readonly { readonly value: unknown; readonly labels: string }[] {
  const values = new Set(entries.map(({ value }) => value).filter((value) => value !== undefined));
  return [...values]
    .map((value) => ({ value, of: entries.filter((entry) => entry.value === value) }))
    .filter(({ of }) => of.length > 1)
    .map(({ value, of }) => ({ value, labels: [...new Set(of.map(({ label }) => label))].join(', ') }));
}
