/** Rules on the purchase plan that the VM's image comes with. */
import { purchasePlanOf } from '../baseImage';
import { found, osDiskOf, type BuildFacts } from '../facts';
import type { PurchasePlan } from '../machine';
import type { Case, Remark, Rule } from './rule';

const planText = (plan: PurchasePlan | undefined): string =>
  plan === undefined ? 'no purchase plan' : `purchase plan ${plan.publisher}/${plan.product}/${plan.name}`;

const isSamePlan = (one: PurchasePlan | undefined, other: PurchasePlan | undefined): boolean =>
  planText(one) === planText(other);

/** VM and OS disk say different plans; only the case of letters is no difference. */
function disagreement(facts: BuildFacts): readonly Remark[] {
  const machine = found(facts.machine);
  const disk = osDiskOf(facts);
  if (!machine?.plan || !disk?.purchasePlan) return [];
  const [ofMachine, ofDisk] = [planText(machine.plan), planText(disk.purchasePlan)];
  if (ofMachine.toLowerCase() === ofDisk.toLowerCase()) return [];
  const message = `The VM ${machine.id} has ${ofMachine}, but its OS disk has ${ofDisk}.`;
  return [{ subject: 'source.virtualMachineId', message }];
}

/** Where the plan in question stands; undefined when there is none, or it cannot be told. */
function planAsSaid(facts: BuildFacts): string | undefined {
  const disk = osDiskOf(facts);
  const machine = found(facts.machine);
  if (!disk || !machine) return undefined;
  const plan = purchasePlanOf(facts);
  if (disk.purchasePlan) return `the VM's OS disk has ${planText(plan)}`;
  if (machine.plan) return `the VM has ${planText(plan)}`;
  if (plan) return `the Marketplace sells the VM's base image with ${planText(plan)}`;
  const { marketplaceImage } = facts;
  const asked =
    marketplaceImage === undefined || marketplaceImage.read === 'found' || marketplaceImage.read === 'missing';
  return asked ? `the VM's OS disk has ${planText(undefined)}` : undefined;
}

function differs({ request, facts }: Case): readonly Remark[] {
  const definition = found(facts.definition);
  const said = planAsSaid(facts);
  const differing = definition && said !== undefined && !isSamePlan(definition.purchasePlan, purchasePlanOf(facts));
  if (!differing) return disagreement(facts);
  const message = `The image definition ${request.image.name} has ${planText(definition.purchasePlan)}, but ${said}.`;
  return [...disagreement(facts), { subject: 'image.name', message }];
}

function carried({ facts }: Case): readonly Remark[] {
  const plan = purchasePlanOf(facts);
  if (plan === undefined) return [];
  return [
    {
      subject: 'source.virtualMachineId',
      message: `The VM's image comes with ${planText(plan)}: its image definition carries the plan, and nodes start only where its terms were accepted.`,
    },
  ];
}

export const purchasePlanRules: readonly Rule[] = [
  {
    code: 'PurchasePlanDiffers',
    severity: 'refuse',
    source:
      'virtual-machines/image-version; virtual-machines/troubleshooting-shared-images: "has a different plan than the parent gallery image plan"',
    why: 'Azure takes an image version only when its definition carries exactly the purchase plan of its source.',
    how: "`purchasePlan` of the OS disk, else `plan` of the VM, else that of the Marketplace's page of the base image, against `purchasePlan` of the definition that is there; and VM against OS disk",
    needs: ['machine', 'disks', 'marketplaceImage', 'definition'],
    remedy:
      'Use another image.name: the app then makes a definition that carries the plan. Where VM and OS disk disagree, prepare the VM anew from the Marketplace.',
    check: differs,
  },
  {
    code: 'PurchasePlanCarried',
    severity: 'warn',
    source: 'article, point 6; batch/batch-sig-images; virtual-machines/marketplace-images',
    why: 'An image with licence terms runs in a pool only by way of a gallery, and only where the terms were accepted.',
    how: "`purchasePlan` of the OS disk, else `plan` of the VM, else that of the Marketplace's page of the base image",
    needs: ['machine', 'disks', 'marketplaceImage'],
    remedy:
      'Accept the terms in the subscription that runs the nodes (az vm image terms accept), or prepare a VM from an image without a plan.',
    check: carried,
  },
];
