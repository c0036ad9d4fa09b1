/** What is planned for each kind of source: the stages, what image and pool are made of, and what follows on the pool. */
import * as fc from 'fast-check';
import { letGo, sourceMarks } from '../../../shared/domain/letGo';
import { decideBuild, type BuildPlan } from '../../../shared/domain/plan';
import { planAnswer } from '../../../shared/domain/planAnswer';
import { staysDone } from '../../../shared/domain/removing';
import type { ImageRequest, ImageRoute } from '../../../shared/domain/request';
import { rightsNeeded } from '../../../shared/domain/rightsNeeded';
import { chooseRoute } from '../../../shared/domain/route';
import { outsideScope } from '../../../shared/domain/scope';
import { isExistingImage, sourceId, SOURCES, type SourceKind } from '../../../shared/domain/source';
import * as given from '../../given/build';
import { facts, ID, request, SOURCE, type SourcedFacts } from '../../given/sources';

const VERSION = `${given.DEFINITION}/versions/${given.VERSION}`;
const snapshotId = (disk: string): string =>
  given.id('rg-images', `Microsoft.Compute/snapshots/render-2026-304-18367-${disk}`);
const IMAGE = given.id('rg-images', `Microsoft.Compute/images/render-${given.VERSION}`);

interface Options {
  readonly image?: Partial<ImageRequest>;
  readonly source?: object;
  readonly known?: SourcedFacts;
}

function plan(kind: SourceKind, { image = {}, source = {}, known = {} }: Options = {}): BuildPlan {
  const asked = { ...request(kind, image, source), allowRetiredManagedImagePools: true };
  const choice = decideBuild(asked, facts(kind, known), given.CIRCUMSTANCES);
  if (choice.decision !== 'build') throw new Error(JSON.stringify(choice, null, 2));
  return choice.plan;
}

const stepsOf = ({ stages }: BuildPlan): readonly string[] =>
  stages.flatMap(({ resources }) => resources.map(({ kind }) => kind));

const specOf = (made: BuildPlan, kind: string): object | undefined =>
  made.stages.flatMap(({ resources }) => resources).find((spec) => spec.kind === kind);

const runsOn = (made: BuildPlan): unknown => specOf(made, 'pool');
const on = (imageReference: object): object => ({
  properties: { deploymentConfiguration: { virtualMachineConfiguration: { imageReference } } },
});

const PUBLISHED = ['definition', 'version', 'pool'];
const COPIED = ['snapshot', 'snapshot'];
/** The definition is made beside the first copies, so it comes after them. */
const CARRIED = ['image', 'definition', 'version', 'pool'];

it.each<[kind: SourceKind, route: ImageRoute, steps: readonly string[], source: object]>([
  [
    'virtualMachine',
    'gallery',
    [...COPIED, 'definition', 'image', 'version', 'pool'],
    { from: 'disks', os: { id: snapshotId('os') } },
  ],
  [
    'virtualMachine',
    'direct',
    [...COPIED, ...PUBLISHED],
    { from: 'disks', data: [{ lun: 2, source: { id: snapshotId('data2') } }] },
  ],
  [
    'disks',
    'gallery',
    [...COPIED, 'definition', 'image', 'version', 'pool'],
    { from: 'disks', os: { id: snapshotId('os') } },
  ],
  ['disks', 'managedImage', [...COPIED, 'image', 'pool'], { from: 'disks', os: { id: snapshotId('os') } }],
  ['snapshots', 'gallery', CARRIED, { from: 'disks', os: { from: 'snapshot', id: ID.osSnapshot } }],
  ['snapshots', 'direct', PUBLISHED, { from: 'disks', data: [{ lun: 2, source: { id: ID.dataSnapshot } }] }],
  ['vhd', 'gallery', CARRIED, { from: 'disks', os: { from: 'vhd', uri: ID.osVhd } }],
  ['vhd', 'direct', PUBLISHED, { from: 'disks', os: { storageAccountId: ID.storageAccount } }],
  ['generalizedVm', 'gallery', CARRIED, { from: 'virtualMachine', virtualMachineId: ID.vm }],
  ['generalizedVm', 'direct', PUBLISHED, { from: 'virtualMachine', virtualMachineId: ID.vm }],
  ['managedImage', 'gallery', PUBLISHED, { from: 'managedImage', imageId: ID.managedImage }],
])('from source %s by route %s', (kind, route, steps, source) => {
  const made = plan(kind, { image: { route } });
  expect(stepsOf(made)).toEqual(steps);
  expect(specOf(made, steps.includes('image') ? 'image' : 'version')).toMatchObject({ source });
  expect(runsOn(made)).toMatchObject(on({ id: route === 'managedImage' ? IMAGE : VERSION }));
  expect(made.layout).toMatchObject({ route, location: 'westeurope', source: sourceId(SOURCE[kind]) });
});

it.each<[kind: SourceKind, source: object, image: object]>([
  ['galleryVersion', {}, { id: ID.version }],
  ['galleryDefinition', {}, { id: ID.version }],
  ['galleryDefinition', { track: 'latest' }, { id: ID.definition }],
  ['communityImage', {}, { communityGalleryImageId: ID.community }],
  ['sharedImage', {}, { sharedGalleryImageId: ID.shared }],
])('on source %s %j only the pool is made', (kind, source, image) => {
  const made = plan(kind, { source });
  expect(stepsOf(made)).toEqual(['pool']);
  expect(runsOn(made)).toMatchObject(on(image));
  expect(made.layout).toMatchObject({ route: 'existing', image });
  expect(made.closing).toEqual({ stages: [], letGo: [] });
});

it.each([
  { label: 'on request', source: { generalize: true }, generalized: false, acts: ['deallocation', 'generalization'] },
  { label: 'not when it is done', source: { generalize: true }, generalized: true, acts: [] },
  { label: 'not unasked', source: {}, generalized: false, acts: [] },
])('a VM is deallocated and generalized first, $label', ({ source, generalized, acts }) => {
  const machine = given.there(given.machine({ id: ID.vm, dataDisks: [], ...(generalized ? { generalized } : {}) }));
  const made = plan('generalizedVm', { source, known: { machine } });
  expect(stepsOf(made)).toEqual([...acts, 'image', ...PUBLISHED]);
  expect(staysDone(made.stages.flatMap(({ resources }) => resources)).map(({ id }) => id)).toEqual(
    acts.map(() => ID.vm),
  );
});

it('the answer to a plan names the acts on a VM, the way into latest, and what goes', () => {
  const asked = request('generalizedVm', {}, { generalize: true });
  const known = facts('generalizedVm');
  const made = plan('generalizedVm', { source: { generalize: true } });
  const { calls, letsGo, route, allocation } = planAnswer(asked, known, made);
  expect(calls.filter(({ method }) => method !== 'GET').map(({ method, resourceId }) => [method, resourceId])).toEqual([
    ['POST', ID.vm],
    ['POST', ID.vm],
    ['PUT', IMAGE],
    ['PUT', given.DEFINITION],
    ['PUT', VERSION],
    ['PUT', given.POOL],
    ['PATCH', VERSION],
    ['DELETE', IMAGE],
  ]);
  expect({ letsGo, route: route.route, mode: allocation?.mode }).toEqual({
    letsGo: [IMAGE],
    route: 'gallery',
    mode: 'BatchService',
  });
});

describe('the route', () => {
  const chosen = (kind: SourceKind, known: SourcedFacts = {}, image: Partial<ImageRequest> = {}) =>
    chooseRoute(request(kind, image), facts(kind, known));

  it.each<[label: string, source: readonly [SourceKind, SourcedFacts], route: string, reason: RegExp]>([
    ['nothing speaks against a managed image', ['disks', {}], 'gallery', /generation V2, x64/],
    [
      'the account is elsewhere',
      ['disks', { account: given.there(given.account({ location: 'uksouth' })) }],
      'gallery',
      /replicas in uksouth/,
    ],
    [
      'the source has Trusted Launch',
      ['snapshots', { osDisk: { securityType: 'TrustedLaunch' } }],
      'direct',
      /TrustedLaunch/,
    ],
    ['the source is for Arm64', ['vhd', { osDisk: { architecture: 'Arm64' } }], 'direct', /Arm64/],
    ['a disk is too large for a managed image', ['disks', { osDisk: { sizeGb: 1_024 } }], 'direct', /1024 GB/],
    ['the source is a managed image', ['managedImage', {}], 'gallery', /managed image/],
    ['the source is an image of a gallery', ['galleryVersion', {}], 'existing', /can run on/],
  ])('is told with its reason when %s', (_, source, route, reason) => {
    expect(chosen(...source)).toEqual({
      route,
      reasons: expect.arrayContaining([expect.stringMatching(reason)]) as unknown,
    });
  });

  it('is the request’s when it names one', () => {
    expect(chosen('disks', {}, { route: 'direct' })).toEqual({ route: 'direct', reasons: ['the request says so'] });
  });
});

describe('what is let go', () => {
  const kinds = (Object.keys(SOURCES) as SourceKind[]).filter((kind) => !isExistingImage(SOURCE[kind]));
  const keep = fc.record({ snapshots: fc.boolean(), managedImage: fc.boolean() }, { requiredKeys: [] });
  const image = fc.record(
    {
      route: fc.constantFrom<ImageRoute>('gallery', 'direct', 'managedImage'),
      keep,
      replicationMode: fc.constantFrom('Full' as const, 'Shallow' as const),
    },
    { requiredKeys: [] },
  );

  it('was made by the build, is not needed, and is told by the version’s tags', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), image, (kind, changes) => {
        const asked = request(kind, changes);
        const layout = given.layout(asked, facts(kind));
        const made = given.stages(asked, facts(kind)).flatMap(({ resources }) => resources);
        const gone = letGo(asked, layout, made);
        for (const spec of gone) expect(made).toContain(spec);
        const needs = layout.route === 'managedImage' || changes.replicationMode === 'Shallow';
        if (needs) expect(gone).toEqual([]);
        if (changes.keep?.managedImage === true) expect(gone.filter((spec) => spec.kind === 'image')).toEqual([]);
        if (changes.keep?.snapshots !== false) expect(gone.filter((spec) => spec.kind === 'snapshot')).toEqual([]);
        const marked = (sourceMarks(asked, layout)['bip-let-go'] ?? '').split(',');
        for (const { kind: what } of gone) expect(marked).toContain(what === 'image' ? 'image' : 'snapshots');
      }),
    );
  });

  it.each<[label: string, kind: SourceKind, image: Partial<ImageRequest>, tags: object]>([
    ['the image, while its own snapshots stay', 'disks', {}, { 'bip-let-go': 'image', 'bip-kept': 'snapshots' }],
    ['the image, of snapshots that were there', 'snapshots', {}, { 'bip-let-go': 'image' }],
    ['both', 'disks', { keep: { snapshots: false } }, { 'bip-let-go': 'image,snapshots' }],
    ['nothing by route direct', 'disks', { route: 'direct' }, {}],
  ])('is marked: %s', (_, kind, changes, tags) => {
    const asked = request(kind, changes);
    expect(sourceMarks(asked, given.layout(asked, facts(kind)))).toEqual(tags);
  });
});

it.each<[kind: SourceKind, image: Partial<ImageRequest>, source: object, needs: readonly string[]]>([
  ['snapshots', { route: 'direct' }, {}, [`Microsoft.Compute/snapshots/write at ${ID.osSnapshot}`]],
  ['vhd', { route: 'direct' }, {}, [`Microsoft.Storage/storageAccounts/listKeys/action at ${ID.storageAccount}`]],
  [
    'generalizedVm',
    { route: 'direct' },
    { generalize: true },
    [
      `Microsoft.Compute/virtualMachines/generalize/action at ${ID.vm}`,
      `Microsoft.Compute/virtualMachines/write at ${ID.vm}`,
    ],
  ],
  ['managedImage', {}, {}, [`Microsoft.Compute/images/read at ${ID.managedImage}`]],
])('from source %s %j %j the app needs rights there', (kind, image, source, needs) => {
  const all = rightsNeeded(request(kind, image, source), facts(kind)).map(
    ({ action, scopeId }) => `${action} at ${scopeId}`,
  );
  expect(all).toEqual(expect.arrayContaining([...needs]));
});

it.each<[kind: SourceKind, fields: readonly string[]]>([
  ['virtualMachine', ['source.virtualMachineId']],
  ['generalizedVm', ['source.generalizedVirtualMachineId']],
  ['snapshots', ['source.osSnapshotId', 'source.dataSnapshots.0.id']],
  ['disks', ['source.osDiskId', 'source.dataDisks.0.id']],
  ['vhd', ['source.storageAccountId']],
  ['managedImage', ['source.managedImageId']],
])('the allow-list is asked for every resource of source %s', (kind, fields) => {
  const onlyOthers = ['rg-images', 'rg-batch'].map((resourceGroup) => ({
    subscriptionId: given.SUBSCRIPTION,
    resourceGroup,
  }));
  expect(outsideScope(request(kind), onlyOthers).map((sentence) => sentence.split(':')[0])).toEqual(fields);
});
