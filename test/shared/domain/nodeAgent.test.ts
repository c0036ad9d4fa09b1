import { endOfAgent, isSameAgent, nodeAgentSkuId } from '../../../shared/domain/nodeAgent';
import * as given from '../../given/build';

const { there } = given;
const silent = given.request({
  pool: { properties: given.poolProperties({ deploymentConfiguration: { virtualMachineConfiguration: {} } }) },
});

describe('the node agent of a pool', () => {
  it('is the one that the request states, whatever Batch names', () => {
    const supportedImages = there(given.supportedImages(given.supportedImage({ nodeAgentSkuId: 'batch.node.el 9' })));
    expect(nodeAgentSkuId(given.request(), given.facts({ supportedImages }))).toBe('batch.node.ubuntu 24.04');
  });

  it.each([
    { label: 'the only one', verified: [false], chosen: 'batch.node.number 0' },
    { label: 'the first of verified ones', verified: [true, true], chosen: 'batch.node.number 0' },
    { label: 'a verified one before the others', verified: [false, false, true], chosen: 'batch.node.number 2' },
    { label: 'the first when none is verified', verified: [false, false], chosen: 'batch.node.number 0' },
  ])('is otherwise what Batch names for the base image: $label', ({ verified, chosen }) => {
    const entries = verified.map((one, index) =>
      given.supportedImage({ verified: one, nodeAgentSkuId: `batch.node.number ${index}` }),
    );
    const facts = given.facts({ supportedImages: there(given.supportedImages(...entries)) });
    expect(nodeAgentSkuId(silent, facts)).toBe(chosen);
  });

  it.each([
    { label: 'Batch names none', supportedImages: there({ forBase: [], nodeAgents: [] }) },
    { label: 'the app may not ask', supportedImages: given.forbidden },
  ])('is not known when the request is silent and $label', ({ supportedImages }) => {
    expect(nodeAgentSkuId(silent, given.facts({ supportedImages }))).toBeUndefined();
  });
});

it('is compared without regard to case', () => {
  expect(isSameAgent('Batch.Node.Ubuntu 24.04', 'batch.node.ubuntu 24.04')).toBe(true);
  expect(isSameAgent('batch.node.ubuntu 22.04', 'batch.node.ubuntu 24.04')).toBe(false);
});

it.each([
  { skuId: 'batch.node.ubuntu 24.04', end: undefined },
  { skuId: 'batch.node.debian 8', end: { ended: true } },
  { skuId: 'BATCH.NODE.UBUNTU 20.04', end: { ended: true, lastDay: '2025-04-23' } },
  { skuId: 'batch.node.ubuntu 22.04', end: { ended: false, lastDay: '2027-06-30' } },
])('what is known of the end of $skuId', ({ skuId, end }) => {
  expect(endOfAgent(skuId, given.STARTED_AT_MS)).toEqual(end);
});
