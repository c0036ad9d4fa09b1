/** A pool from each kind of source: exactly what is written to Azure for it, and what is taken back when the pool is refused. */
import type { BuildMessage } from '../../shared/messages';
import type { SourceKind } from '../../shared/domain/source';
import { fromSource, GALLERY, SOURCE, VHDS } from './sourceRequests';
import { expectOutcome, POOL_REFUSED, Story } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

/** Numbers of versions differ with the second in which a build begins. */
const unnumbered = (text: string): string => text.replaceAll(/(?<![\da-f])20\d\d[.-]\d{3,4}[.-]\d{1,5}/g, 'N');

const writesSince = (since: number): readonly string[] => story.writes(since).map(unnumbered);

/** What was sent for one thing, without the app's own marks. */
function sent(since: number, path: RegExp): unknown {
  const call = story.calls(since).find(({ method, path: at }) => method === 'PUT' && path.test(at));
  return JSON.parse(unnumbered(JSON.stringify(call?.body ?? null)));
}

interface Row {
  readonly kind: SourceKind;
  readonly request: BuildMessage;
  readonly writes: readonly string[];
  /** Of the image and of the version, where they are made. */
  readonly image?: object;
  readonly version?: object;
  /** `imageReference` of the pool. */
  readonly runsOn: object;
}

const path = (rest: string): string =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-sources/providers/Microsoft.Compute/${rest}`;
const snapshot = (name: string) => ({ id: path(`snapshots/${name}`) });
const made = (name: string) => ({ id: `${GALLERY}/images/${name}/versions/N` });
const PUBLISHED = (name: string): readonly string[] => [`PUT images/${name}`, 'PUT versions/N', `PUT pools/${name}`];
const CLOSED = (name: string): readonly string[] => ['PATCH versions/N', `DELETE images/${name}-N`];

const ROWS: readonly Row[] = [
  {
    kind: 'snapshots',
    request: fromSource('from-snapshots', SOURCE.snapshots, {}),
    writes: ['PUT images/from-snapshots-N', ...PUBLISHED('from-snapshots'), ...CLOSED('from-snapshots')],
    image: {
      storageProfile: {
        osDisk: { osState: 'Generalized', osType: 'Linux', snapshot: snapshot('snap-golden-os') },
        dataDisks: [
          { lun: 0, snapshot: snapshot('snap-golden-data-0') },
          { lun: 4, snapshot: snapshot('snap-golden-data-1') },
        ],
      },
    },
    version: { source: { id: path('images/from-snapshots-N') } },
    runsOn: made('from-snapshots'),
  },
  {
    kind: 'snapshots',
    request: fromSource('from-snapshots-direct', SOURCE.snapshots, { route: 'direct' }),
    writes: [...PUBLISHED('from-snapshots-direct'), 'PATCH versions/N'],
    version: {
      osDiskImage: { source: snapshot('snap-golden-os') },
      dataDiskImages: [
        { lun: 0, source: snapshot('snap-golden-data-0') },
        { lun: 4, source: snapshot('snap-golden-data-1') },
      ],
    },
    runsOn: made('from-snapshots-direct'),
  },
  {
    kind: 'disks',
    request: fromSource('from-disks', SOURCE.disks, { keep: { snapshots: false } }),
    writes: [
      'PUT snapshots/from-disks-N-os',
      'PUT snapshots/from-disks-N-data2',
      'PUT images/from-disks-N',
      ...PUBLISHED('from-disks'),
      ...CLOSED('from-disks'),
      'DELETE snapshots/from-disks-N-os',
      'DELETE snapshots/from-disks-N-data2',
    ],
    version: { source: { id: path('images/from-disks-N') } },
    runsOn: made('from-disks'),
  },
  {
    kind: 'vhd',
    request: fromSource('from-vhd', SOURCE.vhd, {}),
    writes: ['PUT images/from-vhd-N', ...PUBLISHED('from-vhd'), ...CLOSED('from-vhd')],
    image: {
      hyperVGeneration: 'V2',
      storageProfile: {
        osDisk: { osState: 'Generalized', osType: 'Linux', blobUri: `${VHDS}/golden-os.vhd` },
        dataDisks: [{ lun: 1, blobUri: `${VHDS}/golden-data.vhd` }],
      },
    },
    runsOn: made('from-vhd'),
  },
  {
    kind: 'vhd',
    request: fromSource('from-vhd-direct', SOURCE.vhd, { route: 'direct' }),
    writes: [...PUBLISHED('from-vhd-direct'), 'PATCH versions/N'],
    version: { osDiskImage: { source: { uri: `${VHDS}/golden-os.vhd` } } },
    runsOn: made('from-vhd-direct'),
  },
  {
    kind: 'managedImage',
    request: fromSource('from-image', SOURCE.managedImage, {}),
    writes: [...PUBLISHED('from-image'), 'PATCH versions/N'],
    version: { source: { id: path('images/img-packer') } },
    runsOn: made('from-image'),
  },
  {
    kind: 'galleryVersion',
    request: fromSource('on-version', SOURCE.galleryVersion),
    writes: ['PUT pools/on-version'],
    runsOn: { id: `${GALLERY}/images/golden/versions/1.0.0` },
  },
  {
    kind: 'galleryDefinition',
    request: fromSource('on-newest', SOURCE.galleryDefinition),
    writes: ['PUT pools/on-newest'],
    runsOn: { id: `${GALLERY}/images/golden/versions/1.1.0` },
  },
  {
    kind: 'galleryDefinition',
    request: fromSource('on-latest', { ...SOURCE.galleryDefinition, track: 'latest' }),
    writes: ['PUT pools/on-latest'],
    runsOn: { id: `${GALLERY}/images/golden` },
  },
  {
    kind: 'communityImage',
    request: fromSource('on-community', SOURCE.communityImage),
    writes: ['PUT pools/on-community'],
    runsOn: SOURCE.communityImage,
  },
  {
    kind: 'sharedImage',
    request: fromSource('on-shared', SOURCE.sharedImage),
    writes: ['PUT pools/on-shared'],
    runsOn: SOURCE.sharedImage,
  },
  {
    kind: 'virtualMachine',
    request: fromSource('from-vm-direct', SOURCE.virtualMachine, { route: 'direct' }),
    writes: [
      'PUT snapshots/from-vm-direct-N-os',
      'PUT snapshots/from-vm-direct-N-data0',
      ...PUBLISHED('from-vm-direct'),
      'PATCH versions/N',
    ],
    version: { osDiskImage: { source: snapshot('from-vm-direct-N-os') } },
    runsOn: made('from-vm-direct'),
  },
];

describe.each(ROWS)('a pool from source $kind: $request.pool.name', ({ request, writes, image, version, runsOn }) => {
  it('that is refused leaves nothing behind', async () => {
    const before = story.resources();
    story.stack.azure.faults.add(POOL_REFUSED);
    await story.send(request);
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(failed).toMatchObject({ step: 'pool', left: [], kept: [] });
    expect(story.resources()).toEqual(before);
  });

  it('is built with these writes and no others', async () => {
    const since = story.calls().length;
    await story.send({ ...request, requestId: `again-${request.pool.name}` });
    const built = expectOutcome(await story.result(), 'BuildSucceeded');
    expect(writesSince(since).toSorted()).toEqual(writes.toSorted());
    expect(built).toMatchObject({ left: [], growth: { reached: { dedicated: 2, spot: 0 } } });
    if (image) expect(sent(since, /\/Microsoft\.Compute\/images\//)).toMatchObject({ properties: image });
    if (version) expect(sent(since, /\/versions\//)).toMatchObject({ properties: { storageProfile: version } });
    const properties = { deploymentConfiguration: { virtualMachineConfiguration: { imageReference: runsOn } } };
    expect(sent(since, /\/pools\//)).toMatchObject({ properties });
  });

  it('is recognised when the same request comes again', async () => {
    const since = story.calls().length;
    await story.send({ ...request, requestId: `again-${request.pool.name}` });
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(story.writes(since)).toEqual([]);
  });
});

describe('a VM that becomes the image itself', () => {
  const request = fromSource('from-itself', SOURCE.generalizedVm, {});

  it('is told beforehand that it can never start again', async () => {
    await story.send({ ...request, mode: 'plan' });
    const plan = expectOutcome(await story.result(), 'BuildPlanned');
    expect(plan.verdicts).toContainEqual(expect.objectContaining({ code: 'VmEndsForGood', severity: 'warn' }));
    expect(plan.calls.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('stays generalized when the pool is refused, and that is told', async () => {
    const before = story.resources();
    const since = story.calls().length;
    story.stack.azure.faults.add(POOL_REFUSED);
    await story.send(request);
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(writesSince(since).slice(0, 2)).toEqual(['POST vm-golden/generalize', 'PUT images/from-itself-N']);
    expect(failed.left).toEqual([
      { id: path('virtualMachines/vm-golden'), why: expect.stringContaining('never start again') as string },
    ]);
    expect(story.resources()).toEqual(before);
  });

  it('is taken as it is by the next build', async () => {
    const since = story.calls().length;
    await story.send({ ...request, requestId: 'again-from-itself' });
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(writesSince(since)).toEqual([
      'PUT images/from-itself-N',
      ...PUBLISHED('from-itself'),
      ...CLOSED('from-itself'),
    ]);
    expect(sent(since, /\/Microsoft\.Compute\/images\//)).toMatchObject({
      properties: { sourceVirtualMachine: { id: path('virtualMachines/vm-golden') } },
    });
  });

  it('is deallocated first when it runs, on route direct too', async () => {
    const since = story.calls().length;
    const source = { generalizedVirtualMachineId: path('virtualMachines/vm-golden-running'), generalize: true };
    await story.send(fromSource('from-running', source, { route: 'direct' }));
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(writesSince(since)).toEqual([
      'POST vm-golden-running/deallocate',
      'POST vm-golden-running/generalize',
      ...PUBLISHED('from-running'),
      'PATCH versions/N',
    ]);
  });
});
