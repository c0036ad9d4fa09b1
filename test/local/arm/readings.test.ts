/** What is read beside resources: permissions, sizes, registrations, all resources, quotas in use, Marketplace images. */
import type { SupportedSku } from '@azure/arm-batch';
import { z } from 'zod';
import * as given from './given';
import {
  ask,
  definitionId,
  diskId,
  FOREIGN,
  idOf,
  refusalOf,
  startLocalAzure,
  SUBSCRIPTION,
  worldText,
  type LocalAzure,
} from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const S = `/subscriptions/${SUBSCRIPTION}`;
const list = z.object({ value: z.array(z.record(z.string(), z.unknown())), nextLink: z.string().optional() });

const read = (path: string): ReturnType<typeof ask> => ask(local, 'GET', path);
const valueOf = async (path: string): Promise<Record<string, unknown>[]> => list.parse((await read(path)).body).value;

async function pages(first: string): Promise<Record<string, unknown>[][]> {
  const found: Record<string, unknown>[][] = [];
  for (let path: string | undefined = first; path !== undefined;) {
    const { value, nextLink } = list.parse((await read(path)).body);
    found.push(value);
    path = nextLink?.slice(local.origin.length);
  }
  return found;
}

const permissionsAt = (scope: string): string =>
  `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
const skus = (location: string, query = ''): string =>
  `${S}/providers/Microsoft.Batch/locations/${location}/virtualMachineSkus?api-version=2024-07-01${query}`;
const usages = (location: string): string =>
  `${S}/providers/Microsoft.Compute/locations/${location}/usages?api-version=2026-04-01`;
const resourcesOf = (query: string): string => `${S}/resources?api-version=2021-04-01${query}`;
const imageVersion = (sku: string, version = '24.04.202610150'): string =>
  `${S}/providers/Microsoft.Compute/locations/westeurope/publishers/Canonical/ArtifactTypes/VMImage/offers/ubuntu-24_04-lts/skus/${sku}/versions/${version}?api-version=2026-03-01`;

describe('permissions', () => {
  const GET_ACCESS = 'Microsoft.Compute/disks/beginGetAccess/action';
  const everything = {
    ...{ actions: ['*'], notActions: [GET_ACCESS], dataActions: [], notDataActions: [] },
  };
  const more = { actions: [GET_ACCESS], notActions: [], dataActions: [], notDataActions: [] };

  test.each([
    { label: 'a subscription', scope: S, value: [everything] },
    { label: 'a resource group', scope: `${S}/resourceGroups/rg-render`, value: [everything, more] },
    { label: 'a group without the right', scope: `${S}/resourcegroups/RG-NO-COPY`, value: [everything] },
    { label: 'a disk', scope: diskId('osdisk-render-base'), value: [everything, more] },
    {
      label: 'a gallery',
      scope: idOf('rg-images', 'Microsoft.Compute/galleries/gal_render'),
      value: [everything, more],
    },
  ])('$label shows each grant that covers it', async ({ scope, value }) => {
    expect(await read(permissionsAt(scope))).toMatchObject({ status: 200, body: { value } });
  });

  test.each([
    { label: 'a subscription', scope: '/subscriptions/no', code: 'SubscriptionNotFound' },
    { label: 'a group', scope: `${S}/resourceGroups/no`, code: 'ResourceGroupNotFound' },
    { label: 'a disk', scope: diskId('no'), code: 'ResourceNotFound' },
    { label: 'what is above', scope: `${definitionId('no')}/versions/1.0.0`, code: 'ParentResourceNotFound' },
  ])('$label that is not there has none', async ({ scope, code }) => {
    expect(await read(permissionsAt(scope))).toMatchObject({ status: 404, body: { error: { code } } });
  });

  test('a type that is not simulated is not answered', async () => {
    expect(await read(permissionsAt(idOf('rg-batch', 'Microsoft.KeyVault/vaults/kv')))).toMatchObject({ status: 501 });
  });
});

describe('VM sizes of Batch', () => {
  const byName = ({ capabilities = [] }: SupportedSku = {}): Record<string, string> =>
    Object.fromEntries(capabilities.map(({ name = '', value = '' }) => [name, value]));

  test('are listed with their capabilities by the real client', async () => {
    const found = await Array.fromAsync(local.batch.location.listSupportedVirtualMachineSkus('westeurope'));
    const size = found.find(({ name }) => name === 'Standard_D4ds_v5');
    expect(size).toMatchObject({ familyName: 'standardDDSv5Family' });
    const capabilities = byName(size);
    expect(capabilities).toMatchObject({
      ...{ vCPUs: '4', MemoryGB: '16', MaxDataDiskCount: '8', MaxResourceVolumeMB: '153600' },
      ...{ HyperVGenerations: 'V1,V2', CpuArchitectureType: 'x64', DiskControllerTypes: 'SCSI' },
    });
    expect(Object.keys(capabilities)).not.toContain('TrustedLaunchDisabled');
  });

  test.each([
    { name: 'Standard_D4s_v5', capabilities: { MaxResourceVolumeMB: '0' } },
    { name: 'Standard_A1_v2', capabilities: { HyperVGenerations: 'V1' } },
    { name: 'Standard_D4ps_v5', capabilities: { CpuArchitectureType: 'Arm64', TrustedLaunchDisabled: 'True' } },
    { name: 'Standard_DC4as_v5', capabilities: { ConfidentialComputingType: 'SNP' } },
    {
      name: 'Standard_D4ds_v6',
      capabilities: { DiskControllerTypes: 'NVMe', MaxResourceVolumeMB: '0', NvmeDiskSizeInMiB: '225280' },
    },
  ])('$name has what is special about it', async ({ name, capabilities }) => {
    const found = await Array.fromAsync(local.batch.location.listSupportedVirtualMachineSkus('westeurope'));
    expect(byName(found.find((size) => size.name === name))).toMatchObject(capabilities);
  });

  test('of one family, in pages', async () => {
    const filter = { filter: "familyName eq 'standardDSv5Family'", maxresults: 4 };
    const found = await Array.fromAsync(local.batch.location.listSupportedVirtualMachineSkus('West Europe', filter));
    expect(found.map(({ name }) => name)).toContain('Standard_D64s_v5');
    expect(new Set(found.map(({ familyName }) => familyName))).toEqual(new Set(['standardDSv5Family']));
    const all = await pages(skus('westeurope', '&maxresults=10'));
    expect(all.length).toBeGreaterThan(2);
    expect(all.flat()).toEqual(await valueOf(skus('westeurope')));
  });

  test('say when their support ends, from API version 2024-07-01 on', async () => {
    const ending = (items: Record<string, unknown>[]): unknown =>
      items.find(({ name }) => name === 'Standard_D2_v2')?.['batchSupportEndOfLife'];
    expect(ending(await valueOf(skus('westeurope')))).toBe('2028-05-01T00:00:00Z');
    expect(ending(await valueOf(skus('westeurope').replace('2024-07-01', '2023-11-01')))).toBeUndefined();
  });

  test('are not the same everywhere', async () => {
    const north = await valueOf(skus('northeurope'));
    expect(north.map(({ name }) => name)).not.toContain('Standard_HB120rs_v3');
  });
});

test.each([
  { subscription: SUBSCRIPTION, namespace: 'Microsoft.Batch', registrationState: 'Registered' },
  { subscription: FOREIGN, namespace: 'microsoft.batch', registrationState: 'NotRegistered' },
  { subscription: FOREIGN, namespace: 'Microsoft.Compute', registrationState: 'Registered' },
])('$namespace is $registrationState in $subscription', async ({ subscription, namespace, registrationState }) => {
  const answer = await read(`/subscriptions/${subscription}/providers/${namespace}?api-version=2021-04-01`);
  expect(answer).toMatchObject({ status: 200, body: { registrationState } });
});

describe('all resources', () => {
  const DEFINITIONS = "resourceType eq 'Microsoft.Compute/galleries/images'";
  const VERSIONS = "resourceType eq 'Microsoft.Compute/galleries/images/versions'";
  const filtered = (filter: string, top = 1000): string =>
    resourcesOf(`&$filter=${encodeURIComponent(filter)}&$top=${top}`);

  test('of the wanted types, and only those that exist', async () => {
    const id = await given.publishedImage(local);
    const found = await valueOf(filtered(`${DEFINITIONS} or ${VERSIONS}`));
    expect(found).toContainEqual({
      ...{ id, name: '1.0.0', type: 'Microsoft.Compute/galleries/images/versions', location: 'westeurope' },
    });
    expect(found).toContainEqual(expect.objectContaining({ id: definitionId('def') }));
    local.azure.deleteBehindTheBack(id);
    expect((await valueOf(filtered(VERSIONS))).map((item) => item['id'])).not.toContain(id);
  });

  test('in pages', async () => {
    const disks = "resourceType eq 'microsoft.compute/disks'";
    const found = await pages(filtered(disks, 3));
    expect(found.length).toBeGreaterThan(1);
    expect(found.flat()).toEqual(await valueOf(filtered(disks)));
  });

  test('are tracked ones: pools and resource groups are none', async () => {
    const types = new Set((await valueOf(resourcesOf(''))).map(({ type }) => type));
    expect(types).toContain('Microsoft.Batch/batchAccounts');
    expect(types).not.toContain('Microsoft.Batch/batchAccounts/pools');
    expect(types).not.toContain('Microsoft.Resources/resourceGroups');
  });
});

describe('cores in use', () => {
  test('are those of the world, by the real client', async () => {
    const found = await Array.fromAsync(local.compute.usage.list('westeurope'));
    expect(found[0]).toEqual({
      ...{ unit: 'Count', currentValue: 120, limit: 1000 },
      name: { value: 'cores', localizedValue: 'Total Regional vCPUs' },
    });
    expect(found.map(({ name }) => name)).toContainEqual({
      ...{ value: 'standardDSv5Family', localizedValue: 'Standard DSv5 Family vCPUs' },
    });
  });

  test('are few where the world says nothing', async () => {
    expect((await valueOf(usages('northeurope')))[0]).toMatchObject({ currentValue: 0, limit: 1000 });
  });
});

describe('Marketplace images', () => {
  const get = (sku: string, version = '24.04.202610150', offer = 'ubuntu-24_04-lts') =>
    local.compute.virtualMachineImages.get('westeurope', 'canonical', offer, sku, version);

  test('are read by the real client', async () => {
    expect(await get('server')).toMatchObject({
      ...{ name: '24.04.202610150', location: 'westeurope', hyperVGeneration: 'V2', architecture: 'x64' },
      osDiskImage: { operatingSystem: 'Linux' },
    });
    expect(await get('server-gen1')).toMatchObject({ hyperVGeneration: 'V1' });
    expect(await get('server-arm64')).toMatchObject({ architecture: 'Arm64' });
  });

  test('of a third party have a plan', async () => {
    const { virtualMachineImages } = local.compute;
    const found = await virtualMachineImages.get('westeurope', 'acme-soft', 'render-suite', 'pro', '3.2.0');
    expect(found.plan).toEqual({ name: 'pro', publisher: 'acme-soft', product: 'render-suite' });
  });

  test('are not there when the SKU is unknown or the version was withdrawn', async () => {
    expect(await refusalOf(get('none'))).toMatchObject({ status: 404, code: 'NotFound' });
    await local.close();
    const world: unknown = {
      ...z.looseObject({}).parse(JSON.parse(worldText)),
      withdrawnImages: ['Canonical/ubuntu-24_04-lts/server/24.04.1'],
    };
    local = await startLocalAzure({ world });
    expect(await refusalOf(get('server', '24.04.1'))).toMatchObject({ status: 404, code: 'NotFound' });
    expect(await get('server', '24.04.2')).toMatchObject({ name: '24.04.2' });
  });

  test('of every machine and disk of the world are there', async () => {
    const reference = z.object({ publisher: z.string(), offer: z.string(), sku: z.string(), exactVersion: z.string() });
    const profile = z.object({ storageProfile: z.object({ imageReference: reference }) });
    const machines = z
      .object({ resources: z.array(z.looseObject({ properties: z.unknown() })) })
      .parse(JSON.parse(worldText))
      .resources.map(({ properties }) => profile.safeParse(properties).data?.storageProfile.imageReference)
      .filter((image) => image !== undefined);
    expect(machines.length).toBeGreaterThan(5);
    for (const { publisher, offer, sku, exactVersion } of machines) {
      const { virtualMachineImages } = local.compute;
      expect(await virtualMachineImages.get('westeurope', publisher, offer, sku, exactVersion)).toMatchObject({
        name: exactVersion,
      });
    }
  });
});

const refused = [
  { label: 'no api-version', path: `${S}/resources`, status: 400, code: 'MissingApiVersionParameter' },
  {
    label: 'an api-version that permissions do not have',
    path: permissionsAt(S).replace('2022-04-01', '2021-04-01'),
    ...{ status: 400, code: 'NoRegisteredProviderFound' },
  },
  { label: 'an unknown region of sizes', path: skus('atlantis'), status: 400, code: 'NoRegisteredProviderFound' },
  { label: 'an unknown region of usages', path: usages('atlantis'), status: 400, code: 'NoRegisteredProviderFound' },
  {
    label: 'a parameter that permissions do not have',
    path: `${permissionsAt(S)}&$filter=x`,
    ...{ status: 501, code: 'NotSupportedByLocalAzure' },
  },
  {
    label: 'a filter of sizes by name',
    path: skus('westeurope', "&$filter=name eq 'x'"),
    ...{ status: 501, code: 'NotSupportedByLocalAzure' },
  },
  {
    label: 'a filter of resources by name',
    path: resourcesOf("&$filter=name eq 'x'"),
    ...{ status: 501, code: 'NotSupportedByLocalAzure' },
  },
  {
    label: 'a page without items',
    path: resourcesOf('&$top=0'),
    ...{ status: 400, code: 'InvalidQueryParameterValue' },
  },
  {
    label: 'an unknown resource provider',
    path: `${S}/providers/Microsoft.Toast?api-version=2021-04-01`,
    ...{ status: 404, code: 'InvalidResourceNamespace' },
  },
  {
    label: 'an unknown subscription',
    path: skus('westeurope').replace(SUBSCRIPTION, 'no'),
    ...{ status: 404, code: 'SubscriptionNotFound' },
  },
  {
    label: 'a version that is none',
    path: imageVersion('server', 'latest'),
    ...{ status: 400, code: 'InvalidParameter' },
  },
];

test.each(refused)('$label is an error', async ({ path, status, code }) => {
  expect(await read(path)).toMatchObject({ status, body: { error: { code } } });
});

test('what is only read cannot be written', async () => {
  expect(await ask(local, 'PUT', usages('westeurope'), { body: {} })).toMatchObject({ status: 501 });
});
