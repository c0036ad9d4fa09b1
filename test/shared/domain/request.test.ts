/** What a request says in words that need reading. */
import * as fc from 'fast-check';
import { acceptAtLeastOf } from '../../../shared/domain/request';
import * as given from '../../given/build';

const accepting = (acceptAtLeast?: number | string) => acceptAtLeastOf(given.request({ pool: { acceptAtLeast } }));

it.each([
  [undefined, undefined],
  [0, { nodes: 0 }],
  [540, { nodes: 540 }],
  ['90%', { percent: 90 }],
  ['0%', { percent: 0 }],
  ['100%', { percent: 100 }],
  ['99.5%', { percent: 99.5 }],
  ['540', undefined],
])('enough nodes: %j is %j', (acceptAtLeast, enough) => {
  expect(accepting(acceptAtLeast)).toEqual(enough);
});

it('a share that is read is never outside of 0 to 100 percent', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,4}(\.\d{1,3})?%$/));
  fc.assert(
    fc.property(text, (acceptAtLeast) => {
      const enough = accepting(acceptAtLeast);
      if (enough === undefined) return;
      expect('percent' in enough && enough.percent >= 0 && enough.percent <= 100).toBe(true);
    }),
  );
});
