import * as fc from 'fast-check';
import type { Outcome } from '../../../shared/domain/outcome';
import { fail } from '../../../shared/domain/outcome';
import {
  afterFault,
  afterRemoval,
  inReverse,
  isRemovalOpen,
  isStillStoodOn,
  isStoodOn,
  leftUnder,
  startRemoving,
  undoReport,
  type Removing,
} from '../../../shared/domain/removing';
import { isAct, type Removal, type ResourceKind } from '../../../shared/domain/resources';
import { rejects, removal, throttled } from '../../given/azure';
import * as given from '../../given/build';

const HOUR = 3_600_000;
const start = (stood = true): Removing => startRemoving(given.spec('image'), stood, 0);
const report = (removing: Removing) => undoReport([removing]);
const { id } = given.spec('image');

describe('a removal', () => {
  it.each([
    { label: 'is done when it is gone', answer: removal({ state: 'gone' }), removed: [id], left: [] },
    { label: 'leaves alone what is not ours', answer: removal({ state: 'notOurs' }), removed: [], left: [] },
    {
      label: 'names what Azure refuses to delete',
      answer: rejects({ message: 'A lock protects it.' }),
      removed: [],
      left: [{ id, why: 'A lock protects it.' }],
    },
    {
      label: 'names what the app may not delete',
      answer: rejects({ kind: 'forbidden', message: 'No right.' }),
      removed: [],
      left: [{ id, why: 'No right.' }],
    },
  ])('$label', ({ answer, removed, left }) => {
    const removing = afterRemoval(start(), answer, 0);
    expect(isRemovalOpen(removing)).toBe(false);
    expect(report(removing)).toEqual({ removed, left });
  });

  it.each([
    { label: 'under way', answer: removal({ state: 'underway' }), dueMs: 20_000 },
    {
      label: 'under way, as slowly as Azure says',
      answer: removal({ state: 'underway', retryAfterMs: 90_000 }),
      dueMs: 90_000,
    },
    { label: 'held up by a conflict', answer: rejects({ kind: 'conflict' }), dueMs: 5_000 },
    { label: 'throttled', answer: fail(throttled(480_000)), dueMs: 480_000 },
  ])('goes on while it is $label', ({ answer, dueMs }) => {
    const removing = afterRemoval(start(), answer, 0);
    expect(isRemovalOpen(removing)).toBe(true);
    expect(removing.dueMs).toBe(dueMs);
  });

  it.each([
    {
      label: 'still deletes',
      answer: removal({ state: 'underway' }),
      why: 'Azure is still deleting it. Gave up after 60 minutes.',
    },
    {
      label: 'is still busy',
      answer: rejects({ kind: 'conflict', message: 'Busy.' }),
      why: 'Busy. Gave up after 60 minutes.',
    },
  ])('gives up after an hour in which Azure $label', ({ answer, why }) => {
    expect(report(afterRemoval(start(), answer, HOUR)).left).toEqual([{ id, why }]);
  });

  it('tells how long it tried, whatever its rhythm', () => {
    const late = afterRemoval(start(), fail(throttled(2 * HOUR)), 0);
    expect(late).toMatchObject({ dueMs: 2 * HOUR, deadlineMs: 3 * HOUR, latestMs: 7 * 24 * HOUR });
    expect(report(afterRemoval(late, removal({ state: 'underway' }), 3 * HOUR)).left).toEqual([
      { id, why: 'Azure is still deleting it. Gave up after 180 minutes.' },
    ]);
  });

  it('does not wait for longer than a week', () => {
    expect(isRemovalOpen(afterRemoval(start(), fail(throttled(7 * 24 * HOUR)), 0))).toBe(true);
    expect(isRemovalOpen(afterRemoval(start(), fail(throttled(7 * 24 * HOUR + 1)), 0))).toBe(false);
  });

  it('that threw is named', () => {
    expect(report(afterFault(start(), 'The process died.')).left).toEqual([
      { id, why: 'The removal failed unexpectedly: The process died.' },
    ]);
  });

  it('does not count as removed what never stood', () => {
    expect(report(afterRemoval(start(false), removal({ state: 'gone' }), 0)).removed).toEqual([]);
  });

  it.each([
    { label: 'was seen being deleted', answer: removal({ state: 'underway' }), removed: [id] },
    { label: 'was never answered for', answer: rejects({ kind: 'unavailable' }), removed: [] },
  ])('counts what $label, and then is gone, as $removed.length removed', ({ answer, removed }) => {
    const seen = afterRemoval(start(false), answer, 0);
    expect(report(afterRemoval(seen, removal({ state: 'gone' }), 1)).removed).toEqual(removed);
  });

  it('always ends, whatever Azure answers', () => {
    const answers: fc.Arbitrary<Outcome<Removal>> = fc.oneof(
      fc.nat(2 * HOUR).map((retryAfterMs) => removal({ state: 'underway', retryAfterMs })),
      fc.nat(2 * HOUR).map((retryAfterMs) => fail(throttled(retryAfterMs))),
      fc.constantFrom(rejects({ kind: 'conflict' }), rejects({ kind: 'unavailable' })),
    );
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1 }), (cycle) => {
        let removing = start();
        let tries = 0;
        for (; isRemovalOpen(removing) && tries < 50_000; tries += 1) {
          removing = afterRemoval(removing, cycle[tries % cycle.length] ?? rejects(), removing.dueMs);
        }
        expect(report(removing).left).toHaveLength(1);
      }),
    );
  });
});

describe('what could not be taken away', () => {
  const KINDS: readonly ResourceKind[] = ['snapshot', 'image', 'definition', 'version', 'pool'];
  const refused = (kind: ResourceKind): Removing =>
    afterRemoval(startRemoving(given.spec(kind), true, 0), rejects({ message: 'A lock protects it.' }), 0);

  it('stands on what was made before it, if it is a pool, a version or an image', () => {
    expect(KINDS.filter((kind) => isStillStoodOn(refused(kind)))).toEqual(['image', 'version', 'pool']);
    expect(isStillStoodOn(start())).toBe(false);
    expect(isStillStoodOn(afterRemoval(start(), removal({ state: 'gone' }), 0))).toBe(false);
    expect(isStillStoodOn(afterRemoval(start(), removal({ state: 'notOurs' }), 0))).toBe(false);
  });

  it('keeps anything but a definition in its place', () => {
    expect(KINDS.filter((kind) => isStoodOn(given.spec(kind)))).toEqual(['snapshot', 'image', 'version', 'pool']);
  });

  it('is named as the reason', () => {
    const left = leftUnder(start(), refused('version'));
    expect(isRemovalOpen(left)).toBe(false);
    expect(report(left)).toEqual({
      removed: [],
      left: [{ id, why: `${given.spec('version').id}, which could not be taken away, stands on it.` }],
    });
  });
});

describe('the order of the undo', () => {
  const made = given
    .stages()
    .flatMap(({ resources }) => resources)
    .filter((spec) => !isAct(spec));

  it('is that of the build in reverse, what was made side by side side by side', () => {
    const kinds = inReverse(made).map((stage) => stage.map(({ kind }) => kind));
    expect(kinds).toEqual([['pool'], ['version'], ['image'], ['definition'], ['snapshot', 'snapshot', 'snapshot']]);
  });

  it('takes each resource once, also when it was tried twice', () => {
    const [first] = made;
    const again = first === undefined ? [] : [{ ...first, id: first.id.toUpperCase() }];
    expect(inReverse([...made, ...again]).flat()).toHaveLength(made.length);
  });

  it('never takes what another still stands on', () => {
    const rank = { snapshot: 0, definition: 1, image: 2, version: 3, pool: 4 };
    fc.assert(
      fc.property(fc.subarray(made), (some) => {
        const ranks = inReverse(some).map((stage) => stage.map(({ kind }) => rank[kind]));
        expect(ranks.flat()).toEqual(ranks.flat().toSorted((one, other) => other - one));
        expect(ranks.flat()).toHaveLength(some.length);
      }),
    );
  });
});
