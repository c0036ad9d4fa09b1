import * as fc from 'fast-check';
import type { ResourceKind } from '../../../shared/domain/resources';
import {
  deadlineMs,
  longestStayMs,
  looksWithin,
  pauseByProgressMs,
  pauseMs,
  REMOVALS,
  RETRY,
  retryPauseMs,
  RHYTHMS,
  usualGrowthMinutes,
  type Point,
} from '../../../shared/domain/waiting';
import { failure, throttled, USUAL_MINUTES } from '../../given/azure';

const kinds = Object.keys(RHYTHMS) as ResourceKind[];
const rhythms = Object.entries({
  ...RHYTHMS,
  'a removal': REMOVALS.snapshot,
  'a removal of a definition': REMOVALS.definition,
  RETRY,
}).map(([label, rhythm]) => ({ label, rhythm }));

describe.each(rhythms)('the rhythm of $label', ({ rhythm }) => {
  it('grows up to its cap after the first pause, and never shrinks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10_000 }), (look) => {
        expect(pauseMs(rhythm, look)).toBeGreaterThan(0);
        expect(pauseMs(rhythm, look + 1)).toBeGreaterThanOrEqual(pauseMs(rhythm, look));
        expect(pauseMs(rhythm, look)).toBeLessThanOrEqual(rhythm.capMs);
      }),
    );
    expect(pauseMs(rhythm, 1)).toBe(rhythm.firstMs);
    expect(pauseMs(rhythm, 100)).toBe(rhythm.capMs);
  });

  it('leaves room for several looks before its deadline', () => {
    expect(deadlineMs(rhythm, 0)).toBeGreaterThanOrEqual(10 * rhythm.capMs);
  });
});

/** How late it is seen that something is done that takes this long. */
function lateMs(kind: ResourceKind, minutes: number): number {
  const looks = looksWithin(RHYTHMS[kind], minutes);
  let seenAtMs = 0;
  for (let look = 1; look <= looks; look += 1) seenAtMs += pauseMs(RHYTHMS[kind], look, seenAtMs);
  return seenAtMs - minutes * 60_000;
}

describe('the looks of one build with three disks and a publication of 20 minutes', () => {
  it('are so few that all calls stay under 100', () => {
    const looks = kinds.map((kind) => looksWithin(RHYTHMS[kind], USUAL_MINUTES[kind]));
    const beginnings = 7 * 2; // a read and a write for each of seven resources
    const survey = 25;
    expect(looks.reduce((sum, one) => sum + one, 0) + beginnings + survey).toBeLessThan(100);
  });

  it.each(kinds)(
    'see that a %s is done before a cap, or a twentieth of its time, has passed since the first one',
    (kind) => {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 360, noNaN: true }), (minutes) => {
          const { firstMs, capMs } = RHYTHMS[kind];
          const latestMs = Math.max(firstMs - minutes * 60_000, capMs, 0.05 * minutes * 60_000 + 1);
          expect(lateMs(kind, minutes)).toBeGreaterThanOrEqual(0);
          expect(lateMs(kind, minutes)).toBeLessThanOrEqual(latestMs);
        }),
      );
    },
  );

  it('stay under 100 even for the six hours that a publication may take', () => {
    expect(looksWithin(RHYTHMS.version, 360)).toBeLessThan(100);
  });

  it.each([
    { label: 'one at once, even when it takes no time', minutes: 0, looks: 1 },
    { label: 'one when it is done by the first', minutes: 1 / 2, looks: 1 },
    { label: 'a second when it is not', minutes: 1 / 2 + 0.001, looks: 2 },
    { label: 'after 30, 55, 80, 105 and 130 seconds', minutes: 2, looks: 5 },
  ])('are $label', ({ minutes, looks }) => {
    expect(looksWithin(RHYTHMS.image, minutes)).toBe(looks);
  });
});

describe('a percent', () => {
  const MINUTE = 60_000;
  const at = (percent: number, minute: number): Point => ({ percent, atMs: minute * MINUTE });
  const pauseAfter = (before: Point | undefined, now: Point, waitedMinutes: number): number =>
    pauseByProgressMs(80_000, { before, now, waitedMs: waitedMinutes * MINUTE }) / 1_000;

  it.each([
    { label: 'the rhythm as long as nothing is done', before: at(0, 2), now: at(0, 4), waited: 4, seconds: 80 },
    { label: 'the rhythm when it begins to grow', before: at(0, 8), now: at(10, 10), waited: 10, seconds: 80 },
    { label: 'the rhythm when it stands still', before: at(10, 8), now: at(10, 10), waited: 10, seconds: 80 },
    { label: 'three quarters of the rest', before: at(50, 10), now: at(75, 15), waited: 15, seconds: 225 },
    { label: 'half of what has passed at most', before: at(10, 3), now: at(11, 4), waited: 4, seconds: 120 },
    { label: 'less than the rhythm close to the end', before: at(0, 8), now: at(98, 10), waited: 10, seconds: 25 },
    { label: 'a short pause at the end', before: at(50, 10), now: at(99, 15), waited: 15, seconds: 25 },
    {
      label: 'a short pause when all is done and it goes on',
      before: at(99, 10),
      now: at(100, 11),
      waited: 11,
      seconds: 25,
    },
    { label: 'the rhythm after no look', before: undefined, now: at(10, 3), waited: 3, seconds: 80 },
  ])('is followed by $label', ({ before, now, waited, seconds }) => {
    expect(pauseAfter(before, now, waited)).toBe(seconds);
  });

  it('is never followed by no pause, nor by one longer than half of the waiting, or the rhythm', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const waits = fc.integer({ min: 1, max: 360 * MINUTE });
    fc.assert(
      fc.property(percent, percent, waits, waits, (from, to, between, waitedMs) => {
        const before = { percent: from, atMs: 0 };
        const pause = pauseByProgressMs(80_000, { before, now: { percent: to, atMs: between }, waitedMs });
        expect(pause).toBeGreaterThanOrEqual(25_000);
        expect(pause).toBeLessThanOrEqual(Math.max(80_000, waitedMs / 2 + 1));
      }),
    );
  });
});

describe('the usual time', () => {
  it.each(kinds)('of a %s is well before its deadline', (kind) => {
    expect(RHYTHMS[kind].usualMinutes).toBeGreaterThan(0);
    expect(RHYTHMS[kind].usualMinutes).toBeLessThanOrEqual(RHYTHMS[kind].deadlineMinutes / 10);
  });

  it.each([
    { label: 'that is to have no nodes', nodes: 0, minutes: 5 },
    { label: 'of 1,000 nodes', nodes: 1_000, minutes: 20 },
    { label: 'of 2,500 nodes', nodes: 2_500, minutes: 42.5 },
  ])('for the nodes of a pool $label is $minutes minutes', ({ nodes, minutes }) => {
    expect(usualGrowthMinutes(nodes)).toBe(minutes);
  });
});

describe('a retry', () => {
  it.each([
    { label: 'the rhythm when the server asks for nothing', failure: failure(), tries: 3, pause: 20_000 },
    { label: 'the server when it asks for more', failure: throttled(480_000), tries: 1, pause: 480_000 },
    { label: 'the rhythm when the server asks for less', failure: throttled(1_000), tries: 2, pause: 10_000 },
    { label: 'the server however long it asks', failure: throttled(86_400_000), tries: 1, pause: 86_400_000 },
  ])('follows $label', ({ failure: met, tries, pause }) => {
    expect(retryPauseMs(met, tries)).toBe(pause);
  });

  it('is never put off by more than a week in all', () => {
    expect(longestStayMs(1_000)).toBe(1_000 + 7 * 86_400_000);
  });
});
