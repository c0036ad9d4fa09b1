/** Galleries that others share: as the real client reads them, and as pools name them. */
import type { CommunityGalleryImageVersion, SharedGalleryImageVersion } from '@azure/arm-compute';
import * as given from './given';
import { accountId, ask, FOREIGN, idOf, refusalOf, startLocalAzure, SUBSCRIPTION, type LocalAzure } from './localAzure';
import { sourceVersionId } from './sources';

const PUBLISHER = '44444444-4444-4444-8444-444444444444';
const COMMUNITY = 'Golden-0a1b2c3d-0000-4000-8000-000000000044';
const SHARED = `${PUBLISHER}-GAL_SHARED`;

const communityId = (version?: string): string =>
  `/communityGalleries/${COMMUNITY}/images/golden-community${version === undefined ? '' : `/versions/${version}`}`;
const sharedId = (version?: string): string =>
  `/sharedGalleries/${SHARED}/images/golden-shared${version === undefined ? '' : `/versions/${version}`}`;
const galleryId = (path: string): string => idOf('rg-publisher', `Microsoft.Compute/galleries/${path}`, PUBLISHER);

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const missing = { status: 404, code: 'NotFound' };

describe('a community gallery', () => {
  test('is read by its public name', async () => {
    const { communityGalleries, communityGalleryImages } = local.compute;
    expect(await communityGalleries.get('westeurope', COMMUNITY)).toMatchObject({
      name: COMMUNITY,
      location: 'westeurope',
      uniqueId: `/CommunityGalleries/${COMMUNITY}`,
      communityMetadata: { publicNames: [COMMUNITY], publisherContact: 'images@golden.example.com' },
    });
    expect(await communityGalleryImages.get('westeurope', COMMUNITY, 'golden-community')).toMatchObject({
      name: 'golden-community',
      uniqueId: `/CommunityGalleries/${COMMUNITY}/Images/golden-community`,
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      architecture: 'x64',
      identifier: { publisher: 'golden', offer: 'golden', sku: 'golden-community' },
      features: [{ name: 'SecurityType', value: 'Standard' }],
    });
  });

  test('shows its versions, without what they were made from', async () => {
    const { communityGalleryImageVersions: versions } = local.compute;
    const found: CommunityGalleryImageVersion[] = await Array.fromAsync(
      versions.list('westeurope', COMMUNITY, 'golden-community'),
    );
    expect(found.map(({ name, excludeFromLatest }) => [name, excludeFromLatest])).toEqual([
      ['1.0.0', false],
      ['1.1.0', false],
      ['1.2.0', true],
    ]);
    const one = await versions.get('westeurope', COMMUNITY, 'golden-community', '1.1.0');
    expect(one).toMatchObject({
      uniqueId: `/CommunityGalleries/${COMMUNITY}/Images/golden-community/Versions/1.1.0`,
      storageProfile: { osDiskImage: { diskSizeGB: 64, hostCaching: 'ReadWrite' } },
    });
    expect(JSON.stringify(one)).not.toContain('snapshots');
  });

  test('is not there under another name, nor in a region without its versions', async () => {
    const { communityGalleries, communityGalleryImages, communityGalleryImageVersions } = local.compute;
    expect(await refusalOf(communityGalleries.get('westeurope', 'Nope'))).toMatchObject(missing);
    expect(await refusalOf(communityGalleries.get('westeurope', 'gal_shared'))).toMatchObject(missing);
    expect(await refusalOf(communityGalleryImages.get('westeurope', COMMUNITY, 'nope'))).toMatchObject(missing);
    const version = (region: string, name: string): Promise<unknown> =>
      communityGalleryImageVersions.get(region, COMMUNITY, 'golden-community', name);
    expect(await refusalOf(version('westeurope', '9.9.9'))).toMatchObject(missing);
    expect(await refusalOf(version('northeurope', '1.0.0'))).toMatchObject(missing);
  });
});

describe('a shared gallery', () => {
  test('is read by its unique name', async () => {
    const { sharedGalleries, sharedGalleryImages, sharedGalleryImageVersions } = local.compute;
    expect(await sharedGalleries.get('westeurope', SHARED)).toMatchObject({
      name: SHARED,
      uniqueId: `/SharedGalleries/${SHARED}`,
    });
    expect(await sharedGalleryImages.get('westeurope', SHARED, 'golden-shared')).toMatchObject({
      uniqueId: `/SharedGalleries/${SHARED}/Images/golden-shared`,
      osState: 'Generalized',
    });
    const found: SharedGalleryImageVersion[] = await Array.fromAsync(
      sharedGalleryImageVersions.list('westeurope', SHARED, 'golden-shared'),
    );
    expect(found.map(({ name }) => name)).toEqual(['1.0.0', '1.1.0', '1.2.0']);
    expect(await sharedGalleryImageVersions.get('westeurope', SHARED, 'golden-shared', '1.0.0')).toMatchObject({
      uniqueId: `/SharedGalleries/${SHARED}/Images/golden-shared/Versions/1.0.0`,
      storageProfile: { osDiskImage: { diskSizeGB: 64 } },
    });
  });

  test('is there for the subscriptions that it is shared with only', async () => {
    const path = `providers/Microsoft.Compute/locations/westeurope/sharedGalleries/${SHARED}?api-version=2025-03-03`;
    expect((await ask(local, 'GET', `/subscriptions/${SUBSCRIPTION}/${path}`)).status).toBe(200);
    expect((await ask(local, 'GET', `/subscriptions/${FOREIGN}/${path}`)).status).toBe(404);
  });

  test('is not read by the ids of its owner', async () => {
    const answer = await ask(local, 'GET', `${galleryId('gal_shared')}?api-version=2025-03-03`);
    expect(answer.status).toBe(403);
  });
});

const base = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/locations/westeurope`;
test.each([
  [`communityGalleries/${COMMUNITY}`, 'communityGalleries/read'],
  [`communityGalleries/${COMMUNITY}/images/golden-community`, 'communityGalleries/images/read'],
  [`communityGalleries/${COMMUNITY}/images/golden-community/versions`, 'communityGalleries/images/versions/read'],
  [`communityGalleries/${COMMUNITY}/images/golden-community/versions/1.0.0`, 'communityGalleries/images/versions/read'],
  [`sharedGalleries/${SHARED}`, 'sharedGalleries/read'],
  [`sharedGalleries/${SHARED}/images/golden-shared`, 'sharedGalleries/images/read'],
  [`sharedGalleries/${SHARED}/images/golden-shared/versions`, 'sharedGalleries/images/versions/read'],
  [`sharedGalleries/${SHARED}/images/golden-shared/versions/1.0.0`, 'sharedGalleries/images/versions/read'],
])('%s needs its own right', async (path, right) => {
  const url = `${base}/${path}?api-version=2025-03-03`;
  const action = `Microsoft.Compute/locations/${right}`;
  local.azure.setGrants([{ scope: '/', actions: ['*'], notActions: [action] }]);
  const answer = await ask(local, 'GET', url);
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
  expect(JSON.stringify(answer.body)).toContain(`'${action}'`);
  local.azure.setGrants([{ scope: `/subscriptions/${SUBSCRIPTION}`, actions: [action] }]);
  expect((await ask(local, 'GET', url)).status).toBe(200);
});

test('lists of galleries and of images, and lists of a tenant, are not known', async () => {
  const read = async (path: string): Promise<number> => (await ask(local, 'GET', `${base}/${path}`)).status;
  expect(await read('sharedGalleries?api-version=2025-03-03')).toBe(501);
  expect(await read(`communityGalleries/${COMMUNITY}/images?api-version=2025-03-03`)).toBe(501);
  const versions = `sharedGalleries/${SHARED}/images/golden-shared/versions`;
  expect(await read(`${versions}?api-version=2025-03-03&sharedTo=tenant`)).toBe(501);
});

test('a gallery cannot be shared by writing it', async () => {
  const made = local.compute.galleries.createOrUpdate('rg-images', 'gal_mine', {
    location: 'westeurope',
    sharingProfile: { permissions: 'Community', communityGalleryInfo: { publicNamePrefix: 'Mine' } },
  });
  expect(await refusalOf(made.submitted())).toMatchObject({ status: 501 });
});

describe('a pool', () => {
  const poolPath = `${accountId('batchrender')}/pools/p`;
  const bodyOf = (imageReference: object, targetDedicatedNodes = 2): object => {
    const { scaleSettings, vmSize } = given.aPool('', targetDedicatedNodes);
    const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 24.04' };
    return { properties: { vmSize, scaleSettings, deploymentConfiguration: { virtualMachineConfiguration } } };
  };
  const put = (imageReference: object, version = '2024-07-01', path = poolPath): ReturnType<typeof ask> =>
    ask(local, 'PUT', `${path}?api-version=${version}`, { body: bodyOf(imageReference) });
  const settled = async (path = poolPath): Promise<unknown> => {
    local.pass(20);
    return (await ask(local, 'GET', `${path}?api-version=2024-07-01`)).body;
  };
  const withNodes = (currentDedicatedNodes: number, ...errors: string[]): object => ({
    properties: {
      currentDedicatedNodes,
      allocationState: 'Steady',
      ...(errors.length > 0 && { resizeOperationStatus: { errors: errors.map((code) => ({ code })) } }),
    },
  });

  test.each([
    { communityGalleryImageId: communityId('1.0.0') },
    { communityGalleryImageId: communityId() },
    { sharedGalleryImageId: sharedId('1.0.0') },
    { sharedGalleryImageId: sharedId() },
    { sharedGalleryImageId: `/SharedGalleries/${SHARED}/Images/golden-shared/Versions/1.1.0` },
  ])('of %p gets its nodes, and shows the reference as it was sent', async (imageReference) => {
    expect((await put(imageReference)).status).toBe(200);
    const pool = await settled();
    expect(pool).toMatchObject(withNodes(2));
    expect(pool).toMatchObject({
      properties: { deploymentConfiguration: { virtualMachineConfiguration: { imageReference } } },
    });
  });

  const both = { communityGalleryImageId: communityId(), sharedGalleryImageId: sharedId() };
  test.each([
    { label: 'two galleries', reference: both, path: 'imageReference.sharedGalleryImageId' },
    {
      label: 'a community gallery and an id',
      reference: { communityGalleryImageId: communityId(), id: sourceVersionId('1.0.0') },
      path: 'imageReference.communityGalleryImageId',
    },
    {
      label: 'a shared gallery and the Marketplace',
      reference: { sharedGalleryImageId: sharedId(), publisher: 'p', offer: 'o', sku: 's' },
      path: 'imageReference.sharedGalleryImageId',
    },
    {
      label: 'a version beside it',
      reference: { sharedGalleryImageId: sharedId(), version: '1.0.0' },
      path: 'imageReference.version',
    },
    {
      label: 'an ARM id in its place',
      reference: { communityGalleryImageId: sourceVersionId('1.0.0') },
      path: 'imageReference.communityGalleryImageId',
    },
    {
      label: 'the id of the other kind',
      reference: { sharedGalleryImageId: communityId() },
      path: 'imageReference.sharedGalleryImageId',
    },
    { label: 'nothing', reference: {}, path: 'virtualMachineConfiguration.imageReference' },
  ])('with $label is refused', async ({ reference, path }) => {
    const answer = await put(reference);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidPropertyValue' } } });
    expect(JSON.stringify(answer.body)).toContain(`${path}"`);
  });

  test.each([
    ['2023-11-01', { communityGalleryImageId: communityId() }],
    ['2023-11-01', { sharedGalleryImageId: sharedId() }],
    ['2019-08-01', { sharedGalleryImageId: sharedId() }],
  ])('of API version %s does not have %p', async (version, reference) => {
    const answer = await put(reference, version);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidPropertyValue' } } });
    expect(JSON.stringify(answer.body)).toContain('it came with 2024-07-01');
  });

  test('with versions/latest is not known', async () => {
    expect(await put({ sharedGalleryImageId: `${sharedId()}/versions/latest` })).toMatchObject({ status: 501 });
  });

  test.each([
    {
      label: 'version',
      reference: { communityGalleryImageId: communityId('1.0.0') },
      gone: 'gal_community/images/golden-community/versions/1.0.0',
    },
    {
      label: 'image',
      reference: { communityGalleryImageId: communityId() },
      gone: 'gal_community/images/golden-community',
    },
    { label: 'gallery', reference: { sharedGalleryImageId: sharedId('1.1.0') }, gone: 'gal_shared' },
  ])('gets no more nodes when the $label is gone', async ({ reference, gone }) => {
    await put(reference);
    expect(await settled()).toMatchObject(withNodes(2));
    local.azure.deleteBehindTheBack(galleryId(gone), { silently: true });
    const { properties } = { properties: { scaleSettings: { fixedScale: { targetDedicatedNodes: 4 } } } };
    expect((await ask(local, 'PATCH', `${poolPath}?api-version=2024-07-01`, { body: { properties } })).status).toBe(
      200,
    );
    expect(await settled()).toMatchObject(withNodes(2, 'AllocationFailed'));
  });

  test('in a region without a replica gets none', async () => {
    const north = `${accountId('batchnorth')}/pools/p`;
    await put({ communityGalleryImageId: communityId('1.0.0') }, '2024-07-01', north);
    expect(await settled(north)).toMatchObject(withNodes(0, 'AllocationFailed'));
  });

  test('of a gallery that is not shared with its subscription gets none', async () => {
    await put({ sharedGalleryImageId: sharedId('1.0.0').replace('GAL_SHARED', 'GAL_COMMUNITY') });
    expect(await settled()).toMatchObject(withNodes(0, 'AllocationFailed'));
  });

  test('of a specialized image gets none', async () => {
    await put({ id: sourceVersionId('1.0.0', 'special') });
    expect(await settled()).toMatchObject(withNodes(0, 'AllocationFailed'));
  });
});
