/** The rules on quotas, row by row; and that more nodes, or more cores in use, never free a quota. */
import * as fc from 'fast-check';
import type { BatchAccount, CoreQuota } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { quotaRules } from '../../../../shared/domain/preflight/quotaRules';
import type { BuildRequest } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules } from './ruleTable';

const { there, forbidden, couldNotCheck, ACCOUNT } = given;
const scaled = (dedicated: number, spot = 0): BuildRequest =>
  given.request({ pool: { properties: given.fixedScale(dedicated, spot) } });
const formula = given.request({ pool: { properties: given.formulaPool() } });
const quota = (changes: Partial<CoreQuota>): BuildFacts => given.facts({ coreQuota: there(given.coreQuota(changes)) });
const pools = (count: number, account: Partial<BatchAccount> = {}): BuildFacts =>
  given.facts({ poolCount: there(count), account: there(given.account(account)) });
const unlimited: BatchAccount = {
  id: ACCOUNT,
  location: 'westeurope',
  allocationMode: 'BatchService',
};
const coreless = given.facts({
  vmSizes: there([{ name: 'Standard_D4ds_v5', family: 'standardDDSv5Family' }]),
  coreQuota: there(given.coreQuota({ dedicated: { used: 0, limit: 1 }, family: { name: 'x', used: 0, limit: 1 } })),
});

const FIXED_SCALE = 'pool.properties.scaleSettings.fixedScale';
const DEDICATED = `${FIXED_SCALE}.targetDedicatedNodes`;
const SPOT = `${FIXED_SCALE}.targetLowPriorityNodes`;
const family = (used: number, limit: number): Partial<CoreQuota> => ({
  family: { name: 'standardDDSv5Family', used, limit },
});

const unread = {
  quota: {
    when: 'the cores in use may not be read',
    facts: given.facts({ coreQuota: forbidden }),
    says: ['pool.batchAccountId', couldNotCheck('cores in use')],
  },
  sizes: {
    when: 'the VM sizes may not be read',
    facts: given.facts({ vmSizes: forbidden }),
    says: ['pool.properties.vmSize', couldNotCheck('VM sizes that Batch offers')],
  },
} as const;

testRules(quotaRules, {
  PoolQuotaReached: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'there is room for one pool', facts: pools(99) },
      {
        when: 'the account states no quota',
        facts: given.facts({ poolCount: there(500), account: there(unlimited) }),
      },
    ],
    fail: [
      {
        when: 'the last pool is taken',
        facts: pools(100),
        says: [['pool.batchAccountId', `The Batch account ${ACCOUNT} has as many pools as it may have: 100 of 100.`]],
      },
    ],
    unknown: [
      {
        when: 'the account may not be read',
        facts: given.facts({ account: forbidden }),
        says: ['pool.batchAccountId', couldNotCheck(`Batch account ${ACCOUNT}`)],
        severity: 'refuse',
      },
      {
        when: 'the pools may not be listed',
        facts: given.facts({ poolCount: forbidden }),
        says: ['pool.batchAccountId', couldNotCheck('list of pools')],
      },
    ],
  },
  CoreQuotaExceeded: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'the cores just suffice', facts: quota({ dedicated: { used: 36, limit: 100 } }) },
      {
        when: 'no cores are asked for and none are free',
        request: scaled(0),
        facts: quota({ dedicated: { used: 9, limit: 8 }, spot: { used: 9, limit: 8 } }),
      },
      { when: 'a formula scales the pool', request: formula, facts: quota({ dedicated: { used: 1, limit: 1 } }) },
      { when: 'the cores of the size are not known', facts: coreless },
      { when: 'Batch does not offer the size', facts: given.facts({ vmSizes: there([]) }) },
    ],
    fail: [
      {
        when: 'one core is missing',
        facts: quota({ dedicated: { used: 8, limit: 16 } }),
        says: [
          [
            DEDICATED,
            'The pool needs 64 cores (16 nodes of 4), and 8 of 16 dedicated cores of the account are free: 8 are in use.',
          ],
        ],
      },
      {
        when: 'cores of both kinds are missing in a subscription, of which more are in use than allowed',
        request: scaled(16, 2),
        facts: quota({ holder: 'subscription', dedicated: { used: 99, limit: 100 }, spot: { used: 12, limit: 10 } }),
        says: [
          [
            DEDICATED,
            "The pool needs 64 cores (16 nodes of 4), and 1 of 100 dedicated cores of the subscription in the account's region are free: 99 are in use.",
          ],
          [
            SPOT,
            "The pool needs 8 cores (2 nodes of 4), and 0 of 10 Spot cores of the subscription in the account's region are free: 12 are in use.",
          ],
        ],
      },
    ],
    unknown: [unread.quota, unread.sizes],
  },
  FamilyQuotaExceeded: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'the cores of the family just suffice', facts: quota(family(36, 100)) },
      { when: 'only Spot cores are asked for', request: scaled(0, 16), facts: quota(family(100, 100)) },
      { when: 'a formula scales the pool', request: formula, facts: quota(family(1, 1)) },
      { when: 'the cores of the size are not known', facts: coreless },
    ],
    fail: [
      {
        when: 'one core of the family is missing',
        facts: quota(family(37, 100)),
        says: [
          [
            DEDICATED,
            'The pool needs 64 cores (16 nodes of 4), and 63 of 100 dedicated cores of family standardDDSv5Family of the account are free: 37 are in use.',
          ],
        ],
      },
    ],
    unknown: [unread.quota, unread.sizes],
  },
  CoresUncounted: {
    pass: [{ when: 'the request is a usual one' }],
    fail: [
      {
        when: 'sizes in use are not known',
        facts: quota({ uncounted: ['Standard_New_v1', 'Standard_Gone'] }),
        says: [
          [
            'pool.batchAccountId',
            'The cores of some pools were not counted, because Batch does not say how many cores their VM sizes have: Standard_New_v1, Standard_Gone.',
          ],
        ],
      },
    ],
    unknown: [unread.quota],
  },
});

const codes = (request: BuildRequest, facts: BuildFacts): readonly string[] =>
  preflight(given.aCase({ request, facts }), quotaRules).map(({ code, subject }) => `${code} ${subject}`);

it('quotas are monotonic in the nodes asked for, and in the cores in use', () => {
  const few = fc.nat({ max: 100 });
  fc.assert(
    fc.property(fc.record({ dedicated: few, spot: few, used: few, limit: few }), ({ dedicated, spot, used, limit }) => {
      const all = (inUse: number): BuildFacts =>
        quota({ dedicated: { used: inUse, limit }, spot: { used: inUse, limit }, ...family(inUse, limit) });
      const before = codes(scaled(dedicated, spot), all(used));
      expect(codes(scaled(dedicated + 1, spot), all(used))).toEqual(expect.arrayContaining([...before]));
      expect(codes(scaled(dedicated, spot + 1), all(used))).toEqual(expect.arrayContaining([...before]));
      expect(codes(scaled(dedicated, spot), all(used + 1))).toEqual(expect.arrayContaining([...before]));
    }),
  );
});
