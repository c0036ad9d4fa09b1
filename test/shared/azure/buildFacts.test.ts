/** The survey: what it reads, in which order, and what 404, 403 and passing faults mean to it. */
import type { Pool } from '@azure/arm-batch';
import type { GalleryImage } from '@azure/arm-compute';
import { readBuildFacts } from '../../../shared/azure/buildFacts';
import type { BuildFacts } from '../../../shared/domain/facts';
import type { ImageDefinition } from '../../../shared/domain/gallery';
import { accountId, definitionId, diskId } from '../../local/arm/localAzure';
import * as given from '../../local/arm/given';
import { failureIn, startCloud, writesOf, type Cloud } from './cloud';
import { GALLERY, GROUP, POOL, request, surveyOf, vmId } from './survey';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const survey = (vm?: string): Promise<BuildFacts> => surveyOf(cloud, request(vm));

const ubuntu = {
  from: 'marketplace',
  image: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: '24.04.202610150' },
} as const;

const common = {
  location: 'westeurope',
  sku: 'Premium_LRS',
  architecture: 'x64',
  diskEncryption: false,
  encryption: { type: 'EncryptionAtRestWithPlatformKey' },
  networkAccessPolicy: 'AllowAll',
} as const;

const dataDisk = (name: string, sizeGb: number) => ({
  diskId: diskId(name),
  fact: {
    read: 'found',
    value: { id: diskId(name), sizeGb, ...common, hyperVGeneration: 'V1', diskControllers: [] },
  },
});

it('reads the VM and its disks, in the VM’s order', async () => {
  const { machine, disks, marketplaceImage } = await survey();
  expect(machine).toEqual({
    read: 'found',
    value: {
      id: vmId('vm-render-base'),
      location: 'westeurope',
      vmSize: 'Standard_D16ds_v5',
      osDisk: {
        diskId: diskId('osdisk-render-base'),
        osType: 'Linux',
        ephemeral: false,
        diskEncryption: false,
      },
      dataDisks: [
        { lun: 0, diskId: diskId('datadisk-render-assets') },
        { lun: 1, diskId: diskId('datadisk-render-cache') },
      ],
      base: ubuntu,
      extensions: [],
      powerState: 'deallocated',
      encryptionAtHost: false,
      securityType: 'Standard',
    },
  });
  expect(disks).toEqual([
    {
      diskId: diskId('osdisk-render-base'),
      fact: {
        read: 'found',
        value: {
          id: diskId('osdisk-render-base'),
          sizeGb: 64,
          osType: 'Linux',
          ...common,
          hyperVGeneration: 'V2',
          diskControllers: ['SCSI'],
          base: ubuntu,
        },
      },
    },
    { lun: 0, ...dataDisk('datadisk-render-assets', 256) },
    { lun: 1, ...dataDisk('datadisk-render-cache', 128) },
  ]);
  expect(marketplaceImage).toEqual({ read: 'found', value: {} });
});

it('reads the account, the group, the gallery, and what is not there yet', async () => {
  expect(await survey()).toMatchObject({
    account: {
      read: 'found',
      value: { id: accountId('batchrender'), location: 'westeurope', allocationMode: 'BatchService', poolQuota: 100 },
    },
    imageGroup: { read: 'found', value: { id: GROUP } },
    gallery: { read: 'found', value: { id: GALLERY, location: 'westeurope' } },
    definition: { read: 'missing' },
    versions: { read: 'missing' },
    pool: { read: 'missing' },
    policy: { batchApiVersion: '2025-06-01', nodesPerReplica: 300, mostUnusablePercent: 20 },
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
      identifier: { publisher: 'a', offer: 'b', sku: 'c' },
      diskControllers: [],
      security: 'Standard',
    },
  });
  const value = {
    id: POOL,
    imageId: image,
    metadata: { 'bip-build': 'build-1' },
    deleting: false,
    vmSize: 'Standard_D4s_v5',
    nodes: { dedicated: 0, spot: 0 },
    targets: { dedicated: 0, spot: 0 },
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
  expect(definition).toMatchObject({
    read: 'found',
    value: {
      ...{ id: definitionId('render'), osType: 'Linux', osState: 'Generalized' },
      ...{ hyperVGeneration: 'V2', architecture: 'x64', ...more },
    },
  });
});

/** Of a VM with three disks, in a subscription with `ACCOUNTS` Batch accounts on the allow-list. */
const ACCOUNTS = 4;
const CALLS_FOR_THREE_DISKS = 21 + ACCOUNTS;

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
    expect(calls).toHaveLength(CALLS_FOR_THREE_DISKS + 1);
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

it.each<{ label: string; scaleSettings: Pool['scaleSettings'] & object; targets: unknown }>([
  {
    label: 'a fixed number of nodes',
    scaleSettings: { fixedScale: { targetDedicatedNodes: 3, targetLowPriorityNodes: 2 } },
    targets: { dedicated: 3, spot: 2 },
  },
  {
    label: 'none when a formula decides',
    scaleSettings: { autoScale: { formula: '$TargetDedicatedNodes = 4;' } },
    targets: undefined,
  },
])('reads the targets of a pool: $label', async ({ scaleSettings, targets }) => {
  const body = { ...given.aPool(await given.publishedImage(cloud), 0), scaleSettings };
  await cloud.batch.poolOperations.create('rg-batch', 'batchrender', 'render-pool', body);
  const { pool } = await survey();
  expect(pool.read === 'found' && pool.value.targets).toEqual(targets);
});

interface Named {
  readonly of: keyof BuildFacts;
  readonly path: RegExp;
}

const NAMED: readonly Named[] = [
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
      permission: expect.stringMatching(/^Microsoft\.[\w/.]+\/read$/) as string,
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
