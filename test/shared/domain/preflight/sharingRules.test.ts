/** The rules on pools that take the same image, row by row; and that one node more never takes a verdict back. */
import * as fc from 'fast-check';
import type { SharingPool } from '../../../../shared/domain/account';
import type { BuildFacts } from '../../../../shared/domain/facts';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import { sharingRules } from '../../../../shared/domain/preflight/sharingRules';
import type { BuildRequest } from '../../../../shared/domain/request';
import * as given from '../../../given/build';
import { testRules, type Said } from './ruleTable';

const { there, forbidden, ACCOUNT } = given;
const OTHER_ACCOUNT = given.id('rg-batch', 'Microsoft.Batch/batchAccounts/batchother');
const A = `${ACCOUNT}/pools/a`;
const B = `${OTHER_ACCOUNT}/pools/b`;
const pool = (id: string, dedicatedNodes: number, spotNodes = 0): SharingPool => ({ id, dedicatedNodes, spotNodes });
const shared = (own: readonly SharingPool[], others: readonly SharingPool[] = []): BuildFacts =>
  given.facts({
    sharing: [
      { accountId: ACCOUNT, fact: there(own) },
      { accountId: OTHER_ACCOUNT, fact: there(others) },
    ],
  });
const scaled = (dedicated: number, spot = 0): BuildRequest =>
  given.request({ pool: { properties: given.fixedScale(dedicated, spot) } });

const takes = (id: string): Said => [
  'image.name',
  `The pool ${id} takes the newest version of image definition render by itself: its next nodes will run on the image of this build.`,
];
const unknown = [
  {
    when: "another account's pools may not be listed",
    facts: given.facts({
      sharing: [
        { accountId: ACCOUNT, fact: there([]) },
        { accountId: OTHER_ACCOUNT, fact: forbidden },
      ],
    }),
    says: ['pool.batchAccountId', given.couldNotCheck(`pools of Batch account ${OTHER_ACCOUNT}`)],
  },
] as const;

testRules(sharingRules, {
  ImageShared: {
    pass: [{ when: 'the request is a usual one' }, { when: 'no account has such a pool', facts: shared([]) }],
    fail: [
      { when: 'one pool of another account takes it', facts: shared([], [pool(B, 0)]), says: [takes(B)] },
      { when: 'two pools take it', facts: shared([pool(A, 3)], [pool(B, 0, 5)]), says: [takes(A), takes(B)] },
    ],
    unknown,
  },
  SharedNodesOverLimit: {
    pass: [
      { when: 'the request is a usual one' },
      {
        when: 'all pools together just have what they may',
        request: scaled(500, 100),
        facts: shared([pool(A, 1_500, 900)], [pool(B, 500)]),
      },
      { when: 'the pool is too large by itself', request: scaled(2_501, 1_001), facts: shared([pool(A, 0)]) },
    ],
    fail: [
      {
        when: 'there is one dedicated node too many',
        request: scaled(501),
        facts: shared([pool(A, 1_500)], [pool(B, 500)]),
        says: [
          [
            'image.name',
            `The pools on the image of this build would have 2501 dedicated nodes together (501 of this pool, 1500 of ${A}, 500 of ${B}), and the pools on one custom image may have 2500.`,
          ],
        ],
      },
      {
        when: 'there is one Spot node too many',
        request: scaled(501, 1),
        facts: shared([pool(A, 10, 1_000)]),
        says: [
          [
            'image.name',
            `The pools on the image of this build would have 1001 Spot nodes together (1 of this pool, 1000 of ${A}), and the pools on one custom image may have 1000.`,
          ],
        ],
      },
      {
        when: 'a pool that is grown would be one too many',
        request: given.request({ pool: { existing: 'grow', properties: given.fixedScale(501) } }),
        facts: { ...shared([pool(A, 2_000)]), pool: there(given.existingPool()) },
        says: [
          [
            'image.name',
            `The pools on the image of this pool would have 2501 dedicated nodes together (501 of this pool, 2000 of ${A}), and the pools on one custom image may have 2500.`,
          ],
        ],
      },
      {
        when: 'the others are too many already, whatever a formula decides',
        request: given.request({ pool: { properties: given.formulaPool() } }),
        facts: shared([pool(A, 2_000)], [pool(B, 600)]),
        says: [
          [
            'image.name',
            `The pools on the image of this build would have 2600 dedicated nodes together (0 of this pool, 2000 of ${A}, 600 of ${B}), and the pools on one custom image may have 2500.`,
          ],
        ],
      },
    ],
    unknown,
  },
});

const codes = (request: BuildRequest, facts: BuildFacts): readonly string[] =>
  preflight(given.aCase({ request, facts }), sharingRules).map(({ code }) => code);

it('limits are monotonic in the nodes of this pool and of the others', () => {
  const count = fc.nat({ max: 3_000 });
  fc.assert(
    fc.property(count, count, count, count, (dedicated, spot, otherDedicated, otherSpot) => {
      const before = codes(scaled(dedicated, spot), shared([pool(A, otherDedicated, otherSpot)]));
      const mine = codes(scaled(dedicated + 1, spot + 1), shared([pool(A, otherDedicated, otherSpot)]));
      const theirs = codes(scaled(dedicated, spot), shared([pool(A, otherDedicated + 1, otherSpot + 1)], [pool(B, 1)]));
      expect(mine).toEqual(expect.arrayContaining([...before]));
      expect(theirs).toEqual(expect.arrayContaining([...before]));
    }),
  );
});
