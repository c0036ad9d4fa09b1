/** What the guard says of the nodes of a pool: the end of their agent, a failed resize that was left so, nodes that nobody can use. */
import * as fc from 'fast-check';
import type { Fact } from '../../../../shared/domain/facts';
import type { AgentSupport } from '../../../../shared/domain/guard/agentSupport';
import { isShortOfNodes, needsDiagnosis, NODE_RULES } from '../../../../shared/domain/guard/nodeRules';
import type { PoolCase } from '../../../../shared/domain/guard/poolCase';
import type { WatchedPool } from '../../../../shared/domain/guard/watchedPool';
import { nodeStates } from '../../../given/azure';
import { forbidden, missing, POOL, there } from '../../../given/build';
import * as given from '../../../given/guard';
import { without } from '../../../given/without';
import { testGuardRules } from './ruleTable';

const { daysFromNow, minutesFromNow, NOW_MS } = given;

const failed = { read: 'failed', message: 'Azure answered 500.' } as const;
const mayNot = (what: string): string =>
  `The app may not read ${what} (it needs Microsoft.Example/things/read): Azure answered 403 AuthorizationFailed.`;

const agent = (skuId: string, agents: Fact<readonly AgentSupport[]>): Partial<PoolCase> => ({
  pool: given.watchedPool({ nodeAgentSkuId: skuId }),
  agents,
});
const listed = (...agents: readonly AgentSupport[]) => there(agents);
const UBUNTU_24 = 'batch.node.ubuntu 24.04';
const UBUNTU_22 = 'batch.node.ubuntu 22.04';

const withoutAgent = without(given.watchedPool(), 'nodeAgentSkuId');

const quota = { code: 'AccountCoreQuotaReached', message: 'No cores left.', details: [] };
const vague = { code: 'AllocationFailed', message: 'Desired number of nodes could not be allocated.', details: [] };
const few = { dedicated: 4, spot: 0 };
const pool = (changes: Partial<WatchedPool>): Partial<PoolCase> => ({ pool: given.watchedPool(changes) });
const short = (changes: Partial<WatchedPool> = {}) => pool({ nodes: few, resizeErrors: [quota], ...changes });
const byFormula = without(given.watchedPool({ nodes: few, resizeErrors: [quota] }), 'targets');
const formulaError = { code: 'AutoScalingFormulaEvaluationError', message: 'Line 1 is wrong.' };
const states = (changes: Parameters<typeof nodeStates>[0]) => there(nodeStates(changes));

testGuardRules(NODE_RULES, {
  NodeAgentEnds: {
    clear: [
      { when: 'Batch names no end, and nobody knows of one', given: agent(UBUNTU_24, listed({ skuId: UBUNTU_24 })) },
      {
        when: 'the end is 91 days away',
        given: agent(UBUNTU_24, listed({ skuId: UBUNTU_24, endsOn: daysFromNow(91) })),
      },
      {
        when: 'the known end is years away, and Batch names none',
        given: agent(UBUNTU_22, listed({ skuId: UBUNTU_22 })),
      },
      {
        when: 'Batch lists others only',
        given: agent(UBUNTU_24, listed({ skuId: UBUNTU_22, endsOn: daysFromNow(1) })),
      },
      {
        when: 'the pool is on an image of the Marketplace',
        given: { foundation: undefined, ...agent('batch.node.centos 7', forbidden) },
      },
      { when: 'the pool does not say its agent', given: { pool: withoutAgent } },
    ],
    seen: [
      {
        when: 'Batch names an end within 90 days, whatever the case of letters',
        given: agent('Batch.Node.Ubuntu 24.04', listed({ skuId: UBUNTU_24, endsOn: daysFromNow(90) })),
        says: 'Batch ends its support for the node agent Batch.Node.Ubuntu 24.04 on 2026-06-02.',
        answered: [daysFromNow(90)],
      },
      {
        when: 'it has ended',
        given: agent(UBUNTU_24, listed({ skuId: UBUNTU_24, endsOn: daysFromNow(-1) })),
        says: 'Batch ended its support for the node agent batch.node.ubuntu 24.04 on 2026-03-03.',
      },
      {
        when: 'Batch names an earlier end than is known',
        given: agent(UBUNTU_22, listed({ skuId: UBUNTU_22, endsOn: daysFromNow(10) })),
        says: 'Batch ends its support for the node agent batch.node.ubuntu 22.04 on 2026-03-14.',
      },
      {
        when: 'it is known to have ended on a day that no source names, and Batch may not be asked',
        given: agent('batch.node.centos 7', forbidden),
        says: 'Batch has ended its support for the node agent batch.node.centos 7.',
        answered: ['batch.node.centos 7 has ended'],
      },
      {
        when: 'its known last day has passed, and Batch may not be asked',
        given: agent('batch.node.ubuntu 20.04', forbidden),
        says: 'Batch ended its support for the node agent batch.node.ubuntu 20.04 on 2025-04-23.',
      },
    ],
    unknown: [
      {
        when: 'Batch may not be asked, and nobody knows of an end',
        given: agent(UBUNTU_24, forbidden),
        says: mayNot('the supported images'),
      },
      {
        when: 'Batch may not be asked: it may name an earlier end than is known',
        given: agent(UBUNTU_22, forbidden),
        says: mayNot('the supported images'),
      },
      {
        when: 'Batch has no list',
        given: agent(UBUNTU_24, missing),
        says: 'Azure has no answer about the supported images (404).',
      },
      {
        when: 'no account could be asked',
        given: agent(UBUNTU_24, { read: 'unasked', because: 'the Batch accounts' }),
        says: 'The app could not ask for the supported images, because the Batch accounts could not be read.',
      },
    ],
  },
  ResizeFailed: {
    clear: [
      { when: 'the pool has its nodes', given: {} },
      { when: 'it has them, and old errors (BatchExplorer#2085)', given: pool({ resizeErrors: [quota] }) },
      {
        when: 'it was set to none since',
        given: short({ nodes: { dedicated: 0, spot: 0 }, targets: { dedicated: 0, spot: 0 } }),
      },
      { when: 'it is below its target without an error', given: short({ resizeErrors: [] }) },
      { when: 'it is being resized', given: short({ allocationState: 'Resizing' }) },
      { when: 'it stops', given: short({ allocationState: 'Stopping' }) },
      { when: 'it has been steady for less than an hour', given: short({ allocationStateSince: minutesFromNow(-59) }) },
      { when: 'a formula decides, and was evaluated', given: { pool: byFormula } },
      {
        when: 'its formula failed a moment ago',
        given: pool({ formulaError, allocationStateSince: minutesFromNow(-59) }),
      },
    ],
    seen: [
      {
        when: 'it has been steady for an hour below its target with an error',
        given: short({ allocationStateSince: minutesFromNow(-60) }),
        says: /^The pool is steady at 4 of 16 nodes\. .*No cores left\./s,
        answered: ['Steady at 4 of 16 nodes; resize errors: AccountCoreQuotaReached'],
      },
      {
        when: 'only its Spot nodes are short',
        given: short({ nodes: { dedicated: 16, spot: 0 }, targets: { dedicated: 16, spot: 4 } }),
        says: /^The pool is steady at 16 of 20 nodes\. /,
      },
      {
        when: 'Azure does not say since when',
        given: {
          pool: without(given.watchedPool({ nodes: few, resizeErrors: [quota] }), 'allocationStateSince'),
        },
        says: /^The pool is steady at 4 of 16 nodes\. /,
      },
      {
        when: 'what the image stands on was looked up, with what that says',
        given: { ...short({ resizeErrors: [vague] }), diagnosis: 'The replica is not there.' },
        says: 'The pool is steady at 4 of 16 nodes. The replica is not there.',
      },
      {
        when: 'its formula cannot be evaluated',
        given: pool({ formulaError }),
        says: "The pool's formula cannot be evaluated: AutoScalingFormulaEvaluationError: Line 1 is wrong.",
        answered: ['autoScaleRun.error: AutoScalingFormulaEvaluationError'],
      },
      {
        when: 'the image may not be read: that says nothing of the resize',
        given: { ...short(), foundation: given.onVersion(forbidden) },
        says: /^The pool is steady at 4 of 16 nodes\. /,
      },
    ],
    unknown: [],
    moot: [
      { when: 'the image is gone', given: { ...short(), foundation: given.onVersion(missing) } },
      { when: 'there is no latest', given: { ...short(), foundation: given.onDefinition(missing) } },
    ],
  },
  UnusableNodes: {
    clear: [
      { when: 'all are usable', given: {} },
      {
        when: 'as many are unusable as may be',
        given: { nodeStates: states({ total: 10, unusable: 1, startTaskFailed: 1 }) },
      },
      {
        when: 'the pool has none, whatever could not be read',
        given: { ...pool({ nodes: { dedicated: 0, spot: 0 } }), nodeStates: forbidden },
      },
      {
        when: 'as many as you like may be unusable: then nobody counts',
        given: { nodeStates: forbidden, policy: given.guardPolicy({ mostUnusablePercent: 100 }) },
      },
      { when: 'none were counted', given: { nodeStates: states({ total: 0, usable: 0 }) } },
    ],
    seen: [
      {
        when: 'more are unusable or failed their start task than may be',
        given: { nodeStates: states({ total: 10, unusable: 1, startTaskFailed: 2 }) },
        says: '3 of 10 nodes cannot be used.',
        answered: ['1 unusable, 2 with a failed start task, of 10'],
      },
      {
        when: 'those that Azure took back are no part of the share',
        given: { nodeStates: states({ total: 40, unusable: 3, preempted: 30 }) },
        says: '3 of 10 nodes cannot be used.',
        answered: ['3 unusable, 0 with a failed start task, of 10'],
      },
      {
        when: 'nodes say why',
        given: {
          nodeStates: states({
            total: 4,
            unusable: 4,
            errors: [
              { code: 'DiskFull', message: 'There is no space left.', nodes: 3 },
              { code: 'NodeNotReady', message: 'Not ready.', nodes: 1 },
            ],
          }),
        },
        says: '4 of 4 nodes cannot be used. The most frequent error: DiskFull: There is no space left.',
      },
    ],
    unknown: [
      { when: 'the nodes may not be counted', given: { nodeStates: forbidden }, says: mayNot('the node counts') },
      {
        when: 'Azure is silent',
        given: { nodeStates: failed },
        says: 'Azure did not tell about the node counts: Azure answered 500.',
      },
      {
        when: 'the data plane does not know the pool',
        given: { nodeStates: missing },
        says: 'Azure has no answer about the node counts (404).',
      },
    ],
  },
});

describe('what needs a diagnosis', () => {
  it.each([
    { label: 'a pool that is short for no clear reason', changes: { nodes: few, resizeErrors: [vague] }, needs: true },
    { label: 'a pool that is short for a clear one', changes: { nodes: few, resizeErrors: [quota] }, needs: false },
    { label: 'a pool that has its nodes', changes: { resizeErrors: [vague] }, needs: false },
    { label: 'a pool without errors', changes: { nodes: few }, needs: false },
  ])('$label: $needs', ({ changes, needs }) => {
    expect(needsDiagnosis(given.watchedPool(changes), NOW_MS)).toBe(needs);
  });

  it('is always a pool that is short of nodes', () => {
    const counts = fc.record({ dedicated: fc.nat(20), spot: fc.nat(20) });
    const pools = fc
      .record({
        nodes: counts,
        targets: counts,
        allocationState: fc.constantFrom('Steady' as const, 'Resizing' as const, 'Stopping' as const),
        resizeErrors: fc.subarray([quota, vague]),
        allocationStateSince: fc.integer({ min: -120, max: 0 }).map(minutesFromNow),
      })
      .map(given.watchedPool);
    fc.assert(
      fc.property(pools, (one) => {
        if (needsDiagnosis(one, NOW_MS)) expect(isShortOfNodes(one, NOW_MS)).toBe(true);
        if (isShortOfNodes(one, NOW_MS)) expect(one.resizeErrors.length).toBeGreaterThan(0);
      }),
    );
  });
});

it('evidence names the pool that was asked', () => {
  const rule = NODE_RULES.find(({ code }) => code === 'ResizeFailed');
  expect(rule?.judge(given.poolCase(short()))).toMatchObject({ evidence: [{ asked: `GET ${POOL}` }] });
});
