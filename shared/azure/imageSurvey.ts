/** Surveys an image that is there already: a managed image, a version of a gallery, or one of somebody else's gallery. */
import type { GalleryImageVersion } from '@azure/arm-compute';
import { childId, parseArmId, regionKey } from '../domain/armId';
import { found, type Fact } from '../domain/facts';
import { newestOf } from '../domain/versionOrder';
import type { Arm } from './clients';
import { placeOf } from './computeResources';
import { galleryPlace } from './galleryResources';
import { knownVersion, type GallerySurvey } from './gallerySurvey';
import { foreignImageFrom, managedImageFrom, versionFrom, type StandingImage } from './imageModels';
import { allOf, mapFact, readFact } from './readFact';
import { readGrants } from './rightsSurvey';
import type { SourceSurvey } from './sourceFacts';

const surveyFrom = (standing: Fact<StandingImage>, rights: SourceSurvey['rights'] = []): SourceSurvey => ({
  facts: { sourceImage: mapFact(standing, ({ image }) => image), disks: found(standing)?.disks ?? [] },
  rights,
});

export async function surveyManagedImage(arm: Arm, id: string): Promise<SourceSurvey> {
  const [image, grants] = await allOf([
    readFact({ doing: `read managed image ${id}`, permission: 'Microsoft.Compute/images/read' }, async () => {
      const { compute, group, name } = placeOf(arm, id);
      return managedImageFrom(id, await compute.images.get(group, name));
    }),
    readGrants(arm, 'source', id),
  ]);
  return surveyFrom(image, [grants]);
}

/** One version, asked for by its name: that a list does not show it would prove nothing. */
export async function surveyVersion(arm: Arm, id: string, { facts }: GallerySurvey): Promise<SourceSurvey> {
  const permission = 'Microsoft.Compute/galleries/images/versions/read';
  const version = await readFact({ doing: `read image version ${id}`, permission }, async () => {
    const { compute, group, gallery, definition, version: name } = galleryPlace(arm, id);
    return compute.galleryImageVersions.get(group, gallery, definition, name);
  });
  return surveyFrom(mapFact(version, (one) => versionFrom(id, one, found(facts.definition))));
}

/** The version that `latest` means in a region now: the highest that is not excluded and has a replica there. */
function newestIn(
  region: string | undefined,
  versions: readonly GalleryImageVersion[],
): GalleryImageVersion | undefined {
  const here = versions.filter(
    ({ publishingProfile }) =>
      region === undefined ||
      publishingProfile?.targetRegions?.some(
        ({ name, excludeFromLatest }) => regionKey(name) === regionKey(region) && excludeFromLatest !== true,
      ),
  );
  const newest = newestOf(here.map((version) => knownVersion(version, false)));
  return here.find(({ name }) => name === newest);
}

/** Of the definition that the gallery's survey has read. */
export function surveyNewestVersion(
  { facts, listedVersions }: GallerySurvey,
  region: string | undefined,
): SourceSurvey {
  const definition = found(facts.definition);
  if (!definition) return surveyFrom({ read: 'unasked', because: 'the image definition' });
  if (listedVersions.read !== 'found') return surveyFrom(listedVersions);
  const newest = newestIn(region, listedVersions.value);
  if (!newest) return surveyFrom({ read: 'missing' });
  const id = childId(definition.id, 'versions', newest.name ?? '');
  return surveyFrom({ read: 'found', value: versionFrom(id, newest, definition) });
}

const FOREIGN_ID = /^\/(communityGalleries|sharedGalleries)\/([^/]+)\/images\/([^/]+)\/versions\/([^/]+)$/i;

/** What is shared is read as the Batch account's subscription sees it, in the region where the nodes will be. */
export async function surveyForeignImage(
  arm: Arm,
  id: string,
  batchAccountId: string,
  region: string | undefined,
): Promise<SourceSurvey> {
  if (region === undefined) return surveyFrom({ read: 'unasked', because: 'the Batch account' });
  const [, type = '', gallery = '', name = '', version = ''] = FOREIGN_ID.exec(id) ?? [];
  const { compute } = arm.clientsFor(parseArmId(batchAccountId)?.subscriptionId ?? '');
  const isCommunity = type.toLowerCase() === 'communitygalleries';
  const [images, versions] = isCommunity
    ? [compute.communityGalleryImages, compute.communityGalleryImageVersions]
    : [compute.sharedGalleryImages, compute.sharedGalleryImageVersions];
  const where = regionKey(region);
  const permission = `Microsoft.Compute/locations/${isCommunity ? 'communityGalleries' : 'sharedGalleries'}/images/versions/read`;
  return surveyFrom(
    await readFact({ doing: `read ${id} in ${where}`, permission }, async () => {
      const definition = await images.get(where, gallery, name);
      return foreignImageFrom(id, definition, await versions.get(where, gallery, name, version));
    }),
  );
}
