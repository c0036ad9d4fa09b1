/** Surveys the VM: the machine, then its disks with the rights on them, and the Marketplace's page of its base image. */
import { parseArmId } from '../domain/armId';
import { baseImageOf } from '../domain/baseImage';
import { found, type BuildFacts, type Fact } from '../domain/facts';
import type { BaseImage, Disk, Machine, MarketplaceReference, PurchasePlan } from '../domain/machine';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { diskFrom, machineFrom, marketplacePlan } from './models';
import { allOf, readFact, readOptionalFact } from './readFact';
import { readGrants, readGrantsOn } from './rightsSurvey';
import type { SourceSurvey } from './sourceFacts';

const readMachine = (arm: Arm, id: string): Promise<Fact<Machine>> =>
  readFact({ doing: `read VM ${id}`, permission: 'Microsoft.Compute/virtualMachines/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return machineFrom(id, await compute.virtualMachines.get(group, name, { expand: 'instanceView' }));
  });

export const readDisk = (arm: Arm, id: string): Promise<Fact<Disk>> =>
  readFact({ doing: `read disk ${id}`, permission: 'Microsoft.Compute/disks/read' }, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return diskFrom(id, await compute.disks.get(group, name));
  });

type ExactImage = MarketplaceReference & { readonly version: string };

/** Missing when the Marketplace has taken the version away. */
function readMarketplaceImage(arm: Arm, { id, location }: Asker, image: ExactImage) {
  const { publisher, offer, sku, version } = image;
  const question = {
    doing: `read the Marketplace image ${publisher}/${offer}/${sku}/${version} in ${location}`,
    permission: 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
  };
  return readOptionalFact(question, async (): Promise<{ readonly plan?: PurchasePlan }> => {
    const { compute } = arm.clientsFor(parseArmId(id)?.subscriptionId ?? '');
    return marketplacePlan(await compute.virtualMachineImages.get(location, publisher, offer, sku, version));
  });
}

type MarketplaceFact = NonNullable<BuildFacts['marketplaceImage']>;

/** Where a base image is asked for: any subscription may ask, in the region of what was made from it. */
interface Asker {
  readonly id: string;
  readonly location: string;
}

export function marketplaceOf(
  arm: Arm,
  asker: Asker,
  base: BaseImage | undefined,
): Promise<MarketplaceFact> | undefined {
  if (base?.from !== 'marketplace' || base.image.version === undefined) return undefined;
  return readMarketplaceImage(arm, asker, { ...base.image, version: base.image.version });
}

interface Attached {
  readonly diskId: string;
  readonly lun?: number;
}

/** Without a managed OS disk there is no OS disk to take. */
const attachedTo = ({ osDisk, dataDisks }: Machine): readonly Attached[] =>
  [osDisk, ...dataDisks].flatMap(({ diskId, ...disk }) =>
    diskId === undefined ? [] : [{ diskId, ...('lun' in disk ? { lun: disk.lun } : {}) }],
  );

/**
 * Two rounds after another, and a third one only when the OS disk alone says what the VM was made from, or when the rights
 * at the group of the disks are not enough. `changed`: the
 * build acts on the VM itself, so that more is needed than to read it.
 */
export async function surveyMachine(arm: Arm, id: string, changed: boolean): Promise<SourceSurvey> {
  const machine = await readMachine(arm, id);
  const vm = found(machine);
  if (!vm) return { facts: { machine, disks: [] }, rights: [] };
  const attached = attachedTo(vm);
  const diskIds = attached.map(({ diskId }) => diskId);
  const [disks, rights, early] = await allOf([
    allOf(attached.map(async (disk) => ({ ...disk, fact: await readDisk(arm, disk.diskId) }))),
    changed ? allOf([readGrants(arm, 'source', id)]) : readGrantsOn(arm, 'disk', diskIds),
    marketplaceOf(arm, vm, vm.base),
  ]);
  const marketplaceImage = early ?? (await marketplaceOf(arm, vm, baseImageOf({ machine, disks })));
  return { facts: { machine, disks, ...(marketplaceImage === undefined ? {} : { marketplaceImage }) }, rights };
}
