/** Galleries and image definitions through the real client. */
import type { GalleryImage } from '@azure/arm-compute';
import * as given from './given';
import { ask, definitionId, idOf, refusalOf, startLocalAzure, type LocalAzure } from './localAzure';

let local: LocalAzure;
beforeEach(async () => {
  local = await startLocalAzure();
});
afterEach(() => local.close());

const put = (name: string, body = given.aDefinition()): PromiseLike<void> =>
  local.compute.galleryImages.createOrUpdate('rg-images', 'gal_render', name, body).submitted();

test('a gallery is made, listed and deleted', async () => {
  const { compute } = local;
  await compute.galleries.createOrUpdate('rg-images', 'gal_two', { location: 'westeurope' }).submitted();
  local.pass(1);
  expect((await compute.galleries.get('rg-images', 'gal_two')).provisioningState).toBe('Succeeded');
  expect((await Array.fromAsync(compute.galleries.list())).map(({ name }) => name)).toContain('gal_two');
  await compute.galleries.delete('rg-images', 'gal_two').submitted();
  local.pass(1);
  expect(await refusalOf(compute.galleries.get('rg-images', 'gal_two'))).toMatchObject({ code: 'ResourceNotFound' });
});

test('a gallery name with a dash is refused', async () => {
  const made = local.compute.galleries.createOrUpdate('rg-images', 'gal-two', { location: 'westeurope' });
  expect(await refusalOf(made.submitted())).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

test('a definition in a gallery that is not there is refused', async () => {
  const made = local.compute.galleryImages.createOrUpdate('rg-images', 'gal_nope', 'def', given.aDefinition());
  expect(await refusalOf(made.submitted())).toMatchObject({ status: 404, code: 'ParentResourceNotFound' });
});

test('a definition that does not say becomes Generation 2 and TrustedLaunchSupported', async () => {
  const { location, osType, osState, identifier } = given.aDefinition();
  await put('def', {
    location,
    osType: osType ?? 'Linux',
    osState: osState ?? 'Generalized',
    ...(identifier && { identifier }),
  });
  const found = await local.compute.galleryImages.get('rg-images', 'gal_render', 'def');
  expect(found.hyperVGeneration).toBe('V2');
  expect(found.features).toEqual([{ name: 'SecurityType', value: 'TrustedLaunchSupported' }]);
});

test('before API version 2025-03-03 it became Generation 1', async () => {
  const identifier = { publisher: 'p', offer: 'o', sku: 's' };
  const body = { location: 'westeurope', properties: { osType: 'Linux', osState: 'Generalized', identifier } };
  const made = await ask(local, 'PUT', `${definitionId('old')}?api-version=2024-03-03`, { body });
  expect(made).toMatchObject({ status: 201, body: { properties: { hyperVGeneration: 'V1', features: [] } } });
});

const immutable: { property: string; change: Partial<GalleryImage> }[] = [
  { property: 'hyperVGeneration', change: { hyperVGeneration: 'V1' } },
  { property: 'osState', change: { osState: 'Specialized' } },
  { property: 'osType', change: { osType: 'Windows' } },
  { property: 'identifier', change: { identifier: { publisher: 'render', offer: 'base', sku: 'other' } } },
  { property: 'features', change: { features: [{ name: 'SecurityType', value: 'TrustedLaunch' }] } },
];

test.each(immutable)('$property never changes', async ({ property, change }) => {
  await given.definition(local, 'def');
  const refusal = await refusalOf(put('def', given.aDefinition(change)));
  expect(refusal).toMatchObject({ status: 409, code: 'PropertyChangeNotAllowed' });
  expect(refusal.text).toContain(property);
});

test('the same definition again is no change', async () => {
  await given.definition(local, 'def');
  await put('def');
  local.pass(1);
  expect((await local.compute.galleryImages.get('rg-images', 'gal_render', 'def')).provisioningState).toBe('Succeeded');
});

test('two definitions of a gallery cannot have one identifier', async () => {
  await given.definition(local, 'def');
  const shouting = given.aDefinition({ identifier: { publisher: 'RENDER', offer: 'base', sku: 'linux' } });
  expect(await refusalOf(put('twin', shouting))).toMatchObject({ status: 409, code: 'Conflict' });
});

test.each(['_def', 'def-', 'def.', 'de f', ''.padEnd(82, 'x')])('the definition name %p is refused', async (name) => {
  expect(await refusalOf(put(name))).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

test('tags and descriptions change by PATCH', async () => {
  await given.definition(local, 'def');
  const patch = { tags: { a: '1' }, description: 'For render nodes.' };
  await local.compute.galleryImages.update('rg-images', 'gal_render', 'def', patch).submitted();
  local.pass(1);
  const found = await local.compute.galleryImages.get('rg-images', 'gal_render', 'def');
  expect(found).toMatchObject({ tags: { a: '1' }, description: 'For render nodes.', hyperVGeneration: 'V2' });
});

test('parents stay while children exist, and for a moment after', async () => {
  const { compute } = local;
  given.empty(local, idOf('rg-images', 'Microsoft.Compute/galleries/gal_render'));
  await given.publishedImage(local);
  const definition = (): PromiseLike<void> =>
    compute.galleryImages.delete('rg-images', 'gal_render', 'def').submitted();
  const gallery = (): PromiseLike<void> => compute.galleries.delete('rg-images', 'gal_render').submitted();
  const inUse = { status: 409, code: 'CannotDeleteResource' };
  expect(await refusalOf(gallery())).toMatchObject(inUse);
  expect(await refusalOf(definition())).toMatchObject(inUse);
  await compute.galleryImageVersions.delete('rg-images', 'gal_render', 'def', '1.0.0').submitted();
  local.pass(1);
  expect(
    await Array.fromAsync(compute.galleryImageVersions.listByGalleryImage('rg-images', 'gal_render', 'def')),
  ).toEqual([]);
  expect(await refusalOf(definition())).toMatchObject(inUse);
  local.pass(1);
  await definition();
  local.pass(2);
  await gallery();
});
