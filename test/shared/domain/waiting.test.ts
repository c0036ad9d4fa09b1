import * as fc from 'fast-check';
import type { ResourceKind } from '../../../shared/domain/resources';
import {
  deadlineMs,
  longestStayMs,
  makingDeadlineMs,
  pauseMs,
  REMOVALS,
  RETRY,
  retryPauseMs,
  RHYTHMS,
} from '../../../shared/domain/waiting';
import * as given from '../../given/build';
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

/** Looks until something that takes this long is seen to be done, and how late that is. */
function looksFor(kind: ResourceKind, minutes: number): { looks: number; lateMs: number } {
  let atMs = 0;
  for (let looks = 1; ; looks += 1) {
    atMs += pauseMs(RHYTHMS[kind], looks, atMs);
    if (atMs >= minutes * 60_000) return { looks, lateMs: atMs - minutes * 60_000 };
  }
}

describe('the looks of one build with three disks and a publication of 20 minutes', () => {
  it('are so few that all calls stay under 100', () => {
    const looks = kinds.map((kind) => looksFor(kind, USUAL_MINUTES[kind]).looks * (kind === 'snapshot' ? 3 : 1));
    const beginnings = 7 * 2; // a read and a write for each of seven resources
    const survey = 9;
    expect(looks.reduce((sum, one) => sum + one, 0) + beginnings + survey).toBeLessThan(100);
  });

  it.each(kinds)('see that a %s is done before a cap, or a twentieth of its time, has passed', (kind) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 360, noNaN: true }), (minutes) => {
        const latestMs = Math.max(RHYTHMS[kind].capMs, 0.05 * minutes * 60_000 + 1);
        expect(looksFor(kind, minutes).lateMs).toBeLessThanOrEqual(latestMs);
      }),
    );
  });

  it('stay under 100 even for the six hours that a publication may take', () => {
    expect(looksFor('version', 360).looks).toBeLessThan(100);
  });
});

describe('the deadline of a pool', () => {
  it.each([
    { label: 'as usual without a resize timeout', timeout: undefined, minutes: 90 },
    { label: 'as usual with a short one', timeout: 'PT30M', minutes: 90 },
    { label: 'half an hour after a long one', timeout: 'P1DT2H3M30S', minutes: 1_593.5 },
  ])('is $label', ({ timeout: resizeTimeout, minutes }) => {
    const properties = given.poolProperties({ scaleSettings: { fixedScale: { resizeTimeout } } });
    const spec = given.spec('pool', given.request({ pool: { properties } }));
    expect(makingDeadlineMs(spec, 0)).toBe(minutes * 60_000);
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
