import { durationMinutes } from '../../../shared/domain/isoDuration';

describe('durationMinutes', () => {
  it.each([
    ['PT30M', 30],
    ['PT1H30M', 90],
    ['P1D', 1_440],
    ['P1DT1H1M30S', 1_501.5],
    ['PT0S', 0],
    ['', undefined],
    ['P', undefined],
    ['PT', undefined],
    ['30M', undefined],
    ['PT1M1H', undefined],
    ['P1M', undefined],
  ])('reads %j as %j', (text, minutes) => {
    expect(durationMinutes(text)).toBe(minutes);
  });

  it('does not take a T that nothing follows', () => {
    expect(durationMinutes('P1DT')).toBeUndefined();
  });
});
