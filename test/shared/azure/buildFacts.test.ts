/** The survey: what it reads, in which order, and what 404, 403 and passing faults mean to it. */
import { readBuildFacts } from '../../../shared/azure/buildFacts';
import type { Pool } from '@azure/arm-batch';
import type { GalleryImage } from '@azure/arm-compute';
import type { BuildFacts, ImageDefinition } from '../../../shared/domain/facts';
import type { BuildRequest } from '../../../shared/domain/request';
import { accountId, definitionId, diskId, idOf, SUBSCRIPTION } from '../../local/arm/localAzure';
import * as given from '../../local/arm/given';
import { failureIn, startCloud, valueOf, writesOf, type Cloud } from './cloud';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const vmId = (name: string): string => idOf('rg-render', `Microsoft.Compute/virtualMachines/${name}`);
const GALLERY = idOf('rg-images', 'Microsoft.Compute/galleries/gal_render');
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-images`;
const POOL = `${accountId('batchrender')}/pools/render-pool`;

const request = (vm = 'vm-render-base'): BuildRequest => ({
  source: { virtualMachineId: vmId(vm), generalized: true },
  image: { resourceGroup: 'rg-images', name: 'render', galleryId: GALLERY },
  pool: {
    batchAccountId: accountId('batchrender'),
    name: 'render-pool',
    properties: {
      vmSize: 'STANDARD_D4S_V5',
      deploymentConfiguration: { virtualMachineConfiguration: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } },
    },
  },
});

const survey = async (vm?: string): Promise<BuildFacts> => valueOf(await readBuildFacts(cloud.arm, request(vm)));

const linuxDisk = {
  location: 'westeurope',
  hyperVGeneration: 'V2',
  architecture: 'x64',
} as const;

it('reads the VM, its disks in the VM’s order, the account, the group, the gallery, and what is not there yet', async () => {
  expect(await survey()).toEqual({
    machine: {
      read: 'found',
      value: {
        id: vmId('vm-render-base'),
        location: 'westeurope',
        osDisk: { diskId: diskId('osdisk-render-base'), osType: 'Linux', ephemeral: false },
        dataDisks: [
          { lun: 0, diskId: diskId('datadisk-render-assets') },
          { lun: 1, diskId: diskId('datadisk-render-cache') },
        ],
        securityType: 'Standard',
      },
    },
    disks: [
      {
        diskId: diskId('osdisk-render-base'),
        fact: {
          read: 'found',
          value: { id: diskId('osdisk-render-base'), sizeGb: 64, osType: 'Linux', ...linuxDisk },
        },
      },
      {
        diskId: diskId('datadisk-render-assets'),
        fact: {
          read: 'found',
          value: { id: diskId('datadisk-render-assets'), sizeGb: 256, ...linuxDisk, hyperVGeneration: 'V1' },
        },
      },
      {
        diskId: diskId('datadisk-render-cache'),
        fact: {
          read: 'found',
          value: { id: diskId('datadisk-render-cache'), sizeGb: 128, ...linuxDisk, hyperVGeneration: 'V1' },
        },
      },
    ],
    account: { read: 'found', value: { id: accountId('batchrender'), location: 'westeurope' } },
    imageGroup: { read: 'found', value: { id: GROUP } },
    gallery: { read: 'found', value: { id: GALLERY, location: 'westeurope' } },
    definition: { read: 'missing' },
    pool: { read: 'missing' },
  });
});

it('reads the definition and the pool that are there already', async () => {
  const image = await given.publishedImage(cloud);
  await given.definition(
    cloud,
    'render',
    given.aDefinition({ identifier: { publisher: 'a', offer: 'b', sku: 'c' }, hyperVGeneration: 'V1' }),
  );
  const metadata = [{ name: 'bip-build', value: 'build-1' }];
  await cloud.batch.poolOperations.create(
    'rg-batch',
    'batchrender',
    'render-pool',
    given.aPool(image, 0, { metadata }),
  );
  const { definition, pool, poolImage } = await survey();
  expect(definition).toEqual({
    read: 'found',
    value: {
      id: definitionId('render'),
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V1',
      architecture: 'x64',
      security: 'Standard',
    },
  });
  const value = {
    id: POOL,
    imageId: image,
    metadata: { 'bip-build': 'build-1' },
    deleting: false,
    sighting: { state: 'underway', progress: '0 of 0 nodes' },
  };
  expect(pool).toEqual({ read: 'found', value });
  expect(poolImage).toEqual({ read: 'found', value: { id: image } });
});

it.each<{ label: string; more: Partial<ImageDefinition>; asked: Partial<GalleryImage> }>([
  {
    label: 'SecurityType',
    asked: { features: [{ name: 'SecurityType', value: 'TrustedLaunchSupported' }] },
    more: { security: 'TrustedLaunchSupported' },
  },
  { label: 'SecurityType that Azure gives', asked: { features: [] }, more: { security: 'TrustedLaunchSupported' } },
  {
    label: 'purchase plan',
    asked: { purchasePlan: { name: 'pro', publisher: 'vendor', product: 'renderer' } },
    more: { security: 'Standard', purchasePlan: { name: 'pro', publisher: 'vendor', product: 'renderer' } },
  },
])('reads the $label of a definition', async ({ asked, more }) => {
  await given.definition(cloud, 'render', given.aDefinition(asked));
  const { definition } = await survey();
  expect(definition).toEqual({
    read: 'found',
    value: {
      ...{ id: definitionId('render'), osType: 'Linux', osState: 'Generalized' },
      ...{ hyperVGeneration: 'V2', architecture: 'x64', ...more },
    },
  });
});

describe('a pool that is there', () => {
  let image: string;
  beforeEach(async () => {
    image = await given.publishedImage(cloud);
  });
  const create = (nodes: number, more: Partial<Pool> = {}, on = image) =>
    cloud.batch.poolOperations.create('rg-batch', 'batchrender', 'render-pool', given.aPool(on, nodes, more));
  const VERSION = /\/images\/def\/versions\/1\.0\.0$/;

  it.each([
    { label: 'at first', minutes: 0, sighting: { state: 'underway', progress: '0 of 4 nodes' } },
    { label: 'after an hour', minutes: 60, sighting: { state: 'ready' } },
  ])('is seen with the nodes that it has $label', async ({ minutes, sighting }) => {
    await create(4);
    cloud.pass(minutes);
    expect((await survey()).pool).toMatchObject({ value: { deleting: false, sighting } });
  });

  it('is seen to have too few for good, with Azure’s reason', async () => {
    cloud.azure.faults.add({ kind: 'shortAllocation', nodes: 1, message: 'No more.' });
    await create(4);
    cloud.pass(60);
    expect((await survey()).pool).toMatchObject({ value: { sighting: { state: 'failed', code: 'AllocationFailed' } } });
  });

  it('is whole with a formula once that has run', async () => {
    const autoScale = { formula: '$TargetDedicatedNodes = 2;', evaluationInterval: 'PT15M' };
    await create(0, { scaleSettings: { autoScale } });
    expect((await survey()).pool).toMatchObject({ value: { sighting: { state: 'underway' } } });
    cloud.pass(60);
    expect((await survey()).pool).toMatchObject({ value: { sighting: { state: 'ready' } } });
  });

  it('is seen being deleted', async () => {
    await create(4);
    cloud.pass(60);
    await cloud.batch.poolOperations.beginDelete('rg-batch', 'batchrender', 'render-pool');
    expect((await survey()).pool).toMatchObject({ value: { deleting: true } });
  });

  it('costs one call more, for its image version', async () => {
    await create(4);
    cloud.newCalls();
    await survey();
    const calls = cloud.newCalls();
    expect(calls).toHaveLength(10);
    expect(calls.filter(({ path }) => VERSION.test(path))).toHaveLength(1);
    expect(writesOf(calls)).toEqual([]);
  });

  it.each([
    { status: 404, fact: { read: 'missing' } },
    { status: 403, fact: { read: 'forbidden' } },
  ])('on a version that answers $status is a fact', async ({ status, fact }) => {
    await create(4);
    cloud.azure.faults.add({ kind: 'answer', status, path: VERSION });
    expect((await survey()).poolImage).toMatchObject(fact);
  });

  it('on a version that does not answer fails the survey', async () => {
    await create(4);
    cloud.azure.faults.add({ kind: 'answer', status: 429, retryAfterSeconds: 480, path: VERSION });
    const failure = failureIn(await readBuildFacts(cloud.arm, request()));
    expect(failure).toMatchObject({ kind: 'throttled', retryAfterMs: 480_000 });
  });
});

it('asks once for each resource: the named ones first, then the disks, and writes nothing', async () => {
  await survey();
  const calls = cloud.newCalls();
  expect(writesOf(calls)).toEqual([]);
  const isDisk = (path: string): boolean => path.includes('/disks/');
  expect(calls.map(({ path }) => isDisk(path))).toEqual([...Array<boolean>(6).fill(false), true, true, true]);
  expect(new Set(calls.map(({ path }) => path)).size).toBe(9);
});

interface Oddity {
  readonly vm: string;
  readonly machine?: object;
  readonly disk?: object;
}

it.each<Oddity>([
  {
    vm: 'vm-trusted-launch',
    machine: { securityType: 'TrustedLaunch' },
    disk: { securityType: 'TrustedLaunch', hyperVGeneration: 'V2' },
  },
  { vm: 'vm-gen1', disk: { hyperVGeneration: 'V1' } },
  { vm: 'vm-arm64', disk: { architecture: 'Arm64' } },
  { vm: 'vm-windows-base', machine: { osDisk: { osType: 'Windows' } }, disk: { osType: 'Windows' } },
  { vm: 'vm-northeurope', machine: { location: 'northeurope' }, disk: { location: 'northeurope' } },
])('sees what is special about $vm', async ({ vm, machine, disk }) => {
  const facts = await survey(vm);
  expect(facts.machine).toMatchObject({ read: 'found', value: machine ?? {} });
  expect(facts.disks[0]?.fact).toMatchObject({ read: 'found', value: disk ?? {} });
});

it('reads no disk of a VM whose disks are blobs, and says where they are', async () => {
  const facts = await survey('vm-unmanaged');
  expect(facts.disks).toEqual([]);
  expect(facts.machine).toMatchObject({
    value: { osDisk: { vhdUri: expect.stringContaining('.blob.core.windows.net/') as string } },
  });
});

interface Read {
  readonly of: keyof BuildFacts;
  readonly path: RegExp;
}

const NAMED: readonly Read[] = [
  { of: 'machine', path: /\/virtualMachines\/vm-render-base$/ },
  { of: 'account', path: /\/batchAccounts\/batchrender$/ },
  { of: 'imageGroup', path: /\/resourceGroups\/rg-images$/ },
  { of: 'gallery', path: /\/galleries\/gal_render$/ },
  { of: 'definition', path: /\/galleries\/gal_render\/images\/render$/ },
  { of: 'pool', path: /\/pools\/render-pool$/ },
];
const DISK = /\/disks\/datadisk-render-cache$/;

describe.each(NAMED)('the $of', ({ of, path }) => {
  it('that is not there is a fact', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 404, code: 'ResourceNotFound', path });
    expect((await survey())[of]).toEqual({ read: 'missing' });
  });

  it('that may not be read is a fact, with what Azure said', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 403, code: 'AuthorizationFailed', message: 'No role.', path });
    expect((await survey())[of]).toEqual({
      read: 'forbidden',
      message: expect.stringMatching(/^Tried to read .*; Azure answered 403 AuthorizationFailed: No role\.$/) as string,
    });
  });
});

it.each([
  { status: 404, fact: { read: 'missing' } },
  { status: 403, fact: { read: 'forbidden' } },
])('a disk that answers $status is a fact, and hides no other disk', async ({ status, fact }) => {
  cloud.azure.faults.add({ kind: 'answer', status, path: DISK });
  const { disks } = await survey();
  expect(disks).toHaveLength(3);
  expect(disks[2]).toMatchObject({ diskId: diskId('datadisk-render-cache'), fact });
  expect(disks[1]?.fact.read).toBe('found');
});

it('a VM that is not there has no disks to read', async () => {
  const facts = await survey('vm-none');
  expect(facts).toMatchObject({ machine: { read: 'missing' }, disks: [] });
  expect(cloud.newCalls()).toHaveLength(6);
});

describe.each([...NAMED, { of: 'disks', path: DISK }])('a passing fault on the $of fails the survey', ({ path }) => {
  it('429, with how long to stay away', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterSeconds: 480, path });
    const failure = failureIn(await readBuildFacts(cloud.arm, request()));
    expect(failure).toMatchObject({ kind: 'throttled', code: 'TooManyRequests', retryAfterMs: 480_000 });
  });

  it('503', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 503, path });
    expect(failureIn(await readBuildFacts(cloud.arm, request()))).toMatchObject({ kind: 'unavailable' });
  });

  it('a broken connection', async () => {
    cloud.azure.faults.add({ kind: 'reset', path });
    expect(failureIn(await readBuildFacts(cloud.arm, request()))).toMatchObject({ kind: 'unavailable' });
  });
});
