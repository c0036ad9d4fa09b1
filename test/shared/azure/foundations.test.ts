/** What a pool stands on, read back to the snapshots: each thing once, and nothing that is not needed. */
import type { Foundation } from '../../../shared/domain/guard/foundation';
import type { StoredResource, StoredVersion } from '../../../shared/domain/guard/imageStock';
import { readFoundation } from '../../../shared/azure/foundations';
import { DEFINITION, forbidden, id, missing, there } from '../../given/build';
import * as given from '../../given/guard';
import { without } from '../../given/without';
import { imageReader, type ScriptedReader } from '../../given/imageReader';

const { DATA_SNAPSHOT, MANAGED, NOW, SNAPSHOT, VERSION_ID, VHDS } = given;

const versionId = (name: string): string => `${DEFINITION}/versions/${name}`;
const SNAPSHOTS = [given.snapshot(), given.snapshot({ id: DATA_SNAPSHOT })];
const WORLD = [given.version(), given.definition(), given.image(), ...SNAPSHOTS];

async function standing(reader: ScriptedReader, imageId: string, region = 'westeurope'): Promise<Foundation> {
  const foundation = await readFoundation(reader, given.watchedPool({ imageId, region }), NOW);
  if (!foundation) throw new Error('The pool stands on nothing.');
  return foundation;
}

/** The sources, each with how it was read. */
const sourcesOf = ({ sources }: Foundation): readonly string[] =>
  sources.map(({ id: one, fact }) => `${fact.read} ${one}`);
const found = (...ids: readonly string[]): readonly string[] => ids.map((one) => `found ${one}`);

it('a pool on an image of the Marketplace stands on nothing that the guard reads', async () => {
  const reader = imageReader([]);
  expect(await readFoundation(reader, without(given.watchedPool(), 'imageId'), NOW)).toBeUndefined();
  expect(reader.asked).toEqual([]);
});

it('a version is read with its definition, and back to the snapshots', async () => {
  expect(await standing(imageReader(WORLD), VERSION_ID)).toEqual(given.onVersion());
});

it('a managed image is read back to its snapshots', async () => {
  expect(await standing(imageReader(WORLD), MANAGED)).toEqual(given.onImage());
});

it('an image of a kind that nobody knows is not asked for', async () => {
  const reader = imageReader(WORLD);
  expect(await standing(reader, given.COMMUNITY)).toEqual(given.onOther());
  expect(reader.asked).toEqual([]);
});

describe('a definition', () => {
  it('is read with the version that it means, and back from that', async () => {
    expect(await standing(imageReader(WORLD), DEFINITION)).toEqual(given.onDefinition());
  });

  it.each(['latest', 'Latest'])('may be named by its version %s, which is none', async (name) => {
    expect(await standing(imageReader(WORLD), versionId(name))).toEqual(given.onDefinition());
  });

  it('that may not be read is told apart from its versions', async () => {
    const foundation = await standing(imageReader(WORLD, { [DEFINITION]: forbidden }), DEFINITION);
    expect([foundation.image, foundation.latest?.read]).toEqual([
      { kind: 'definition', id: DEFINITION, fact: forbidden },
      'found',
    ]);
  });

  it('whose versions may not be listed has no known latest', async () => {
    const foundation = await standing(imageReader(WORLD, { [`${DEFINITION}/versions`]: forbidden }), DEFINITION);
    expect([foundation.latest, foundation.sources]).toEqual([forbidden, []]);
  });

  const named = (name: string, changes: Partial<StoredVersion> = {}): StoredVersion =>
    given.version({ id: versionId(name), sourceIds: [], ...changes });

  it.each<{ label: string; versions: readonly StoredVersion[]; region?: string; latest: string | undefined }>([
    {
      label: 'the highest, by numbers',
      versions: [named('1.9.0'), named('1.10.0'), named('1.2.30')],
      latest: '1.10.0',
    },
    { label: 'by the major number first', versions: [named('2.0.0'), named('1.99.99')], latest: '2.0.0' },
    {
      label: 'not one that is excluded',
      versions: [named('1.0.0'), named('2.0.0', { excludedFromLatest: 'everywhere' })],
      latest: '1.0.0',
    },
    {
      label: "not one that is excluded in the pool's region",
      versions: [named('1.0.0'), named('2.0.0', { excludedFromLatest: ['westeurope'] })],
      region: 'West Europe',
      latest: '1.0.0',
    },
    {
      label: 'one that is excluded in another region',
      versions: [named('1.0.0'), named('2.0.0', { excludedFromLatest: ['northeurope'] })],
      latest: '2.0.0',
    },
    { label: 'none of none', versions: [], latest: undefined },
    {
      label: 'none when all are excluded',
      versions: [named('1.0.0', { excludedFromLatest: 'everywhere' })],
      latest: undefined,
    },
  ])('means $label', async ({ versions, region, latest }) => {
    const foundation = await standing(imageReader([given.definition(), ...versions]), DEFINITION, region);
    expect(foundation.latest).toEqual(
      latest === undefined ? missing : there(versions.find((one) => one.id === versionId(latest))),
    );
  });
});

describe('what it was made from', () => {
  const version = (name: string, ...sourceIds: readonly string[]): StoredResource =>
    given.version({ id: versionId(name), sourceIds });

  it('is read through copies from gallery to gallery', async () => {
    const copies = [
      version('3.0.0', versionId('2.0.0')),
      version('2.0.0', versionId('1.0.0')),
      version('1.0.0', MANAGED),
    ];
    const foundation = await standing(imageReader([...copies, given.image(), ...SNAPSHOTS]), versionId('3.0.0'));
    expect(sourcesOf(foundation)).toEqual(
      found(versionId('2.0.0'), versionId('1.0.0'), MANAGED, SNAPSHOT, DATA_SNAPSHOT),
    );
  });

  it('is read once, however often and in whatever spelling it is named', async () => {
    const twice = given.version({ sourceIds: [MANAGED, SNAPSHOT, SNAPSHOT.toUpperCase(), `${SNAPSHOT}/`] });
    const reader = imageReader([twice, given.definition(), given.image(), ...SNAPSHOTS]);
    expect(sourcesOf(await standing(reader, VERSION_ID))).toHaveLength(3);
    expect(reader.asked.filter((one) => one.toLowerCase().includes('/snapshots/'))).toHaveLength(2);
  });

  it('comes to an end when versions were made of each other', async () => {
    const ring = [version('1.0.0', versionId('2.0.0')), version('2.0.0', versionId('1.0.0'))];
    const foundation = await standing(imageReader(ring), versionId('1.0.0'));
    expect(sourcesOf(foundation)).toEqual(found(versionId('2.0.0'), versionId('1.0.0')));
  });

  it.each([
    { what: 'a disk', sourceId: id('rg-images', 'Microsoft.Compute/disks/os') },
    { what: 'a storage account', sourceId: VHDS },
    { what: 'the address of a VHD', sourceId: 'https://rendervhds.blob.core.windows.net/vhds/os.vhd' },
  ])('may be $what', async ({ sourceId }) => {
    const reader = imageReader([given.image({ sourceIds: [sourceId] })]);
    expect(sourcesOf(await standing(reader, MANAGED))).toEqual([`missing ${sourceId}`]);
    expect(reader.asked).toContain(`source ${sourceId}`);
  });

  it.each([
    { label: 'gone', hidden: {}, read: 'missing' },
    { label: 'not to be read', hidden: { [MANAGED]: forbidden }, read: 'forbidden' },
  ])('ends at an image that is $label', async ({ hidden, read }) => {
    const reader = imageReader([given.version(), given.definition(), ...SNAPSHOTS], hidden);
    expect(sourcesOf(await standing(reader, VERSION_ID))).toEqual([`${read} ${MANAGED}`]);
  });

  it.each([
    { label: 'gone', hidden: {}, fact: missing },
    { label: 'not to be read', hidden: { [VERSION_ID]: forbidden }, fact: forbidden },
  ])('is not asked for when the version is $label', async ({ hidden, fact }) => {
    const reader = imageReader([given.definition(), given.image()], hidden);
    const foundation = await standing(reader, VERSION_ID);
    expect([foundation.image, foundation.sources]).toEqual([{ kind: 'version', id: VERSION_ID, fact }, []]);
  });
});
