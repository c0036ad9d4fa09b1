/** The order of image versions: by Major, Minor and Patch (virtual-machines/image-version). */
import type { KnownVersion } from './gallery';

/** More than 0 when version `one` is higher than `other`; NaN when one of them has no number. */
export function compareVersions(one: string, other: string): number {
  const [ours, theirs] = [one, other].map((name) => name.split('.').map(Number));
  const differences = (ours ?? []).map((part, index) => part - (theirs?.[index] ?? NaN));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Name of the version that a pool takes which names the definition alone: the highest that is not excluded from latest. */
export const newestOf = (versions: readonly KnownVersion[]): string | undefined =>
  versions
    .filter(({ excludedFromLatest }) => !excludedFromLatest)
    .map(({ name }) => name)
    .toSorted((one, other) => compareVersions(other, one))[0];
