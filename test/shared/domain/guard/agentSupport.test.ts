/** Until when Batch supports each node agent: as long as one of its images has it. */
import { agentSupport } from '../../../../shared/domain/guard/agentSupport';
import { supportedImage } from '../../../given/build';

const UBUNTU_22 = 'batch.node.ubuntu 22.04';
const ending = (supportEndsOn: string, nodeAgentSkuId = UBUNTU_22) => supportedImage({ nodeAgentSkuId, supportEndsOn });

it.each([
  {
    label: 'all of its images end',
    images: [ending('2027-01-31'), ending('2027-04-30T00:00:00Z')],
    endsOn: '2027-04-30T00:00:00Z',
  },
  {
    label: 'one of its images has no end',
    images: [ending('2027-01-31'), supportedImage({ nodeAgentSkuId: UBUNTU_22 })],
    endsOn: undefined,
  },
  { label: 'none of them has an end', images: [supportedImage({ nodeAgentSkuId: UBUNTU_22 })], endsOn: undefined },
  {
    label: 'the letters are of different cases',
    images: [ending('2027-01-31'), ending('2027-04-30', 'Batch.Node.Ubuntu 22.04')],
    endsOn: '2027-04-30',
  },
  { label: 'one of the ends is no day', images: [ending('2027-01-31'), ending('soon')], endsOn: undefined },
])('when $label: $endsOn', ({ images, endsOn }) => {
  expect(agentSupport(images)).toEqual([{ skuId: UBUNTU_22, ...(endsOn === undefined ? {} : { endsOn }) }]);
});

it('has one entry for each agent', () => {
  const images = [ending('2027-01-31'), supportedImage(), ending('2027-01-31')];
  expect(agentSupport(images).map(({ skuId }) => skuId)).toEqual([UBUNTU_22, 'batch.node.ubuntu 24.04']);
  expect(agentSupport([])).toEqual([]);
});
