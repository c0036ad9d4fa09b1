import * as fc from 'fast-check';
import type { BuildFacts } from '../../../shared/domain/facts';
import { preflight } from '../../../shared/domain/preflight/preflight';
import { planned, type BuildPlanned } from '../../../shared/domain/result';
import { resultEvent } from '../../../shared/domain/resultEvent';
import type { BuildRequest } from '../../../shared/domain/request';
import { rightsNeeded } from '../../../shared/domain/rightsNeeded';
import * as given from '../../given/build';

const answer = (request: BuildRequest = given.request(), facts: BuildFacts = given.facts()): BuildPlanned =>
  planned(request, facts, given.plan(request, facts));
const forPool = (properties: BuildRequest['pool']['properties']): BuildPlanned =>
  answer(given.request({ pool: { properties } }));
const standing = given.facts({ definition: given.there(given.definition()), versions: given.there([]) });

const lastTwo = (id: string): string => id.split('/').slice(-2).join('/');
const SNAPSHOTS = ['os', 'data0', 'data5'].map((disk) => `snapshots/render-2026-304-18367-${disk}`);
const IMAGE = 'images/render-2026.304.18367';
const VERSION = 'versions/2026.304.18367';

describe('a plan', () => {
  it('says for whom it is, and what the pool would stand on', () => {
    expect(answer()).toMatchObject({
      outcome: 'BuildPlanned',
      requestId: 'render-16-nodes',
      poolId: given.POOL,
      lineage: given.layout(),
      verdicts: given.plan().verdicts,
    });
  });

  it.each([
    { label: 'everything', facts: given.facts(), made: ['snapshot', 'snapshot', 'snapshot', 'definition'] },
    { label: 'no definition when it stands', facts: standing, made: ['snapshot', 'snapshot', 'snapshot'] },
  ])('creates $label, side by side what one step holds', ({ facts, made }) => {
    const steps = ['snapshots', 'image', 'version', 'pool'];
    const { creates, estimate } = answer(given.request(), facts);
    expect(creates[0]?.resources.map(({ kind }) => kind)).toEqual(made);
    expect(creates.map(({ step }) => step)).toEqual(steps);
    expect(estimate.steps.map(({ step }) => step)).toEqual([...steps, 'growth', 'latest']);
  });

  it('says where the image goes, and why so often', () => {
    expect(answer().regions).toEqual([
      {
        name: 'westeurope',
        replicas: 1,
        reason: "one for every 300 of the pool's 16 nodes (the least that Azure Batch advises)",
      },
    ]);
  });

  it.each([
    {
      label: 'as the request says',
      properties: given.poolProperties(),
      timeout: { minutes: 30, reason: 'as the request says' },
    },
    {
      label: 'as Azure advises when it says nothing',
      properties: given.fixedScale(2_000),
      timeout: { minutes: 30, reason: '2000 nodes are more than 300' },
    },
    { label: 'none when a formula scales the pool', properties: given.formulaPool(), timeout: undefined },
  ])('gives a resize its time: $label', ({ properties, timeout }) => {
    expect(forPool(properties).resizeTimeout).toEqual(timeout);
  });

  it('says how the pool will get its nodes, and how many its image serves then', () => {
    expect(forPool(given.fixedScale(400, 300)).growth).toMatchObject({
      expectedResizes: 3,
      onImage: { pools: 1, dedicated: 400, spot: 300 },
    });
    expect(forPool(given.formulaPool()).growth).toBeUndefined();
  });

  it('makes nothing, and replicates nothing, for a pool that stands and is grown', () => {
    const request = given.request({ pool: { existing: 'grow', properties: given.fixedScale(400) } });
    const { creates, regions, growth } = answer(request, given.facts({ pool: given.there(given.existingPool()) }));
    expect({ creates, regions }).toEqual({ creates: [], regions: [] });
    expect(growth?.expectedResizes).toBe(2);
  });

  it('names the node agent that Batch names for the base image when the request leaves it out', () => {
    const properties = given.poolProperties({ deploymentConfiguration: { virtualMachineConfiguration: {} } });
    expect(forPool(properties).nodeAgentSkuId).toBe('batch.node.ubuntu 24.04');
  });

  it('asks for the rights that the build needs', () => {
    expect(answer().permissions).toEqual(
      rightsNeeded(given.request(), given.facts()).map(({ action, scopeId, for: purpose, role }) => ({
        action,
        scopeId,
        for: purpose,
        role,
      })),
    );
    expect(answer().permissions).not.toEqual([]);
  });
});

describe('the calls of a plan', () => {
  const callsOf = (facts: BuildFacts) =>
    answer(given.request(), facts).calls.map(
      (call) => `${call.method} ${lastTwo(call.resourceId)}${call.method === 'GET' ? ` ${call.about}` : ''}`,
    );

  it('are the writes of each step and then its reads, in the order of the build', () => {
    expect(callsOf(given.facts())).toEqual([
      ...SNAPSHOTS.map((name) => `PUT ${name}`),
      'PUT images/render',
      // One of them is looked at until it is ready, then the others.
      ...SNAPSHOTS.map((name, index) => `GET ${name} ${index === 0 ? 8 : 2}`),
      'GET images/render 2',
      `PUT ${IMAGE}`,
      `GET ${IMAGE} 6`,
      `PUT ${VERSION}`,
      `GET ${VERSION} 15`,
      'PUT pools/render-pool',
      'GET pools/render-pool 6',
      `PATCH ${VERSION}`,
      `GET ${VERSION} 3`,
      `DELETE ${IMAGE}`,
    ]);
  });

  it('only make sure of a definition that stands', () => {
    expect(
      callsOf(standing).filter((call) => call.endsWith('images/render') || call.includes('images/render ')),
    ).toEqual(['GET images/render 1']);
  });

  it('stay under 100 for a VM with three disks', () => {
    const { calls } = answer();
    expect(calls.reduce((sum, call) => sum + (call.method === 'GET' ? call.about : 1), 0)).toBeLessThan(100);
  });
});

describe('the estimate of a plan', () => {
  it('has the minutes of each step, what one step holds being made side by side, and their sum', () => {
    expect(answer().estimate).toEqual({
      steps: [
        { step: 'snapshots', minutes: 3, deadlineMinutes: 120 },
        { step: 'image', minutes: 2, deadlineMinutes: 60 },
        { step: 'version', minutes: 20, deadlineMinutes: 360 },
        { step: 'pool', minutes: 0.5, deadlineMinutes: 90 },
        { step: 'growth', minutes: 5.5, deadlineMinutes: 1_440 },
        { step: 'latest', minutes: 0.5, deadlineMinutes: 60 },
      ],
      minutes: 32,
    });
  });

  it('grows with the nodes of the pool', () => {
    const scaleSettings = { fixedScale: { targetDedicatedNodes: 2_000, resizeTimeout: 'PT2H' } };
    expect(forPool(given.poolProperties({ scaleSettings })).estimate.steps.at(-2)).toEqual({
      step: 'growth',
      minutes: 35,
      deadlineMinutes: 1_440,
    });
  });
});

describe('the event of a plan', () => {
  const textOf = (plan: BuildPlanned): string =>
    JSON.stringify(resultEvent(plan, { messageId: 'm', fingerprint: 'f' }, 0));

  it('holds nothing of the body of the pool that could be a secret', () => {
    const secret = fc.stringMatching(/^[a-z]{12}$/).map((text) => `secret-${text}`);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,12}$/), secret, (field, value) => {
        const properties = given.poolProperties({
          [`x-${field}`]: { [field]: value },
          startTask: { commandLine: value, environmentSettings: [{ name: field, value }] },
          metadata: [{ name: field, value }],
        });
        const identity = { type: 'None', [field]: value };
        expect(textOf(answer(given.request({ pool: { properties, identity } })))).not.toContain(value);
      }),
    );
  });

  // service-bus-messaging/service-bus-quotas: a message of the Standard tier has at most 256 KB.
  it('of a VM with 64 data disks and the longest names, with all its verdicts, fits into a message', () => {
    const request = given.request({ image: { name: 'n'.repeat(80), resourceGroup: 'g'.repeat(90) } });
    const facts = given.facts({ machine: given.there(given.machineWithDisks(64)) });
    const plan = planned(request, facts, {
      buildId: 'b',
      layout: given.layout(request, facts),
      stages: given.stages(request, facts),
      growth: given.plan().growth,
      closing: { stages: [], letGo: [] },
      verdicts: preflight(given.aCase({ request, facts })),
    });
    expect(Buffer.byteLength(textOf(plan))).toBeLessThan(256 * 1024);
  });
});
