/** The rules on base image, plan and node agent together: what goes unsaid, and that nothing is said twice. */
import * as fc from 'fast-check';
import { baseImageRules } from '../../../../shared/domain/preflight/baseImageRules';
import { preflight } from '../../../../shared/domain/preflight/preflight';
import * as given from '../../../given/build';

const AGENTS = ['centos 7', 'debian 9', 'ubuntu 18.04', 'ubuntu 20.04', 'ubuntu 22.04', 'ubuntu 24.04', 'plan9 4'];

const agentCodes = (agent: string, nowMs: number): readonly string[] => {
  const properties = given.poolProperties({
    deploymentConfiguration: { virtualMachineConfiguration: { nodeAgentSkuId: `batch.node.${agent}` } },
  });
  return preflight(given.aCase({ request: given.request({ pool: { properties } }), nowMs }), baseImageRules)
    .map(({ code }) => code)
    .filter((code) => code.startsWith('NodeAgent'));
};

it('say nothing of a VM from a supported image, with its node agent', () => {
  expect(preflight(given.aCase(), baseImageRules)).toEqual([]);
});

it('refuse a node agent for one reason at most', () => {
  fc.assert(
    fc.property(fc.constantFrom(...AGENTS), fc.integer({ min: 0, max: 4e12 }), (agent, nowMs) => {
      const refusals = ['NodeAgentRetired', 'NodeAgentUnknown', 'NodeAgentMismatch'];
      expect(agentCodes(agent, nowMs).filter((code) => refusals.includes(code)).length).toBeLessThan(2);
    }),
  );
});

it('never take back that a node agent is retired', () => {
  const times = fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.nat({ max: 1e12 }));
  fc.assert(
    fc.property(fc.constantFrom(...AGENTS), times, (agent, [nowMs, laterMs]) => {
      fc.pre(agentCodes(agent, nowMs).includes('NodeAgentRetired'));
      expect(agentCodes(agent, nowMs + laterMs)).toContain('NodeAgentRetired');
    }),
  );
});
