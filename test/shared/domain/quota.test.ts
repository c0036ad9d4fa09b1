/** Cores in use against quotas. */
import * as fc from 'fast-check';
import type { PoolInUse, VmSize } from '../../../shared/domain/account';
import { accountQuota, subscriptionQuota, type QuotaNumbers } from '../../../shared/domain/quota';
import * as given from '../../given/build';

const D4 = given.vmSize();
const D16 = given.vmSize({ name: 'Standard_D16ds_v5', cores: 16 });
const F2 = given.vmSize({ name: 'Standard_F2s_v2', family: 'standardFSv2Family', cores: 2 });
const CORELESS: VmSize = { name: 'Standard_New_v1', family: 'standardNewFamily' };
const sizes = (name: string): VmSize | undefined =>
  [D4, D16, F2, CORELESS].find((size) => size.name.toLowerCase() === name.toLowerCase());

const pool = (id: string, vmSize: string, dedicatedNodes: number, spotNodes = 0): PoolInUse => ({
  id,
  vmSize,
  dedicatedNodes,
  spotNodes,
});

const numbers = (changes: Partial<QuotaNumbers> = {}): QuotaNumbers => ({
  dedicatedCoreQuota: 100,
  lowPriorityCoreQuota: 50,
  families: [
    { name: 'StandardDDSv5Family', coreQuota: 40 },
    { name: 'standardFSv2Family', coreQuota: 20 },
  ],
  familiesEnforced: true,
  ...changes,
});

const POOLS = [
  pool('a', 'STANDARD_D4DS_V5', 2, 3),
  pool('b', 'standard_d16ds_v5', 1),
  pool('c', 'Standard_F2s_v2', 4, 5),
];

describe('the quota of an account', () => {
  it('counts cores of dedicated and of Spot nodes apart, and those of the family of the size', () => {
    expect(accountQuota(numbers(), POOLS, sizes, 'STANDARD_D4DS_V5')).toEqual({
      holder: 'account',
      dedicated: { used: 2 * 4 + 16 + 4 * 2, limit: 100 },
      spot: { used: 3 * 4 + 5 * 2, limit: 50 },
      family: { name: 'StandardDDSv5Family', used: 2 * 4 + 16, limit: 40 },
      uncounted: [],
    });
  });

  it.each([
    ['families have no quotas of their own', numbers({ familiesEnforced: false }), 'Standard_D4ds_v5'],
    ['the family is not listed', numbers({ families: [] }), 'Standard_D4ds_v5'],
    ['the size is not known', numbers(), 'Standard_Z1'],
  ])('has no family when %s', (_, account, vmSize) => {
    expect(accountQuota(account, POOLS, sizes, vmSize)).not.toHaveProperty('family');
  });

  it('names each size once whose cores are not known, and only where nodes run on it', () => {
    const pools = [
      pool('a', 'Standard_New_v1', 1),
      pool('b', 'STANDARD_NEW_V1', 0, 7),
      pool('c', 'Standard_Gone', 3),
      pool('d', 'Standard_Idle', 0),
      pool('e', 'Standard_D4ds_v5', 1),
    ];
    const quota = accountQuota(numbers(), pools, sizes, 'Standard_D4ds_v5');
    expect(quota?.uncounted.map((name) => name.toLowerCase())).toEqual(['standard_new_v1', 'standard_gone']);
    expect(quota?.dedicated.used).toBe(4);
  });

  it.each([
    ['has none at all', numbers({ dedicatedCoreQuota: undefined, lowPriorityCoreQuota: undefined })],
    ['has none on Spot cores', numbers({ lowPriorityCoreQuota: undefined })],
  ])('is not known when the account %s', (_, account) => {
    expect(accountQuota(account, POOLS, sizes, 'Standard_D4ds_v5')).toBeUndefined();
  });

  it('keeps a quota of 0', () => {
    const none = numbers({ dedicatedCoreQuota: 0, lowPriorityCoreQuota: 0 });
    expect(accountQuota(none, [], sizes, 'Standard_D4ds_v5')).toMatchObject({
      dedicated: { used: 0, limit: 0 },
      spot: { used: 0, limit: 0 },
    });
  });

  const anyPool = fc.record({
    id: fc.uuid(),
    vmSize: fc.constantFrom(D4.name, D16.name, F2.name, CORELESS.name, 'Standard_Gone'),
    dedicatedNodes: fc.nat({ max: 3_000 }),
    spotNodes: fc.nat({ max: 3_000 }),
  });

  it('only grows by more pools, and the family never uses more than all families together', () => {
    fc.assert(
      fc.property(fc.array(anyPool), anyPool, (pools, one) => {
        const before = accountQuota(numbers(), pools, sizes, D4.name);
        const after = accountQuota(numbers(), [...pools, one], sizes, D4.name);
        if (!before || !after) throw new Error('The account has quotas.');
        expect(after.dedicated.used).toBeGreaterThanOrEqual(before.dedicated.used);
        expect(after.spot.used).toBeGreaterThanOrEqual(before.spot.used);
        expect(after.uncounted).toEqual(expect.arrayContaining([...before.uncounted]));
        expect(after.family?.used ?? 0).toBeLessThanOrEqual(after.dedicated.used);
      }),
    );
  });
});

describe('the quota of a subscription', () => {
  const USAGES = [
    { name: 'availabilitySets', used: 1, limit: 2_500 },
    { name: 'cores', used: 30, limit: 100 },
    { name: 'lowPriorityCores', used: 5, limit: 50 },
    { name: 'standardDDSv5Family', used: 20, limit: 40 },
  ];

  it('stands in its usages', () => {
    expect(subscriptionQuota(USAGES, 'StandardDDSv5Family')).toEqual({
      holder: 'subscription',
      dedicated: { used: 30, limit: 100 },
      spot: { used: 5, limit: 50 },
      family: { name: 'standardDDSv5Family', used: 20, limit: 40 },
      uncounted: [],
    });
  });

  it.each([['standardFSv2Family'], [undefined]])('has no family that its usages do not name: %s', (family) => {
    expect(subscriptionQuota(USAGES, family)).not.toHaveProperty('family');
  });

  it.each([['cores'], ['lowPriorityCores']])('is not known when its usages do not name %s', (missing) => {
    expect(
      subscriptionQuota(
        USAGES.filter(({ name }) => name !== missing),
        undefined,
      ),
    ).toBeUndefined();
  });
});
