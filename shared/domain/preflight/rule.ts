/** The shape of a preflight rule. */
import type { BuildFacts } from '../facts';
import type { BuildRequest } from '../request';
import type { Severity } from '../verdict';

export interface Case {
  readonly request: BuildRequest;
  readonly facts: BuildFacts;
}

/** One thing that a rule found: what it is about, and the sentence that the user reads. */
export interface Remark {
  readonly subject: string;
  readonly message: string;
}

export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** The page, or the point of the article, that the rule comes from. */
  readonly source: string;
  readonly remedy: string;
  readonly check: (given: Case) => readonly Remark[];
}
