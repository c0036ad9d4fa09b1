/** What an audit asks Azure for, sorted by kind. */
import type { ArmCall } from '../local/arm/simulator';

/** The first that fits names the call. */
const KINDS: readonly (readonly [kind: string, fits: (call: ArmCall) => boolean])[] = [
  ['pages of Resource Graph', ({ path }) => path.includes('/Microsoft.ResourceGraph/')],
  ['pages of node counts', ({ path }) => path.endsWith('/nodecounts')],
  ['pages of supported images', ({ path }) => path.endsWith('/supportedimages')],
  ['pages of pool lists', ({ path }) => /\/pools\/?$/i.test(path)],
  ['pages of account lists', ({ path }) => /\/batchAccounts\/?$/i.test(path)],
];
/** Everything else is asked about a pool that seems to miss something. */
export const MISSES = 'GETs about suspected misses';

const kindOfCall = (call: ArmCall): string => KINDS.find(([, fits]) => fits(call))?.[0] ?? MISSES;

export function countKinds(calls: readonly ArmCall[]): ReadonlyMap<string, number> {
  const grouped = Map.groupBy(calls, kindOfCall);
  return new Map([...grouped].map(([kind, ofKind]) => [kind, ofKind.length]));
}
