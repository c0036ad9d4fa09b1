/** What growing will take: resizes, and the nodes that one image serves. */
import * as fc from 'fast-check';
import type { ExistingPool, SharingPool } from '../../../shared/domain/account';
import type { BuildFacts } from '../../../shared/domain/facts';
import { growthPlan } from '../../../shared/domain/growthPlan';
import type { BuildRequest } from '../../../shared/domain/request';
import * as given from '../../given/build';

const { ACCOUNT, there } = given;
const OTHER_ACCOUNT = given.id('rg-batch', 'Microsoft.Batch/batchAccounts/batchother');
const scaled = (dedicated: number, spot = 0, pool: Partial<BuildRequest['pool']> = {}): BuildRequest =>
  given.request({ pool: { properties: given.fixedScale(dedicated, spot), ...pool } });
const sharing = (...pools: readonly SharingPool[]): BuildFacts =>
  given.facts({ sharing: [{ accountId: ACCOUNT, fact: there(pools) }] });

it.each([
  { dedicated: 0, spot: 0, expectedResizes: 0, reason: 'no nodes are to come' },
  { dedicated: 16, spot: 0, expectedResizes: 1, reason: 'one resize may bring the 16 nodes that are to come' },
  { dedicated: 200, spot: 100, expectedResizes: 1, reason: 'one resize may bring the 300 nodes that are to come' },
  {
    dedicated: 200,
    spot: 101,
    expectedResizes: 2,
    reason: 'an estimate: a resize of a pool on a custom image may stop at about 300 nodes, and 301 are to come',
  },
  {
    dedicated: 2_500,
    spot: 0,
    expectedResizes: 9,
    reason: 'an estimate: a resize of a pool on a custom image may stop at about 300 nodes, and 2500 are to come',
  },
])('$dedicated dedicated and $spot Spot nodes take $expectedResizes resizes', ({ dedicated, spot, ...plan }) => {
  expect(growthPlan(scaled(dedicated, spot), given.facts())).toMatchObject(plan);
});

it.each<{ label: string; standing: Partial<ExistingPool>; expectedResizes: number }>([
  { label: 'only the nodes that are missing', standing: {}, expectedResizes: 1 },
  {
    label: 'all of them when the pool never got any',
    standing: { nodes: { dedicated: 0, spot: 0 }, targets: { dedicated: 310, spot: 0 } },
    expectedResizes: 2,
  },
  { label: 'nothing when all are there', standing: { nodes: { dedicated: 310, spot: 0 } }, expectedResizes: 0 },
  {
    label: 'no less for nodes of the other kind',
    standing: { nodes: { dedicated: 0, spot: 500 } },
    expectedResizes: 2,
  },
])('a pool that stands takes $label', ({ standing, expectedResizes }) => {
  const facts = given.facts({ pool: there(given.existingPool(standing)) });
  expect(growthPlan(scaled(310, 0, { existing: 'grow' }), facts)).toMatchObject({ expectedResizes });
});

it('a formula has no plan', () => {
  expect(growthPlan(given.request({ pool: { properties: given.formulaPool() } }), given.facts())).toBeUndefined();
});

describe('the nodes on one image', () => {
  it('are those of the pool when nobody else takes it', () => {
    expect(growthPlan(scaled(16, 4), given.facts())?.onImage).toEqual({
      pools: 1,
      dedicated: 16,
      spot: 4,
      reason: 'no other pool that could be seen takes the newest version of the image definition',
    });
  });

  it('are those of all pools that take it, and what could not be seen is said', () => {
    const facts = given.facts({
      sharing: [
        { accountId: ACCOUNT, fact: there([{ id: `${ACCOUNT}/pools/a`, dedicatedNodes: 500, spotNodes: 1 }]) },
        { accountId: OTHER_ACCOUNT, fact: given.forbidden },
      ],
    });
    expect(growthPlan(scaled(16, 4), facts)?.onImage).toEqual({
      pools: 2,
      dedicated: 516,
      spot: 5,
      reason:
        'this pool, and 1 that takes the newest version of the image definition; the pools of 1 of 2 Batch accounts could not be listed',
    });
  });

  it.each([
    { others: 0, reason: 'no other pool that could be seen takes the image of this one' },
    { others: 1, reason: 'this pool, and 1 that takes the same image' },
    { others: 2, reason: 'this pool, and 2 that take the same image' },
  ])('are those of the pools on the image of a pool that is grown: $others others', ({ others, reason }) => {
    const pools = Array.from({ length: others }, (_none, index) => ({
      id: `${ACCOUNT}/pools/${index}`,
      dedicatedNodes: 1,
      spotNodes: 0,
    }));
    const facts = { ...sharing(...pools), pool: there(given.existingPool()) };
    expect(growthPlan(scaled(310, 0, { existing: 'grow' }), facts)?.onImage).toMatchObject({ reason });
  });

  it('are never fewer by one pool more', () => {
    const pool = fc.record({
      id: fc.constant(`${ACCOUNT}/pools/a`),
      dedicatedNodes: fc.nat({ max: 3_000 }),
      spotNodes: fc.nat({ max: 3_000 }),
    });
    fc.assert(
      fc.property(fc.array(pool), pool, (pools, added) => {
        const before = growthPlan(scaled(16), sharing(...pools))?.onImage;
        expect(growthPlan(scaled(16), sharing(...pools, added))?.onImage).toMatchObject({
          pools: (before?.pools ?? 0) + 1,
          dedicated: (before?.dedicated ?? 0) + added.dedicatedNodes,
          spot: (before?.spot ?? 0) + added.spotNodes,
        });
      }),
    );
  });
});
