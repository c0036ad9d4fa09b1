import * as fc from 'fast-check';
import type { ResourceKind } from '../../../shared/domain/resources';
import {
  deadlineMs,
  longestStayMs,
  looksWithin,
  pauseMs,
  REMOVALS,
  RETRY,
  retryPauseMs,
  RHYTHMS,
  usualGrowthMinutes,
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
  it('grows up to its cap, and never shrinks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (look) => {
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
    const looks = kinds.map((kind) => looksWithin(RHYTHMS[kind], USUAL_MINUTES[kind]) * (kind === 'snapshot' ? 3 : 1));
    const beginnings = 7 * 2; // a read and a write for each of seven resources
    const survey = 9;
    expect(looks.reduce((sum, one) => sum + one, 0) + beginnings + survey).toBeLessThan(100);
  });

  it.each(kinds)('see that a %s is done before a cap, or a twentieth of its time, has passed', (kind) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 360, noNaN: true }), (minutes) => {
        const latestMs = Math.max(RHYTHMS[kind].capMs, 0.05 * minutes * 60_000 + 1);
        expect(lateMs(kind, minutes)).toBeGreaterThanOrEqual(0);
        expect(lateMs(kind, minutes)).toBeLessThanOrEqual(latestMs);
      }),
    );
  });

  it('stay under 100 even for the six hours that a publication may take', () => {
    expect(looksWithin(RHYTHMS.version, 360)).toBeLessThan(100);
  });

  it.each([
    { label: 'one at once, even when it takes no time', minutes: 0, crowd: 1, looks: 1 },
    { label: 'one when it is done by the first', minutes: 1 / 3, crowd: 1, looks: 1 },
    { label: 'a second when it is not', minutes: 1 / 3 + 0.001, crowd: 1, looks: 2 },
    { label: 'after 20, 50, 80, 110 and 140 seconds', minutes: 2, crowd: 1, looks: 5 },
    { label: 'half as often in a crowd of two', minutes: 2, crowd: 2, looks: 3 },
  ])('are $label', ({ minutes, crowd, looks }) => {
    expect(looksWithin(RHYTHMS.image, minutes, crowd)).toBe(looks);
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
