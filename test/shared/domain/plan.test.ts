/** What a build makes, in full, for the given VM with an OS disk and two data disks. */
import type { Stage } from '../../../shared/domain/buildSteps';
import { decideBuild } from '../../../shared/domain/plan';
import { fingerprint, offerName, TAG } from '../../../shared/domain/names';
import type { BuildRequest } from '../../../shared/domain/request';
import * as given from '../../given/build';

const images = `/subscriptions/${given.SUBSCRIPTION}/resourceGroups/rg-images/providers/Microsoft.Compute`;
const SNAPSHOT = {
  os: `${images}/snapshots/render-2026-304-18367-os`,
  data0: `${images}/snapshots/render-2026-304-18367-data0`,
  data5: `${images}/snapshots/render-2026-304-18367-data5`,
};
const IMAGE = `${images}/images/render-2026.304.18367`;
const IMAGE_VERSION = `${given.DEFINITION}/versions/2026.304.18367`;
const tags = {
  createdBy: 'batch-image-pools',
  'bip-build': 'build-1',
  'bip-request': 'render-16-nodes',
  'bip-pool': given.POOL,
  'bip-created-at': '2026-03-04T05:06:07.000Z',
};
const common = { location: 'westeurope', tags };
const ofSnapshots = {
  from: 'disks',
  os: { from: 'snapshot', id: SNAPSHOT.os },
  data: [
    { lun: 0, source: { from: 'snapshot', id: SNAPSHOT.data0 } },
    { lun: 5, source: { from: 'snapshot', id: SNAPSHOT.data5 } },
  ],
};

describe('the layout', () => {
  it('names everything after the image and the version', () => {
    expect(given.layout()).toEqual({
      version: given.VERSION,
      location: 'westeurope',
      route: 'gallery',
      source: given.VM,
      virtualMachineId: given.VM,
      os: { diskId: given.diskId('os'), snapshotId: SNAPSHOT.os },
      data: [
        { lun: 0, diskId: given.diskId('data-a'), snapshotId: SNAPSHOT.data0 },
        { lun: 5, diskId: given.diskId('data-b'), snapshotId: SNAPSHOT.data5 },
      ],
      managedImageId: IMAGE,
      imageDefinitionId: given.DEFINITION,
      imageVersionId: IMAGE_VERSION,
      image: { id: IMAGE_VERSION },
      poolId: given.POOL,
    });
  });

  it.each([
    { label: 'as it is by default', route: undefined, securityType: undefined, goes: true },
    { label: 'with standard security', route: undefined, securityType: 'Standard', goes: true },
    { label: 'on route "gallery"', route: 'gallery', securityType: undefined, goes: true },
    { label: 'on route "direct"', route: 'direct', securityType: undefined, goes: false },
    { label: 'with Trusted Launch', route: undefined, securityType: 'TrustedLaunch', goes: false },
    { label: 'with a confidential VM', route: undefined, securityType: 'ConfidentialVM', goes: false },
    { label: 'with Trusted Launch on route "gallery"', route: 'gallery', securityType: 'TrustedLaunch', goes: true },
  ] as const)('goes by a managed image $label: $goes', ({ route, securityType, goes }) => {
    const machine = given.machine(securityType === undefined ? {} : { securityType });
    const layout = given.layout(given.request({ image: { route } }), given.facts({ machine: given.there(machine) }));
    expect(layout.managedImageId !== undefined).toBe(goes);
  });

  it.each([
    { label: 'an OS disk of standard security', disk: given.osDisk({ securityType: 'Standard' }), goes: true },
    { label: 'an OS disk with Trusted Launch', disk: given.osDisk({ securityType: 'TrustedLaunch' }), goes: false },
    { label: 'an OS disk of Arm64', disk: given.osDisk({ architecture: 'Arm64' }), goes: false },
    { label: 'an OS disk of an unknown architecture', disk: given.disk('os'), goes: true },
  ])('goes by a managed image with $label: $goes', ({ disk, goes }) => {
    const layout = given.layout(given.request(), given.facts({ disks: [given.there(disk)] }));
    expect(layout.managedImageId !== undefined).toBe(goes);
  });
});

describe('the resources of a build', () => {
  it('stand in four stages, in the order in which each needs the ones before; the definition beside the snapshots', () => {
    expect(given.stages().map(({ step, resources }) => [step, resources.length])).toEqual([
      ['snapshots', 4],
      ['image', 1],
      ['version', 1],
      ['pool', 1],
    ]);
  });

  it('begin with a snapshot of each disk', () => {
    expect(given.stages()[0]?.resources.slice(0, -1)).toEqual([
      { kind: 'snapshot', ...common, id: SNAPSHOT.os, sourceDiskId: given.diskId('os') },
      { kind: 'snapshot', ...common, id: SNAPSHOT.data0, sourceDiskId: given.diskId('data-a'), lun: 0 },
      { kind: 'snapshot', ...common, id: SNAPSHOT.data5, sourceDiskId: given.diskId('data-b'), lun: 5 },
    ]);
  });

  it('put the snapshots into one managed image', () => {
    expect(given.spec('image')).toEqual({
      ...{ kind: 'image', ...common, id: IMAGE, osType: 'Linux', hyperVGeneration: 'V2' },
      source: ofSnapshots,
    });
  });

  it('take what the definition says from the OS disk', () => {
    const disk = given.osDisk({
      osType: 'Windows',
      hyperVGeneration: 'V1',
      architecture: 'Arm64',
      purchasePlan: { name: 'n', publisher: 'p', product: 'o' },
    });
    const facts = given.facts({ disks: [given.there(disk)] });
    expect(given.spec('definition', given.request(), facts)).toEqual({
      ...{ kind: 'definition', ...common, id: given.DEFINITION },
      ...{ osType: 'Windows', hyperVGeneration: 'V1', architecture: 'Arm64', security: 'Standard' },
      identifier: { publisher: 'batch-image-pools', offer: 'render', sku: 'render' },
      purchasePlan: { name: 'n', publisher: 'p', product: 'o' },
    });
  });

  it.each([
    { securityType: undefined, security: 'Standard' },
    { securityType: 'Standard', security: 'Standard' },
    { securityType: 'TrustedLaunch', security: 'TrustedLaunch' },
    { securityType: 'ConfidentialVM_DiskEncryptedWithPlatformKey', security: 'ConfidentialVM' },
  ])('give the definition of a disk with security type $securityType the feature $security', (row) => {
    const disk = given.osDisk(row.securityType === undefined ? {} : { securityType: row.securityType });
    const facts = given.facts({ disks: [given.there(disk)] });
    expect(given.spec('definition', given.request(), facts).security).toBe(row.security);
  });

  it('give the definition the identifier that was asked for', () => {
    const identifier = { publisher: 'contoso', offer: 'render', sku: 'gpu' };
    expect(given.spec('definition', given.request({ image: { identifier } })).identifier).toEqual(identifier);
  });

  it('publish the managed image to the region of the VM', () => {
    expect(given.spec('version')).toEqual({
      ...{ kind: 'version', ...common, id: IMAGE_VERSION },
      tags: { ...tags, 'bip-let-go': 'image', 'bip-kept': 'snapshots' },
      luns: [0, 5],
      excludeFromLatest: true,
      source: { from: 'managedImage', imageId: IMAGE },
      regions: [{ name: 'westeurope', replicas: 1 }],
    });
  });

  it('publish the snapshots themselves on route "direct"', () => {
    expect(given.spec('version', given.request({ image: { route: 'direct' } })).source).toEqual(ofSnapshots);
  });

  it('say of the definition whether it was there: it is planned all the same, because it may go away meanwhile', () => {
    const facts = given.facts({ definition: given.there(given.definition()) });
    const asked = given.request();
    const definitionAmong = (stages: readonly Stage[]) =>
      stages.flatMap(({ resources }) => resources.filter(({ kind }) => kind === 'definition'));
    const made = definitionAmong(given.stages());
    expect(definitionAmong(given.stages(asked, facts))).toEqual(made.map((spec) => ({ ...spec, stands: true })));
    expect(made).toEqual([given.spec('definition')]);
    expect(given.spec('definition')).not.toHaveProperty('stands');
  });

  it('give a definition with a long name an offer and a sku that Azure takes', () => {
    const name = 'n'.repeat(80);
    const offer = offerName(name);
    expect(given.spec('definition', given.request({ image: { name } })).identifier).toEqual({
      publisher: 'batch-image-pools',
      offer,
      sku: offer,
    });
  });

  it('end with the pool: its body as it came, the image and whose it is filled in', () => {
    const properties = given.poolProperties({
      metadata: [{ name: 'team', value: 'render' }],
      targetNodeCommunicationMode: 'Simplified',
    });
    const request = given.request({ pool: { properties } });
    const own = { ...tags, [TAG.fingerprint]: fingerprint(request) };
    expect(given.spec('pool', request)).toEqual({
      kind: 'pool',
      id: given.POOL,
      tags: own,
      properties: {
        ...properties,
        deploymentConfiguration: {
          virtualMachineConfiguration: {
            nodeAgentSkuId: 'batch.node.ubuntu 24.04',
            imageReference: { id: IMAGE_VERSION },
          },
        },
        metadata: [{ name: 'team', value: 'render' }, ...Object.entries(own).map(([name, value]) => ({ name, value }))],
      },
    });
  });

  it('give the pool the identity that was asked for, beside its properties', () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [given.id('rg', 'x/y/z')]: {} } };
    expect(given.spec('pool', given.request({ pool: { identity } })).identity).toEqual(identity);
    expect(given.spec('pool')).not.toHaveProperty('identity');
  });

  it('drop marks of another build from a body that was copied from its pool', () => {
    const copied = Object.values(TAG).map((name) => ({ name, value: 'old' }));
    const properties = given.poolProperties({ metadata: [...copied, { name: 'team', value: 'render' }] });
    const request = given.request({ pool: { properties } });
    const own = { ...tags, [TAG.fingerprint]: fingerprint(request) };
    expect(given.spec('pool', request).properties['metadata']).toEqual([
      { name: 'team', value: 'render' },
      ...Object.entries(own).map(([name, value]) => ({ name, value })),
    ]);
  });

  it('say how the pool grows, and that one which scales by formula does so by itself', () => {
    expect(given.plan().growth).toEqual({
      poolId: given.POOL,
      targets: { dedicated: 16, spot: 0 },
      resizeTimeoutMinutes: 30,
      mostUnusablePercent: given.policy().mostUnusablePercent,
    });
    const request = given.request({ pool: { properties: given.formulaPool(), acceptAtLeast: '90%' } });
    expect(given.plan(request).growth).toEqual({
      poolId: given.POOL,
      acceptAtLeast: { percent: 90 },
      mostUnusablePercent: given.policy().mostUnusablePercent,
    });
  });

  it('carry no tag longer than Azure takes', () => {
    const name = 'p'.repeat(64);
    const batchAccountId = given.id('g'.repeat(90), `Microsoft.Batch/batchAccounts/${'a'.repeat(24)}`);
    const account = given.there(given.account({ id: batchAccountId }));
    const request = given.request({ requestId: 'r'.repeat(128), pool: { name, batchAccountId } });
    for (const { resources } of given.stages(request, given.facts({ account }))) {
      for (const one of resources) {
        for (const value of Object.values('tags' in one ? one.tags : {})) expect(value.length).toBeLessThanOrEqual(256);
      }
    }
  });
});

describe('replicas', () => {
  const region = (name: string, replicas?: number): BuildRequest['image'] => ({
    ...given.request().image,
    regions: [{ name, replicas }],
  });
  it.each([
    { label: '16 nodes', properties: given.fixedScale(16), replicas: 1 },
    { label: '300 nodes', properties: given.fixedScale(300), replicas: 1 },
    { label: '301 nodes of both kinds', properties: given.fixedScale(151, 150), replicas: 2 },
    { label: 'more nodes than 100 replicas serve', properties: given.fixedScale(40_000), replicas: 100 },
    { label: 'no nodes', properties: given.fixedScale(0), replicas: 1 },
    { label: 'a formula', properties: given.formulaPool(), replicas: 1 },
  ])('for $label are $replicas', ({ properties, replicas }) => {
    expect(given.spec('version', given.request({ pool: { properties } })).regions).toEqual([
      { name: 'westeurope', replicas },
    ]);
  });

  it('are as many as the request says, in the region as Azure writes it', () => {
    const request = given.request({ image: region('West Europe', 7) });
    expect(given.spec('version', request).regions).toEqual([{ name: 'westeurope', replicas: 7 }]);
  });
});

const UNDERWAY = { state: 'underway', progress: '7 of 16 nodes' } as const;
const FAILED = { state: 'failed', code: 'AllocationFailed', message: 'No.' } as const;

describe('the decision', () => {
  const decide = (request = given.request(), facts = given.facts()) => decideBuild(request, facts, given.CIRCUMSTANCES);

  it('is to build when nothing speaks against it', () => {
    expect(decide()).toMatchObject({ decision: 'build', plan: { layout: given.layout(), verdicts: [] } });
    expect(given.plan().buildId).toMatch(/^[0-9a-f]{8}-2026-304-18367$/);
  });

  it.each([
    { label: 'the VM is missing', facts: given.facts({ machine: given.missing }) },
    { label: 'the VM may not be read', facts: given.facts({ machine: given.forbidden }) },
    { label: 'its OS disk is missing', facts: given.facts({ disks: [given.missing] }) },
    { label: 'its OS disk may not be read', facts: given.facts({ disks: [given.forbidden] }) },
    {
      label: 'its OS disk is a blob',
      facts: given.facts({
        machine: given.there(given.machine({ osDisk: { vhdUri: 'x', ephemeral: false, diskEncryption: false } })),
      }),
    },
    {
      label: 'nothing could be read at all',
      facts: given.facts({
        ...{ machine: given.missing, account: given.missing, imageGroup: given.missing, gallery: given.missing },
      }),
    },
  ])('is to refuse, with a reason, when $label', ({ facts }) => {
    const choice = decide(given.request(), facts);
    expect(choice.decision).toBe('refuse');
    expect(choice.decision === 'refuse' && choice.verdicts.length > 0).toBe(true);
  });

  it('is that the pool is built when this very request built it, whatever else has changed', () => {
    const request = given.request();
    const imageId = `${given.DEFINITION}/versions/2025.101.1`;
    const pool = given.there(given.existingPool({ imageId, metadata: { [TAG.fingerprint]: fingerprint(request) } }));
    const poolImage = given.there({ id: imageId });
    expect(decide(request, given.facts({ pool, poolImage }))).toMatchObject({
      decision: 'built',
      imageId,
      layout: { version: '2025.101.1', imageVersionId: imageId },
    });
    expect(decide(request, given.facts({ pool, poolImage, machine: given.missing }))).toEqual({
      decision: 'built',
      imageId,
    });
  });

  it.each([
    { label: 'whole', changes: {}, first: 'built', again: 'built' },
    { label: 'short of nodes', changes: { sighting: UNDERWAY }, first: 'refuse', again: 'built' },
    { label: 'failed to grow', changes: { sighting: FAILED }, first: 'refuse', again: 'built' },
    { label: 'being deleted', changes: { deleting: true }, first: 'refuse', again: 'refuse' },
    { label: 'of another request', changes: { metadata: {} }, first: 'refuse', again: 'refuse' },
    { label: 'without its version', changes: {}, poolImage: given.missing, first: 'refuse', again: 'refuse' },
  ] as const)('on a pool that is $label is $first, and $again once it is known to have been whole', (row) => {
    const request = given.request();
    const mine = { metadata: { [TAG.fingerprint]: fingerprint(request) } };
    const pool = given.there(given.existingPool({ ...mine, ...row.changes }));
    const poolImage = 'poolImage' in row ? row.poolImage : given.there({ id: IMAGE_VERSION });
    const facts = given.facts({ pool, poolImage });
    const { decision } = decideBuild(request, facts, given.CIRCUMSTANCES);
    expect(decision).toBe(row.first);
    expect(decideBuild(request, facts, { ...given.CIRCUMSTANCES, wasWhole: true }).decision).toBe(row.again);
  });

  it('is to build again what is known to have been whole, and is gone', () => {
    const { decision } = decideBuild(given.request(), given.facts(), { ...given.CIRCUMSTANCES, wasWhole: true });
    expect(decision).toBe('build');
  });

  it('names by one instant and dates by another', () => {
    const namedAtMs = given.STARTED_AT_MS + 5_000;
    const choice = decideBuild(given.request(), given.facts(), { ...given.CIRCUMSTANCES, namedAtMs });
    if (choice.decision !== 'build') throw new Error('Expected a build.');
    expect(choice.plan.layout.version).toBe('2026.304.18372');
    expect(choice.plan.stages[0]?.resources[0]).toMatchObject({
      tags: { [TAG.createdAt]: '2026-03-04T05:06:07.000Z' },
    });
  });
});
