/** What Packer wrote becomes the source of a request, or the reasons why it cannot. */
import fc from 'fast-check';
import { requestWithSource, sourceFromManifest } from '../../cli/packerManifest';

const GROUP = '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-sources/providers';
const IMAGE = `${GROUP}/Microsoft.Compute/images/img-packer`;
const VERSION = `${GROUP}/Microsoft.Compute/galleries/gal_sources/images/render/versions/1.0.0`;
const DISK = `${GROUP}/Microsoft.Compute/disks/pkros128o59crqz`;
const ACCOUNT = `${GROUP}/Microsoft.Storage/storageAccounts/stsources`;
const VHD = 'https://stsources.blob.core.windows.net/images/renderpkros128o59crqz.vhd';
/** As plugins before 2.5 name it, which captured VHDs of unmanaged disks. */
const OLD_VHD =
  'https://stsources.blob.core.windows.net/system/Microsoft.Compute/Images/images/render-osDisk.4085bb15-3644-4641-b9cd-f575918640b4.vhd';

const RUN = '2c711ee4-6548-7a81-6a98-2120c99d43cb';
const EARLIER_RUN = '9430ab69-7fa6-791c-c58a-446f87727c81';

/** One build as Packer writes it: azure-arm lists no files, and without custom data there is `null`. */
const build = (artifactId: string, more: object = {}): object => ({
  name: 'ubuntu',
  builder_type: 'azure-arm',
  build_time: 1_795_939_200,
  files: null,
  artifact_id: artifactId,
  packer_run_uuid: RUN,
  custom_data: null,
  ...more,
});

const manifest = (...builds: readonly object[]): object => ({ builds, last_run_uuid: RUN });

const TOLD = { generalized: 'true', osType: 'Linux', hyperVGeneration: 'V2', storageAccountId: ACCOUNT };
const TOLD_SOURCE = { ...TOLD, generalized: true };

describe('what Packer made', () => {
  it.each<{ label: string; made: object; given?: unknown; source: object }>([
    { label: 'a managed image', made: build(IMAGE), source: { managedImageId: IMAGE } },
    {
      label: 'a managed image whose template tells more than an image needs',
      made: build(IMAGE, { custom_data: TOLD }),
      source: { managedImageId: IMAGE },
    },
    { label: 'a gallery image version', made: build(VERSION), source: { galleryImageVersionId: VERSION } },
    {
      label: 'the OS disk that keep_os_disk kept',
      made: build(DISK, { custom_data: { generalized: 'true' } }),
      source: { osDiskId: DISK, generalized: true },
    },
    { label: 'a VHD whose template tells nothing', made: build(VHD), source: { vhdUri: VHD } },
    {
      label: 'a VHD whose template tells all',
      made: build(VHD, { custom_data: TOLD }),
      source: { vhdUri: VHD, ...TOLD_SOURCE },
    },
    {
      label: 'a VHD of an old plugin',
      made: build(OLD_VHD, { custom_data: TOLD }),
      source: { vhdUri: OLD_VHD, ...TOLD_SOURCE },
    },
    {
      label: 'a VHD that the request knows',
      made: build(VHD),
      given: TOLD_SOURCE,
      source: { vhdUri: VHD, ...TOLD_SOURCE },
    },
    {
      label: 'a VHD that both know alike',
      made: build(VHD, { custom_data: TOLD }),
      given: TOLD_SOURCE,
      source: { vhdUri: VHD, ...TOLD_SOURCE },
    },
    {
      label: 'a VHD that was not generalized',
      made: build(VHD, { custom_data: { generalized: 'false' } }),
      source: { vhdUri: VHD, generalized: false },
    },
    {
      label: 'a VHD with variables that nobody set',
      made: build(VHD, { custom_data: { osType: '', dataVhd0: '' } }),
      source: { vhdUri: VHD },
    },
    {
      label: 'VHDs of data disks, by LUN',
      made: build(VHD, { custom_data: { dataVhd0: `${VHD}-1`, dataVhd12: `${VHD}-2`, dataVhds: 'of no meaning' } }),
      source: {
        vhdUri: VHD,
        dataVhds: [
          { lun: 0, uri: `${VHD}-1` },
          { lun: 12, uri: `${VHD}-2` },
        ],
      },
    },
    {
      label: 'VHDs of data disks that the request knows',
      made: build(VHD),
      given: { dataVhds: [{ lun: 0, uri: `${VHD}-1` }] },
      source: { vhdUri: VHD, dataVhds: [{ lun: 0, uri: `${VHD}-1` }] },
    },
    {
      label: 'custom data of the template for others',
      made: build(VHD, { custom_data: { commit: 'f00' } }),
      source: { vhdUri: VHD },
    },
    {
      label: 'a build of a Packer that knows no custom data',
      made: { ...build(IMAGE), custom_data: undefined },
      source: { managedImageId: IMAGE },
    },
    {
      label: 'an id that the request writes in another casing',
      made: build(IMAGE),
      given: { managedImageId: IMAGE.toUpperCase() },
      source: { managedImageId: IMAGE },
    },
    {
      label: 'a field that only the parser of requests can judge',
      made: build(IMAGE),
      given: { colour: 'red' },
      source: { managedImageId: IMAGE, colour: 'red' },
    },
  ])('becomes the source: $label', ({ made, given, source }) => {
    expect(sourceFromManifest(manifest(made), given)).toEqual({ ok: true, source });
  });

  it('is what the last run made, whatever earlier runs left in the file', () => {
    const earlier = build(VERSION, { packer_run_uuid: EARLIER_RUN });
    for (const builds of [
      [earlier, build(IMAGE)],
      [build(IMAGE), earlier],
    ]) {
      expect(sourceFromManifest(manifest(...builds), undefined)).toEqual({
        ok: true,
        source: { managedImageId: IMAGE },
      });
    }
  });

  it('is one artifact when the template writes its manifest twice', () => {
    const twice = manifest(
      build(VHD, { custom_data: { osType: 'Linux' } }),
      build(VHD, { custom_data: { generalized: 'true' } }),
    );
    expect(sourceFromManifest(twice, undefined)).toEqual({
      ok: true,
      source: { vhdUri: VHD, osType: 'Linux', generalized: true },
    });
  });

  it('is what azure-arm made, when other builders ran beside it', () => {
    const beside = manifest(build('sha256:abc', { builder_type: 'docker' }), build(IMAGE));
    expect(sourceFromManifest(beside, {})).toEqual({ ok: true, source: { managedImageId: IMAGE } });
  });

  it.each([
    { field: 'managedImageId', id: IMAGE },
    { field: 'vhdUri', id: VHD },
    { field: 'galleryImageVersionId', id: VERSION },
  ])('is the one of several that the request names by $field', ({ field, id }) => {
    const several = manifest(build(IMAGE), build(VHD), build(VERSION));
    expect(sourceFromManifest(several, { [field]: id })).toEqual({ ok: true, source: { [field]: id } });
  });
});

describe('what is refused, with what to do', () => {
  const NOT_A_MANIFEST = /^It is not a manifest of Packer .*packer-manifest\.json/;

  it.each<{ label: string; given?: unknown; manifest: unknown; problems: readonly RegExp[] }>([
    { label: 'no JSON', manifest: undefined, problems: [/\(wrong: the file itself\).*packer-manifest\.json/] },
    { label: 'a list', manifest: [], problems: [NOT_A_MANIFEST] },
    { label: 'other JSON', manifest: { pool: {} }, problems: [/\(wrong: builds, last_run_uuid\)/] },
    {
      label: 'a build without an artifact id',
      manifest: manifest({ ...build(IMAGE), artifact_id: undefined }),
      problems: [/\(wrong: builds\.0\.artifact_id\)/],
    },
    {
      label: 'custom data that is no text',
      manifest: manifest(build(IMAGE, { custom_data: { generalized: true } })),
      problems: [/\(wrong: builds\.0\.custom_data\.generalized\)/],
    },
    {
      label: 'no builds',
      manifest: manifest(),
      problems: [/no build of its last run \(last_run_uuid "2c711ee4.*run packer build again/],
    },
    {
      label: 'builds of earlier runs only',
      manifest: manifest(build(IMAGE, { packer_run_uuid: EARLIER_RUN })),
      problems: [/no build of its last run/],
    },
    {
      label: 'other builders',
      manifest: manifest(build('a', { builder_type: 'azure-chroot' }), build('b', { builder_type: 'docker' })),
      problems: [/builds of azure-chroot, docker, and none of azure-arm.*build with azure-arm/],
    },
    {
      label: 'no artifact id, as old Packers wrote for images',
      manifest: manifest(build('')),
      problems: [
        /artifact id "" of build ubuntu is none of: a managed image, a gallery image version, a managed disk, the URL of a VHD\. Let the template/,
      ],
    },
    {
      label: 'an artifact that azure-arm could not name',
      manifest: manifest(build('UNKNOWN ID')),
      problems: [/artifact id "UNKNOWN ID"/],
    },
    {
      label: 'an image definition',
      manifest: manifest(build(VERSION.replace(/\/versions.*/, ''))),
      problems: [/is none of/],
    },
    { label: 'a VHD without TLS', manifest: manifest(build(VHD.replace('https', 'http'))), problems: [/is none of/] },
    { label: 'a blob that is no VHD', manifest: manifest(build(`${VHD}x`)), problems: [/is none of/] },
    {
      label: 'several artifacts',
      manifest: manifest(build(IMAGE, { name: 'one' }), build(VHD, { name: 'other' })),
      problems: [
        /several artifacts: ".*img-packer" \(build one\), ".*\.vhd" \(build other\)\. Name one of them.*-only=azure-arm\.NAME/,
      ],
    },
    {
      label: 'a VM that the request names',
      manifest: manifest(build(IMAGE)),
      given: { virtualMachineId: 'vm', generalized: true },
      problems: [/names another source already: virtualMachineId "vm"; .*Take it out/],
    },
    {
      label: 'another image that the request names',
      manifest: manifest(build(IMAGE)),
      given: { managedImageId: `${IMAGE}-2` },
      problems: [/names another source already: managedImageId ".*img-packer-2"/],
    },
    {
      label: 'another VHD, of another casing only',
      manifest: manifest(build(VHD)),
      given: { vhdUri: VHD.replace('renderpkros', 'Renderpkros') },
      problems: [/names another source already/],
    },
    {
      label: 'a gallery version, where Packer names the image that it published',
      manifest: manifest(build(IMAGE)),
      given: { galleryImageVersionId: VERSION },
      problems: [/leave out --packer-manifest/],
    },
    {
      label: 'an unclear word on generalizing',
      manifest: manifest(build(VHD, { custom_data: { generalized: 'yes' } })),
      problems: [/custom_data\.generalized is "yes"\. Write "true" or "false"/],
    },
    {
      label: 'a source that is no object',
      manifest: manifest(build(IMAGE)),
      given: 'img',
      problems: [/"source" of the request is not an object/],
    },
    {
      label: 'both a wrong source and a wrong manifest',
      manifest: {},
      given: [],
      problems: [NOT_A_MANIFEST, /is not an object/],
    },
    {
      label: 'every contradiction between template and request',
      manifest: manifest(build(VHD, { custom_data: TOLD })),
      given: { ...TOLD_SOURCE, osType: 'Windows', generalized: false },
      problems: [
        /^source\.osType is "Windows" in the request, and "Linux" in custom_data\. Correct one/,
        /^source\.generalized is false in the request, and true in custom_data/,
      ],
    },
  ])('$label', ({ manifest: made, given, problems }) => {
    expect(sourceFromManifest(made, given)).toEqual({
      ok: false,
      problems: problems.map((problem): unknown => expect.stringMatching(problem)),
    });
  });
});

describe('the request with its source', () => {
  const made = JSON.stringify(manifest(build(IMAGE)));

  it('keeps everything else', () => {
    const request = { requestId: 'r', pool: { name: 'p' } };
    expect(requestWithSource(JSON.stringify(request), made)).toEqual({
      ok: true,
      message: { ...request, source: { managedImageId: IMAGE } },
    });
  });

  it.each(['{', '[]', '"text"'])('is left to the parser of requests when it is no object: %s', (text) => {
    expect(requestWithSource(text, made)).toEqual({ ok: true, message: text });
  });

  it('has none when the manifest is not JSON', () => {
    expect(requestWithSource('{}', '{')).toMatchObject({ ok: false });
  });
});

/** Mostly what Packer could have written, and sometimes anything. */
const mostly = (...usual: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.string() });

it('whatever the files hold, the answer is a source or reasons', () => {
  const likeABuild = fc.record({
    name: fc.string(),
    builder_type: mostly('azure-arm'),
    artifact_id: mostly(IMAGE, VERSION, DISK, VHD),
    packer_run_uuid: mostly(RUN, EARLIER_RUN),
    custom_data: fc.dictionary(fc.constantFrom(...Object.keys(TOLD), 'dataVhd0'), mostly('true', 'Linux', '')),
  });
  const likeAManifest = fc.record({ builds: fc.array(likeABuild, { maxLength: 4 }), last_run_uuid: fc.constant(RUN) });
  const given = fc.option(fc.jsonValue(), { nil: undefined });
  fc.assert(
    fc.property(fc.oneof(likeAManifest, fc.jsonValue()), given, (made, own) => {
      const found = sourceFromManifest(made, own);
      if (!found.ok) {
        expect(found.problems).not.toEqual([]);
        return;
      }
      const ids = ['managedImageId', 'galleryImageVersionId', 'osDiskId', 'vhdUri'].map((field) => found.source[field]);
      expect(ids.filter((id) => [IMAGE, VERSION, DISK, VHD].includes(String(id)))).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});
