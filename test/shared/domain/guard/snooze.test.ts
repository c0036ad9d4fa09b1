/** Until when findings of a pool are not told. */
import { snoozedUntil, type Snooze } from '../../../../shared/domain/guard/snooze';
import { POOL } from '../../../given/build';
import { daysFromNow } from '../../../given/guard';

const snooze = (changes: Partial<Snooze> = {}): Snooze => ({ poolId: POOL, until: daysFromNow(3), ...changes });
const until = (snoozes: readonly Snooze[], tag?: string) =>
  snoozedUntil({ id: POOL, ...(tag === undefined ? {} : { snoozedUntil: tag }) }, 'ImageEnds', snoozes);

it.each([
  { label: 'nobody said so', snoozes: [], ends: undefined },
  { label: 'a message did', snoozes: [snooze()], ends: daysFromNow(3) },
  { label: 'a message did, for this code', snoozes: [snooze({ code: 'ImageEnds' })], ends: daysFromNow(3) },
  { label: 'a message did, for another code', snoozes: [snooze({ code: 'ImageMissing' })], ends: undefined },
  { label: 'a message did, for another pool', snoozes: [snooze({ poolId: `${POOL}-2` })], ends: undefined },
  {
    label: 'a message spelled the pool otherwise',
    snoozes: [snooze({ poolId: `${POOL.toUpperCase()}/` })],
    ends: daysFromNow(3),
  },
  { label: 'the pool says so itself', snoozes: [], tag: daysFromNow(1), ends: daysFromNow(1) },
  { label: 'both do, the message for longer', snoozes: [snooze()], tag: daysFromNow(1), ends: daysFromNow(3) },
  { label: 'both do, the pool for longer', snoozes: [snooze()], tag: daysFromNow(9), ends: daysFromNow(9) },
  {
    label: 'days are written in different ways',
    snoozes: [snooze({ until: '2026-03-05' }), snooze({ until: '2026-03-04T23:00:00-05:00' })],
    ends: '2026-03-04T23:00:00-05:00',
  },
])('when $label: $ends', ({ snoozes, tag, ends }) => {
  expect(until(snoozes, tag)).toBe(ends);
});

it('an end that is no day ends nothing, and hides no other', () => {
  expect(until([snooze({ until: 'some day' }), snooze()])).toBe(daysFromNow(3));
  expect(until([snooze(), snooze({ until: 'some day' })])).toBe(daysFromNow(3));
  expect(until([snooze({ until: 'some day' })])).toBeUndefined();
});
