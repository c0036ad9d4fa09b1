/** Azure on a fast or a slow day: the usual table of durations, all of them so many times as long. */
import { AZURE_DURATIONS, type Durations } from '../local/arm/durations';

export function stretched(factor: number): Durations {
  const scaled = Object.entries(AZURE_DURATIONS)
    .filter(([name]) => name.includes('Minutes'))
    .map(([name, value]) => [name, value * factor]);
  return { ...AZURE_DURATIONS, ...(Object.fromEntries(scaled) as Partial<Durations>) };
}
