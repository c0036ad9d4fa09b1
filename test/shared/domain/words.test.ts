/** Numbers and names as sentences have them. */
import { counted, listed } from '../../../shared/domain/words';

it.each([
  [0, '0 nodes'],
  [1, '1 node'],
  [2, '2 nodes'],
])('%d is counted as "%s"', (count, text) => {
  expect(counted(count, 'node')).toBe(text);
});

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('%j are listed as "%s"', (names, text) => {
  expect(listed(names)).toBe(text);
});
