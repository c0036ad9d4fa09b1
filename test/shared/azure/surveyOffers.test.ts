/** The survey of accounts, pools, sizes, quotas, supported images, galleries and rights, on the local Azure. */
import { readBuildFacts } from '../../../shared/azure/buildFacts';
import { poolClient } from '../../../shared/azure/poolResources';
import type { BuildFacts } from '../../../shared/domain/facts';
import type { BuildRequest } from '../../../shared/domain/request';
import { accountId, diskId, FOREIGN, idOf, SUBSCRIPTION, worldText } from '../../local/arm/localAzure';
import { failureIn, startCloud, type Cloud } from './cloud';
import { poolSpec } from './specs';
import { GALLERY, GROUP, request, surveyOf, vmId } from './survey';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const survey = (asked?: BuildRequest): Promise<BuildFacts> => surveyOf(cloud, asked);
const atAccount = (name: string): BuildRequest => {
  const usual = request();
  return { ...usual, pool: { ...usual.pool, batchAccountId: accountId(name) } };
};
const forImage = (name: string): BuildRequest => ({ ...request(), image: { ...request().image, name } });
const agentLeftOut = (): BuildRequest => {
  const usual = request();
  const properties = { ...usual.pool.properties, deploymentConfiguration: { virtualMachineConfiguration: {} } };
  return { ...usual, pool: { ...usual.pool, properties } };
};
const refuse = (path: string | RegExp, status = 403): void =>
  cloud.azure.faults.add({ kind: 'answer', status, code: 'AuthorizationFailed', message: 'No role.', path, times: 99 });

describe('VM sizes', () => {
  it('are those of the pool and of the VM, with what they can do', async () => {
    const { vmSizes } = await survey();
    expect(vmSizes).toMatchObject({
      read: 'found',
      value: [
        {
          name: 'Standard_D4ds_v5',
          family: 'standardDDSv5Family',
          cores: 4,
          generations: ['V1', 'V2'],
          architecture: 'x64',
          diskControllers: ['SCSI'],
          maxDataDisks: 8,
          tempDiskMb: 153_600,
          trustedLaunch: true,
        },
        { name: 'Standard_D16ds_v5', cores: 16 },
      ],
    });
  });

  it('say when Batch ends them, and count NVMe temp disks as temp disks', async () => {
    const usual = request();
    const sized = (vmSize: string) => ({
      ...usual,
      pool: { ...usual.pool, properties: { ...usual.pool.properties, vmSize } },
    });
    const sizeOf = async (name: string) => {
      const { vmSizes } = await survey(sized(name));
      return vmSizes.read === 'found' ? vmSizes.value.find((size) => size.name === name) : undefined;
    };
    expect(await sizeOf('Standard_DS3_v2')).toMatchObject({ supportEndsOn: '2028-05-01T00:00:00Z' });
    const nvme = await sizeOf('Standard_D4ds_v6');
    expect(nvme).toMatchObject({ diskControllers: ['NVMe'] });
    expect(nvme?.tempDiskMb).toBeGreaterThan(0);
  });
});

describe('quotas', () => {
  it('of the account are measured by what its pools are set to use', async () => {
    const { coreQuota, poolCount } = await survey(atAccount('batchfull'));
    expect(poolCount).toEqual({ read: 'found', value: 1 });
    expect(coreQuota).toMatchObject({
      read: 'found',
      value: { holder: 'account', dedicated: { used: 8, limit: 16 }, uncounted: [] },
    });
  });

  it('of a UserSubscription account are the subscription’s', async () => {
    const { account, coreQuota } = await survey(atAccount('batchuser'));
    expect(account).toMatchObject({ value: { allocationMode: 'UserSubscription' } });
    expect(coreQuota).toMatchObject({ read: 'found', value: { holder: 'subscription' } });
  });

  it('are not known without the pools or the sizes, and say so', async () => {
    refuse(/\/batchrender\/pools$/);
    expect((await survey()).coreQuota).toEqual({ read: 'unasked', because: 'the list of pools' });
    cloud.azure.faults.clear();
    refuse('/virtualMachineSkus');
    expect((await survey()).coreQuota).toEqual({ read: 'unasked', because: 'the VM sizes' });
  });
});

describe('supported images', () => {
  it('are those for the base image of the VM, with every node agent', async () => {
    const { supportedImages } = await survey();
    expect(supportedImages).toMatchObject({
      read: 'found',
      value: {
        forBase: [{ sku: 'server', nodeAgentSkuId: 'batch.node.ubuntu 24.04', osType: 'Linux', verified: true }],
      },
    });
    const agents = supportedImages.read === 'found' ? supportedImages.value.nodeAgents : [];
    expect(agents.map(({ skuId }) => skuId)).toContain('batch.node.windows amd64');
    expect(new Set(agents.map(({ skuId }) => skuId)).size).toBe(agents.length);
  });

  it('say when their support ends', async () => {
    expect((await survey(request('vm-ending-base'))).supportedImages).toMatchObject({
      value: { forBase: [{ supportEndsOn: '2027-06-30T00:00:00Z' }] },
    });
  });

  it('are asked for with a token for Batch, and not for Azure Resource Manager', async () => {
    await survey();
    expect(cloud.scopes.map(String)).toContain('https://batch.core.windows.net/.default');
  });

  it('are unknown behind a firewall, as long as the request names its node agent', async () => {
    cloud.azure.faults.add({ kind: 'reset', path: '/supportedimages', times: 99 });
    expect((await survey()).supportedImages).toMatchObject({ read: 'failed' });
    expect(failureIn(await readBuildFacts(cloud.arm, agentLeftOut()))).toMatchObject({ kind: 'unavailable' });
  });

  it('are waited for when the data plane asks for it', async () => {
    cloud.azure.faults.add({ kind: 'answer', status: 429, retryAfterSeconds: 30, path: '/supportedimages' });
    const failure = failureIn(await readBuildFacts(cloud.arm, request()));
    expect(failure).toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
  });
});

describe('the gallery', () => {
  it('shows its definitions, the versions of the one, and how much there is in the region', async () => {
    const facts = await survey(forImage('render-shared'));
    expect(facts.definitions).toMatchObject({ read: 'found' });
    expect(facts.definitions).toMatchObject({
      value: [{ name: 'render-plan' }, { name: 'render-shared' }, { name: 'render-windows' }],
    });
    expect(facts.versions).toEqual({
      read: 'found',
      value: [
        { name: '2026.101.1', excludedFromLatest: false },
        { name: '3000.1.1', excludedFromLatest: false },
      ],
    });
    expect(facts.galleryUse).toEqual({ read: 'found', value: { location: 'westeurope', definitions: 5, versions: 6 } });
  });

  it('of another subscription says whether Microsoft.Batch is registered there', async () => {
    const galleryId = idOf('rg-foreign', 'Microsoft.Compute/galleries/gal_foreign', FOREIGN);
    await cloud.close();
    cloud = await startCloud({
      settings: { allowedScopes: [{ subscriptionId: SUBSCRIPTION }, { subscriptionId: FOREIGN }] },
    });
    const facts = await survey({ ...request(), image: { ...request().image, galleryId } });
    expect(facts.registration).toEqual({ read: 'found', value: 'NotRegistered' });
    expect((await survey()).registration).toBeUndefined();
  });

  it('is shared with the pools that take the newest version of the definition', async () => {
    const { sharing } = await survey(forImage('render-shared'));
    expect(sharing.map(({ accountId: id }) => id.split('/').at(-1))).toEqual([
      'batchrender',
      'batchfull',
      'batchnorth',
      'batchuser',
    ]);
    expect(sharing[0]?.fact).toEqual({
      read: 'found',
      value: [{ id: `${accountId('batchrender')}/pools/render-follows-latest`, dedicatedNodes: 2, spotNodes: 0 }],
    });
  });
});

describe('the image of a pool that is to grow', () => {
  const onVersion = `${GALLERY}/images/render-shared/versions/3000.1.1`;
  const grow = (name: string): BuildRequest => {
    const { pool, ...rest } = forImage('render-shared');
    return { ...rest, pool: { ...pool, name, existing: 'grow' } };
  };
  beforeEach(async () => {
    const virtualMachineConfiguration = {
      imageReference: { id: onVersion },
      nodeAgentSkuId: 'batch.node.ubuntu 24.04',
    };
    const properties = { ...poolSpec().properties, deploymentConfiguration: { virtualMachineConfiguration } };
    await poolClient(cloud.arm).put(poolSpec({ id: `${accountId('batchrender')}/pools/on-version`, properties }));
  });

  it.each([
    { pool: 'on-version', other: 'render-follows-latest' },
    { pool: 'render-follows-latest', other: 'on-version' },
  ])('is shared by $other with $pool', async ({ pool, other }) => {
    const { sharing } = await survey(grow(pool));
    expect(sharing[0]).toMatchObject({ fact: { value: [{ id: `${accountId('batchrender')}/pools/${other}` }] } });
  });
});

describe('rights', () => {
  it('are asked for at every scope that a build writes to', async () => {
    const { rights } = await survey();
    expect(rights.map(({ scope, id }) => [scope, id])).toEqual([
      ['subscription', `/subscriptions/${SUBSCRIPTION}`],
      ['imageGroup', GROUP],
      ['gallery', GALLERY],
      ['account', accountId('batchrender')],
      ['disk', diskId('osdisk-render-base')],
      ['disk', diskId('datadisk-render-assets')],
      ['disk', diskId('datadisk-render-cache')],
    ]);
    for (const { fact } of rights) expect(fact.read).toBe('found');
  });

  it('show what the roles leave out', async () => {
    cloud.azure.setGrants([
      { scope: `/subscriptions/${SUBSCRIPTION}`, actions: ['*'], notActions: ['Microsoft.Compute/galleries/*/write'] },
    ]);
    expect((await survey()).rights[2]?.fact).toEqual({
      read: 'found',
      value: [{ actions: ['*'], notActions: ['Microsoft.Compute/galleries/*/write'] }],
    });
  });
});

describe('the allow-list', () => {
  const only = (resourceGroup: string) => ({ subscriptionId: SUBSCRIPTION, resourceGroup });

  it('keeps the survey away from what the VM leads to, and the rest is read', async () => {
    await cloud.close();
    cloud = await startCloud({ settings: { allowedScopes: ['rg-images', 'rg-batch'].map(only) } });
    const facts = await survey();
    expect(facts.machine).toEqual({ read: 'outside' });
    expect(facts.gallery.read).toBe('found');
    expect(facts.vmSizes.read).toBe('found');
    expect(cloud.newCalls().filter(({ path }) => /rg-render/i.test(path))).toEqual([]);
  });

  it('keeps it away from disks in other groups', async () => {
    const cache = diskId('datadisk-render-cache');
    const elsewhere = cache.replace('rg-render', 'rg-no-copy');
    const world: unknown = JSON.parse(worldText.replaceAll(cache, elsewhere));
    await cloud.close();
    cloud = await startCloud({ world, settings: { allowedScopes: ['rg-render', 'rg-images', 'rg-batch'].map(only) } });
    const facts = await survey();
    expect(facts.disks.map(({ fact }) => fact.read)).toEqual(['found', 'found', 'outside']);
    expect(facts.rights.at(-1)).toEqual({ scope: 'disk', id: elsewhere, fact: { read: 'outside' } });
    expect(cloud.newCalls().filter(({ path }) => /rg-no-copy/i.test(path))).toEqual([]);
  });
});

/** What the survey asks, how the fact is called that it answers, and the action that is named when it may not. */
const OPTIONAL = [
  ['definitions', /\/gal_render\/images$/, 'Microsoft.Compute/galleries/images/read'],
  ['versions', /\/images\/render\/versions$/, 'Microsoft.Compute/galleries/images/versions/read'],
  ['galleryUse', /\/resources$/, 'Microsoft.Resources/subscriptions/resources/read'],
  ['poolCount', /\/batchrender\/pools$/, 'Microsoft.Batch/batchAccounts/pools/read'],
  ['vmSizes', /\/virtualMachineSkus$/, 'Microsoft.Batch/locations/virtualMachineSkus/read'],
  [
    'supportedImages',
    /\/supportedimages$/,
    'Microsoft.Batch/batchAccounts/read, on the data plane of the account as well',
  ],
  [
    'marketplaceImage',
    /\/versions\/24\.04\./,
    'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read',
  ],
] as const;

describe.each(OPTIONAL)('%s', (name, path, permission) => {
  it('that may not be read is a fact, with the right that it takes', async () => {
    refuse(path);
    expect((await survey())[name]).toMatchObject({ read: 'forbidden', permission });
  });

  it('that Azure does not answer for good is a fact, too', async () => {
    refuse(path, 400);
    expect((await survey())[name]).toMatchObject({ read: 'failed' });
  });
});

it('rights that may not be read are facts', async () => {
  refuse('/providers/Microsoft.Authorization/permissions');
  for (const { fact } of (await survey()).rights) {
    expect(fact).toMatchObject({ read: 'forbidden', permission: 'Microsoft.Authorization/permissions/read' });
  }
});

it('accounts that may not be listed leave a gap in what is known of sharing pools', async () => {
  refuse(/\/subscriptions\/[^/]+\/providers\/Microsoft\.Batch\/batchAccounts$/);
  const { sharing } = await survey();
  expect(sharing.map(({ fact }) => fact.read)).toEqual(['found', 'forbidden']);
});

it('a VM that is not there leaves nothing to ask about its disks', async () => {
  const facts = await survey({ ...request(), source: { virtualMachineId: vmId('vm-none'), generalized: true } });
  expect(facts).toMatchObject({ machine: { read: 'missing' }, disks: [] });
  expect(facts.rights.map(({ scope }) => scope)).not.toContain('disk');
});

it('an account that is not there leaves its pools, sizes and images unasked', async () => {
  const facts = await survey(atAccount('batchnone'));
  const unasked = { read: 'unasked', because: 'the Batch account' };
  expect(facts).toMatchObject({
    account: { read: 'missing' },
    poolCount: unasked,
    coreQuota: unasked,
    vmSizes: unasked,
    supportedImages: unasked,
    sharing: [],
  });
});
