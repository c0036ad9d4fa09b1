/** Rules on whether the image runs on the pool's VM size: its disks, generation and architecture. */
import { dataLunsOf, found, osDiskOf, vmSizeOf } from '../facts';
import type { VmSize } from '../account';
import { listAt } from '../poolBody';
import type { Case, Remark, Rule } from './rule';

const SUBJECT = 'pool.properties.vmSize';
const DATA_DISKS = 'deploymentConfiguration.virtualMachineConfiguration.dataDisks';

/** What an image boots with that does not say (virtual-machines/shared-image-galleries, `DiskControllerTypes`). */
const USUAL_CONTROLLERS: readonly string[] = ['SCSI'];

const sizeOf = ({ request, facts }: Case): VmSize | undefined => vmSizeOf(facts, request.pool.properties.vmSize);

const about = (message: string): readonly Remark[] => [{ subject: SUBJECT, message }];

function otherGeneration(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  const disk = osDiskOf(given.facts);
  if (!size?.generations || !disk || size.generations.includes(disk.hyperVGeneration)) return [];
  return about(
    `The image is of Hyper-V generation ${disk.hyperVGeneration}, but the VM size ${size.name} boots ${size.generations.join(' and ')} only.`,
  );
}

function otherArchitecture(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  const disk = osDiskOf(given.facts);
  if (!size?.architecture || !disk || size.architecture === disk.architecture) return [];
  return about(`The image is for ${disk.architecture}, but the VM size ${size.name} is ${size.architecture}.`);
}

/** What the image boots with: a definition that is there decides, else the OS disk; undefined when that was not read. */
function imageControllers({ facts }: Case): readonly string[] | undefined {
  const { definition } = facts;
  const from = definition === undefined || definition.read === 'missing' ? osDiskOf(facts) : found(definition);
  return from?.diskControllers.length === 0 ? USUAL_CONTROLLERS : from?.diskControllers;
}

function otherController(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  const image = imageControllers(given);
  if (!size?.diskControllers?.length || !image) return [];
  const offered = size.diskControllers.map((controller) => controller.toLowerCase());
  if (image.some((controller) => offered.includes(controller.toLowerCase()))) return [];
  return about(
    `The image boots with ${image.join(' and ')}, but the VM size ${size.name} has ${size.diskControllers.join(' and ')} only.`,
  );
}

function tooManyDisks(given: Case): readonly Remark[] {
  const size = sizeOf(given);
  if (size?.maxDataDisks === undefined) return [];
  const ofImage = dataLunsOf(given.facts).length;
  const ofPool = listAt(given.request.pool.properties, DATA_DISKS).length;
  if (ofImage + ofPool <= size.maxDataDisks) return [];
  return about(
    `The image has ${ofImage} data disks and the pool adds ${ofPool}, but the VM size ${size.name} takes at most ${size.maxDataDisks}.`,
  );
}

export const imageOnSizeRules: readonly Rule[] = [
  {
    code: 'GenerationMismatch',
    severity: 'refuse',
    source: 'batch/batch-pool-node-error-checking; virtual-machines/generation-2',
    why: 'A VM size boots the Hyper-V generations that it has; others end in AllocationFailed, with no node.',
    how: '`hyperVGeneration` of the OS disk among `HyperVGenerations` of the VM size',
    needs: ['vmSizes', 'machine', 'disks'],
    remedy: "Use a VM size that boots the image's generation, or a VM of the other generation.",
    check: otherGeneration,
  },
  {
    code: 'ArchitectureMismatch',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries, architecture',
    why: 'An image for one processor architecture does not start on the other.',
    how: '`supportedCapabilities.architecture` of the OS disk against `CpuArchitectureType` of the VM size',
    needs: ['vmSizes', 'machine', 'disks'],
    remedy: "Use a VM size of the image's architecture.",
    check: otherArchitecture,
  },
  {
    code: 'DiskControllerMismatch',
    severity: 'refuse',
    source: 'virtual-machines/shared-image-galleries, DiskControllerTypes; virtual-machines/nvme-overview',
    why: 'A VM size with NVMe controllers only starts no image that does not say that it boots with NVMe.',
    how: '`DiskControllerTypes` of the VM size against those of the image definition or, before there is one, of the OS disk; SCSI where nothing is said',
    needs: ['vmSizes', 'machine', 'disks', 'definition'],
    remedy:
      "Use a VM size with one of the image's disk controllers, or prepare a VM whose OS disk and definition list both.",
    check: otherController,
  },
  {
    code: 'TooManyDataDisks',
    severity: 'refuse',
    source: 'virtual-machines/sizes/overview; rest/api/batchmanagement/pool/create, dataDisks',
    why: 'Nodes have the data disks of the image and those of the pool; a VM size takes a limited number.',
    how: 'data disks of the source and of `pool.properties`, together, against `MaxDataDiskCount` of the VM size',
    needs: ['vmSizes', 'machine', 'disks'],
    remedy: 'Use a larger VM size, or fewer data disks in the source or in the pool.',
    check: tooManyDisks,
  },
];
