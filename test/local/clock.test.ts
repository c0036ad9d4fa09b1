import { PacedClock, SteppedClock } from '../../local/clock';

describe('SteppedClock', () => {
  it('stands still until it is moved, and never moves back', () => {
    const clock = new SteppedClock(1_000);
    clock.advanceTo(5_000);
    clock.advanceTo(2_000);
    expect(clock.nowMs()).toBe(5_000);
  });

  it('fires timers in the order of their instants, each at its own instant', () => {
    const clock = new SteppedClock(0);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name}@${clock.nowMs()}`);
    clock.at(300, note('late'));
    clock.at(100, note('first'));
    clock.at(100, note('second'));
    clock.at(200, () => clock.at(250, note('made on the way')));
    clock.advanceTo(300);
    expect(fired).toEqual(['first@100', 'second@100', 'made on the way@250', 'late@300']);
  });

  it('leaves out a cancelled timer and names the next one', () => {
    const clock = new SteppedClock(0);
    const cancel = clock.at(100, () => {
      throw new Error('a cancelled timer fired');
    });
    clock.at(200, () => undefined);
    cancel();
    expect(clock.nextDueMs()).toBe(200);
    clock.advanceTo(200);
    expect(clock.nextDueMs()).toBeUndefined();
  });
});

describe('PacedClock', () => {
  it('shows the same time to every process that shares its pace', () => {
    const pace = { wallStartMs: Date.now() - 1_000, azureStartMs: 0, speed: 60 };
    const [here, there] = [new PacedClock(pace), new PacedClock(pace)];
    expect(Math.abs(here.nowMs() - there.nowMs())).toBeLessThanOrEqual(60);
    expect(here.nowMs()).toBeGreaterThanOrEqual(60_000);
  });

  it('refuses a speed at which time would stand still', () => {
    expect(() => PacedClock.startingNow(0)).toThrow('above 0');
  });
});
