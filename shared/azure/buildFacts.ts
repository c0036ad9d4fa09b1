/** Reads what a build is decided on, in two rounds of parallel calls: the named resources, then the VM's disks. */
import { childId, groupIdText, parseArmId, parseArmIdOf } from '../domain/armId';
import {
  found,
  type AttachedDisk,
  type BuildFacts,
  type Disk,
  type ExistingPool,
  type Fact,
  type Machine,
} from '../domain/facts';
import { poolIdOf } from '../domain/names';
import { fail, succeed, type Outcome } from '../domain/outcome';
import type { BuildRequest } from '../domain/request';
import { callArm } from './armCall';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { attempt } from './failure';
import { galleryPlace } from './galleryResources';
import { definitionFrom, diskFrom, existingPoolFrom, machineFrom } from './models';
import { poolPlace } from './poolResources';

/** API version of `Microsoft.Resources/resourceGroups`. */
const RESOURCES_API_VERSION = '2021-04-01';

/** 404 and 403 are facts that the preflight tells; anything else is a failure of the survey. */
async function readFact<T>(doing: string, call: () => Promise<T>): Promise<Outcome<Fact<T>>> {
  const answer = await attempt(doing, call);
  return factFrom(answer);
}

function factFrom<T>(answer: Outcome<T>): Outcome<Fact<T>> {
  if (answer.ok) return succeed({ read: 'found', value: answer.value });
  const { kind, message } = answer.failure;
  if (kind === 'notFound') return succeed({ read: 'missing' });
  return kind === 'forbidden' ? succeed({ read: 'forbidden', message }) : fail(answer.failure);
}

const readMachine = (arm: Arm, id: string) =>
  readFact(`read VM ${id}`, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return machineFrom(id, await compute.virtualMachines.get(group, name));
  });

const readDisk = (arm: Arm, id: string): Promise<Outcome<Fact<Disk>>> =>
  readFact(`read disk ${id}`, async () => {
    const { compute, group, name } = placeOf(arm, id);
    return diskFrom(id, await compute.disks.get(group, name));
  });

const readAccount = (arm: Arm, id: string) =>
  readFact(`read Batch account ${id}`, async () => {
    const { batch, group, name } = placeOf(arm, id);
    const account = await batch.batchAccountOperations.get(group, name);
    return { id: account.id ?? id, location: account.location ?? '' };
  });

const readGallery = (arm: Arm, id: string) =>
  readFact(`read gallery ${id}`, async () => {
    const { compute, group, name } = placeOf(arm, id);
    const gallery = await compute.galleries.get(group, name);
    return { id: gallery.id ?? id, location: gallery.location };
  });

const readDefinition = (arm: Arm, id: string) =>
  readFact(`read image definition ${id}`, async () => {
    const { compute, group, gallery, definition } = galleryPlace(arm, id);
    return definitionFrom(id, await compute.galleryImages.get(group, gallery, definition));
  });

const readPool = (arm: Arm, id: string) =>
  readFact(`read pool ${id}`, async () => {
    const { batch, group, account, pool } = poolPlace(arm, id);
    return existingPoolFrom(id, await batch.poolOperations.get(group, account, pool));
  });

const readPoolImage = async (arm: Arm, pool: Fact<ExistingPool>) => {
  const id = found(pool)?.imageId;
  if (id === undefined || parseArmIdOf('Microsoft.Compute/galleries/images/versions', id) === undefined)
    return undefined;
  return readFact(`read image version ${id}`, async () => {
    const { compute, group, gallery, definition, version } = galleryPlace(arm, id);
    await compute.galleryImageVersions.get(group, gallery, definition, version);
    return { id };
  });
};

async function readImageGroup(arm: Arm, request: BuildRequest) {
  const subscription = parseArmId(request.source.virtualMachineId)?.subscriptionId ?? '';
  const id = groupIdText(subscription, request.image.resourceGroup);
  const url = `${id}?api-version=${RESOURCES_API_VERSION}`;
  const answer = await callArm(arm, `read resource group ${id}`, { method: 'GET', url });
  return factFrom(answer.ok ? succeed({ id }) : answer);
}

async function readDisks(arm: Arm, machine: Fact<Machine>): Promise<Outcome<BuildFacts['disks']>> {
  const vm = found(machine);
  const attached: readonly AttachedDisk[] = vm ? [vm.osDisk, ...vm.dataDisks] : [];
  const ids = attached.flatMap(({ diskId }) => (diskId === undefined ? [] : [diskId]));
  const answers = await Promise.all(
    ids.map(async (diskId) => {
      const fact = await readDisk(arm, diskId);
      return fact.ok ? succeed({ diskId, fact: fact.value }) : fact;
    }),
  );
  const failed = answers.find((answer) => !answer.ok);
  return failed ?? succeed(answers.flatMap((answer) => (answer.ok ? [answer.value] : [])));
}

/** Reads all facts for a request; fails as a whole when any read met a passing fault. */
export async function readBuildFacts(arm: Arm, request: BuildRequest): Promise<Outcome<BuildFacts>> {
  const definitionId = childId(request.image.galleryId, 'images', request.image.name);
  const [machine, account, imageGroup, gallery, definition, pool] = await Promise.all([
    readMachine(arm, request.source.virtualMachineId),
    readAccount(arm, request.pool.batchAccountId),
    readImageGroup(arm, request),
    readGallery(arm, request.image.galleryId),
    readDefinition(arm, definitionId),
    readPool(arm, poolIdOf(request)),
  ]);
  if (!machine.ok) return machine;
  if (!account.ok) return account;
  if (!imageGroup.ok) return imageGroup;
  if (!gallery.ok) return gallery;
  if (!definition.ok) return definition;
  if (!pool.ok) return pool;
  const [disks, poolImage] = await Promise.all([readDisks(arm, machine.value), readPoolImage(arm, pool.value)]);
  if (!disks.ok) return disks;
  if (poolImage?.ok === false) return poolImage;
  return succeed({
    machine: machine.value,
    disks: disks.value,
    account: account.value,
    imageGroup: imageGroup.value,
    gallery: gallery.value,
    definition: definition.value,
    pool: pool.value,
    ...(poolImage === undefined ? {} : { poolImage: poolImage.value }),
  });
}
