/** Judges one pool by every rule of the guard. */
import type { Judgement } from './finding';
import { FOUNDATION_RULES } from './foundationRules';
import { NODE_RULES } from './nodeRules';
import { judged, type PoolCase } from './poolCase';

/** One judgement for each rule, in the order of the rules. */
export const judgePool = (given: PoolCase): readonly Judgement[] =>
  [...FOUNDATION_RULES, ...NODE_RULES].map(({ code, judge }) => judged(code, judge(given)));

/** Codes that rest on what a pool stands on: what Resource Graph alone says of it is not enough to change them. */
export const FOUNDATION_CODES: ReadonlySet<string> = new Set(FOUNDATION_RULES.map(({ code }) => code));
