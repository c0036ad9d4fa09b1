/** ISO 8601 durations as Batch writes them: PT15M, P1DT2H, PT90S. */

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000] as const;

/** Milliseconds, or undefined for what is no duration. */
export function durationMs(value: string): number | undefined {
  const parts = DURATION.exec(value)?.slice(1);
  if (parts === undefined || parts.every((part: string | undefined) => part === undefined)) return undefined;
  return UNITS_MS.reduce((sum, unitMs, index) => sum + Number(parts[index] ?? 0) * unitMs, 0);
}
