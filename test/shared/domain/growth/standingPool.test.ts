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
