/** Snapshots and managed images: bodies as the SDK sends them, states as the domain reads them. */
import type { Image } from '@azure/arm-compute';
import { armName, parseArmId } from '../domain/armId';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { DiskSource, ManagedImageSpec, SnapshotSpec } from '../domain/resources';
import type { Arm } from './clients';
import { isDeleting, look, sightingOf, submit, type ResourceClient, type Seen } from './resourceClient';

interface Tracked {
  readonly tags?: Record<string, string>;
  readonly provisioningState?: string;
}

/** Where a call goes: the subscription's clients, and the resource group and name within it. */
export function placeOf(arm: Arm, id: string) {
  const parsed = parseArmId(id);
  if (!parsed) throw new Error(`Not a resource id: ${id}`);
  return {
    ...arm.clientsFor(parsed.subscriptionId),
    group: parsed.resourceGroup,
    name: armName(parsed),
    names: parsed.names,
  };
}

/** Turns the SDK's answer for a tracked resource into what the domain reads. */
export function seenFrom(
  id: string,
  answer: Outcome<{ readonly resource: Tracked; readonly retryAfterMs?: number }>,
): Outcome<Seen> {
  if (!answer.ok) return fail(answer.failure);
  const { resource, retryAfterMs } = answer.value;
  return succeed({
    tags: resource.tags ?? {},
    deleting: isDeleting(resource.provisioningState),
    sighting: sightingOf(id, resource.provisioningState, retryAfterMs),
  });
}

export function snapshotClient(arm: Arm): ResourceClient<SnapshotSpec> {
  return {
    see: async ({ id }) => {
      const { compute, group, name } = placeOf(arm, id);
      return seenFrom(id, await look(`read snapshot ${id}`, (options) => compute.snapshots.get(group, name, options)));
    },
    put: ({ id, location, tags, sourceDiskId }) => {
      const { compute, group, name } = placeOf(arm, id);
      const body = {
        location,
        tags: { ...tags },
        // Full and on Standard storage: the image must be able to outlive the disk (batch/batch-custom-images).
        sku: { name: 'Standard_LRS' },
        incremental: false,
        creationData: { createOption: 'Copy', sourceResourceId: sourceDiskId },
      };
      return submit(`create snapshot ${id}`, (options) => compute.snapshots.createOrUpdate(group, name, body, options));
    },
    delete: ({ id }) => {
      const { compute, group, name } = placeOf(arm, id);
      return submit(`delete snapshot ${id}`, (options) => compute.snapshots.delete(group, name, options));
    },
  };
}

export function managedImageClient(arm: Arm): ResourceClient<ManagedImageSpec> {
  return {
    see: async ({ id }) => {
      const { compute, group, name } = placeOf(arm, id);
      return seenFrom(id, await look(`read image ${id}`, (options) => compute.images.get(group, name, options)));
    },
    put: (spec) => {
      const { compute, group, name } = placeOf(arm, spec.id);
      return submit(`create image ${spec.id}`, (options) =>
        compute.images.createOrUpdate(group, name, managedImageBody(spec), options),
      );
    },
    delete: ({ id }) => {
      const { compute, group, name } = placeOf(arm, id);
      return submit(`delete image ${id}`, (options) => compute.images.delete(group, name, options));
    },
  };
}

/** A disk of the image, of the type that any region has. */
const imageDisk = (source: DiskSource) => ({
  ...(source.from === 'snapshot' ? { snapshot: { id: source.id } } : { blobUri: source.uri }),
  storageAccountType: 'Standard_LRS',
});

function managedImageBody({ location, tags, hyperVGeneration, osType, source }: ManagedImageSpec): Image {
  const common = { location, tags: { ...tags }, hyperVGeneration };
  if (source.from === 'virtualMachine') return { ...common, sourceVirtualMachine: { id: source.virtualMachineId } };
  return {
    ...common,
    storageProfile: {
      // Host caching ReadWrite provisions nodes faster (batch/batch-sig-images).
      osDisk: { osType, osState: 'Generalized', ...imageDisk(source.os), caching: 'ReadWrite' },
      dataDisks: source.data.map(({ lun, source: disk }) => ({ lun, ...imageDisk(disk) })),
    },
  };
}
