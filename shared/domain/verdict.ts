/** What the preflight says about a request: one verdict for each rule that has something to say. */

export type Severity = 'refuse' | 'warn' | 'note';

export interface Verdict {
  /** Stable name of the rule, such as `DifferentRegion`. */
  readonly code: string;
  readonly severity: Severity;
  /** The field or resource that it is about. */
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The page, or the point of the article, that the rule comes from. */
  readonly source: string;
}

export const refuses = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some((verdict) => verdict.severity === 'refuse');
