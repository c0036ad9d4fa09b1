/** How a row of the table of resize errors looks: an error, what it means, and what follows. */
import type { GiveUpCause } from './verdictOnErrors';

/** What follows from an error, when nothing has to be looked up. */
export type Ruling =
  | { readonly decision: 'retryNow' }
  | { readonly decision: 'retryLater'; readonly afterMinutes: number }
  | { readonly decision: 'stepDown' }
  | { readonly decision: 'giveUp'; readonly cause: GiveUpCause };

export interface Meaning {
  /** Full sentences: what is wrong, */
  readonly meaning: string;
  /** and what to do about it. */
  readonly remedy: string;
}

/** What an error means when the image and all that it rests on are there. */
export type ImageIsThere = Ruling & Meaning;

/** The code of a provider's error, a phrase that Azure uses, or both; compared without case. */
export type ReasonSign =
  { readonly provider: string; readonly says?: string } | { readonly provider?: string; readonly says: string };

export interface ResizeErrorRow extends Meaning {
  /** Compared without case; undefined for any code that no other row has. */
  readonly code?: string;
  /** Any one of these tells the reason; left out: whatever the reason is. */
  readonly reason?: readonly ReasonSign[];
  readonly ruling: Ruling | { readonly decision: 'diagnose'; readonly imageIsThere: ImageIsThere };
  readonly source: string;
}

/** Capacity comes back in minutes at best, and each resize that fails costs its whole timeout. */
export const CAPACITY_PAUSE_MINUTES = 15;
