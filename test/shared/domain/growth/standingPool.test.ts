/** Pools that were there before, or that others touch while they grow: what is theirs is neither acted on nor overridden. */
import { afterLook, nextStep, startGrowing, type Growing } from '../../../../shared/domain/growth/growing';
import type { GrowthJob } from '../../../../shared/domain/growth/growthJob';
import type { PoolLook } from '../../../../shared/domain/growth/poolLook';
import { succeed } from '../../../../shared/domain/outcome';
import { error, iso, job, MINUTE, START_MS } from './poolModel';

/** Minutes after the start. */
const at = (minutes: number): number => START_MS + minutes * MINUTE;

/** A pool whose last resize ended short ten minutes before the start. */
const look = (changes: Partial<PoolLook> = {}): PoolLook => ({
  allocationState: 'Steady',
  allocationStateSince: iso(at(-10)),
  resizeStartedAt: iso(at(-20)),
  nodes: { dedicated: 280, spot: 0 },
  resizeErrors: [error('AccountCoreQuotaReached')],
  deleting: false,
  ...changes,
});

const start = (changes: Partial<GrowthJob> = {}): Growing => startGrowing(job(changes), START_MS);
const see = (growing: Growing, seen: PoolLook, minutes = 0): Growing => afterLook(growing, succeed(seen), at(minutes));

describe('errors of a resize that ended before the growing began', () => {
  it('count when the build itself had just created the pool', () => {
    expect(nextStep(see(start(), look()))).toMatchObject({ end: { code: 'AccountCoreQuotaReached' } });
  });

  it('are not acted on when the pool stood before: what they say may be over', () => {
    expect(nextStep(see(start({ stood: true }), look()))).toMatchObject({
      do: 'resize',
      dueMs: at(0),
      targets: { dedicated: 600, spot: 0 },
    });
  });

  it('count again once a resize has ended in the meantime, whoever asked for it', () => {
    const ended = look({ allocationStateSince: iso(at(5)) });
    const resizing = look({ allocationState: 'Resizing', resizeErrors: [] });
    const growing = see(see(start({ stood: true }), resizing), ended, 6);
    expect(nextStep(growing)).toMatchObject({ end: { code: 'AccountCoreQuotaReached' } });
  });
});

describe('a resize that others began', () => {
  const theirs = look({ allocationState: 'Resizing', resizeErrors: [], resizeTimeoutMinutes: 120 });

  it('is waited for by its own timeout, not by that of the request', () => {
    const waiting = see(start({ stood: true }), theirs);
    expect(nextStep(see(waiting, theirs, 150)).do).toBe('look');
    expect(nextStep(see(waiting, theirs, 150.1))).toMatchObject({
      end: { code: 'ResizeStuck', message: expect.stringContaining('after 120') as string },
    });
  });
});

describe('a pool that got a formula while it grew', () => {
  const scaled = look({ formula: { evaluatedAt: iso(at(5)) }, allocationStateSince: iso(at(6)) });

  it('is never resized', () => {
    expect(nextStep(see(see(start({ stood: true }), look()), scaled, 7))).toMatchObject({
      end: { outcome: 'failed', code: 'PoolScalesByFormula' },
    });
  });

  it('is good enough with as many nodes as the request accepts', () => {
    const growing = see(start({ acceptAtLeast: { nodes: 280 } }), scaled, 7);
    expect(nextStep(growing).do).toBe('count');
    expect(growing.findings).toMatchObject([{ code: 'PoolBelowTarget' }]);
  });
});

describe('another pool of the same name', () => {
  it('is not resized', () => {
    const growing = see(start({ stood: true }), look({ createdAt: iso(at(-60)) }));
    expect(nextStep(growing).do).toBe('resize');
    expect(nextStep(see(growing, look({ createdAt: iso(at(5)) }), 7))).toMatchObject({
      end: { outcome: 'failed', code: 'PoolReplaced' },
    });
  });

  it('is none when Azure does not say when the pool was created', () => {
    const growing = see(start({ stood: true }), look());
    expect(nextStep(see(growing, look({ createdAt: iso(at(-60)) }), 7)).do).toBe('resize');
  });
});
