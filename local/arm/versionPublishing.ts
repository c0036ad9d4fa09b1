/** The publishing profile of an image version: its regions, what it may not say, what of it never changes, what GET shows. */
import { ArmError, invalidComputeParameter, notSupported } from './armError';
import type { Json, Site } from './kind';
import { regionOf } from './resourceId';
import type { VersionInput } from './versionBody';

const PROFILE = 'galleryImageVersion.properties.publishingProfile';
const TARGETS = `${PROFILE}.targetRegions`;

const targetsOf = ({
  location,
  properties,
}: VersionInput): { name: string; storageAccountType?: string | undefined }[] =>
  properties.publishingProfile.targetRegions ?? [{ name: location }];

/** Target regions must include the version's own location and name none twice. */
export function regionsOf(input: VersionInput): readonly string[] {
  const regions = targetsOf(input).map((region) => regionOf(region.name));
  if (!regions.includes(regionOf(input.location))) {
    throw invalidComputeParameter(
      TARGETS,
      'Gallery image version publishing profile regions must contain the location of image version ' +
        `'${input.location}'.`,
    );
  }
  if (new Set(regions).size < regions.length) {
    throw invalidComputeParameter(TARGETS, 'Gallery image version publishing profile regions must be unique.');
  }
  return regions;
}

/** How many replicas each region is to have. */
export function replicasOf(input: VersionInput): ReadonlyMap<string, number> {
  const { targetRegions, replicaCount } = input.properties.publishingProfile;
  const targets = targetRegions ?? [{ name: input.location }];
  return new Map(
    targets.map((target) => [
      regionOf(target.name),
      ('regionalReplicaCount' in target ? target.regionalReplicaCount : undefined) ?? replicaCount,
    ]),
  );
}

/** What Azure knows of a version and this simulator does not. */
export function refuseUnknown({ properties }: VersionInput): void {
  const { publishingProfile: profile, storageProfile } = properties;
  const unknown = {
    targetExtendedLocations: profile.targetExtendedLocations,
    storageAccountStrategy: profile.storageAccountStrategy,
    additionalReplicaSets: profile.targetRegions?.find((region) => region.additionalReplicaSets !== undefined),
    securityProfile: properties.securityProfile,
    restore: properties.restore === true ? true : undefined,
    'storageProfile.source.communityGalleryImageId': storageProfile.source?.communityGalleryImageId,
  };
  for (const [name, value] of Object.entries(unknown)) {
    if (value !== undefined) throw notSupported(`${name} of image versions`);
  }
}

/**
 * Shallow versions "can only replicate to the build region and must have a replica count of 1" (the documents of
 * packer-plugin-azure and its #383). UNCONFIRMED words.
 */
function refuseSpreadShallow(input: VersionInput): void {
  if (input.properties.publishingProfile.replicationMode !== 'Shallow') return;
  const replicas = replicasOf(input);
  if (replicas.size === 1 && [...replicas.values()].every((count) => count === 1)) return;
  const message = `An image version with the replication mode Shallow can only be published to its own region '${input.location}', with a replica count of 1.`;
  throw invalidComputeParameter(TARGETS, message);
}

/** What a profile may not say; the date only counts when the version is made. */
export function checkProfile(input: VersionInput, site: Site, isNew: boolean): void {
  refuseUnknown(input);
  refuseSpreadShallow(input);
  const { endOfLifeDate } = input.properties.publishingProfile;
  if (!isNew || endOfLifeDate === undefined || Date.parse(endOfLifeDate) > site.nowMs) return;
  // troubleshooting-shared-images.md has it for definitions; UNCONFIRMED for versions.
  throw invalidComputeParameter(`${PROFILE}.endOfLifeDate`, 'EndOfLifeDate must be set to a future date.');
}

const fixed = (target: string, more = ''): ArmError =>
  new ArmError(409, 'PropertyChangeNotAllowed', `Changing property '${target}' is not allowed.${more}`, { target });

/** "This property is not updatable" (arm-compute, GalleryArtifactPublishingProfileBase). UNCONFIRMED codes. */
export function refuseProfileChange(input: VersionInput, before: VersionInput): void {
  const [now, old] = [input.properties.publishingProfile, before.properties.publishingProfile];
  for (const name of ['replicationMode', 'storageAccountType'] as const) {
    if (now[name] !== old[name]) throw fixed(`${PROFILE}.${name}`);
  }
  const typeOf = (target: { storageAccountType?: string | undefined }): string =>
    target.storageAccountType ?? old.storageAccountType;
  const types = new Map(targetsOf(before).map((target) => [regionOf(target.name), typeOf(target)]));
  for (const target of targetsOf(input)) {
    const known = types.get(regionOf(target.name));
    if (known === undefined || known === typeOf(target)) continue;
    // azure-powershell#9911 was told so, about the storage account type of all regions.
    const more = ` Please specify '${known}' as the storage account type for region '${target.name}'.`;
    throw fixed(`${TARGETS}.storageAccountType`, more);
  }
  refuseLostRegions(input, before);
}

/** "whether or not removing this Gallery Image Version from replicated regions is allowed" (arm-compute). UNCONFIRMED words. */
function refuseLostRegions(input: VersionInput, before: VersionInput): void {
  if (input.properties.safetyProfile?.allowDeletionOfReplicatedLocations !== false) return;
  const regions = regionsOf(input);
  const lost = regionsOf(before).filter((region) => !regions.includes(region));
  if (lost.length === 0) return;
  const message = `The image version cannot be removed from region '${lost.join(', ')}': safetyProfile.allowDeletionOfReplicatedLocations is false.`;
  throw new ArmError(409, 'OperationNotAllowed', message, { target: TARGETS });
}

/** The regions, spelt as sent, with what the profile says of all of them. */
export function shownProperties(input: VersionInput, site: Site): Json {
  const profile = input.properties.publishingProfile;
  const targetRegions = targetsOf(input).map((region) => ({
    regionalReplicaCount: profile.replicaCount,
    storageAccountType: profile.storageAccountType,
    ...region,
  }));
  return {
    publishingProfile: { ...profile, targetRegions, publishedDate: new Date(site.nowMs).toISOString() },
    safetyProfile: { reportedForPolicyViolation: false, ...input.properties.safetyProfile },
  };
}
