import { sightPool, type PoolState } from '../../../shared/domain/poolSighting';

const pool = (changes: Partial<PoolState> = {}): PoolState => ({
  provisioningState: 'Succeeded',
  allocationState: 'Steady',
  dedicatedNodes: 16,
  spotNodes: 0,
  resizeErrors: [],
  ...changes,
});
const quota = { code: 'AccountCoreQuotaReached', message: 'The account has no cores left.', details: '' };
const short = { code: 'AllocationTimedout', message: 'Time is up.', details: 'Wanted: 16; Got: 7' };

describe('a pool of 16 nodes', () => {
  it.each([
    { label: 'is ready when it is steady with all of its nodes', state: {}, sighting: { state: 'ready' } },
    { label: 'is ready with more nodes than asked for', state: { dedicatedNodes: 17 }, sighting: { state: 'ready' } },
    {
      label: 'is under way while it resizes, even with all of its nodes',
      state: { allocationState: 'Resizing' },
      sighting: { state: 'underway', progress: '16 of 16 nodes' },
    },
    {
      label: 'is under way while it stops',
      state: { allocationState: 'Stopping', dedicatedNodes: 7 },
      sighting: { state: 'underway', progress: '7 of 16 nodes' },
    },
    {
      label: 'is under way before its first resize, steady and empty without an error',
      state: { dedicatedNodes: 0 },
      sighting: { state: 'underway', progress: '0 of 16 nodes' },
    },
    {
      label: 'is under way while Azure does not say how it is',
      state: { allocationState: undefined, dedicatedNodes: 0 },
      sighting: { state: 'underway', progress: '0 of 16 nodes' },
    },
    {
      label: 'has failed when it is steady below its target with an error',
      state: { dedicatedNodes: 7, resizeErrors: [quota] },
      sighting: {
        state: 'failed',
        code: 'AccountCoreQuotaReached',
        message: 'The pool is steady at 7 of 16 nodes. AccountCoreQuotaReached: The account has no cores left.',
      },
    },
    {
      label: 'has failed with every error and its details',
      state: { dedicatedNodes: 7, resizeErrors: [short, quota] },
      sighting: {
        state: 'failed',
        code: 'AllocationTimedout',
        message:
          'The pool is steady at 7 of 16 nodes. AllocationTimedout: Time is up. (Wanted: 16; Got: 7) AccountCoreQuotaReached: The account has no cores left.',
      },
    },
    {
      label: 'is ready when an error did not keep it from its target',
      state: { resizeErrors: [short] },
      sighting: { state: 'ready' },
    },
  ])('$label', ({ state, sighting }) => {
    expect(sightPool({ targets: { dedicated: 16, spot: 0 } }, pool(state))).toEqual(sighting);
  });

  it('counts dedicated and low-priority nodes apart', () => {
    const spec = { targets: { dedicated: 4, spot: 4 } };
    expect(sightPool(spec, pool({ dedicatedNodes: 8, spotNodes: 0 }))).toEqual({
      state: 'underway',
      progress: '8 of 8 nodes',
    });
    expect(sightPool(spec, pool({ dedicatedNodes: 4, spotNodes: 4 }))).toEqual({ state: 'ready' });
  });

  it('is ready at once when it shall be empty', () => {
    const spec = { targets: { dedicated: 0, spot: 0 } };
    expect(sightPool(spec, pool({ dedicatedNodes: 0 }))).toEqual({ state: 'ready' });
  });
});

describe('a pool that scales by formula', () => {
  it.each([
    {
      label: 'is under way until its formula has run',
      state: {},
      sighting: { state: 'underway', progress: 'formula not evaluated yet' },
    },
    {
      label: 'is ready when the formula has run and it is steady',
      state: { autoScaleRun: {} },
      sighting: { state: 'ready' },
    },
    {
      label: 'is under way while it grows',
      state: { autoScaleRun: {}, allocationState: 'Resizing' },
      sighting: { state: 'underway', progress: 'formula not evaluated yet' },
    },
    {
      label: 'has failed when the formula has',
      state: { autoScaleRun: { error: { code: 'AutoScalingFormulaEvaluationError', message: 'Line 1.' } } },
      sighting: { state: 'failed', code: 'AutoScalingFormulaEvaluationError', message: 'Line 1.' },
    },
  ])('$label', ({ state, sighting }) => {
    expect(sightPool({}, pool(state))).toEqual(sighting);
  });
});
