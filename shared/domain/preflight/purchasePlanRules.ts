/** Rules on the purchase plan that the VM's image comes with. */
import { purchasePlanOf } from '../baseImage';
import { found, osDiskOf } from '../facts';
import type { PurchasePlan } from '../machine';
import { publishes } from '../route';
import { nounOf, subjectOf, type Case, type Remark, type Rule } from './rule';

const planText = (plan: PurchasePlan | undefined): string =>
  plan === undefined ? 'no purchase plan' : `purchase plan ${plan.publisher}/${plan.product}/${plan.name}`;

const isSamePlan = (one: PurchasePlan | undefined, other: PurchasePlan | undefined): boolean =>
  planText(one) === planText(other);

/** VM and OS disk say different plans; only the case of letters is no difference. */
function disagreement(given: Case): readonly Remark[] {
  const { facts } = given;
  const machine = found(facts.machine);
  const disk = osDiskOf(facts);
  if (!machine?.plan || !disk?.purchasePlan) return [];
  const [ofMachine, ofDisk] = [planText(machine.plan), planText(disk.purchasePlan)];
  if (ofMachine.toLowerCase() === ofDisk.toLowerCase()) return [];
  const message = `The VM ${machine.id} has ${ofMachine}, but its OS disk has ${ofDisk}.`;
  return [{ subject: subjectOf(given), message }];
}

/** Where the plan in question stands; undefined when there is none, or it cannot be told. */
function planAsSaid(given: Case): string | undefined {
  const { facts } = given;
  const disk = osDiskOf(facts);
  const machine = found(facts.machine);
  const isRead = machine !== undefined || facts.machine === undefined;
  if (!disk || !isRead) return undefined;
  const plan = purchasePlanOf(facts);
  const os = nounOf(given) === 'VM' ? "the VM's OS disk" : `the ${nounOf(given)}`;
  if (disk.purchasePlan) return `${os} has ${planText(plan)}`;
  if (machine?.plan) return `the VM has ${planText(plan)}`;
  if (plan) return `the Marketplace sells the base image of the ${nounOf(given)} with ${planText(plan)}`;
  const { marketplaceImage } = facts;
  const asked =
    marketplaceImage === undefined || marketplaceImage.read === 'found' || marketplaceImage.read === 'missing';
  return asked ? `${os} has ${planText(undefined)}` : undefined;
}

function differs(given: Case): readonly Remark[] {
  const { request, facts } = given;
  const definition = found(facts.definition);
  const said = planAsSaid(given);
  const differing = definition && said !== undefined && !isSamePlan(definition.purchasePlan, purchasePlanOf(facts));
  if (!differing) return disagreement(given);
  const message = `The image definition ${request.image.name} has ${planText(definition.purchasePlan)}, but ${said}.`;
  return [...disagreement(given), { subject: 'image.name', message }];
}

function carried(given: Case): readonly Remark[] {
  const plan = purchasePlanOf(given.facts);
  if (plan === undefined) return [];
  return [
    {
      subject: subjectOf(given),
      message: `The image of the ${nounOf(given)} comes with ${planText(plan)}: its image definition carries the plan, and nodes start only where its terms were accepted.`,
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
    appliesTo: publishes,
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
