/** What the preflight says about a request: one verdict for each thing that a rule found. */

export type Severity = 'refuse' | 'warn' | 'note';

export interface Verdict {
  /** Stable name of the rule, such as `ExtensionsInstalled`. */
  readonly code: string;
  readonly severity: Severity;
  /** `broken`: the rule was checked, and speaks. `unknown`: it could not be checked, and `message` says why. */
  readonly state: 'broken' | 'unknown';
  /** The field or resource that it is about. */
  readonly subject: string;
  readonly message: string;
  /** Of `unknown`: each thing that could not be read, and why, as the rest of a sentence. */
  readonly because?: readonly string[];
  /** What to do about it. */
  readonly remedy: string;
  /** The page, or the point of the article, that the rule comes from. */
  readonly source: string;
}

export const refuses = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some((verdict) => verdict.severity === 'refuse');

/** True when nothing is known to be wrong, but too much could not be checked to go on. */
export const couldNotTell = (verdicts: readonly Verdict[]): boolean =>
  refuses(verdicts) && verdicts.every(({ severity, state }) => severity !== 'refuse' || state === 'unknown');

/** Each code once, in the order of the verdicts. */
export const codesOf = (verdicts: readonly Verdict[]): readonly string[] => [
  ...new Set(verdicts.map(({ code }) => code)),
];

const rules = (count: number): string => (count === 1 ? 'a rule' : `${count} rules`);

const sentence = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;

/** Why the verdicts refuse a request, as the rest of a sentence and what else there is to say. */
export function refusalText(verdicts: readonly Verdict[]): string {
  const refusing = verdicts.filter(({ severity }) => severity === 'refuse');
  const broken = codesOf(refusing.filter(({ state }) => state === 'broken'));
  const unknown = codesOf(verdicts.filter(({ state }) => state === 'unknown')).length;
  if (broken.length > 0) {
    const also = unknown === 0 ? '' : `, and ${rules(unknown)} could not be checked`;
    return `the request breaks ${rules(broken.length)} (${broken.join(', ')})${also}.`;
  }
  const reasons = refusing.flatMap(({ because = [] }) => because).map(sentence);
  const why = reasons.length > 0 ? reasons : refusing.map(({ message }) => message);
  return `it could not be told whether the request can be built, because ${rules(unknown)} could not be checked. ${[...new Set(why)].join(' ')}`;
}
