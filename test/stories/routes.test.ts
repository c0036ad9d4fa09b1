/** How an image is published and what the pool runs on: regions, encryption, days of ending, latest, and the retired way. */
import { textMatching, textWith } from './matchers';
import { fromSource, GALLERY, SOURCE } from './sourceRequests';
import { expectBuilt, expectOutcome, requestFor, Story, SUBSCRIPTION } from './story';

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

const sources = (path: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-sources/providers/Microsoft.Compute/${path}`;

const TWO_REGIONS = [{ name: 'westeurope', replicas: 2 }, { name: 'northeurope' }];

function bodyOf(path: RegExp, method = 'PUT', since = 0): unknown {
  return story.calls(since).findLast((call) => call.method === method && path.test(call.path))?.body;
}

describe('an image for two regions', () => {
  it('is published with what the request says of each, and its replicas are told in the result', async () => {
    const regions = [
      {
        name: 'West Europe',
        replicas: 2,
        storageAccountType: 'Premium_LRS' as const,
        diskEncryptionSetId: sources('diskEncryptionSets/des-westeurope'),
      },
      {
        name: 'North Europe',
        storageAccountType: 'Standard_ZRS' as const,
        diskEncryptionSetId: sources('diskEncryptionSets/des-northeurope'),
      },
    ];
    const image = { route: 'direct' as const, regions, endOfLifeDate: '2028-01-31' };
    await story.send(fromSource('two-regions', SOURCE.snapshots, image));
    const built = expectBuilt(await story.result());

    const encryption = (set: string) => ({
      osDiskImage: { diskEncryptionSetId: sources(`diskEncryptionSets/${set}`) },
      dataDiskImages: [0, 4].map((lun) => ({ lun, diskEncryptionSetId: sources(`diskEncryptionSets/${set}`) })),
    });
    expect(bodyOf(/\/versions\//)).toMatchObject({
      properties: {
        publishingProfile: {
          excludeFromLatest: true,
          endOfLifeDate: '2028-01-31T00:00:00.000Z',
          targetRegions: [
            {
              name: 'westeurope',
              regionalReplicaCount: 2,
              storageAccountType: 'Premium_LRS',
              encryption: encryption('des-westeurope'),
            },
            {
              name: 'northeurope',
              regionalReplicaCount: 1,
              storageAccountType: 'Standard_ZRS',
              encryption: encryption('des-northeurope'),
            },
          ],
        },
      },
    });
    expect(built.replicas).toEqual([
      { region: 'westeurope', state: 'Completed', percent: 100 },
      { region: 'northeurope', state: 'Completed', percent: 100 },
    ]);
  });

  it('comes into latest when the pool has proved it, and not before', () => {
    const atMs = (method: string, path: RegExp): number =>
      story.calls().find((call) => call.method === method && path.test(call.path))?.atMs ?? NaN;
    expect(atMs('PATCH', /\/versions\//)).toBeGreaterThan(atMs('PUT', /\/pools\//) + 60_000);
    const version = story.stack.azure.ids().find((id) => /two-regions\/versions\//i.test(id)) ?? '';
    expect(story.stack.azure.find(version)).toMatchObject({
      properties: { publishingProfile: { excludeFromLatest: false } },
    });
  });

  it('stays out of latest when the request says so', async () => {
    const since = story.calls().length;
    await story.send(fromSource('out-of-latest', SOURCE.managedImage, { excludeFromLatest: true }));
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(story.writes(since).filter((write) => write.startsWith('PATCH'))).toEqual([]);
  });

  it('that fails in one of them tells which, and how it went in the other, and leaves nothing', async () => {
    const before = story.resources();
    story.stack.azure.faults.add({ kind: 'failReplication', region: 'northeurope', reason: 'No capacity there.' });
    await story.send(fromSource('one-region-fails', SOURCE.managedImage, { regions: TWO_REGIONS }));
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(failed).toMatchObject({ step: 'version', code: 'ReplicationJobsNotCompleted', left: [] });
    expect(failed.message).toMatch(/was not replicated\. northeurope: .+ Elsewhere it was: westeurope \d+ %\./);
    expect(failed.replicas.map(({ region, state }) => [region, state])).toEqual([
      ['westeurope', textMatching(/^(Replicating|Completed)$/)],
      ['northeurope', 'Failed'],
    ]);
    expect(story.resources()).toEqual(before);
  });
});

describe('a pool straight on a managed image', () => {
  const retired = { route: 'managedImage' as const };

  it('is refused as retired before anything is made', async () => {
    const since = story.calls().length;
    await story.send(fromSource('retired', SOURCE.managedImage, retired));
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts).toContainEqual(expect.objectContaining({ code: 'ManagedImagePoolRetired' }));
    expect(story.writes(since)).toEqual([]);
  });

  it('is sent when the request insists, and Azure’s own refusal comes back; what was made goes again', async () => {
    const before = story.resources();
    const request = { ...fromSource('insists', SOURCE.snapshots, retired), allowRetiredManagedImagePools: true };
    await story.send(request);
    const failed = expectOutcome(await story.result(), 'BuildFailed');
    expect(failed).toMatchObject({ step: 'pool', message: textWith('retired'), left: [] });
    expect(story.calls().findLast(({ method }) => method === 'PUT')?.query).toContain('api-version=2019-08-01');
    expect(story.resources()).toEqual(before);
  });

  it('is made where Azure still takes it, and image and snapshots stay as long as it does', async () => {
    story.stack.azure.setManagedImagePools('taken');
    const since = story.calls().length;
    const request = { ...fromSource('still-taken', SOURCE.disks, retired), allowRetiredManagedImagePools: true };
    await story.send(request);
    const built = expectBuilt(await story.result());
    expect(built.letGo).toEqual([]);
    expect(
      story
        .writes(since)
        .map((write) => write.replaceAll(/\d{4}[.-]\d+[.-]\d+/g, 'N'))
        .toSorted(),
    ).toEqual([
      'PUT images/still-taken-N',
      'PUT pools/still-taken',
      'PUT snapshots/still-taken-N-data2',
      'PUT snapshots/still-taken-N-os',
    ]);
    expect(bodyOf(/\/pools\//)).toMatchObject({
      properties: {
        deploymentConfiguration: {
          virtualMachineConfiguration: { imageReference: { id: textMatching(/\/images\/still-taken-/) } },
        },
      },
    });
  });

  it('is recognised when the same request comes again', async () => {
    const since = story.calls().length;
    const request = { ...fromSource('still-taken', SOURCE.disks, retired), allowRetiredManagedImagePools: true };
    await story.send(request);
    expectOutcome(await story.result(), 'BuildSucceeded');
    expect(story.writes(since)).toEqual([]);
  });
});

describe('what cannot be', () => {
  const many = requestFor('x').pool.properties;
  it.each<{ label: string; request: object; code: string }>([
    {
      label: 'a large pool on a version of mode Shallow',
      request: {
        ...fromSource('shallow', SOURCE.managedImage, { replicationMode: 'Shallow' }),
        pool: { ...fromSource('shallow', SOURCE.managedImage, {}).pool, properties: many },
      },
      code: 'ShallowTooLarge',
    },
    {
      label: 'an end of life that has come',
      request: fromSource('ended', SOURCE.managedImage, { endOfLifeDate: '2026-01-31' }),
      code: 'EndOfLifePassed',
    },
    {
      label: 'an encryption set of another region',
      request: fromSource('elsewhere', SOURCE.snapshots, {
        route: 'direct',
        regions: [{ name: 'westeurope', diskEncryptionSetId: sources('diskEncryptionSets/des-northeurope') }],
      }),
      code: 'EncryptionSetElsewhere',
    },
    {
      label: 'a specialized image',
      request: fromSource('special', { galleryImageVersionId: `${GALLERY}/images/special/versions/1.0.0` }),
      code: 'ImageSpecialized',
    },
    {
      label: 'a snapshot that is not there',
      request: fromSource('gone', { ...SOURCE.snapshots, osSnapshotId: sources('snapshots/none') }, {}),
      code: 'ResourceMissing',
    },
    {
      label: 'a VHD of another storage account',
      request: fromSource(
        'far',
        { ...SOURCE.vhd, vhdUri: 'https://elsewhere.blob.core.windows.net/vhds/golden-os.vhd' },
        {},
      ),
      code: 'VhdElsewhere',
    },
    {
      label: 'a VM that was not generalized',
      request: fromSource('running', { generalizedVirtualMachineId: sources('virtualMachines/vm-golden-running') }, {}),
      code: 'VmNotGeneralized',
    },
  ])('is refused, and nothing is written: $label', async ({ request, code }) => {
    const since = story.calls().length;
    await story.send(request);
    const refused = expectOutcome(await story.result(), 'BuildRefused');
    expect(refused.verdicts.filter(({ severity }) => severity === 'refuse').map((verdict) => verdict.code)).toEqual([
      code,
    ]);
    expect(story.writes(since)).toEqual([]);
  });
});

it('a small pool may run on a version of mode Shallow, and then what it was made from stays', async () => {
  const since = story.calls().length;
  await story.send(fromSource('small-shallow', SOURCE.snapshots, { replicationMode: 'Shallow' }));
  const built = expectBuilt(await story.result());
  expect(built.letGo).toEqual([]);
  expect(bodyOf(/\/versions\//, 'PUT', since)).toMatchObject({
    properties: { publishingProfile: { replicationMode: 'Shallow' } },
  });
});
