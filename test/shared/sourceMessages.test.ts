/** The source of a request as a message: ten kinds, each told what it lacks and what it has too much, in the user's words. */
import * as fc from 'fast-check';
import { isExistingImage, SOURCES, type SourceKind } from '../../shared/domain/source';
import { knownBuild } from '../../shared/knownBuild';
import { completed, parseBuildRequest } from '../../shared/messages';
import * as given from '../given/build';
import { ID, SOURCE } from '../given/sources';
import { without } from '../given/without';

const KINDS = Object.keys(SOURCES) as SourceKind[];
const image = { name: 'render', galleryId: given.GALLERY };

const message = (source: object, changes: object = {}): object => ({
  ...without(given.request(), 'image'),
  source,
  ...('image' in changes || Object.values(SOURCE).some((one) => one === source && isExistingImage(one))
    ? {}
    : { image }),
  ...changes,
});

const problemsOf = (body: object): readonly string[] => {
  const parsed = parseBuildRequest(body);
  return parsed.ok ? [] : parsed.problems;
};

it.each(KINDS)('a request from source %s is read, and reads the same when it is read again', (kind) => {
  const parsed = parseBuildRequest(message(SOURCE[kind]));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  expect(parsed.message.source).toEqual(SOURCE[kind]);
  expect(completed(parsed.message)).toEqual(parsed.message);
  expect(parseBuildRequest(parsed.message)).toEqual(parsed);
  const stored = {
    runtimeStatus: 'Running',
    input: { request: parsed.message, fingerprint: 'f', messageId: 'm' },
    output: null,
  };
  expect(knownBuild(stored)).toMatchObject({ status: 'underway', job: { request: parsed.message } });
});

it.each<[kind: SourceKind, image: object]>([
  ['snapshots', { ...image, resourceGroup: 'rg-sources' }],
  ['vhd', { ...image, resourceGroup: 'rg-sources' }],
  ['galleryVersion', { resourceGroup: 'rg-images', name: 'render', galleryId: given.GALLERY }],
  ['galleryDefinition', { resourceGroup: 'rg-images', name: 'render', galleryId: given.GALLERY }],
  ['communityImage', { resourceGroup: 'rg-batch', name: 'golden' }],
  ['sharedImage', { resourceGroup: 'rg-batch', name: 'golden' }],
])('what follows from source %s is filled in', (kind, derived) => {
  expect(parseBuildRequest(message(SOURCE[kind]))).toMatchObject({ ok: true, message: { image: derived } });
});

const ONE_OF = `exactly one of ${KINDS.map((kind) => SOURCES[kind].field).join(', ')}`;

it.each<[label: string, body: object, problems: readonly string[]]>([
  ['no kind', message({ generalized: true }), [`source: must have ${ONE_OF}`]],
  [
    'two kinds',
    message({ ...SOURCE.disks, ...SOURCE.managedImage }),
    [`source: must have ${ONE_OF}, but has osDiskId and managedImageId`],
  ],
  ['a field of another kind', message({ ...SOURCE.disks, generalize: true }), ['source.generalize: unknown field']],
  [
    'a VHD without what Azure does not tell',
    message({ vhdUri: ID.osVhd, generalized: true }),
    ['osType', 'hyperVGeneration']
      .map((field) => `source.${field}: is required: one of ${field === 'osType' ? 'Linux, Windows' : 'V1, V2'}`)
      .concat('source.storageAccountId: is required'),
  ],
  [
    'a VHD with a query, which may be a key',
    message({ ...SOURCE.vhd, vhdUri: `${ID.osVhd}?sig=x` }),
    [
      'source.vhdUri: must be the address of a VHD, without a query, such as https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.vhd',
    ],
  ],
  [
    'an image that is there, and what to make of it',
    message(SOURCE.galleryVersion, { image }),
    ['image: must be left out: source.galleryImageVersionId names an image that is there already'],
  ],
  ['nothing to make', message(SOURCE.disks, { image: undefined }), ['image: is required']],
  ['no gallery', message(SOURCE.disks, { image: { name: 'render' } }), ['image.galleryId: is required']],
  [
    'a version called latest',
    message({ galleryImageVersionId: `${given.DEFINITION}/versions/latest` }, { image: undefined }),
    ['source.galleryImageVersionId: must name a version; for the latest one use galleryImageDefinitionId'],
  ],
])('a request with %s is told so', (_, body, problems) => {
  expect(problemsOf(body)).toEqual(problems);
});

it.each(['..', 'a?b', 'a%2fb', 'a#b'])('a shared id with the name %s leads nowhere', (name) => {
  const id = `/sharedGalleries/${name}/images/golden/versions/1.0.0`;
  expect(problemsOf(message({ sharedGalleryImageId: id }, { image: undefined }))).toHaveLength(1);
});

it('a pool straight on a managed image has nothing to do with the gallery that a request names', () => {
  const parsed = parseBuildRequest(message(SOURCE.managedImage, { image: { ...image, route: 'managedImage' } }));
  expect(parsed).toMatchObject({ ok: true, message: { image: { name: 'render', route: 'managedImage' } } });
  if (parsed.ok) expect(parsed.message.image).not.toHaveProperty('galleryId');
});

it('whatever stands as the source, the request is read or told what is wrong', () => {
  fc.assert(
    fc.property(fc.anything(), (source) => {
      const parsed = parseBuildRequest({ ...message(SOURCE.disks), source });
      if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
    }),
  );
});
