/** Runs a table of rules: for each what lets it pass, what breaks it, and what leaves it unknown, with the user's sentences. */
import { preflight } from '../../../../shared/domain/preflight/preflight';
import type { Case, Rule } from '../../../../shared/domain/preflight/rule';
import type { Severity, Verdict } from '../../../../shared/domain/verdict';
import * as given from '../../../given/build';

export type Said = readonly [subject: string, message: string];

interface Row extends Partial<Case> {
  /** What is special about the given request or facts, as the end of "when …". */
  readonly when: string;
}

export interface RuleRows {
  readonly pass: readonly Row[];
  readonly fail: readonly (Row & { readonly says: readonly Said[] })[];
  /** Every rule that needs facts has such a row. */
  readonly unknown?: readonly (Row & { readonly says: Said; readonly severity?: Severity })[];
}

const verdictsOf = (rule: Rule, { request, facts, nowMs, version }: Row): readonly Verdict[] =>
  preflight(
    given.aCase({
      ...(request && { request }),
      ...(facts && { facts }),
      ...(nowMs !== undefined && { nowMs }),
      ...(version !== undefined && { version }),
    }),
    [rule],
  );

const saidBy = (verdicts: readonly Verdict[], state: Verdict['state']): readonly Said[] =>
  verdicts.filter((verdict) => verdict.state === state).map(({ subject, message }) => [subject, message]);

/** Declares the tests of one family of rules; each of them must have its rows. */
export function testRules(rules: readonly Rule[], table: Readonly<Record<string, RuleRows>>): void {
  it('has rows for every rule', () => {
    expect(Object.keys(table).sort()).toEqual(rules.map(({ code }) => code).sort());
    const withoutUnknown = rules.filter(({ code, needs }) => needs.length > 0 && !table[code]?.unknown?.length);
    expect(withoutUnknown.map(({ code }) => code)).toEqual([]);
  });
  for (const rule of rules) describe(rule.code, () => testRule(rule, table[rule.code] ?? { pass: [], fail: [] }));
}

function testRule(rule: Rule, { pass, fail, unknown = [] }: RuleRows): void {
  for (const row of pass) {
    it(`passes when ${row.when}`, () => {
      expect(verdictsOf(rule, row)).toEqual([]);
    });
  }
  for (const { says, ...row } of fail) {
    it(`speaks when ${row.when}`, () => {
      const verdicts = verdictsOf(rule, row);
      const state = rule.state ?? 'broken';
      expect(saidBy(verdicts, state)).toEqual(says);
      for (const verdict of verdicts) if (verdict.state === state) expect(verdict.severity).toBe(rule.severity);
    });
  }
  for (const { says, severity, ...row } of unknown) {
    it(`is unknown when ${row.when}`, () => {
      const verdicts = verdictsOf(rule, row);
      expect(saidBy(verdicts, 'unknown')).toEqual([says]);
      expect(verdicts.at(-1)?.severity).toBe(severity ?? 'warn');
    });
  }
}
