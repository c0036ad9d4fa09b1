/** The gaps of one account's audit: one for each reason, with how many pools it is about. */
import { Doubts } from '../../../../shared/domain/guard/doubts';
import { MOST_ACCOUNT_GAPS } from '../../../../shared/domain/guard/audit';
import type { Judgement } from '../../../../shared/domain/guard/finding';
import { ACCOUNT } from '../../../given/build';
import * as given from '../../../given/guard';

const pool = (name: string): string => given.poolIn(ACCOUNT, name);
const unknown = (why: string, code: Judgement['code'] = 'ImageMissing'): Judgement => ({ code, is: 'unknown', why });

it('nothing is in doubt when everything could be told', () => {
  const doubts = new Doubts();
  doubts.add(pool('one'), [given.seen(), { code: 'ImageEnds', is: 'clear' }, { code: 'ResizeFailed', is: 'moot' }]);
  expect([doubts.pools, doubts.gaps(ACCOUNT)]).toEqual([0, []]);
});

it('one reason is one gap: about the pool when there is one, about the account when there are several', () => {
  const doubts = new Doubts();
  doubts.add(pool('one'), [unknown('No rights.'), unknown('No rights.', 'ReplicaMissing')]);
  doubts.add(pool('two'), [unknown('No answer.'), unknown('No rights.')]);
  expect(doubts.pools).toBe(2);
  expect(doubts.gaps(ACCOUNT)).toEqual([
    { what: ACCOUNT, why: 'No rights.', pools: 2 },
    { what: pool('two'), why: 'No answer.' },
  ]);
});

it('tells the reasons that concern the most pools, and how many others there are', () => {
  const doubts = new Doubts();
  for (let nth = 0; nth < MOST_ACCOUNT_GAPS + 5; nth += 1) doubts.add(pool(`pool-${nth}`), [unknown(`Reason ${nth}.`)]);
  for (const name of ['x', 'y']) doubts.add(pool(name), [unknown('The usual reason.')]);
  const gaps = doubts.gaps(ACCOUNT);
  expect(gaps).toHaveLength(MOST_ACCOUNT_GAPS);
  expect(gaps[0]).toEqual({ what: ACCOUNT, why: 'The usual reason.', pools: 2 });
  expect(gaps.at(-1)).toEqual({ what: ACCOUNT, why: '7 more reasons' });
  expect(doubts.pools).toBe(MOST_ACCOUNT_GAPS + 7);
});

it('names as many as may be named, and no more', () => {
  const doubts = new Doubts();
  for (let nth = 0; nth < MOST_ACCOUNT_GAPS; nth += 1) doubts.add(pool(`pool-${nth}`), [unknown(`Reason ${nth}.`)]);
  expect(doubts.gaps(ACCOUNT).map(({ what }) => what)).toEqual(
    Array.from({ length: MOST_ACCOUNT_GAPS }, (_, nth) => pool(`pool-${nth}`)),
  );
});
