import fc from 'fast-check';
import { DueTimes } from '../../../local/bus/dueTimes';
import { SequenceList } from '../../../local/bus/sequenceList';

describe('SequenceList', () => {
  it('has the smallest number first, whatever was added and removed', () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const list = new SequenceList();
        const model = new Set<number>();
        for (const [add, number] of steps) {
          if (add && !model.has(number)) list.add(number);
          if (!add) list.remove(number);
          if (add) model.add(number);
          else model.delete(number);
          expect(list.first).toBe(model.size === 0 ? undefined : Math.min(...model));
        }
      }),
    );
  });

  it('stays right through thousands of messages', () => {
    const list = new SequenceList();
    for (let number = 1; number <= 5_000; number++) list.add(number);
    for (let number = 1; number <= 4_000; number++) list.remove(number);
    list.add(7);
    expect(list.first).toBe(7);
    list.remove(7);
    expect(list.first).toBe(4_001);
  });
});

describe('DueTimes', () => {
  it('gives what is due in the order of its instants', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 })), fc.integer({ min: 0, max: 100 }), (instants, nowMs) => {
        const due = new DueTimes<{ dueMs: number }>(({ dueMs }) => dueMs);
        for (const dueMs of instants) due.note({ dueMs });
        const taken: number[] = [];
        for (let next = due.takeDue(nowMs); next; next = due.takeDue(nowMs)) taken.push(next.dueMs);
        const inOrder = [...instants].sort((a, b) => a - b);
        expect(taken).toEqual(inOrder.filter((dueMs) => dueMs <= nowMs));
        expect(due.nextDueMs()).toBe(inOrder.find((dueMs) => dueMs > nowMs));
      }),
    );
  });

  it('drops what has another instant by now, or none', () => {
    const due = new DueTimes<{ dueMs: number | undefined }>(({ dueMs }) => dueMs);
    const [moved, ended] = [{ dueMs: 10 }, { dueMs: 20 as number | undefined }];
    due.note(moved);
    due.note(ended);
    moved.dueMs = 30;
    due.note(moved);
    ended.dueMs = undefined;
    expect(due.nextDueMs()).toBe(30);
    expect(due.takeDue(30)).toBe(moved);
    expect(due.takeDue(30)).toBeUndefined();
  });
});
