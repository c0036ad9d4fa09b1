/** The rules on nodes and resize timeouts, row by row; and that more nodes never break fewer limits. */
import * as fc from 'fast-check';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { scaleRules } from '../../../../shared/domain/preflight/scaleRules';
import type { BuildRequest, PoolProperties } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';

const asking = (properties: PoolProperties): BuildRequest => given.request({ pool: { properties } });
const scaled = (dedicated: number, spot = 0): BuildRequest => asking(given.fixedScale(dedicated, spot));
const within = (resizeTimeout: string, nodes = 16): BuildRequest =>
  asking(given.poolProperties({ scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, resizeTimeout } } }));
const accepting = (acceptAtLeast: number | string, properties: PoolProperties): BuildRequest =>
  given.request({ pool: { acceptAtLeast, properties } });
const talking = (dedicated: number, spot = 0): BuildRequest =>
  asking({ ...given.fixedScale(dedicated, spot), interNodeCommunication: 'Enabled' });
const userSubscription = given.facts({
  account: given.there(given.account({ allocationMode: 'UserSubscription' })),
});

const FIXED_SCALE = 'pool.properties.scaleSettings.fixedScale';
const DEDICATED = `${FIXED_SCALE}.targetDedicatedNodes`;
const SPOT = `${FIXED_SCALE}.targetLowPriorityNodes`;
const TIMEOUT = `${FIXED_SCALE}.resizeTimeout`;
const tooMany = (subject: string, nodes: string, limit: number): Said => [
  subject,
  `The request asks for ${nodes} nodes, and a pool on a custom image may have ${limit}.`,
];
const formula = { when: 'a formula scales the pool', request: asking(given.formulaPool()) };

testRules(scaleRules, {
  TooManyNodes: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'there are as many nodes as there may be', request: scaled(2_500, 1_000) },
      formula,
    ],
    fail: [
      {
        when: 'there is one dedicated node too many',
        request: scaled(2_501),
        says: [tooMany(DEDICATED, '2501 dedicated', 2_500)],
      },
      { when: 'there is one Spot node too many', request: scaled(0, 1_001), says: [tooMany(SPOT, '1001 Spot', 1_000)] },
      {
        when: 'there are too many of both',
        request: scaled(3_000, 2_000),
        says: [tooMany(DEDICATED, '3000 dedicated', 2_500), tooMany(SPOT, '2000 Spot', 1_000)],
      },
    ],
  },
  ManyDedicatedNodes: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'there are as many nodes as all pages allow', request: scaled(2_000, 1_000) },
      formula,
    ],
    fail: [
      {
        when: 'there is one more than that',
        request: scaled(2_001),
        says: [
          [
            DEDICATED,
            "The request asks for 2001 dedicated nodes. Azure's pages disagree on how many a custom image allows: 2000 or 2500.",
          ],
        ],
      },
    ],
  },
  InterNodePoolTooLarge: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'nodes do not talk to each other', request: scaled(101) },
      { when: 'they may not', request: asking({ ...given.fixedScale(101), interNodeCommunication: 'Disabled' }) },
      { when: 'there are as many as there may be', request: talking(60, 40) },
      { when: 'there are as many as a subscription may have', request: talking(80), facts: userSubscription },
      { when: 'the account is not there', request: talking(101), facts: given.facts({ account: given.missing }) },
    ],
    fail: [
      {
        when: 'there is one too many',
        request: talking(60, 41),
        says: [
          [
            'pool.properties.interNodeCommunication',
            'The request asks for 101 nodes that talk to each other, and an account in mode BatchService allows 100 in such a pool.',
          ],
        ],
      },
      {
        when: 'there is one too many in a subscription',
        request: talking(81),
        facts: userSubscription,
        says: [
          [
            'pool.properties.interNodeCommunication',
            'The request asks for 81 nodes that talk to each other, and an account in mode UserSubscription allows 80 in such a pool.',
          ],
        ],
      },
    ],
    unknown: [
      {
        when: 'the account may not be read',
        request: talking(101),
        facts: given.facts({ account: given.forbidden }),
        says: ['pool.batchAccountId', given.couldNotCheck(`Batch account ${given.ACCOUNT}`)],
        severity: 'refuse',
      },
    ],
  },
  ResizeTimeoutTooShort: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'it is just long enough', request: within('PT5M') },
      { when: 'it is left out', request: scaled(16) },
      formula,
    ],
    fail: [
      {
        when: 'it is a second too short',
        request: within('PT4M59S'),
        says: [[TIMEOUT, 'The resize timeout PT4M59S is shorter than the 5 minutes that Batch takes at least.']],
      },
    ],
  },
  ResizeTimeoutLow: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'it is as long as advised', request: within('PT38M', 2_500) },
      { when: 'no nodes are asked for', request: within('PT5M', 0) },
      { when: 'it is left out', request: scaled(2_500) },
      formula,
    ],
    fail: [
      {
        when: "it is shorter than Azure's default",
        request: within('PT10M'),
        says: [
          [
            TIMEOUT,
            "The resize timeout PT10M may end before 16 nodes are there: advised are 15 minutes (Azure's default).",
          ],
        ],
      },
      {
        when: 'it is short for a large pool',
        request: within('PT29M', 301),
        says: [
          [
            TIMEOUT,
            'The resize timeout PT29M may end before 301 nodes are there: advised are 30 minutes (301 nodes are more than 300).',
          ],
        ],
      },
      {
        when: 'it is short for a very large pool',
        request: within('PT37M', 2_500),
        says: [
          [
            TIMEOUT,
            "The resize timeout PT37M may end before 2500 nodes are there: advised are 38 minutes (15 min for every 1,000 of the pool's 2500 nodes).",
          ],
        ],
      },
    ],
  },
  ResizeTimeoutChosen: {
    pass: [
      { when: 'the request is a usual one' },
      { when: "Azure's default will do", request: scaled(100) },
      { when: 'it is given', request: within('PT45M', 2_500) },
      formula,
    ],
    fail: [
      {
        when: 'it is left out for a large pool',
        request: scaled(250, 51),
        says: [
          [
            TIMEOUT,
            "The request leaves the resize timeout out, and the pool gets 30 minutes instead of Azure's 15 (301 nodes are more than 300).",
          ],
        ],
      },
    ],
  },
  AcceptAtLeastTooHigh: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'all nodes of both kinds must be there', request: accepting(15, given.fixedScale(10, 5)) },
      { when: 'it is a share', request: accepting('100%', given.fixedScale(10)) },
      { when: 'a formula scales the pool', request: accepting(1, given.formulaPool()) },
    ],
    fail: [
      {
        when: 'one more must be there than is asked for',
        request: accepting(16, given.fixedScale(10, 5)),
        says: [
          [
            'pool.acceptAtLeast',
            'The request accepts 16 nodes at least, and asks for 15 only: the pool could never be enough.',
          ],
        ],
      },
    ],
  },
  AcceptAtLeastIgnored: {
    pass: [
      { when: 'the request is a usual one' },
      { when: 'the pool has a target', request: accepting('90%', given.fixedScale(10)) },
      formula,
    ],
    fail: [
      {
        when: 'a formula scales the pool',
        request: accepting('90%', given.formulaPool()),
        says: [
          [
            'pool.acceptAtLeast',
            'The request says how many nodes are enough, but a formula decides how many the pool gets.',
          ],
        ],
      },
    ],
  },
});

const codes = (request: BuildRequest, facts = given.facts()): readonly string[] =>
  preflight(given.aCase({ request, facts }), scaleRules)
    .filter(({ severity }) => severity !== 'note')
    .map(({ code, subject }) => `${code} ${subject}`);

describe('limits are monotonic', () => {
  const count = fc.nat({ max: 3_000 });

  it('in the number of nodes', () => {
    fc.assert(
      fc.property(count, count, fc.boolean(), fc.boolean(), (dedicated, spot, talk, more) => {
        const of = talk ? talking : scaled;
        const before = codes(of(dedicated, spot));
        expect(codes(more ? of(dedicated + 1, spot) : of(dedicated, spot + 1))).toEqual(
          expect.arrayContaining([...before]),
        );
      }),
    );
  });

  it('in the nodes that a stated resize timeout is for', () => {
    fc.assert(
      fc.property(count, fc.nat({ max: 60 }), (nodes, minutes) => {
        const before = codes(within(`PT${minutes}M`, nodes));
        expect(codes(within(`PT${minutes}M`, nodes + 1))).toEqual(expect.arrayContaining([...before]));
      }),
    );
  });

  it('in the minutes of a stated resize timeout', () => {
    fc.assert(
      fc.property(count, fc.nat({ max: 60 }), (nodes, minutes) => {
        const longer = codes(within(`PT${minutes + 1}M`, nodes));
        expect(codes(within(`PT${minutes}M`, nodes))).toEqual(expect.arrayContaining([...longer]));
      }),
    );
  });
});
