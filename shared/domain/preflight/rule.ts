/** The shape of a preflight rule. */
import type { BuildFacts } from '../facts';
import type { BuildRequest } from '../request';
import { sourceField, sourceNoun } from '../source';
import type { Severity, Verdict } from '../verdict';
import type { FactName } from './readings';

export interface Case {
  readonly request: BuildRequest;
  readonly facts: BuildFacts;
  /** When the build begins. */
  readonly nowMs: number;
  /** Of the image that the build would make. */
  readonly version: string;
}

/** The field that names the source, and what a person calls it. */
export const subjectOf = ({ request }: Pick<Case, 'request'>): string => sourceField(request.source);
export const nounOf = ({ request }: Pick<Case, 'request'>): string => sourceNoun(request.source);

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
  /** Why there is such a rule: one sentence, as an operator would be told. */
  readonly why: string;
  /** How it is checked: which field of the request or property of which resource. */
  readonly how: string;
  readonly remedy: string;
  /** The facts that it reads. When one of them could not be read, the rule is unknown, and that is said. */
  readonly needs: readonly FactName[];
  /** How severe it is not to know. Left out: as severe as the most important of the unread facts (readings.ts). */
  readonly whenUnknown?: Severity;
  /** False for requests that it has nothing to do with: then it is silent, whatever could not be read. */
  readonly appliesTo?: (request: BuildRequest) => boolean;
  /** `unknown`: what it finds is that something could not be read. */
  readonly state?: Verdict['state'];
  /** What the rule finds in what was read; it says nothing about what was not. */
  readonly check: (given: Case) => readonly Remark[];
}
