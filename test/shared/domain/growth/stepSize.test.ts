import * as fc from 'fast-check';
import { sumOf } from '../../../../shared/domain/growth/poolLook';
import { askFor, halved } from '../../../../shared/domain/growth/stepSize';

const counts = fc.record({ dedicated: fc.nat(2_500), spot: fc.nat(1_000) });

describe('a step', () => {
  it.each([
    { have: [0, 0], targets: [600, 0], step: undefined, asked: [600, 0], more: 600 },
    { have: [280, 0], targets: [600, 0], step: 300, asked: [580, 0], more: 300 },
    { have: [580, 0], targets: [600, 0], step: 300, asked: [600, 0], more: 20 },
    { have: [0, 0], targets: [300, 100], step: 100, asked: [75, 25], more: 100 },
    { have: [300, 0], targets: [300, 100], step: 10, asked: [300, 10], more: 10 },
    { have: [310, 0], targets: [300, 100], step: 10, asked: [300, 10], more: 10 },
  ])('from $have to $targets by $step asks for $asked', ({ have, targets, step, asked, more }) => {
    const pair = ([dedicated = 0, spot = 0]: readonly number[]) => ({ dedicated, spot });
    expect(askFor(pair(have), pair(targets), step)).toEqual({ targets: pair(asked), more });
  });

  it('asks for as many more as it says, never above the targets', () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 4_000 }), (have, lack, step) => {
        const targets = { dedicated: have.dedicated + lack.dedicated, spot: have.spot + lack.spot };
        const ask = askFor(have, targets, step);
        expect(sumOf(ask.targets) - sumOf(have)).toBe(ask.more);
        expect(ask.more).toBe(Math.min(step, sumOf(lack)));
        expect(ask.targets.dedicated).toBeGreaterThanOrEqual(have.dedicated);
        expect(ask.targets.spot).toBeGreaterThanOrEqual(have.spot);
        expect(ask.targets.dedicated).toBeLessThanOrEqual(targets.dedicated);
        expect(ask.targets.spot).toBeLessThanOrEqual(targets.spot);
      }),
    );
  });

  it.each([
    [600, 300],
    [5, 2],
    [1, 1],
  ])('after %i is %i', (asked, next) => {
    expect(halved(asked)).toBe(next);
  });
});
