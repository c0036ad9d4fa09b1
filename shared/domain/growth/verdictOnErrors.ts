/** What a failed resize means: the decision, and the sentence for the operator. */

/** What to do about a resize that ended short. */
export type ResizeDecision =
  /** The same again, at once: the resize ran out of time, or Azure stumbled. */
  | 'retryNow'
  /** The same again, after `afterMinutes`. */
  | 'retryLater'
  /** Fewer nodes at a time. */
  | 'stepDown'
  /** No resize will help. */
  | 'giveUp'
  /** It may be that the image is gone: look it up before deciding. */
  | 'diagnose';

/** Why no resize helps. */
export type GiveUpCause = 'quota' | 'imageGone' | 'configuration';

export interface ResizeVerdict {
  readonly decision: ResizeDecision;
  /** The error code of Azure that it rests on. */
  readonly code: string;
  /** Given with `retryLater`. */
  readonly afterMinutes?: number;
  /** Given with `giveUp`. */
  readonly cause?: GiveUpCause;
  /** One sentence for the operator: what is wrong, and what to do about it. */
  readonly sentence: string;
  readonly source: string;
}
