/** Requests of the benches, and the worlds that they are made in: those of the examples, larger where a bench asks for it. */
import * as z from 'zod';
import type { BuildRequest } from '../shared/domain/request';
import { parseBuildRequest } from '../shared/messages';
import { readJson, SUBSCRIPTION } from './scene';

export interface BuildSize {
  readonly disks: number;
  readonly nodes: number;
}

const MACHINE = 'vm-render-base';
const ACCOUNT = 'batchrender';
/** Disks of the machine as local/world.json has it: one for the operating system, two for data. */
const USUAL_DISKS = 3;
/** Small enough for all of them to fit into an image version, which has 2,048 GB at most. */
const FURTHER_DISK_GB = 32;
/** Takes as many data disks as any bench has; the example's size takes eight. */
const ROOMY_VM_SIZE = 'STANDARD_D16DS_V5';

interface Changes {
  readonly poolName: string;
  readonly nodes: number;
  readonly imageName?: string;
  readonly vmSize?: string;
}

/** The example's request, for another pool. */
export async function requestFor({ poolName, nodes, imageName, vmSize }: Changes): Promise<BuildRequest> {
  const parsed = parseBuildRequest(JSON.stringify(await readJson('examples/build-16-nodes.json')));
  if (!parsed.ok) throw new Error(`The example is no request: ${parsed.problems.join('; ')}`);
  const { image, pool, ...rest } = parsed.message;
  const { properties } = pool;
  const scaleSettings = { fixedScale: { ...properties.scaleSettings?.fixedScale, targetDedicatedNodes: nodes } };
  return {
    ...rest,
    requestId: `bench-${poolName}`,
    image: { ...image, ...(imageName === undefined ? {} : { name: imageName }) },
    pool: {
      ...pool,
      name: poolName,
      properties: { ...properties, ...(vmSize === undefined ? {} : { vmSize }), scaleSettings },
    },
  };
}

export const requestOfSize = ({ disks, nodes }: BuildSize): Promise<BuildRequest> =>
  requestFor({ poolName: 'bench-pool', nodes, ...(disks > USUAL_DISKS ? { vmSize: ROOMY_VM_SIZE } : {}) });

const resource = z.looseObject({ id: z.string(), name: z.string(), type: z.string() });
const worldShape = z.looseObject({ resources: z.array(resource) });
type World = z.infer<typeof worldShape>;

const dataDisk = z.looseObject({
  lun: z.number(),
  name: z.string(),
  managedDisk: z.looseObject({ id: z.string() }),
});
const machineShape = z.looseObject({
  ...resource.shape,
  properties: z.looseObject({ storageProfile: z.looseObject({ dataDisks: z.array(dataDisk) }) }),
});

export const usualWorld = async (): Promise<World> => worldShape.parse(await readJson('local/world.json'));

/** The usual world, whose machine has so many disks: each further one is like its last. */
export async function worldWithDisks(disks: number): Promise<World> {
  const world = await usualWorld();
  const machine = machineShape.parse(world.resources.find(({ name }) => name === MACHINE));
  const { storageProfile } = machine.properties;
  const last = storageProfile.dataDisks.at(-1);
  const template = world.resources.find(({ id }) => id === last?.managedDisk.id);
  if (last === undefined || template === undefined) throw new Error(`${MACHINE} has no data disk to copy.`);
  const more = Array.from({ length: Math.max(0, disks - USUAL_DISKS) }, (_, index) => {
    const name = `${template.name}-${index}`;
    return { name, id: template.id.replace(template.name, name), lun: last.lun + 1 + index };
  });
  const small = {
    ...z.looseObject({}).parse(template['properties']),
    diskSizeGB: FURTHER_DISK_GB,
    diskSizeBytes: FURTHER_DISK_GB * 2 ** 30,
  };
  const dataDisks = [
    ...storageProfile.dataDisks,
    ...more.map(({ name, id, lun }) => ({
      ...last,
      name,
      lun,
      diskSizeGB: FURTHER_DISK_GB,
      managedDisk: { ...last.managedDisk, id },
    })),
  ];
  const changed = {
    ...machine,
    properties: { ...machine.properties, storageProfile: { ...storageProfile, dataDisks } },
  };
  const others = world.resources.filter(({ name }) => name !== MACHINE);
  return {
    ...world,
    resources: [...others, changed, ...more.map(({ id, name }) => ({ ...template, id, name, properties: small }))],
  };
}

/** The usual world, whose Batch account takes so many pools of the size that builds of the benches ask for. */
export async function worldWithPools(pools: number): Promise<World> {
  const world = await usualWorld();
  const resources = world.resources.map((one) => {
    if (one.name !== ACCOUNT) return one;
    const properties = z.looseObject({}).parse(one['properties']);
    return { ...one, properties: { ...properties, poolQuota: Math.max(100, 2 * pools) } };
  });
  return { ...world, resources };
}

export const accountId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-batch/providers/Microsoft.Batch/batchAccounts/${ACCOUNT}`;
