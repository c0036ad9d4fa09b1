/** Every file of examples/ ends on the local stack as the table of examples/README.md says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildResult } from '../../shared/domain/result';
import { textMatching } from './matchers';
import { expectBuilt, expectOutcome, Story } from './story';

const FOLDER = join(__dirname, '..', '..', 'examples');

/** The outcome that the table names, by file. */
const table = new Map(
  readFileSync(join(FOLDER, 'README.md'), 'utf8')
    .split('\n')
    .flatMap((line): [string, string][] => {
      const [, file, outcome] = /^\| \[((?:sources\/)?[\w-]+\.json)\]\(\1\) \|.*\| `(\w+)` \|$/.exec(line) ?? [];
      return file === undefined || outcome === undefined ? [] : [[file, outcome]];
    }),
);

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

interface Sent {
  readonly result: BuildResult;
  /** Kinds of what was made, sorted. */
  readonly made: readonly string[];
  /** Bodies of the writes, by kind; a kind that was written twice shows its last. */
  readonly bodies: Readonly<Record<string, unknown>>;
}

const SNAPSHOT_OF_OS = ['snapshots'];
const SNAPSHOTS = [...SNAPSHOT_OF_OS, 'snapshots', 'snapshots'];

const kindOf = (path: string): string => {
  const kind = path.split('/').at(-2) ?? '';
  if (kind !== 'images') return kind;
  return /\/galleries\//i.test(path) ? 'definitions' : 'managedImages';
};

async function send(file: string): Promise<Sent> {
  const [before, callsBefore] = [story.resources(), story.calls().length];
  await story.send(readFileSync(join(FOLDER, file)));
  const result = await story.result();
  const made = story.resources().filter((id) => !before.includes(id));
  const puts = story.calls(callsBefore).filter(({ method }) => method === 'PUT');
  return {
    result,
    made: made.map(kindOf).sort(),
    bodies: Object.fromEntries(puts.map(({ path, body }) => [kindOf(path), body])),
  };
}

/** Codes of the verdicts of one severity, each once. */
function codes(result: BuildResult, severity: 'refuse' | 'warn' | 'note'): readonly string[] {
  const verdicts = 'verdicts' in result ? result.verdicts : 'warnings' in result ? result.warnings : [];
  return [...new Set(verdicts.filter((one) => one.severity === severity).map(({ code }) => code))];
}

/** Refused for these reasons, and nothing was written. */
const refusedFor =
  (...reasons: readonly string[]) =>
  ({ result, made, bodies }: Sent): void => {
    expect(codes(result, 'refuse')).toEqual(reasons);
    expect(made).toEqual([]);
    expect(bodies).toEqual({});
  };

const poolOf = ({ result }: Sent): unknown => story.stack.azure.find(result.poolId);

/** What stays of an image that was published, when nothing was copied or the copies were let go. */
const PUBLISHED = ['definitions', 'pools', 'versions'];

const onlyPoolOn =
  (image: RegExp) =>
  ({ result, made }: Sent): void => {
    expect(made).toEqual(['pools']);
    expect(expectBuilt(result).lineage.image).toEqual({ id: textMatching(image) });
  };

/** What a file is there to show. */
const SHOWS: Readonly<Record<string, (sent: Sent) => void>> = {
  'build-16-nodes.json': (sent) => {
    expect(sent.made).toEqual(['definitions', 'pools', ...SNAPSHOTS, 'versions']);
    expect(poolOf(sent)).toMatchObject({ properties: { currentDedicatedNodes: 16 } });
  },
  'plan.json': ({ result, made }) => {
    expect(made).toEqual([]);
    const plan = expectOutcome(result, 'BuildPlanned');
    expect(plan.creates.at(-1)).toMatchObject({
      step: 'pool',
      resources: [{ id: textMatching(/pools\/render-planned$/) }],
    });
    expect(plan).toMatchObject({
      verdicts: [],
      regions: [{ name: 'westeurope', replicas: 1 }],
      resizeTimeout: { minutes: 30 },
      nodeAgentSkuId: 'batch.node.ubuntu 24.04',
    });
    expect(plan.calls.filter(({ method }) => method === 'PUT').map(({ step }) => step)).toEqual(
      plan.creates.flatMap(({ step, resources }) => resources.map(() => step)),
    );
    expect(plan.permissions.map(({ action }) => action)).toContain('Microsoft.Batch/batchAccounts/pools/write');
    expect(plan.estimate.steps.map(({ step }) => step)).toContain('version');
  },
  'trusted-launch.json': ({ made, bodies }) => {
    expect(made).toEqual(['definitions', 'pools', ...SNAPSHOT_OF_OS, 'versions']);
    expect(bodies['definitions']).toMatchObject({
      properties: { features: [{ name: 'SecurityType', value: 'TrustedLaunch' }] },
    });
  },
  'windows.json': (sent) => {
    expect(sent.made).toEqual(['definitions', 'pools', ...SNAPSHOT_OF_OS, 'versions']);
    expect(sent.bodies['definitions']).toMatchObject({ properties: { osType: 'Windows' } });
    expect(JSON.stringify(poolOf(sent))).toContain('batch.node.windows amd64');
  },
  'autoscale.json': (sent) => {
    expect(poolOf(sent)).toMatchObject({
      properties: { allocationState: 'Steady', currentDedicatedNodes: 4, autoScaleRun: { results: textMatching(/4/) } },
    });
  },
  'keep-on-failure.json': ({ result, made }) => {
    const failed = expectOutcome(result, 'BuildFailed');
    expect(failed).toMatchObject({ step: 'pool', message: textMatching(/taskSlotPerNode/), removed: [], left: [] });
    expect(failed.kept.map(kindOf).sort()).toEqual(made);
    expect(made).toContain('versions');
  },
  'build-600-nodes.json': (sent) => {
    expect(poolOf(sent)).toMatchObject({ properties: { currentDedicatedNodes: 600 } });
  },
  'refused-ten-rules.json': refusedFor(
    'GeneralizedNotAsserted',
    'AccountRegionLeftOut',
    'OwnRegionLeftOut',
    'RegionTwice',
    'ExtensionsInstalled',
    'BaseImageUnsupported',
    'UnmanagedDisk',
    'UnsupportedDiskType',
    'SectorSize4096',
    'DiskTooLarge',
    'ImageTooLarge',
    'DiskEncrypted',
    'DiskControllerMismatch',
    'TooManyDataDisks',
    'ClassicCommunication',
    'TooManyNodes',
    'CoreQuotaExceeded',
  ),
  'refused-extensions.json': refusedFor('ExtensionsInstalled'),
  'refused-quota.json': refusedFor('PoolQuotaReached', 'CoreQuotaExceeded', 'FamilyQuotaExceeded'),
  'refused-no-copy-right.json': refusedFor('RightMissing'),
  'warned-running.json': ({ result }) => expect(codes(result, 'warn')).toEqual(['VmRunning']),
  'ending-base.json': (sent) => {
    expect(codes(sent.result, 'note')).toEqual(['NodeAgentFilledIn']);
    expect(codes(sent.result, 'warn')).toEqual(['NodeAgentEnds']);
    expect(JSON.stringify(poolOf(sent))).toContain('batch.node.ubuntu 22.04');
  },
  'sources/snapshots.json': ({ result, made }) => {
    expect(made).toEqual(PUBLISHED);
    expect(expectBuilt(result).replicas.map(({ region }) => region)).toEqual(['westeurope', 'northeurope']);
  },
  'sources/loose-disks.json': ({ result, made }) => {
    expect(made).toEqual(PUBLISHED);
    expect(expectBuilt(result).letGo.map(kindOf).sort()).toEqual(['managedImages', 'snapshots', 'snapshots']);
  },
  'sources/vm-itself.json': ({ result, made }) => {
    expect(made).toEqual(PUBLISHED);
    expect(codes(result, 'warn')).toContain('VmEndsForGood');
  },
  'sources/vhd.json': ({ result, made }) => {
    expect(made).toEqual(PUBLISHED);
    expect(codes(result, 'note')).toContain('DiskSizeUnknown');
  },
  'sources/managed-image.json': ({ made }) => expect(made).toEqual(PUBLISHED),
  'sources/image-version.json': onlyPoolOn(/\/images\/golden\/versions\/1\.0\.0$/),
  'sources/newest-version.json': onlyPoolOn(/\/images\/golden\/versions\/1\.1\.0$/),
  'sources/community-image.json': ({ made, bodies }) => {
    expect(made).toEqual(['pools']);
    expect(JSON.stringify(bodies['pools'])).toContain('"communityGalleryImageId":"/CommunityGalleries/');
  },
  'sources/retired-managed-image-pool.json': refusedFor('ManagedImagePoolRetired'),
};

it('the table names every file, and every file is looked at here', () => {
  const inSources = readdirSync(join(FOLDER, 'sources')).map((file) => `sources/${file}`);
  const files = [...readdirSync(FOLDER), ...inSources].filter((file) => file.endsWith('.json'));
  expect([...table.keys()].sort()).toEqual(files.sort());
  expect(Object.keys(SHOWS).sort()).toEqual(files.sort());
});

it.each([...table])('%s ends as %s', async (file, outcome) => {
  const sent = await send(file);
  expect(sent.result.outcome).toBe(outcome);
  SHOWS[file]?.(sent);
});
