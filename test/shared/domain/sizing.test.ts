/** Replicas and resize timeouts: enough for the nodes, never less for more of them, and within Azure's limits. */
import * as fc from 'fast-check';
import {
  LARGE_POOL_NODES,
  MAX_CHOSEN_RESIZE_MINUTES,
  MAX_DEDICATED_NODES,
  MAX_REPLICAS,
  NODES_PER_REPLICA,
} from '../../../shared/domain/limits';
import {
  nodesOf,
  recommendedReplicas,
  recommendedResize,
  resizeTimeoutFor,
  targetRegions,
} from '../../../shared/domain/sizing';
import * as given from '../../given/build';

const nodes = fc.nat({ max: 4 * MAX_DEDICATED_NODES });

it.each([
  [0, 1],
  [1, 1],
  [300, 1],
  [301, 2],
  [3_000, 10],
  [30_000, 100],
  [30_001, 100],
])('%i nodes get %i replicas', (count, replicas) => {
  expect(recommendedReplicas(count)).toBe(replicas);
});

it('replicas never get fewer by one node more, and stay within the limits', () => {
  fc.assert(
    fc.property(nodes, (count) => {
      const replicas = recommendedReplicas(count);
      expect(recommendedReplicas(count + 1)).toBeGreaterThanOrEqual(replicas);
      expect(replicas).toBeGreaterThanOrEqual(1);
      expect(replicas).toBeLessThanOrEqual(MAX_REPLICAS);
    }),
  );
});

it.each([
  [0, 15, "Azure's default"],
  [100, 15, "Azure's default"],
  [101, 20, '101 nodes are more than 100'],
  [300, 20, '300 nodes are more than 100'],
  [301, 30, '301 nodes are more than 300'],
  [2_000, 30, '2000 nodes are more than 300'],
  [2_001, 31, "15 min for every 1,000 of the pool's 2001 nodes"],
  [2_500, 38, "15 min for every 1,000 of the pool's 2500 nodes"],
  [192_000, 2_880, "15 min for every 1,000 of the pool's 192000 nodes"],
  [192_001, 2_880, 'the longest that the app chooses by itself'],
])('%i nodes are given %i minutes: %s', (count, minutes, reason) => {
  expect(recommendedResize(count)).toEqual({ minutes, reason });
});

it('resize timeouts never get shorter by one node more', () => {
  fc.assert(
    fc.property(nodes, (count) => {
      const { minutes } = recommendedResize(count);
      expect(recommendedResize(count + 1).minutes).toBeGreaterThanOrEqual(minutes);
      expect(minutes).toBeGreaterThanOrEqual(count > LARGE_POOL_NODES ? 30 : 15);
      expect(minutes).toBeLessThanOrEqual(MAX_CHOSEN_RESIZE_MINUTES);
      expect(minutes * 1_000).toBeGreaterThanOrEqual(count * 15);
    }),
  );
});

it('counts nodes of both kinds, and none of a pool that a formula scales', () => {
  expect(nodesOf(given.fixedScale(10, 5))).toBe(15);
  expect(nodesOf(given.formulaPool())).toBe(0);
  expect(nodesOf(given.poolProperties({ scaleSettings: undefined }))).toBe(0);
});

it.each([
  ['what the request says', given.poolProperties(), { minutes: 30, reason: 'as the request says', given: true }],
  ["Azure's default", given.fixedScale(16), { minutes: 15, reason: "Azure's default", given: false }],
  ['longer', given.fixedScale(400), { minutes: 30, reason: '400 nodes are more than 300', given: false }],
  ['none by a formula', given.formulaPool(), undefined],
])('a pool gets a resize timeout: %s', (_, properties, timeout) => {
  expect(resizeTimeoutFor(properties)).toEqual(timeout);
});

describe('the regions of an image', () => {
  const forNodes = (count: number, image: Parameters<typeof given.request>[0] = {}) =>
    given.request({ ...image, pool: { properties: given.fixedScale(count) } });

  it('are that of VM and account, with replicas for the nodes', () => {
    expect(targetRegions(forNodes(700), given.facts())).toEqual([
      {
        name: 'westeurope',
        replicas: 3,
        reason: "one for every 300 of the pool's 700 nodes (the least that Azure Batch advises)",
      },
    ]);
  });

  it('are those of VM and account, one replica where no node runs', () => {
    const facts = given.facts({ account: given.there(given.account({ location: 'North Europe' })) });
    expect(targetRegions(forNodes(700), facts)).toEqual([
      {
        name: 'westeurope',
        replicas: 1,
        reason: "the image is made in the source's region, and the pool runs elsewhere",
      },
      {
        name: 'northeurope',
        replicas: 3,
        reason: "one for every 300 of the pool's 700 nodes (the least that Azure Batch advises)",
      },
    ]);
  });

  it('are those that the request names, with the replicas that it names', () => {
    const regions = [{ name: 'West Europe', replicas: 7 }, { name: 'northeurope' }];
    expect(targetRegions(forNodes(301, { image: { regions } }), given.facts())).toEqual([
      { name: 'westeurope', replicas: 7, reason: 'as the request says' },
      {
        name: 'northeurope',
        replicas: 2,
        reason: "one for every 300 of the pool's 301 nodes (the least that Azure Batch advises)",
      },
    ]);
  });

  it('have one replica where a formula decides on the nodes, and the reason says what to do about it', () => {
    expect(targetRegions(given.request({ pool: { properties: given.formulaPool() } }), given.facts())).toEqual([
      {
        name: 'westeurope',
        replicas: 1,
        reason:
          'a formula decides how many nodes there will be; for more than 300, state the replicas in image.regions',
      },
    ]);
  });

  it('have as many replicas as the setting says', () => {
    const facts = given.facts({ policy: given.policy({ nodesPerReplica: 50 }) });
    expect(targetRegions(forNodes(700), facts)).toEqual([
      {
        name: 'westeurope',
        replicas: 14,
        reason:
          "one for every 50 of the pool's 700 nodes (setting NODES_PER_REPLICA; Azure Batch advises one for 300 at least)",
      },
    ]);
  });

  it('have no more replicas together than a version may have, and the reason says so', () => {
    const facts = given.facts({
      policy: given.policy({ nodesPerReplica: 10 }),
      account: given.there(given.account({ location: 'North Europe' })),
    });
    expect(targetRegions(forNodes(2_500), facts)).toMatchObject([
      { name: 'westeurope', replicas: 1 },
      {
        name: 'northeurope',
        replicas: 99,
        reason: expect.stringMatching(
          /^an image version has at most 100 over all of its regions; without that, one for every 10 of /,
        ) as string,
      },
    ]);
  });

  it('never fall below the rule of Batch, nor exceed the limit, unless the request states so many elsewhere', () => {
    const perReplica = fc.integer({ min: 1, max: NODES_PER_REPLICA });
    fc.assert(
      fc.property(fc.nat({ max: 3_500 }), perReplica, fc.nat({ max: 60 }), (count, nodesPerReplica, elsewhere) => {
        const facts = given.facts({ policy: given.policy({ nodesPerReplica }) });
        const other = elsewhere === 0 ? [] : [{ name: 'northeurope', replicas: elsewhere }];
        const regions = targetRegions(
          forNodes(count, { image: { regions: [{ name: 'westeurope' }, ...other] } }),
          facts,
        );
        expect(regions[0]?.replicas).toBeGreaterThanOrEqual(recommendedReplicas(count));
        expect(regions.reduce((sum, { replicas }) => sum + replicas, 0)).toBeLessThanOrEqual(MAX_REPLICAS);
      }),
    );
  });
});
