/** Reading what the app does not type in a pool's body, whatever stands there. */
import * as fc from 'fast-check';
import {
  isWholeFrom,
  listAt,
  objectAt,
  objectsAt,
  saysAt,
  shown,
  textAt,
  valueAt,
} from '../../../shared/domain/poolBody';

const body = {
  word: 'Simplified',
  nothing: null,
  list: [1, 'two'],
  deep: { object: { text: 'x' }, objects: [{ lun: 0 }, 'no object', { lun: 1 }] },
};

describe('the pool body', () => {
  it.each([
    { path: 'word', value: 'Simplified' },
    { path: 'nothing', value: undefined },
    { path: 'deep.object.text', value: 'x' },
    { path: 'deep.object.text.length', value: undefined },
    { path: 'list.0', value: undefined },
    { path: 'not.there', value: undefined },
  ])('has $value at $path', ({ path, value }) => {
    expect(valueAt(body, path)).toBe(value);
  });

  it('gives each kind of value only when it is one', () => {
    expect(objectAt(body, 'deep.object')).toEqual({ text: 'x' });
    expect(objectAt(body, 'list')).toBeUndefined();
    expect(listAt(body, 'list')).toEqual([1, 'two']);
    expect(listAt(body, 'word')).toEqual([]);
    expect(textAt(body, 'deep')).toBeUndefined();
  });

  it('keeps the places of the objects in a list', () => {
    expect(objectsAt(body, 'deep.objects')).toEqual([{ lun: 0 }, {}, { lun: 1 }]);
  });

  it('compares words as Azure does', () => {
    expect(saysAt(body, 'word', 'SIMPLIFIED')).toBe(true);
    expect(saysAt(body, 'word', 'Classic')).toBe(false);
    expect(saysAt(body, 'list', 'Classic')).toBe(false);
  });

  it('takes whole numbers within a range only', () => {
    expect([0, 1, 2, 3].map((value) => isWholeFrom(value, 1, 2))).toEqual([false, true, true, false]);
    expect(['1', 1.5, NaN, null, undefined].map((value) => isWholeFrom(value, 1, 2))).not.toContain(true);
  });

  it('shows any value', () => {
    expect([undefined, 'x', 7, null].map(shown)).toEqual(['(none)', '"x"', '7', 'null']);
  });

  it('never fails, whatever stands there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (json, path) => {
        expect(() => [valueAt(json, path), objectsAt(json, path), textAt(json, path)]).not.toThrow();
      }),
    );
  });
});
