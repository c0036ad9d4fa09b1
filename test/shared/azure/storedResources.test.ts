/** Images and what they are made from, from the bodies that a GET and Resource Graph answer with. */
import * as fc from 'fast-check';
import type { StoredResource } from '../../../shared/domain/guard/imageStock';
import { storedResource } from '../../../shared/azure/storedResources';
import { DEFINITION, GALLERY, id, POOL, VM } from '../../given/build';
import * as given from '../../given/guard';

const { DATA_SNAPSHOT, MANAGED, SNAPSHOT, VERSION_ID, VHDS } = given;
const DISK = id('rg-images', 'Microsoft.Compute/disks/os');
const VHD = 'https://rendervhds.blob.core.windows.net/vhds/os.vhd';
const TAGS = { createdBy: 'batch-image-pools', 'bip-build': 'build-1', 'bip-pool': POOL, 'bip-created-at': given.NOW };
const OWN = { own: { buildId: 'build-1', poolId: POOL, createdAt: given.NOW } };

const regions = (...names: readonly string[]) => names.map((name) => ({ name, regionalReplicaCount: 1 }));

const version = (published: object = {}, stored: object = { source: { id: MANAGED } }, rest: object = {}) => ({
  id: VERSION_ID,
  name: '1.2.0',
  type: 'Microsoft.Compute/galleries/images/versions',
  location: 'westeurope',
  properties: {
    publishingProfile: { targetRegions: regions('West Europe', 'North Europe'), replicationMode: 'Full', ...published },
    provisioningState: 'Succeeded',
    storageProfile: { osDiskImage: { sizeInGB: 64, hostCaching: 'ReadWrite', source: {} }, ...stored },
  },
  ...rest,
});

const disk = (source: object) => ({ osType: 'Linux', osState: 'Generalized', ...source });
const image = (osDisk: object, dataDisks: readonly object[] = [], rest: object = {}) => ({
  id: MANAGED,
  location: 'West Europe',
  properties: { storageProfile: { osDisk: disk(osDisk), dataDisks }, hyperVGeneration: 'V2' },
  ...rest,
});

describe('a version', () => {
  it('has its regions, its source and its mode', () => {
    expect(storedResource(version())).toEqual(given.version());
  });

  it.each<{ label: string; body: unknown; is: Partial<StoredResource> }>([
    {
      label: 'of snapshots, one for each disk',
      body: version(
        {},
        { osDiskImage: { source: { id: SNAPSHOT } }, dataDiskImages: [{ lun: 0, source: { id: DATA_SNAPSHOT } }] },
      ),
      is: { sourceIds: [SNAPSHOT, DATA_SNAPSHOT] },
    },
    {
      label: 'of a managed disk',
      body: version({}, { osDiskImage: { source: { id: DISK } } }),
      is: { sourceIds: [DISK] },
    },
    {
      label: 'of a VHD, which lies in a storage account',
      body: version({}, { osDiskImage: { source: { storageAccountId: VHDS, uri: VHD } } }),
      is: { sourceIds: [VHDS] },
    },
    {
      label: 'of a VM, which is given up',
      body: version({}, { source: { virtualMachineId: VM } }),
      is: { sourceIds: [] },
    },
    {
      label: 'of one storage account for all disks, which is named once',
      body: version(
        {},
        {
          osDiskImage: { source: { storageAccountId: VHDS } },
          dataDiskImages: [{ source: { storageAccountId: VHDS } }],
        },
      ),
      is: { sourceIds: [VHDS] },
    },
    {
      label: 'without sources',
      body: version({}, { source: null, osDiskImage: null, dataDiskImages: null }),
      is: { sourceIds: [] },
    },
    { label: 'of a source whose id is empty', body: version({}, { source: { id: '' } }), is: { sourceIds: [] } },
    { label: 'that keeps no copy', body: version({ replicationMode: 'Shallow' }), is: { replication: 'shallow' } },
    {
      label: 'of a time before there were modes',
      body: version({ replicationMode: undefined }),
      is: { replication: 'full' },
    },
    {
      label: 'that names no regions: its own',
      body: version({ targetRegions: null }),
      is: { regions: ['westeurope'] },
    },
    { label: 'that is published nowhere', body: version({ targetRegions: [] }), is: { regions: [] } },
    {
      label: 'excluded from latest',
      body: version({ excludeFromLatest: true }),
      is: { excludedFromLatest: 'everywhere' },
    },
    {
      label: 'excluded from latest in one region',
      body: version({
        targetRegions: [
          { name: 'West Europe', excludeFromLatest: true },
          { name: 'North Europe', excludeFromLatest: null },
        ],
      }),
      is: { excludedFromLatest: ['westeurope'] },
    },
    {
      label: 'that ends',
      body: version({ endOfLifeDate: '2027-01-01T00:00:00+00:00' }),
      is: { endsOn: '2027-01-01T00:00:00+00:00' },
    },
    { label: 'that the app made', body: version({}, undefined, { tags: TAGS }), is: OWN },
  ])('$label', ({ body, is }) => {
    expect(storedResource(body)).toEqual({ ...given.version(), ...is });
  });

  it.each([null, '', 'some day'])('that ends on no day has no end: %j', (endOfLifeDate) => {
    expect(storedResource(version({ endOfLifeDate }))).toEqual(given.version());
  });

  it('needs no more than Resource Graph gives', () => {
    const { id: versionId, location, properties } = version();
    expect(storedResource({ id: versionId, location, tags: null, properties })).toEqual(given.version());
    expect(storedResource({ id: VERSION_ID, properties: {} })).toEqual(given.version({ sourceIds: [], regions: [] }));
  });
});

describe('a managed image', () => {
  it.each<{ label: string; body: unknown; sourceIds: readonly string[] }>([
    {
      label: 'of snapshots',
      body: image({ snapshot: { id: SNAPSHOT } }, [{ lun: 0, snapshot: { id: DATA_SNAPSHOT } }]),
      sourceIds: [SNAPSHOT, DATA_SNAPSHOT],
    },
    { label: 'of disks', body: image({ managedDisk: { id: DISK } }), sourceIds: [DISK] },
    { label: 'of a VHD: by its address, as the image names no more', body: image({ blobUri: VHD }), sourceIds: [VHD] },
    {
      label: 'of a VHD, without the key in its address',
      body: image({ blobUri: `${VHD}?sig=secret` }),
      sourceIds: [VHD],
    },
    {
      label: 'captured from a VM, which is given up with its disks',
      body: {
        ...image({}),
        properties: {
          sourceVirtualMachine: { id: VM },
          storageProfile: { osDisk: disk({ managedDisk: { id: DISK } }) },
        },
      },
      sourceIds: [],
    },
    { label: 'of disks that are not named', body: image({}), sourceIds: [] },
    { label: 'of nothing that is known', body: { ...image({}), properties: {} }, sourceIds: [] },
  ])('$label', ({ body, sourceIds }) => {
    expect(storedResource(body)).toEqual(given.image({ sourceIds }));
  });

  it('that the app made says for which pool', () => {
    expect(storedResource(image({ snapshot: { id: SNAPSHOT } }, [], { tags: TAGS }))).toEqual(
      given.image({ sourceIds: [SNAPSHOT], ...OWN }),
    );
  });
});

it('a definition has its end of life', () => {
  expect(storedResource({ id: DEFINITION, properties: { osType: 'Linux' } })).toEqual(given.definition());
  expect(storedResource({ id: DEFINITION, properties: { endOfLifeDate: given.NOW } })).toEqual(
    given.definition({ endsOn: given.NOW }),
  );
  expect(storedResource({ id: DEFINITION, properties: { endOfLifeDate: 'some day' } })).toEqual(given.definition());
});

it('a snapshot is one by its id', () => {
  expect(storedResource({ id: SNAPSHOT, properties: { diskSizeGB: 64 } })).toEqual(given.snapshot());
  expect(storedResource({ id: SNAPSHOT.toUpperCase(), tags: TAGS })).toEqual(
    given.snapshot({ id: SNAPSHOT.toUpperCase(), ...OWN }),
  );
});

describe('tags', () => {
  const tagged = (tags: unknown): StoredResource | undefined => storedResource({ id: SNAPSHOT, tags });

  it.each([{}, null, undefined, { createdBy: 'somebody' }, { 'bip-pool': POOL }])(
    'of others make nothing ours: %j',
    (tags) => {
      expect(tagged(tags)).toEqual(given.snapshot());
    },
  );

  it('that were taken off leave what is known', () => {
    expect(tagged({ createdBy: 'batch-image-pools' })).toEqual(
      given.snapshot({ own: { buildId: '', poolId: '', createdAt: '' } }),
    );
  });

  it('of odd values do not hide the resource', () => {
    expect(tagged({ ...TAGS, owner: null, cost: 7 })).toEqual(given.snapshot(OWN));
  });
});

it.each([
  { label: 'a gallery', body: { id: GALLERY } },
  { label: 'a disk', body: { id: DISK } },
  { label: 'a pool', body: { id: POOL } },
  { label: 'a body without an id', body: version({}, undefined, { id: undefined }) },
  { label: 'an id of no resource', body: { id: 'render-1' } },
  { label: 'a version without properties', body: { id: VERSION_ID } },
  { label: 'a managed image without a region', body: { ...image({}), location: undefined } },
  { label: 'regions without a name', body: version({ targetRegions: [{}] }) },
  { label: 'no object', body: 'text' },
])('$label is not understood', ({ body }) => {
  expect(storedResource(body)).toBeUndefined();
});

it('whatever the body, it is understood or it is not', () => {
  const values = fc.oneof(fc.constant(null), fc.constant({}), fc.constant([]), fc.constant('x'), fc.constant(true));
  const bodies = fc.record({
    id: fc.constantFrom(VERSION_ID, MANAGED, DEFINITION, SNAPSHOT),
    location: values,
    tags: values,
    properties: fc.oneof(values, fc.record({ publishingProfile: values, storageProfile: values })),
  });
  fc.assert(
    fc.property(bodies, (body) => {
      const one = storedResource(body);
      if (one) expect(one.id).toBe(body.id);
    }),
  );
});
