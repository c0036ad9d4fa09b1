/** Surveys the VM: the machine, then its disks with the rights on them, and the Marketplace's page of its base image. */
import { parseArmId } from '../domain/armId';
import { baseImageOf } from '../domain/baseImage';
import { found, type BuildFacts, type Fact } from '../domain/facts';
import type { BaseImage, Disk, Machine, MarketplaceReference, PurchasePlan } from '../domain/machine';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { diskFrom, machineFrom, marketplacePlan } from './models';
import { allOf, readFact, readOptionalFact } from './readFact';
import { readGrants, type SurveyedRight } from './rightsSurvey';

const readMachine = (arm: Arm, id: string): Promise<Fact<Machine>> =>
  readFact({ doing: `read VM ${id}`, permission: 'Microsoft.Compute/virtualMachines/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return machineFrom(id, await compute.virtualMachines.get(group, name, { expand: 'instanceView' }));
  });

const readDisk = (arm: Arm, id: string): Promise<Fact<Disk>> =>
  readFact({ doing: `read disk ${id}`, permission: 'Microsoft.Compute/disks/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return diskFrom(id, await compute.disks.get(group, name));
  });

type ExactImage = MarketplaceReference & { readonly version: string };

/** Missing when the Marketplace has taken the version away. */
function readMarketplaceImage(arm: Arm, machine: Machine, image: ExactImage) {
  const { publisher, offer, sku, version } = image;
  const question = {
    doing: `read the Marketplace image ${publisher}/${offer}/${sku}/${version} in ${machine.location}`,
    permission: 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
  };
  return readOptionalFact(question, async (): Promise<{ readonly plan?: PurchasePlan }> => {
    const { compute } = arm.clientsFor(parseArmId(machine.id)?.subscriptionId ?? '');
    return marketplacePlan(await compute.virtualMachineImages.get(machine.location, publisher, offer, sku, version));
  });
}

type MarketplaceFact = NonNullable<BuildFacts['marketplaceImage']>;

function marketplaceOf(arm: Arm, machine: Machine, base: BaseImage | undefined): Promise<MarketplaceFact> | undefined {
  if (base?.from !== 'marketplace' || base.image.version === undefined) return undefined;
  return readMarketplaceImage(arm, machine, { ...base.image, version: base.image.version });
}

const diskIdsOf = ({ osDisk, dataDisks }: Machine): readonly string[] =>
  [osDisk, ...dataDisks].flatMap(({ diskId }) => (diskId === undefined ? [] : [diskId]));

export interface MachineSurvey {
  readonly facts: Pick<BuildFacts, 'machine' | 'disks' | 'marketplaceImage'>;
  /** On each disk. */
  readonly rights: readonly SurveyedRight[];
}

/** Two rounds after another, and a third one only when the OS disk alone says what the VM was made from. */
export async function surveyMachine(arm: Arm, id: string): Promise<MachineSurvey> {
  const machine = await readMachine(arm, id);
  const vm = found(machine);
  if (!vm) return { facts: { machine, disks: [] }, rights: [] };
  const ids = diskIdsOf(vm);
  const [disks, rights, early] = await allOf([
    allOf(ids.map(async (diskId) => ({ diskId, fact: await readDisk(arm, diskId) }))),
    allOf(ids.map((diskId) => readGrants(arm, 'disk', diskId))),
    marketplaceOf(arm, vm, vm.base),
  ]);
  const marketplaceImage = early ?? (await marketplaceOf(arm, vm, baseImageOf({ machine, disks })));
  return { facts: { machine, disks, ...(marketplaceImage === undefined ? {} : { marketplaceImage }) }, rights };
}
