/** Requests that are no builds: told apart by their mode, and every bad field named. */
import { parseRequest } from '../../shared/guardRequests';

const POOL = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acc/pools/p';
const snooze = { mode: 'snooze', poolId: POOL, until: '2027-01-31T00:00:00Z' };

describe('an audit', () => {
  it.each([
    { label: 'an object', body: { mode: 'audit' } },
    { label: 'text', body: '{"mode":"audit"}' },
    { label: 'bytes', body: new TextEncoder().encode('\ufeff{"mode":"audit"}') },
  ])('is understood as $label', ({ body }) => {
    expect(parseRequest(body)).toEqual({ ok: true, message: { asks: 'audit', audit: { mode: 'audit' } } });
  });

  it('has the id that it is given, when that is one', () => {
    expect(parseRequest({ mode: 'audit', requestId: 'nightly' })).toMatchObject({ ok: true });
    expect(parseRequest({ mode: 'audit', requestId: '12' })).toEqual({
      ok: false,
      problems: ['requestId: must be 1 to 128 letters, digits, . _ : -, not digits only'],
    });
  });
});

describe('a snooze', () => {
  it('is of a pool, of a code or of all, until an instant', () => {
    expect(parseRequest(snooze)).toEqual({ ok: true, message: { asks: 'snooze', snooze } });
    const more = { ...snooze, poolId: ` ${POOL}/ `, code: 'ImageEnds', reason: 'moves in January' };
    expect(parseRequest(more)).toEqual({
      ok: true,
      message: { asks: 'snooze', snooze: { ...more, poolId: POOL } },
    });
  });

  it('names everything that is wrong with it', () => {
    const parsed = parseRequest({ mode: 'snooze', poolId: 'p', code: 'AccountNotRead', until: 'tomorrow', why: 'so' });
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      'poolId',
      'code',
      'until',
      'why',
    ]);
  });

  it.each(['2027-01-31', '2027-01-31T00:00:00', '2027-13-01T00:00:00Z'])('does not take %s for an instant', (until) => {
    expect(parseRequest({ ...snooze, until })).toEqual({
      ok: false,
      problems: ['until: must be an instant in UTC, such as 2027-01-31T00:00:00Z'],
    });
  });
});

it.each([{ mode: 'audits' }, { mode: 'build' }, {}, [], 'x', null])('%j is a build request, and a bad one', (body) => {
  const parsed = parseRequest(body);
  expect(parsed.ok).toBe(false);
});
