import { afterBegins, afterLooks, nextDueMs, toBegin, toLookAt } from '../../../shared/domain/makingTogether';
import { isOpen, startMaking, type Making } from '../../../shared/domain/making';
import { fail } from '../../../shared/domain/outcome';
import type { Spec } from '../../../shared/domain/resources';
import { begun, rejects, sighted, throttled } from '../../given/azure';
import * as given from '../../given/build';

const [SNAPSHOTS] = given.stages();
const SPECS: readonly Spec[] = SNAPSHOTS?.resources ?? [];
const fresh = (): readonly Making[] => SPECS.map((spec) => startMaking(spec, 0));
const namesOf = (makings: readonly Making[]): readonly string[] =>
  makings.map(({ spec }) => spec.id.split('-').at(-1)?.split('/').at(-1) ?? '');
/** Begun, in an own list: the attempts are told by identity. */
function begunBy(answers: Parameters<typeof afterBegins>[2]): readonly Making[] {
  const makings = fresh();
  return afterBegins(makings, toBegin(makings, 0), answers, 0);
}

describe('what is begun together', () => {
  it('is due at once, the definition last', () => {
    expect(namesOf(toBegin(fresh(), 0))).toEqual(['os', 'data0', 'data5', 'render']);
    expect(toBegin(begunBy(SPECS.map(() => begun())), 0)).toEqual([]);
  });

  it('holds the definition back until all others have begun; its time runs from then on', () => {
    const held = begunBy([begun(), fail(throttled(7_200_000)), begun()]);
    const definition = held.at(-1);
    expect(definition).toMatchObject({ dueMs: 7_200_000, startedAtMs: 7_200_000, deadlineMs: 8_100_000 });
    expect(namesOf(toBegin(held, 7_200_000))).toEqual(['data0', 'render']);
  });

  it('is broken by one that cannot be begun', () => {
    expect(begunBy([begun(), rejects(), begun()])[1]?.failure).toMatchObject({ code: 'OperationNotAllowed' });
  });
});

describe('what is looked at together', () => {
  const makings = begunBy(SPECS.map(() => begun()));
  const watched = toLookAt(makings, 30_000);

  it('is due when the first of it is', () => {
    expect(nextDueMs(makings)).toBe(30_000);
    expect(toLookAt(makings, 29_999)).toEqual([]);
  });

  it('waits for the one that is still under way', () => {
    const after = afterLooks(makings, watched, [sighted({ state: 'ready' }), sighted({ state: 'underway' })], 30_000);
    expect(after.map((making) => [isOpen(making), making.dueMs])).toEqual([
      [false, 30_000],
      [true, 55_000],
      [true, 55_000],
      [true, 55_000],
    ]);
    // The one that was looked at least comes first.
    expect(namesOf(toLookAt(after, 55_000))).toEqual(['data5', 'render', 'data0']);
  });

  it('waits for the one that Azure throttles', () => {
    const after = afterLooks(makings, watched, [fail(throttled(60_000))], 30_000);
    expect(nextDueMs(after)).toBe(90_000);
  });

  it('goes on at once when all that were looked at are ready', () => {
    const [first] = watched;
    const after = afterLooks(makings, first === undefined ? [] : [first], [sighted({ state: 'ready' })], 30_000);
    expect(namesOf(toLookAt(after, 30_000))).toEqual(['data0', 'data5', 'render']);
  });

  it('is broken by one that failed', () => {
    const failed = sighted({ state: 'failed', code: 'X', message: 'Y.' });
    expect(afterLooks(makings, watched, [failed], 30_000)[0]?.failure).toMatchObject({ code: 'X' });
  });
});
