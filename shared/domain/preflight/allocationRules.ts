/** What the pool allocation mode of the account means for the source. */
import { allocationOf } from '../allocation';
import { sourceKind } from '../source';
import { subjectOf, type Case, type Remark, type Rule } from './rule';

function whatDiffers(given: Case): readonly Remark[] {
  const allocation = allocationOf(given.request, given.facts);
  const [, ...special] = allocation?.means ?? [];
  return special.map((message) => ({
    subject: subjectOf(given),
    message: `The Batch account allocates pools in mode ${allocation?.mode ?? ''}: ${message}.`,
  }));
}

const matters = ({ source, image }: Case['request']): boolean =>
  image.route === 'managedImage' || ['managedImage', 'vhd'].includes(sourceKind(source));

export const allocationRules: readonly Rule[] = [
  {
    code: 'AllocationMode',
    severity: 'note',
    source: 'article, point 20; batch/batch-account-create-portal; docs/packer.md',
    why: 'How a prepared image gets to the pool depends on where the account allocates its nodes.',
    how: '`poolAllocationMode` of the Batch account, when the source is a managed image or a VHD or the route is `managedImage`',
    needs: ['account'],
    remedy: 'Nothing; docs/packer.md has a template for each mode.',
    appliesTo: matters,
    check: whatDiffers,
  },
];
