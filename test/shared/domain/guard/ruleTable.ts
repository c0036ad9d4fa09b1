/** Runs a table of the guard's rules: for each, the cases that are clear, seen, unknown or moot, with the sentence where it matters. */
import type { GuardRule, Ruling } from '../../../../shared/domain/guard/poolCase';
import * as given from '../../../given/guard';

interface Row {
  /** What is special about the given case, as the end of "when …". */
  readonly when: string;
  readonly given: given.CaseChanges;
}

export interface GuardRows {
  readonly clear: readonly Row[];
  /** `says`: the whole sentence, or what it has to match. */
  readonly seen: readonly (Row & { readonly says: string | RegExp; readonly answered?: readonly string[] })[];
  readonly unknown: readonly (Row & { readonly says: string })[];
  readonly moot?: readonly Row[];
}

const ruled = (rule: GuardRule, row: Row): Ruling => rule.judge(given.poolCase(row.given));

/** Declares the tests of one family of rules; each of them must have its rows. */
export function testGuardRules(rules: readonly GuardRule[], table: Readonly<Record<string, GuardRows>>): void {
  it('has rows for every rule', () => {
    expect(Object.keys(table).sort()).toEqual(rules.map(({ code }) => code).sort());
  });
  for (const rule of rules) {
    const rows = table[rule.code];
    if (rows) describe(rule.code, () => testRule(rule, rows));
  }
}

function testRule(rule: GuardRule, { clear, seen, unknown, moot = [] }: GuardRows): void {
  it.each(clear)('is clear when $when', (row) => {
    expect(ruled(rule, row)).toEqual({ is: 'clear' });
  });
  it.each(seen)('is seen when $when', ({ says, answered, ...row }) => {
    const ruling = ruled(rule, row);
    if (ruling.is !== 'seen') throw new Error(`The rule says ${JSON.stringify(ruling)}.`);
    if (typeof says === 'string') expect(ruling.message).toBe(says);
    else expect(ruling.message).toMatch(says);
    expect(ruling.evidence.length).toBeGreaterThan(0);
    for (const one of ruling.evidence) expect(one.at).toBe(given.NOW);
    if (answered) expect(ruling.evidence.map((one) => one.answered)).toEqual(answered);
  });
  if (unknown.length > 0) {
    it.each(unknown)('is unknown when $when', ({ says, ...row }) => {
      expect(ruled(rule, row)).toEqual({ is: 'unknown', why: says });
    });
  }
  if (moot.length > 0) {
    it.each(moot)('is moot when $when', (row) => {
      expect(ruled(rule, row)).toEqual({ is: 'moot' });
    });
  }
}
