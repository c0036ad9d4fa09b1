/** The preflight: every rule in one table, checked all at once against the facts of one survey. */
import type { Verdict } from '../verdict';
import { diskRules } from './diskRules';
import { existenceRules } from './existenceRules';
import { placeRules } from './placeRules';
import { requestRules } from './requestRules';
import type { Case, Rule } from './rule';

export const RULES: readonly Rule[] = [...requestRules, ...existenceRules, ...placeRules, ...diskRules];

/** All verdicts on a request, in the order of the table. */
export function preflight(given: Case, rules: readonly Rule[] = RULES): readonly Verdict[] {
  return rules.flatMap(({ check, code, severity, source, remedy }) =>
    check(given).map((remark) => ({ code, severity, source, remedy, ...remark })),
  );
}
