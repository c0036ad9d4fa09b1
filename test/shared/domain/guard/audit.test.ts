/** What an audit comes to: partial is never green, and open problems are never silent. */
import * as fc from 'fast-check';
import {
  accountAuditId,
  auditIdOf,
  auditResult,
  MOST_GAPS,
  statusOf,
  unreadAccount,
  type AccountAudit,
  type AuditResult,
  type Coverage,
  type Gap,
  type OpenFindings,
} from '../../../../shared/domain/guard/audit';
import { ACCOUNT } from '../../../given/build';
import * as given from '../../../given/guard';

const { NOW, NOW_MS, OTHER_ACCOUNT } = given;

const parts = (changes: Partial<Parameters<typeof auditResult>[0]> = {}): AuditResult =>
  auditResult({
    auditId: 'an-audit',
    startedAtMs: NOW_MS,
    endedAtMs: NOW_MS + 60_000,
    discovery: given.discovery(),
    stockGaps: [],
    accounts: [given.accountAudit()],
    whole: given.wholeAudit(),
    ...changes,
  });
const gap = (what: string): Gap => ({ what, why: 'It may not be read.' });
const gaps = (count: number): readonly Gap[] => Array.from({ length: count }, (_, nth) => gap(`gap-${nth}`));

describe('the result', () => {
  it('adds up what was read', () => {
    const accounts = [
      given.accountAudit({ pools: 3, poolsInDoubt: 1 }),
      given.accountAudit({ accountId: OTHER_ACCOUNT, pools: 0 }),
    ];
    const discovery = given.discovery({
      scopes: 4,
      accounts: [...given.discovery().accounts, { id: OTHER_ACCOUNT, region: '' }],
    });
    expect(parts({ accounts, discovery })).toEqual({
      auditId: 'an-audit',
      startedAt: NOW,
      endedAt: new Date(NOW_MS + 60_000).toISOString(),
      coverage: { scopes: 4, accounts: 2, accountsRead: 2, pools: 3, poolsInDoubt: 1, gaps: [], moreGaps: 0 },
    });
  });

  it('counts an account without pools as read, and one that broke as not', () => {
    const accounts = [given.accountAudit({ pools: 0 }), unreadAccount(OTHER_ACCOUNT, 'It broke.')];
    expect(parts({ accounts }).coverage).toMatchObject({
      accountsRead: 1,
      pools: 0,
      gaps: [{ what: OTHER_ACCOUNT, why: 'It broke.' }],
    });
  });

  it('has the gaps of every part, in their order', () => {
    const { coverage } = parts({
      discovery: given.discovery({ gaps: [gap('discovery')] }),
      stockGaps: [gap('stock')],
      accounts: [given.accountAudit({ gaps: [gap('account')] })],
      whole: given.wholeAudit({ gaps: [gap('whole')] }),
    });
    expect(coverage.gaps.map(({ what }) => what)).toEqual(['discovery', 'stock', 'account', 'whole']);
  });

  it.each([
    { count: MOST_GAPS, more: 0 },
    { count: MOST_GAPS + 7, more: 7 },
  ])('names so many gaps and counts the rest: $count', ({ count, more }) => {
    const { coverage } = parts({ accounts: [given.accountAudit({ gaps: gaps(count) })] });
    expect([coverage.gaps.length, coverage.moreGaps]).toEqual([MOST_GAPS, more]);
  });
});

const NONE: OpenFindings = { critical: 0, warning: 0, info: 0 };
const covering = (changes: Partial<Coverage>): AuditResult =>
  given.auditResultOf({ coverage: { ...given.auditResultOf().coverage, ...changes } });

describe('the status', () => {
  it.each<{ label: string; coverage?: Partial<Coverage>; open?: Partial<OpenFindings>; is: string }>([
    { label: 'all was seen, and nothing is open', is: 'green' },
    { label: 'something critical is open', open: { critical: 1 }, is: 'findings' },
    { label: 'a warning is open', open: { warning: 1 }, is: 'findings' },
    { label: 'only something worth knowing is open', open: { info: 3 }, is: 'green' },
    { label: 'there is a gap', coverage: { gaps: gaps(1) }, is: 'partial' },
    {
      label: 'there is a gap, and something is open',
      coverage: { gaps: gaps(1) },
      open: { critical: 1 },
      is: 'partial',
    },
    { label: 'an account was not read', coverage: { accounts: 2 }, is: 'partial' },
    { label: 'a pool is in doubt', coverage: { poolsInDoubt: 1 }, is: 'partial' },
    { label: 'there is no account at all', coverage: { accounts: 0, accountsRead: 0, pools: 0 }, is: 'green' },
  ])('is $is when $label', ({ coverage = {}, open = {}, is }) => {
    expect(statusOf(covering(coverage), { ...NONE, ...open })).toBe(is);
  });

  it('is green only when nothing at all was left out, whatever the parts say', () => {
    const some = fc.array(fc.constant(gap('something')), { maxLength: 3 });
    const accounts: fc.Arbitrary<readonly AccountAudit[]> = fc.array(
      fc.record({ pools: fc.nat(9), poolsInDoubt: fc.nat(2), gaps: some }).map(given.accountAudit),
      { maxLength: 4 },
    );
    const broken = fc.array(fc.constant(unreadAccount(OTHER_ACCOUNT, 'It broke.')), { maxLength: 1 });
    fc.assert(
      fc.property(fc.tuple(some, some, some), accounts, broken, ([one, two, three], read, unread) => {
        const all = [...read, ...unread];
        const result = parts({
          discovery: given.discovery({ accounts: all.map(({ accountId: id }) => ({ id, region: '' })), gaps: one }),
          stockGaps: two,
          accounts: all,
          whole: given.wholeAudit({ gaps: three }),
        });
        const isWhole =
          [...one, ...two, ...three, ...all.flatMap((account) => account.gaps)].length === 0 &&
          all.every(({ pools, poolsInDoubt }) => pools !== undefined && poolsInDoubt === 0);
        expect(statusOf(result, NONE)).toBe(isWhole ? 'green' : 'partial');
      }),
    );
  });
});

describe('ids', () => {
  it('of audits sort by time and are fit for a file', () => {
    const ids = [NOW_MS, NOW_MS + 1, NOW_MS + 86_400_000].map(auditIdOf);
    expect(ids[0]).toBe('2026-03-04T05-06-07-000Z');
    expect(ids).toEqual(ids.toSorted());
    expect(ids.every((id) => /^[\w-]+$/.test(id))).toBe(true);
  });

  it('of the audit of an account are those of one audit and one account, however it is spelled', () => {
    const id = accountAuditId('an-audit', ACCOUNT);
    expect(id).toMatch(/^audit-an-audit-[0-9a-f]{16}$/);
    expect(accountAuditId('an-audit', `${ACCOUNT.toUpperCase()}/`)).toBe(id);
    expect(new Set([id, accountAuditId('an-audit', OTHER_ACCOUNT), accountAuditId('another', ACCOUNT)]).size).toBe(3);
  });
});
